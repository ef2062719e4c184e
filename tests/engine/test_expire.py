"""Children leave at 18 and a year after death, for an archive that ends; nothing leads to them."""

from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from indexer.age import years_after, years_before
from indexer.audit.trail import Trail
from indexer.builds.builds import Builds, build_body
from indexer.children.child import Contribution, Facts
from indexer.children.combine import combine
from indexer.children.expire import (
    Expiry,
    build_departure,
    departures,
    ended_links,
)
from indexer.children.links import Link, Links, nhs_key, number_key, row_key
from indexer.children.load import Loader
from indexer.children.number import draw_number
from indexer.children.place import Placement, Placer
from indexer.children.store import ChildStore
from indexer.clients import make_client
from indexer.shields.marks import Marks
from mappings.names import ARCHIVE
from mappings.reader import index_body
from tests.conftest import OPERATOR
from tests.rows import entries, nhs_number, plain_row
from tests.shields import add_mark
from webapp.commands import contactpoint

CHILD = Facts("Kelly", date(2014, 3, 9), "359", given_names="Ann")
MOST_REQUESTS = 40


class Died(Exception):
    """The process is gone: nothing after this request happens."""


class DyingExpiry(Expiry):
    """A run whose process ends just before its Nth request."""

    def __init__(self, settings, world, requests):
        super().__init__(settings, world)
        send, left = self._client.transport.perform_request, iter(range(requests))

        def perform_request(*words, **named):
            if next(left, None) is None:
                raise Died
            return send(*words, **named)

        self._client.transport.perform_request = perform_request


class Index:
    """What a test puts into the index and asks of it."""

    def __init__(self, settings, world):
        self.settings, self.world, self.today = settings, world, world.today()
        self.client = make_client(settings, "worker")
        self.links, self.store = Links(self.client), ChildStore(self.client)
        marks = Marks.for_credential(settings, "worker")
        self._placer = Placer(self.client, self.store, marks)

    def add(self, source, record_id="1", **facts):
        """Place one child with the links of its row and its NHS number; return its number."""
        number = draw_number(self.world)
        facts = replace(CHILD, nhs_number=nhs_number(self.world), **facts)
        child = combine(number, [Contribution(source, record_id, "2026-11-22", facts)])
        self._placer.place([Placement(number, None, child)], Builds(self.client).now)
        links = {
            row_key(source, record_id): Link((number,), source, digest="d"),
            nhs_key(facts.nhs_number): Link((number,)),
        }
        self.links.write(links)
        self.store.refresh()
        return number, list(links)

    def expire(self):
        return Expiry(self.settings, self.world).run(OPERATOR)

    def is_there(self, number):
        return number in self.store.read([number])

    def archived(self, number):
        """What the archive says of the number, read as nobody but a test may."""
        self.client.indices.refresh(index=ARCHIVE)
        answer = self.client.search(index=ARCHIVE, query={"term": {"number": number}})
        return next((hit["_source"] for hit in answer["hits"]["hits"]), None)


@pytest.fixture
def index(ready, world):
    index = Index(ready, world)
    index.expire()
    return index


def years_ago(index, years, days=0):
    return years_after(index.today, -years) + timedelta(days)


def test_child_leaves_on_the_18th_birthday_and_not_a_day_before(index, source):
    adult, _ = index.add(source, "1", date_of_birth=years_ago(index, 18))
    child, _ = index.add(source, "2", date_of_birth=years_ago(index, 18, days=2))
    assert index.expire().adults == 1
    assert (index.is_there(adult), index.is_there(child)) == (False, True)


def test_child_who_died_leaves_a_year_later(index, source):
    then, _ = index.add(source, "1", date_of_death=years_ago(index, 1))
    lately, _ = index.add(source, "2", date_of_death=years_ago(index, 1, days=2))
    expired = index.expire()
    assert (expired.adults, expired.died) == (0, 1)
    assert (index.is_there(then), index.is_there(lately)) == (False, True)


