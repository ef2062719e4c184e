"""Every call to Elasticsearch stands in doors.csv, and the table obeys the house rules.

A new call needs a row there: a place to see, in one screen, who reads and writes what.
"""

from csv import DictReader
from pathlib import Path

import pytest

from tests.rules.reading import Door, Module, doors, modules

with Path(__file__).with_name("doors.csv").open() as table:
    DOORS = {Door(row["module"], row["call"], row["index"]) for row in DictReader(table)}

READS = {"search", "msearch", "get", "mget", "count", "exists", "scroll", "get_source", "explain"}
WRITES = {"index", "create", "bulk", "delete"}
NEVER = {"update", "update_by_query", "delete_by_query", "reindex", "scroll", "info", "ping"}
READERS_OF_CHILDREN = {
    "webapp.search.query",
    "indexer.children.store",
    "indexer.children.scan",  # whole builds
}
WRITER_OF_CHILDREN = "indexer.children.place"
ONLY_DOOR_TO = {
    "SHIELDED_CHILDREN": "indexer.children.hidden",
    "SHIELD_REGISTER": "indexer.shields.register",
    "HELD_ROWS": "indexer.shields.held",
    "MATCHES": "indexer.matches.records",
    "WISHES": "indexer.children.wishes",
    "PRACTICE": "indexer.builds.practice",
    "ORDERS": "indexer.shields.orders",
}
CHILDREN = {"CHILDREN", "-", "build", "builds", "self._children"}
NAMED = {
    *("CHILDREN", "LINKS", "LOADS", "BUILDS", "ARCHIVE"),
    *("SHIELD_MARKS", "SHIELD_REGISTER", "SHIELDED_CHILDREN", "HELD_ROWS", "ORDERS"),
    *("USERS", "SESSIONS", "BUDGETS", "ORGANISATIONS"),
    *("CHECKS", "ALARMS", "ALL_AUDIT", "WISHES", "MATCHES", "PRACTICE"),
}
# Its lines name the index each, and it refuses every one that is not about people.
PEOPLE = Door("indexer.people.documents", "mget", "-")
# A search inside a point in time names no index: the point in time does.
POINTS_IN_TIME = {
    Door("indexer.children.links", "search", "-"),
    Door("indexer.children.loads", "search", "-"),
    Door("indexer.shields.marks", "search", "-"),
    Door("indexer.children.scan", "search", "-"),
    Door("indexer.audit.pages", "search", "-"),
}
UNNAMED = POINTS_IN_TIME | {
    Door("indexer.children.place", "bulk", "-"),  # every line names its build
    Door("indexer.children.store", "mget", "build"),  # the published one, or each there is
    Door("indexer.children.scan", "search", "build"),  # one that is compared or checked
    Door("webapp.search.query", "search", "self._children"),  # real ones, or those of practice
    Door("indexer.audit.trail", "bulk", "index"),  # the month's
    # The one of all, or of those who were shielded.
    Door("indexer.children.archive", "bulk", "self._index"),
    Door("indexer.children.archive", "count", "self._index"),
    Door("indexer.children.archive", "search", "self._index"),
    # The caller says which, of those about people.
    PEOPLE,
    Door("indexer.people.documents", "index", "index"),
    Door("indexer.people.documents", "delete", "index"),
    Door("indexer.people.documents", "search", "index"),
}


def broken_rules(door: Door) -> list[str]:
    """What is wrong with a call, whatever the table says."""
    broken = []
    if door.call in NEVER:
        broken.append(f"{door.call} is never used: see docs/decisions/0002")
    if door.call in READS | WRITES and not (door.index in NAMED or door in UNNAMED):
        broken.append("name the index by its constant in mappings/names.py")
    if door.module != ONLY_DOOR_TO.get(door.index, door.module):
        broken.append(f"{door.index} is for {ONLY_DOOR_TO[door.index]} alone")
    broken += broken_about_children(door)
    return broken


def broken_about_children(door: Door) -> list[str]:
    """What is wrong with a call on a build."""
    if door.index not in CHILDREN or door in POINTS_IN_TIME | {PEOPLE}:
        return []
    broken = []
    if door.call in READS and door.module not in READERS_OF_CHILDREN:
        broken.append(
            "children are read only by the gate's query and by indexer.children.store and scan"
        )
    if door.call in WRITES and door.module != WRITER_OF_CHILDREN:
        broken.append("children are written only by indexer.children.place")
    return broken


def found_doors() -> set[Door]:
    return {door for module in modules() for door in doors(module)}


def test_every_call_to_elasticsearch_is_in_the_table():
    assert sorted(found_doors() - DOORS) == [], "add the call to tests/rules/doors.csv, or drop it"


def test_every_row_of_the_table_is_a_call_in_the_code():
    assert sorted(DOORS - found_doors()) == [], "take the row out of tests/rules/doors.csv"


@pytest.mark.parametrize("door", sorted(DOORS), ids=str)
def test_call_obeys_the_house_rules(door):
    assert broken_rules(door) == []


@pytest.mark.parametrize(
    ("module", "code"),
    [
        ("webapp.pages.results", "client.search(index=CHILDREN)"),
        ("webapp.commands.show", "self._client.options(request_timeout=1).mget(index=CHILDREN)"),
        ("indexer.children.load", "client.index(index=build, id=number, document={})"),
        ("indexer.children.batch", "client.bulk(operations=lines)"),
        ("indexer.shields.marks", "worker_client.delete(index=CHILDREN, id=number)"),
        ("indexer.children.place", "client.update(index=CHILDREN, id=number, doc={})"),
        ("indexer.children.links", "client.update_by_query(index=LINKS)"),
        ("indexer.people.users", "client.search(index=name)"),
        ("webapp.search.query", "client.search(index=SHIELDED_CHILDREN)"),
        ("indexer.children.load", "client.bulk(index=SHIELD_REGISTER, operations=lines)"),
    ],
)
def test_forbidden_call_is_found(module, code):
    found = doors(Module(module, code))
    assert any(broken_rules(door) for door in found)
