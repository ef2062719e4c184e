"""Rows without a number: one child where nothing leaves a doubt, and two wherever anything does."""

import pytest
from click.testing import CliRunner

from indexer.audit.trail import Trail
from indexer.children.links import Links, row_key
from indexer.children.load import Loader
from indexer.children.store import ChildStore
from indexer.clients import make_client
from indexer.errors import NotFound
from indexer.people.actor import Actor
from indexer.people.organisations import switch_on
from indexer.people.users import NewUser, add_user
from indexer.settings import Settings
from indexer.world import World
from tests.rows import entries, nhs_number, plain_row
from webapp.commands import contactpoint

TESTER = Actor("tester", "operator", "")


def home(postcode="WN1 1AA"):
    return {"address": {"lines": ["1 High Street"], "town": "Wigan", "postcode": postcode}}


def carer(name):
    return {"carers": [{"name": name}]}


@pytest.fixture
def family(world):
    """A family name that no other test has."""
    return "".join("bdfgklmnprstvz"[world.below(14)] + "aeiou"[world.below(5)] for _ in range(5))


@pytest.fixture
def children_of(ready, source, world):
    """Loads one row into each of two sources and returns the numbers of their children."""

    def load(one, other, world=world):
        loader = Loader(ready, world)
        links = Links(make_client(ready, "worker"))
        numbers = []
        for name, row in ((source, one), (f"{source}-b", other)):
            loader.load(entries(row), name, TESTER)
            key = row_key(name, row["source_record_id"])
            numbers.append(links.read([key])[key].child)
        return numbers

    return load


ANN = {"born": "2014-03-09", "sex": "female", **home()}


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"given": "Annie"},
        {"given": "Ann Marie"},
        {"sex": None},
        {"born": "2014-09-03"},
        {"born": "2014-03-08"},
    ],
    ids=str,
)
def test_same_person_in_another_source_is_one_child(children_of, family, other):
    one, another = children_of(named(family, ANN), named(family, ANN | other))
    assert one == another


@pytest.mark.parametrize(
    "other",
    [
        {"given": "Zoe"},
        {"given": "Amn"},
        {"given": ""},
        {"sex": "male"},
        {"born": "2011-07-30"},
        {"born": "2014-01-01"},
        home("M1 1AE"),
        {"address": None},
        {"given": "Annie", "born": "2014-09-03"},
    ],
    ids=str,
)
def test_anything_that_leaves_a_doubt_keeps_them_apart(children_of, family, other):
    one, another = children_of(named(family, ANN), named(family, ANN | other))
    assert one != another


def test_child_who_moved_is_known_by_a_carer(children_of, family):
    before = ANN | carer("Aoife Kelly")
    after = ANN | home("M1 1AE") | carer("AOIFE  KELLY")
    one, another = children_of(named(family, before), named(family, after))
    assert one == another


def test_family_name_with_a_letter_wrong_is_the_same_at_the_same_address(children_of, family):
    one, another = children_of(named(family, ANN), named(family[:4] + "x" + family[5:], ANN))
    assert one == another


def test_two_rows_of_one_feed_are_never_the_same_child_by_likeness(ready, source, family, world):
    loader, links = Loader(ready, world), Links(make_client(ready, "worker"))
    rows = [
        named(family, ANN | {"sex": None}),
        named(family, ANN | {"nhs_number": nhs_number(world)}),
        named(family, ANN | {"nhs_number": nhs_number(world), "sex": "male"}),
    ]
    rows[2]["source_record_id"] = "2"
    loader.load(entries(rows[0]), source, TESTER)
    loader.load(entries(*rows[1:]), f"{source}-b", TESTER)
    keys = [row_key(f"{source}-b", record) for record in ("1", "2")]
    found = links.read(keys)
    assert found[keys[0]].child != found[keys[1]].child


def test_number_that_was_drawn_before_is_never_shared(children_of, family, world):
    drawn = iter([12_345, 12_345, 54_321])
    chance = World(now=world.now, token=world.token, below=scripted(world, drawn))
    one, another = children_of(named(family, ANN), named(family, ANN | {"given": "Zoe"}), chance)
    assert one != another


def scripted(world, drawn):
    """Chance that draws these ContactPoint numbers first, and is real for all else."""
    offset = world.below(10**9) * 10

    def below(limit):
        front = next(drawn, None) if limit == 9 * 10**10 else None
        return world.below(limit) if front is None else front + offset

    return below


def named(family, about):
    about = {"given": "Ann", **about}
    about["date_of_birth"] = about.pop("born")
    row = plain_row("1", about.pop("given"), family, about.pop("date_of_birth"), **about)
    return {name: value for name, value in row.items() if value is not None}


AUTHORITY = "925"  # no other test has children there


@pytest.fixture
def manager(ready, world, monkeypatch):
    """A data manager of that authority, at the keyboard."""
    name, desk = f"mona-{world.below(10**9)}", make_client(ready, "desk")
    trail = Trail(desk, ready, world)
    switch_on(desk, AUTHORITY, TESTER, trail)
    new = NewUser(name, "data-manager", AUTHORITY, "x" * 20, world.today())
    add_user(desk, new, TESTER, trail, world)
    monkeypatch.setattr(Settings, "from_environment", lambda *_: ready)

    def run(*words):
        return CliRunner().invoke(contactpoint, ["matches", *words, "--as", name])

    return run


def test_possible_match_is_listed_decided_and_taken_back_at_the_keyboard(
    ready, manager, children_of, family
):
    mia, nia = (
        plain_row(record, given, family, **ANN, authority=AUTHORITY)
        for record, given in (("1", "Mia"), ("2", "Nia"))
    )
    given = dict(zip(children_of(mia, nia), ("Mia", "Nia"), strict=True))
    name = "-".join(sorted(given))

    def decided(decision):
        return manager("decide", name, decision, "--reason", "the school said so").exit_code

    def listed():
        return name in manager("list").output

    store = ChildStore(make_client(ready, "worker"))
    assert listed()
    beside = " | ".join(f"{given[number]} {family}" for number in sorted(given))
    assert beside in manager("list").output
    assert (decided("another-child"), listed()) == (0, False)
    assert (decided("undo"), listed()) == (0, True)
    assert (decided("same-child"), len(store.read(name.split("-")))) == (0, 1)
    assert (decided("undo"), len(store.read(name.split("-")))) == (0, 2)
    refused = manager("decide", "1-2", "same-child", "--reason", "x")
    assert isinstance(refused.exception, NotFound)