def test_archive_keeps_the_record_with_the_reason_and_the_last_day(index, source):
    born = years_ago(index, 18, days=-30)
    number, _ = index.add(source, date_of_birth=born)
    index.expire()
    kept = index.archived(number)
    assert (kept["reason"], kept["left_on"]) == ("adult", index.today.isoformat())
    assert kept["delete_on"] == years_after(born, 24).isoformat()
    assert kept["record"]["contributions"][0]["facts"]["given_names"] == "Ann"


def test_archived_record_is_deleted_six_years_after_the_child_had_to_leave(index, source):
    over, _ = index.add(source, "1", date_of_birth=years_ago(index, 24))
    kept, _ = index.add(source, "2", date_of_birth=years_ago(index, 24, days=2))
    expired = index.expire()
    assert (expired.adults, expired.deleted) == (2, 1)
    assert index.archived(over) is None
    assert index.archived(kept)["number"] == kept


def test_nothing_leads_to_a_child_who_left_and_the_number_stays_taken(index, source):
    number, keys = index.add(source, date_of_birth=years_ago(index, 19))
    index.expire()
    assert index.links.read(keys) == {}
    assert index.links.read([number_key(number)])[number_key(number)].children == ()


def test_second_run_finds_nothing_to_do(index, source):
    index.add(source, date_of_birth=years_ago(index, 18))
    index.expire()
    again = index.expire()
    assert (again.adults, again.died, again.deleted) == (0, 0, 0)


def test_dry_run_counts_and_changes_nothing(index, source):
    number, keys = index.add(source, date_of_birth=years_ago(index, 18))
    index.add(source, "2", date_of_death=years_ago(index, 2))
    foreseen = Expiry(index.settings, index.world).foresee()
    assert (foreseen.adults, foreseen.died) == (1, 1)
    assert index.is_there(number)
    assert len(index.links.read(keys)) == 2
    assert index.archived(number) is None


def test_run_that_died_at_any_request_is_finished_by_the_same_command(index, source):
    for requests in range(MOST_REQUESTS):
        born = years_ago(index, 18)
        number, keys = index.add(f"{source}-{requests}", date_of_birth=born)
        try:
            DyingExpiry(index.settings, index.world, requests).run(OPERATOR)
        except Died:
            index.expire()
        else:
            break
        assert not index.is_there(number)
        assert index.archived(number)["reason"] == "adult"
        assert index.links.read([*keys, number_key(number)]).keys() == {number_key(number)}
    assert 5 < requests < MOST_REQUESTS - 1


def test_marked_child_is_neither_archived_nor_counted(index, source):
    number, keys = index.add(source, date_of_birth=years_ago(index, 18))
    add_mark(index.client, index.settings.secret("register.key"), number)
    assert index.expire().adults == 0
    assert not index.is_there(number)
    assert index.archived(number) is None
    assert len(index.links.read(keys)) == 2


def test_child_leaves_every_open_build(index, source):
    other = "children-20200101t000000z"
    index.client.indices.create(index=other, **build_body())
    try:
        number, _ = index.add(source, date_of_birth=years_ago(index, 18))
        assert index.store.read([number], other) != {}
        index.expire()
        assert index.store.read([number], other) == {}
    finally:
        index.client.indices.delete(index=other)


def test_audit_has_one_entry_a_run_with_counts_alone(index, source, monkeypatch):
    written = []
    monkeypatch.setattr(Trail, "write", lambda _self, *words, **said: written.append((words, said)))
    index.add(source, date_of_birth=years_ago(index, 18))
    index.expire()
    said = "done: 1 aged 18, 0 who died a year ago; archived records deleted: 0"
    assert written == [(("expire", OPERATOR), {"said": said})]


def test_command_prints_counts_alone(index, source, monkeypatch):
    monkeypatch.setattr("indexer.settings.Settings.from_environment", lambda: index.settings)
    index.add(source, date_of_birth=years_ago(index, 18))
    dry = CliRunner().invoke(contactpoint, ["expire", "--dry-run"])
    done = CliRunner().invoke(contactpoint, ["expire"])
    assert dry.output.startswith("Would leave the index: 1 aged 18, 0 who died a year ago;")
    assert done.output.startswith("Left the index: 1 aged 18, 0 who died a year ago;")
    assert (dry.exit_code, done.exit_code) == (0, 0)


