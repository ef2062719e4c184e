"""Says which rows are held: they bring news, and may be about a shielded child. Pure."""

from collections.abc import Collection, Iterable

from analyzers.compare.nearness import Nearness
from analyzers.profile import Profile
from indexer.children.child import Contribution
from indexer.children.profile import build_profile
from indexer.shields.held import HeldRow, Suspect
from indexer.shields.near_index import Near


def suspects_of(near: Iterable[Near], without: Collection[str] = ()) -> tuple[Suspect, ...]:
    """Return the shielded children a row may be about, but for some, with what speaks for it."""
    return tuple(
        Suspect(one.child, sentences(one.nearness)) for one in near if one.child not in without
    )


def sentences(found: Nearness) -> tuple[str, ...]:
    """Return what speaks for and against, in words."""
    return tuple([one.sentence for one in found.evidence if one.sentence])


def news_about(
    near: Iterable[Near], says: Contribution, known: Profile, held: HeldRow | None
) -> tuple[Suspect, ...]:
    """Return the suspects if the row says something that was not known: of the children it belongs
    to, nor, of a shielded child whom an officer said it is not about, when that was said."""
    row = build_profile([says])
    if not row.brings_to(known):
        return ()
    decided = held.others() if held else frozenset()
    if held and decided and not row.brings_to(known.united(build_profile([held.contribution]))):
        return suspects_of(near, decided)
    return suspects_of(near)
