"""A load that dies at any of its requests is finished by the same load: as if nothing had been."""

import pytest

from indexer.children.links import Links, row_key
from indexer.children.load import Loader
from indexer.children.store import ChildStore
from indexer.clients import make_client
from tests.conftest import OPERATOR
from tests.faults.conftest import STEPS_APART
from tests.rows import entries, nhs_number, plain_row

MOST_REQUESTS = 40


class Died(Exception):
    """The process is gone: nothing after this request happens."""


class DyingLoader(Loader):
    """A load whose process ends just before its Nth request."""

    def __init__(self, settings, world, requests):
        super().__init__(settings, world)
        self.left = requests
        loads = self._stores.loads
        loads.process = "1-1"  # which nobody is: a dead process frees its source
        send = loads.client.transport.perform_request

        def perform_request(*words, **named):
            self.left -= 1
            if self.left < 0:
                raise Died
            return send(*words, **named)

        loads.client.transport.perform_request = perform_request


def load(loader, source, *rows):
    loader.load(entries(*rows), source, OPERATOR)


def names_of(settings, source):
    """Record id → the given and family name that stand in its child for it, None for none."""
    client = make_client(settings, "worker")
    keys = {row_key(source, str(record)): str(record) for record in range(4)}
    links = Links(client).read(keys)
    stored = ChildStore(client).read(link.child for link in links.values())
    return {
        keys[key]: [
            (one.facts.given_names, one.facts.family_name)
            for one in stored[link.child].child.contributions
            if one.source_record_id == keys[key]
        ]
        for key, link in links.items()
        if link.child in stored
    }


def rows_before(number):
    return [
        plain_row("1", "Ann", "Kelly", "2014-03-09", nhs_number=number),
        plain_row("2", "Bo", "Lee", "2015-01-01"),
    ]


def rows_after(number):
    """One changed, one withdrawn, one new, and one more record of the first child."""
    return [
        plain_row("1", "Ann", "Smith", "2014-03-09", nhs_number=number),
        {"source_record_id": "2", "withdrawn": True},
        plain_row("0", "Cy", "Mor", "2016-01-01"),
        plain_row("3", "Annie", "Smith", "2014-03-09", nhs_number=number),
    ]


@pytest.fixture
def died_at(first_step, ready, world, source):
    """Yields the name and NHS number of a fresh source whose second load died, request by request,
    until one load gets through."""
    return _die_at(range(first_step, MOST_REQUESTS, STEPS_APART), ready, world, source)


def _die_at(some, settings, world, source):
    for requests in some:
        name, number = f"{source}-{requests}", nhs_number(world)
        load(Loader(settings, world), name, *rows_before(number))
        try:
            load(DyingLoader(settings, world, requests), name, *rows_after(number))
        except Died:
            yield name, number
        else:
            return
    pytest.fail(f"a load of four rows makes more than {MOST_REQUESTS} requests")


def test_load_that_died_at_any_request_is_finished_by_the_same_feed(ready, world, died_at):
    died = 0
    for name, number in died_at:
        load(Loader(ready, world), name, *rows_after(number))
        assert names_of(ready, name) == {
            "0": [("Cy", "Mor")],
            "1": [("Ann", "Smith")],
            "3": [("Annie", "Smith")],
        }
        died += 1
    assert died > 2


def test_load_that_died_at_any_request_is_undone_by_the_feed_before(ready, world, died_at):
    for name, number in died_at:
        load(Loader(ready, world), name, *rows_before(number))
        names = names_of(ready, name)
        assert (names["1"], names["2"]) == ([("Ann", "Kelly")], [("Bo", "Lee")])
