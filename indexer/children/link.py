"""The keys that rows are linked by, and when a number must have been mistyped."""

from collections.abc import Iterable

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


def contradicts(facts: Facts, known: Facts) -> bool:
    """A number with another date of birth *and* no word of the name in common was mistyped."""
    if known.date_of_birth == facts.date_of_birth:
        return False
    return _name_words(facts).isdisjoint(_name_words(known))


def _name_words(facts: Facts) -> set[str]:
    texts = [facts.given_names, facts.family_name, facts.known_as]
    texts += [f"{one.given_names} {one.family_name}" for one in facts.former_names]
    return set(words(" ".join(texts)))
