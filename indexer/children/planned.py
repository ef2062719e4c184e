"""What is to be done about the rows of one batch."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from indexer.children.child import Contribution
from indexer.children.likeness import RowKey
from indexer.children.links import Link
from indexer.children.neighbourhood import Neighbourhood
from indexer.feeds.rows import Row
from indexer.shields.held import HeldRow


class Turn(NamedTuple):
    """Which rows may be placed now.

    While other batches of the load are under way (not `is_alone`), none whose child is in doubt:
    that depends on all who are related. While more of the feed is to come (not `is_last`), none
    that meets its child by a number which the feed may correct yet.
    """

    is_alone: bool
    is_last: bool


BESIDE_OTHERS = Turn(is_alone=False, is_last=False)


@dataclass
class Plan:
    """What to do.

    `outcomes` has a word for every row whose turn it is; `aside` the numbers of the others, and
    whether they are late. `doubtful` are rows that may have to be parted anew: then all who are
    related to them must be known first. `released` are the links of withdrawn rows, with their
    child. `gone` are children who are no more, with those who took their place. `hidden` is what
    rows say of hidden children, number → row → contribution, None for a row that is withdrawn.
    `held` are rows for an officer to decide; `let_go` rows that were, and say it elsewhere now.
    """

    hood: Neighbourhood
    outcomes: dict[int, str] = field(default_factory=dict)
    aside: dict[int, bool] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    released: dict[str, str] = field(default_factory=dict)
    moved: set[RowKey] = field(default_factory=set)
    gone: dict[str, str | None] = field(default_factory=dict)
    doubtful: set[RowKey] = field(default_factory=set)
    hidden: dict[str, dict[RowKey, Contribution | None]] = field(default_factory=dict)
    held: dict[RowKey, HeldRow] = field(default_factory=dict)
    let_go: set[RowKey] = field(default_factory=set)

    def placed(self, rows: Iterable[Row]) -> list[Row]:
        """Return the rows that are placed now."""
        return [row for row in rows if row.number in self.outcomes]

    def home(self, key: RowKey) -> str | None:
        """Return the child who can be found whom the row belongs to, and of a held one, would."""
        held = self.held.get(key)
        return self.hood.homes.get(key) or (held.number if held else None)

    def said_now(self, key: RowKey) -> Contribution | None:
        """Return what the row says that is held or in a child who can be found; else None."""
        held, home = self.held.get(key), self.hood.homes.get(key)
        if held:
            return held.contribution
        return self.hood.members[home][key].contribution if home is not None else None

    def hidden_home(self, key: RowKey) -> str | None:
        """Return the hidden child whom the row is about."""
        return next((number for number, said in self.hidden.items() if key in said), None)
