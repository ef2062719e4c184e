"""Unites the involvements that several sources tell of: each service once, with all who told us."""

from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace

from indexer.children.child import Contribution, Involvement

BETWEEN_SOURCES = " "  # no source's name holds one


def unite_involvements(contributions: Sequence[Contribution]) -> tuple[Involvement, ...]:
    """Return every involvement in the order of the contributions, sensitive ones last.

    A sensitive one has no source, and no place among the others that would tell which source.
    """
    named: list[Involvement] = []
    sensitive: set[tuple[date | None, date | None]] = set()
    for one in contributions:
        for told in one.facts.involvements:
            if told.sensitive:
                sensitive.add((told.start, told.end))
            else:
                _add(named, replace(told, source=one.source))
    if not sensitive:
        return tuple(named)
    hidden = [Involvement("sensitive", start=a, end=b, sensitive=True) for a, b in sensitive]
    return (*named, *sorted(hidden, key=_dates))


def _add(named: list[Involvement], told: Involvement) -> None:
    for place, known in enumerate(named):
        if _is_same_service(known, told):
            named[place] = _united(known, told)
            return
    named.append(told)


def _is_same_service(known: Involvement, told: Involvement) -> bool:
    """The same organisation, and nothing that contradicts: two people there are two contacts, and
    who has ended by one source and not by another stands as both say."""
    return (
        known.service == told.service
        and bool(told.organisation)
        and known.organisation.casefold() == told.organisation.casefold()
        and known.end == told.end
        and _agree(known.practitioner, told.practitioner)
        and _agree(known.phone, told.phone)
        and _agree(known.email, told.email)
    )


def _agree(one: str, other: str) -> bool:
    return not one or not other or _closed_up(one) == _closed_up(other)


def _closed_up(text: str) -> str:
    return "".join(text.split()).casefold()


def _united(known: Involvement, told: Involvement) -> Involvement:
    """Each fills in what the other does not say; of two starts the earlier."""
    starts = [one.start for one in (known, told) if one.start]
    sources = sorted({*known.source.split(BETWEEN_SOURCES), told.source})
    return replace(
        known,
        practitioner=known.practitioner or told.practitioner,
        role=known.role or told.role,
        phone=known.phone or told.phone,
        email=known.email or told.email,
        start=min(starts, default=None),
        lead=known.lead or told.lead,
        source=BETWEEN_SOURCES.join(sources),
    )


def _dates(one: Involvement) -> tuple[date, date]:
    return one.start or date.min, one.end or date.max
