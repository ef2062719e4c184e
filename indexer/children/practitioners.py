"""Turns what practitioners said on the pages into rows of their source, and loads these.

By the ordinary loader: what holds for a feed holds for them. A row goes to the child that the
person had opened, hidden meanwhile or not; its name and date of birth are a copy of the record's.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
import structlog

from indexer.children.child import PRACTITIONERS, Child, Contribution, Involvement
from indexer.children.links import Link, number_key, row_key
from indexer.children.load import Loader
from indexer.children.stores import Stores, open_stores
from indexer.children.wishes import Wish, own_row, record_id, remove_wishes, waiting_wishes
from indexer.clients import make_client
from indexer.feeds.columns import FeedForm
from indexer.feeds.json_rows import read_json
from indexer.people.actor import Actor
from indexer.settings import Settings
from indexer.world import World

MERGES_FOLLOWED = 10
LOST_AFTER = timedelta(days=1)  # a child may be on the way from one place to another for a moment

log = structlog.get_logger()

Involved = dict[str, Any]
"""An involvement with the fields of a feed's."""


@dataclass(frozen=True)
class _Said:
    """A child, the row in which a person says something of it, and what that was before."""

    child: Child
    record_id: str
    before: Contribution | None


def take_in(settings: Settings, world: World, actor: Actor) -> int:
    """Load what waits; return how many wishes are done with.

    Raises Refused while loads are held or another takes them in, Unavailable; the wishes then wait,
    and what was half done is done by the next time.
    """
    client = make_client(settings, "worker")
    wishes = waiting_wishes(client)
    if not wishes:
        return 0
    stores = open_stores(settings, world)
    rows, done = _rows(stores, wishes)
    if rows:
        lines = ((number, f"{line}\n") for number, line in enumerate(rows, 1))
        Loader(settings, world).load(
            read_json(lines, FeedForm(), PRACTITIONERS), PRACTITIONERS, actor
        )
    remove_wishes(client, done)
    return len(done)


def _rows(stores: Stores, wishes: Mapping[str, Wish | None]) -> tuple[list[str], list[str]]:
    """Return the rows to load, as lines of JSON, and the keys of the wishes that are then done, as
    are those that cannot be read. The link of each row leads to its child from now on."""
    done = [key for key, wish in wishes.items() if wish is None]
    if done:
        log.error("wishes_not_readable", wishes=len(done))
    by_row: dict[str, tuple[_Said, list[Wish]]] = {}
    for (number, person), some in _by_person(wishes).items():
        said = _said(stores, number, person)
        if said is None and _is_young(some[-1][1], stores.world):
            continue
        done += [key for key, _ in some]
        if said:
            # Under the number of before two were made one, and under that of after: one row.
            by_row.setdefault(said.record_id, (said, []))[1].extend(wish for _, wish in some)
    rows = [_row(said, sorted(some, key=_when)) for said, some in by_row.values()]
    return [row for row in rows if row], done


def _by_person(wishes: Mapping[str, Wish | None]) -> dict[tuple[str, str], list[tuple[str, Wish]]]:
    """Return child and person → what they said, in order, with the keys."""
    said: dict[tuple[str, str], list[tuple[str, Wish]]] = defaultdict(list)
    for key, wish in wishes.items():
        if wish:
            said[wish.child, wish.person].append((key, wish))
    return said


def _when(wish: Wish) -> datetime:
    return datetime.fromisoformat(wish.said_at)


def _is_young(wish: Wish, world: World) -> bool:
    return world.now() - _when(wish) < LOST_AFTER


def _said(stores: Stores, number: str, person: str) -> _Said | None:
    """Return the child of this number, or who took its place; None if there is nobody."""
    for _ in range(MERGES_FOLLOWED):
        child = _read(stores, number)
        if child:
            before = own_row(child, person)
            own = before.source_record_id if before else record_id(child.number, person)
            _lead(stores, own, child.number)
            return _Said(child, own, before)
        heirs = stores.links.read([number_key(number)])
        number = "".join(link.child for link in heirs.values())
        if not number:
            return None
    return None


def _read(stores: Stores, number: str) -> Child | None:
    found = stores.children.read([number]).get(number)
    if found:
        return found.child
    hidden = stores.hidden.read([number]).get(number)
    return hidden.child if hidden else None


def _lead(stores: Stores, own: str, number: str) -> None:
    """Let the row's link lead to the child; one that is there already stays."""
    key = row_key(PRACTITIONERS, own)
    if not stores.links.read([key]):
        stores.links.write({key: Link((number,), source=PRACTITIONERS)})


def _row(said: _Said, wishes: Iterable[Wish]) -> str:
    """Return the row as a line of JSON; "" where nothing is to be said."""
    known = said.before.facts.involvements if said.before else ()
    involved = _feed_fields(known[0]) if known else None
    for wish in wishes:
        involved = _after(involved, wish)
    if not involved:
        return ""
    facts = said.child.facts
    row = {
        "source_record_id": said.record_id,
        "given_names": facts.given_names or None,
        "family_name": facts.family_name,
        "date_of_birth": facts.date_of_birth,
        "authority": facts.authority,
        "involvements": [involved],
    }
    return msgspec.json.encode(row).decode()


def _after(before: Involved | None, wish: Wish) -> Involved | None:
    """Return the involvement once this was said too. Who says again that they work with the child
    has done so since they said it first, unless it was over."""
    day = wish.said_at[:10]
    if wish.involvement is None:
        return before | {"to": day} if before else None
    since = before["from"] if before and "to" not in before and "from" in before else day
    return wish.involvement | {"from": since}


def _feed_fields(one: Involvement) -> Involved:
    """Return an involvement as a feed would say it. Of a sensitive one it is not kept which."""
    said = {
        "service": "other" if one.sensitive else one.service,
        "organisation": one.organisation,
        "practitioner": one.practitioner,
        "role": one.role,
        "phone": one.phone,
        "email": one.email,
        "from": one.start,
        "to": one.end,
        "sensitive": one.sensitive,
    }
    return {name: _text(value) for name, value in said.items() if value}


def _text(value: Any) -> Any:
    return value if isinstance(value, str | bool) else value.isoformat()
