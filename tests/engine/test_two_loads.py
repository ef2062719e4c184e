"""Two loads at once: of one source the second is refused; of two sources each sees the other."""

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import orjson
import pytest

from indexer.children.load import Loader
from indexer.children.loads import Loads
from indexer.children.store import ChildStore
from indexer.clients import make_client
from indexer.invented.england import Order, write_england
from indexer.world import REAL
from mappings.names import LOADS
from tests.benchmarks.recall import rows_of
from tests.conftest import OPERATOR
from tests.rows import entries, plain_row
from tests.whole_index import difference, empty_index, read_whole_index

CHILDREN, SEED = 900, 360
SOURCES = ("gp-registration", "child-benefit")
BEGIN_SECONDS = 30


@pytest.fixture
def fresh(ready):
    """The settings of an engine that holds nothing of any load."""
    empty_index(ready)
    return ready


@pytest.fixture(scope="module")
def feeds(tmp_path_factory):
    """Source → the path of its feed; few NHS numbers, so that likeness joins many."""
    folder = tmp_path_factory.mktemp("feeds")
    write_england(Order(CHILDREN, SEED, REAL.today(), sources=SOURCES), folder)
    paths = {source: folder / f"{source}.jsonl" for source in SOURCES}
    for source, path in paths.items():
        path.write_bytes(b"".join(map(_line, rows_of(folder, source))))
    return paths


def _line(row):
    if int(re.sub(r"\D", "", row["source_record_id"])) % 2:
        row = {name: value for name, value in row.items() if name != "nhs_number"}
    return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def load_command(settings, feed, source):
    """`contactpoint load`, begun."""
    environment = {
        **os.environ,
        "CONTACTPOINT_HOME": str(settings.home),
        "CONTACTPOINT_PORT_BASE": str(settings.port_base),
    }
    script = os.path.join(os.path.dirname(sys.executable), "contactpoint")
    return subprocess.Popen(
        [script, "load", str(feed), "--source", source],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ended(process):
    """Its exit code and what it said."""
    said, _ = process.communicate(timeout=120)
    return process.returncode, said


def wait_until_begun(settings, source):
    client = make_client(settings, "worker").options(ignore_status=404)
    deadline = time.monotonic() + BEGIN_SECONDS
    while time.monotonic() < deadline:
        answer = client.get(index=LOADS, id=f"source:{source}")
        if answer["found"] and answer["_source"].get("load"):
            return
        time.sleep(0.005)
    pytest.fail(f"no load of {source} began within {BEGIN_SECONDS} seconds")


@contextmanager
def held(process):
    """The process stands still meanwhile, as one that waits for its disk."""
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


def loaded_alone(settings, feeds):
    empty_index(settings)
    for source, feed in feeds.items():
        assert ended(load_command(settings, feed, source))[0] in (0, 3)
    return read_whole_index(settings)


@pytest.fixture(scope="module")
def one_by_one(ready, feeds):
    return loaded_alone(ready, feeds)


def test_second_load_of_a_source_is_refused_and_the_first_is_right(one_by_one, fresh, feeds):
    source, other = SOURCES
    first = load_command(fresh, feeds[source], source)
    wait_until_begun(fresh, source)
    with held(first):
        code, said = ended(load_command(fresh, feeds[source], source))
    assert (code, said.count("\n")) == (2, 1)
    assert f"another load of '{source}' is under way" in said
    assert "wait until it ends" in said
    assert ended(first)[0] == 0
    assert ended(load_command(fresh, feeds[other], other))[0] == 0
    assert difference(one_by_one, read_whole_index(fresh)) == ""


def test_source_is_free_again_when_its_load_was_killed(fresh, feeds):
    source = SOURCES[0]
    first = load_command(fresh, feeds[source], source)
    wait_until_begun(fresh, source)
    first.kill()
    assert ended(first)[0] == -signal.SIGKILL
    assert ended(load_command(fresh, feeds[source], source))[0] == 0


@pytest.mark.parametrize("held_source", SOURCES)
def test_loads_of_two_sources_at_once_make_what_they_make_one_by_one(
    one_by_one, fresh, feeds, held_source
):
    [other] = set(SOURCES) - {held_source}
    first = load_command(fresh, feeds[held_source], held_source)
    wait_until_begun(fresh, held_source)
    with held(first):
        second = load_command(fresh, feeds[other], other)
        wait_until_begun(fresh, other)
    assert [ended(first)[0], ended(second)[0]] == [0, 0]
    assert difference(one_by_one, read_whole_index(fresh)) == ""


def test_likeness_joins_rows_without_a_number_in_common(one_by_one):
    """Or the tests above would prove numbers alone."""
    joined = [group for group in one_by_one.groups if len(group) > 1]
    by_number = {rows for key, (_, rows) in one_by_one.links.items() if key.startswith("nhs:")}
    assert len([group for group in joined if group not in by_number]) > CHILDREN / 10


ADDRESS = {"postcode": "WN1 1AA"}
ANN = plain_row("1", "Ann", "Kelly", "2014-03-09", address=ADDRESS)


TOM = plain_row("9", "Tom", "Smith", "2015-01-31", address={"postcode": "M1 1AE"})


def loads_after(asked, settings, monkeypatch):
    """Another source's load begins and ends when the first has just asked that question."""
    store, name = asked
    ask, others = getattr(store, name), [Loader(settings, REAL)]

    def answer(*question):
        found = ask(*question)
        if others:
            others.pop().load(entries(ANN), "b", OPERATOR)
        return found

    monkeypatch.setattr(store, name, answer)


def test_load_that_began_and_ended_while_another_looked_for_children_is_seen(fresh, monkeypatch):
    """The other had looked before the rows of this one were written, and writes after it ended."""
    Loader(fresh, REAL).load(entries(TOM), "c", OPERATOR)
    loads_after((ChildStore, "sharing"), fresh, monkeypatch)
    Loader(fresh, REAL).load(entries(ANN), "a", OPERATOR)
    assert read_whole_index(fresh).groups == {frozenset({"a:1", "b:1"}), frozenset({"c:9"})}


def test_load_that_began_and_ended_when_the_first_source_was_alone_is_seen(fresh, monkeypatch):
    loads_after((Loads, "knows_others"), fresh, monkeypatch)
    Loader(fresh, REAL).load(entries(ANN), "a", OPERATOR)
    assert read_whole_index(fresh).groups == {frozenset({"a:1", "b:1"})}
