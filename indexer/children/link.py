"""Decides which child each row of a batch is about."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from analyzers.fold import words
from indexer.children.child import Facts
from indexer.children.links import Link, nhs_key, row_key, upn_key
from indexer.feeds.rows import Row


def number_keys(facts: Facts | None) -> list[str]:
    """Return the keys of the NHS number and the UPN that a row gives, in the order of trust."""
    if facts is None:
        return []
    keys = [nhs_key(facts.nhs_number)] if facts.nhs_number else []
    return [*keys, upn_key(facts.upn)] if facts.upn else keys


def batch_keys(source: str, rows: Iterable[Row]) -> list[str]:
    """Return every key that the rows of a batch could be linked by."""
    keys: list[str] = []
    for row in rows:
        keys += [row_key(source, row.source_record_id), *number_keys(row.facts)]
    return keys


def is_unchanged(row: Row, link: Link | None) -> bool:
    """Is this row, to the letter, the one that was placed last?"""
    return link is not None and link.digest == row.digest


def linked_child(row: Row, source: str, links: Mapping[str, Link]) -> str | None:
    """Return the child that the row itself is known to be about, by its own key alone."""
    link = links.get(row_key(source, row.source_record_id))
    return link.child if link else None


def child_by_numbers(row: Row, links: Mapping[str, Link], known: Mapping[str, Facts]) -> str | None:
    """Return the child who has the row's NHS number or UPN, unless that must be a mistake."""
    for key in number_keys(row.facts):
        link = links.get(key)
        if link and row.facts and not _contradicts(row.facts, known.get(link.child)):
            return link.child
    return None


def _contradicts(facts: Facts, known: Facts | None) -> bool:
    """A number with another date of birth *and* no word of the name in common was mistyped."""
    if known is None or known.date_of_birth == facts.date_of_birth:
        return False
    return _name_words(facts).isdisjoint(_name_words(known))


def _name_words(facts: Facts) -> set[str]:
    texts = [facts.given_names, facts.family_name, facts.known_as]
    texts += [f"{one.given_names} {one.family_name}" for one in facts.former_names]
    return set(words(" ".join(texts)))


def new_links(row: Row, source: str, child: str) -> dict[str, Link]:
    """Return the links a row asks for: its own, still without a digest, and its numbers'."""
    own = Link(child, source, row.source_record_id)
    return {
        row_key(source, row.source_record_id): own,
        **{key: Link(child) for key in number_keys(row.facts)},
    }


def settled_link(row: Row, source: str, child: str) -> dict[str, Link]:
    """Return the row's own link once its child has been placed: now with the digest."""
    own = Link(child, source, row.source_record_id)
    return {row_key(source, row.source_record_id): replace(own, digest=row.digest)}