@pytest.mark.parametrize(
    ("born", "birthday"),
    [
        (date(2008, 3, 9), date(2026, 3, 9)),
        (date(2008, 2, 29), date(2026, 3, 1)),
        (date(2010, 2, 28), date(2028, 2, 28)),
    ],
)
def test_birthday_of_29_february_is_1_march_in_other_years(born, birthday):
    assert years_after(born, 18) == birthday
    assert years_before(birthday, 18) >= born
    assert years_before(birthday - timedelta(1), 18) < born


def test_on_29_february_those_born_on_28_february_leave_and_no_later_ones():
    assert years_before(date(2028, 2, 29), 18) == date(2010, 2, 28)


def test_earlier_reason_to_leave_counts():
    facts = replace(CHILD, date_of_birth=date(2009, 1, 1), date_of_death=date(2020, 2, 29))
    assert departures(facts) == [("adult", date(2027, 1, 1)), ("died", date(2021, 3, 1))]
    departure = build_departure(combine("1", [Contribution("zoo", "1", "2026-11-22", facts)]))
    assert (departure.reason, departure.delete_on) == ("died", date(2027, 3, 1))


def test_number_of_a_twin_goes_on_leading_to_the_twin():
    links = {"nhs:9434765919": Link(("1", "2"), version=(3, 1)), "upn:A": Link(("1",))}
    writes, releases = ended_links(links, {"1"})
    assert writes == {"nhs:9434765919": Link(("2",), version=(3, 1)), "child:1": Link(())}
    assert releases == {"upn:A": Link(("1",))}


def test_link_that_leads_to_somebody_else_by_now_is_left_alone():
    assert ended_links({"zoo:1": Link(("2",), "zoo")}, {"1"}) == ({"child:1": Link(())}, {})


def test_archive_indexes_nothing_that_a_child_is_known_by():
    mapping = index_body(ARCHIVE)["mappings"]
    assert mapping["dynamic"] == "strict"
    assert mapping["properties"]["record"] == {"type": "object", "enabled": False}
    assert set(mapping["properties"]) == {"number", "left_on", "reason", "delete_on", "record"}


def test_source_that_has_not_heard_of_a_death_does_not_bring_the_child_back(index, source):
    number = index.add(source, date_of_death=years_ago(index, 1))[0]
    index.expire()
    loader = Loader(index.settings, index.world)
    living = plain_row("1", "Ann", "Kelly", "2014-03-09")
    for _ in range(2):
        loader.load(entries(living), source, OPERATOR)
    link = index.links.read([row_key(source, "1")])[row_key(source, "1")]
    assert link.children == ()
    assert not index.is_there(number)


def test_child_who_left_by_a_wrong_date_comes_back_when_it_is_corrected(index, source):
    index.add(source, date_of_birth=years_ago(index, 18))
    index.expire()
    loader = Loader(index.settings, index.world)
    receipt = loader.load(entries(plain_row("1", "Ann", "Kelly", "2014-03-09")), source, OPERATOR)
    link = index.links.read([row_key(source, "1")])[row_key(source, "1")]
    assert receipt.new == 1
    assert index.is_there(link.child)


def test_child_whom_a_load_changes_while_leaving_stays_with_all_its_links(index, source):
    number, keys = index.add(source, date_of_birth=years_ago(index, 18))
    before = index.links.read(keys)
    expiry = Expiry(index.settings, index.world)
    page = expiry._store.read([number])
    corrected = replace(page[number].child.facts, date_of_birth=date(2014, 3, 9))
    child = combine(number, [Contribution(source, "1", "2026-11-22", corrected)])
    index._placer.place([Placement(number, page[number].revision, child)], Builds(index.client).now)
    assert expiry._let_go(list(page.values())) == []
    after = index.links.read(keys)
    assert {key: link.children for key, link in after.items()} == {
        key: link.children for key, link in before.items()
    }
    assert index.archived(number) is None
