"""How shields are told on officers' pages: whom they hide, and whom they wait for."""

from datetime import date

from indexer.children.child import Child
from indexer.shields.events import NAME_PREFIX
from webapp.pages.words import day, grouped

KEYS = {"nhs": "NHS number", "upn": "UPN"}


def name_of(number: str, child: Child | None) -> str:
    """Return a child as officers tell it from others; one who is still to be moved by number."""
    if child is None:
        return grouped(number)
    facts = child.facts
    name = f"{facts.given_names} {facts.family_name}".strip()
    return f"{name}, born {day(facts.date_of_birth)}"


def awaits_words(key: str) -> str:
    """Return what a shield waits for; empty for one that was set by a child's own number."""
    if not key:
        return ""
    if key.startswith(NAME_PREFIX):
        _, name, born = key.split("|")
        return f"{name.title()}, born {day(date.fromisoformat(born))}"
    kind, _, rest = key.partition(":")
    return f"{KEYS[kind]} {grouped(rest)}" if kind in KEYS else f"the row {rest} of {kind}"
