"""Register, journal, marks, builds and shielded children agree, and if not are made to."""

import threading
from contextlib import contextmanager
from shutil import copy

import pytest

from indexer.builds.builds import open_builds
from indexer.builds.init import init
from indexer.clients import make_client
from indexer.errors import RegisterUnavailable
from indexer.shields.events import Event
from indexer.shields.marks import SENTINEL, all_marks, mark_id, remove_mark, write_mark
from indexer.shields.subject import parse_row
from indexer.world import REAL
from mappings.names import CHILDREN, SHIELD_MARKS
from tests.conftest import OPERATOR, running_engine
from tests.rows import plain_row
from tests.shields import BIRTHDAY, OLGA, REASON, Office


@pytest.fixture(scope="module")
def office(shield_engine):
    return Office(shield_engine)


@pytest.fixture
def child(office, source):
    """The number of a shielded child."""
    number = office.add(source, office.family())
    office.set(number)
    return number


@pytest.fixture(autouse=True)
def all_is_right_afterwards(office):
    yield
    verdict = office.verify()
    assert (verdict.faults, dict(verdict.repaired)) == ([], {})


@contextmanager
def changed_journal(office, change):
    """The journal as `change` makes it of its lines, and then as it was."""
    path = office.settings.journal
    before = path.read_bytes()
    path.write_bytes(b"".join(change(before.splitlines(keepends=True))))
    try:
        yield
    finally:
        path.write_bytes(before)


def test_verify_has_nothing_to_put_right_where_all_is_right(office, child):
    verdict = office.verify()
    assert (verdict.faults, verdict.repaired.total()) == ([], 0)
    assert verdict.in_force > 0


def test_officers_at_once_make_one_chain(office):
    def write(name):
        for place in range(8):
            office.register.append(Event("reviewed", f"{name}-{place}"))

    threads = [threading.Thread(target=write, args=(f"t{one}",)) for one in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = list(office.register.events({"match_all": {}}))
    assert kept == office.register.journal.read()
    assert [one.sequence for one in kept] == list(range(1, len(kept) + 1))


def test_event_whose_process_died_after_its_line_is_finished_by_the_next(office, source):
    number = office.add(source, office.family())
    with office.register.journal.held() as pen:
        said = {"authority": "359", "numbers": (number,), "at": "2026-11-22T10:00:00+00:00"}
        pen.write(pen.seal(Event("set", "s-died", "olga", "359", REASON, **said)))
    assert office.marks.marked([number]) == set()
    office.register.append(Event("reviewed", "s-died", at="2026-11-22T10:00:00+00:00"))
    assert office.marks.marked([number]) == {number}
    office.verify()
    assert office.is_hidden(number)


def test_marks_of_an_event_whose_process_died_among_them_are_written_by_the_next(office, source):
    numbers = [office.add(source, office.family(), str(place)) for place in range(2)]
    with office.register.journal.held() as pen:
        said = {"authority": "359", "numbers": tuple(numbers), "at": "2026-11-22T10:00:00+00:00"}
        event = pen.seal(Event("set", "s-half", "olga", "359", REASON, **said))
        pen.write(event)
        office.register.enter([event])
    write_mark(office.client, office.register.key, numbers[0])
    office.register.append(Event("reviewed", "s-half", at="2026-11-22T10:00:00+00:00"))
    assert office.marks.marked(numbers) == set(numbers)
    office.verify()


def test_events_that_only_the_journal_has_are_written_into_the_register(office, source):
    numbers = [office.add(source, office.family(), str(place)) for place in range(3)]
    with office.register.journal.held() as pen:
        for number in numbers:
            said = {"authority": "359", "numbers": (number,), "at": "2026-11-22T10:00:00+00:00"}
            pen.write(pen.seal(Event("set", f"s-{number}", "olga", "359", REASON, **said)))
    with pytest.raises(RegisterUnavailable, match="verify"):
        office.set(numbers[0])
    verdict = office.verify()
    assert verdict.repaired["events written into the register"] == 3
    assert verdict.repaired["marks written"] == 3
    assert all(office.is_hidden(number) for number in numbers)


def test_journal_that_was_cut_is_completed_from_the_register(office, child):
    path = office.settings.journal
    before = path.read_bytes()
    path.write_bytes(b"".join(before.splitlines(keepends=True)[:-2]))
    with pytest.raises(RegisterUnavailable, match="verify"):
        office.register.append(Event("reviewed", "s-none"))
    assert office.verify().repaired["events written into the journal"] == 2
    assert path.read_bytes() == before


def test_lost_journal_is_written_anew_from_the_register(office, child):
    path = office.settings.journal
    before = path.read_bytes()
    path.unlink()
    office.verify()
    assert path.read_bytes() == before


def test_changed_journal_is_a_fault_and_takes_nothing_off_anybody(office, child):
    with changed_journal(office, lambda lines: [lines[0].replace(b'"at"', b'"AT"'), *lines[1:]]):
        remove_mark(office.client, office.register.key, child)
        verdict = office.verify()
        assert any("journal" in fault for fault in verdict.faults)
        assert office.is_hidden(child)


def test_mark_that_is_gone_is_written_again(office, child):
    remove_mark(office.client, office.register.key, child)
    assert office.verify().repaired["marks written"] == 1
    assert office.is_hidden(child)


def test_mark_that_no_shield_explains_is_a_fault_and_stays(office):
    number = "100000000017"
    write_mark(office.client, office.register.key, number)
    assert any("marks" in fault for fault in office.verify().faults)
    assert mark_id(office.register.key.encode(), number) in all_marks(office.client)
    remove_mark(office.client, office.register.key, number)


def test_sentinel_that_is_gone_is_written_again(office, child):
    office.client.delete(index=SHIELD_MARKS, id=SENTINEL)
    with pytest.raises(RegisterUnavailable):
        office.marks.marked([child])
    assert office.verify().repaired["sentinels written"] == 1
    assert office.is_hidden(child)


def test_sentinel_that_tells_of_lost_events_is_a_fault(office, child):
    before = office.client.get(index=SHIELD_MARKS, id=SENTINEL)["_source"]
    later = before | {"sequence": before["sequence"] + 1}
    office.client.index(index=SHIELD_MARKS, id=SENTINEL, document=later)
    assert any("sentinel" in fault for fault in office.verify().faults)
    office.client.index(index=SHIELD_MARKS, id=SENTINEL, document=before)
    office.settings.register_seen.unlink(missing_ok=True)


def test_shielded_child_whom_somebody_put_into_a_build_is_moved_out(office, child, source):
    document = office.client.get(index="shielded-children", id=child)["_source"]
    kept = {k: v for k, v in document.items() if k not in {"evidence", "build_revision"}}
    (build,) = open_builds(office.client)
    office.client.index(index=build, id=child, document=kept)
    assert office.verify().repaired["documents moved out of builds"] == 1
    assert office.is_hidden(child)


def test_child_among_the_shielded_whose_shield_was_lifted_is_brought_back(office, source):
    number = office.add(source, office.family())
    office.set(number)
    office.lift(number)
    office.lose_shield(number)
    assert office.verify().repaired["children brought back"] == 1
    assert office.opens(number)


def test_shielded_child_of_whom_no_event_tells_stays_hidden_until_it_is_shielded_anew(
    office, source
):
    """The journal that was put back is older than its shield."""
    family = office.family()
    number = office.add(source, family)
    office.lose_shield(number)
    for _ in range(2):
        verdict = office.verify()
        assert any("no event tells" in fault for fault in verdict.faults)
        assert office.is_hidden(number)
        assert office.found(family) == []
    office.set(number)
    assert office.verify().faults == []
    office.lift(number)
    assert office.found(family) == [number]


def test_child_who_came_while_its_shield_was_set_is_found_by_verify(office, source):
    office.add(source, office.family())
    said = {"authority": "359", "key": f"{source}:1"}
    office.register.append(Event("set", f"s-{source}", "olga", "359", REASON, **said))
    assert office.verify().repaired["children marked who had come"] == 1
    assert office.is_hidden(office.number_of(source))


def test_new_index_takes_over_the_journal_and_its_shields(office, child, tmp_path):
    """All of Elasticsearch is lost: the journal and its key are not."""
    waiting = f"later-{office.world.below(10**9)}"
    office.shielding.shield(parse_row(f"{waiting}:1"), OLGA, REASON)
    with running_engine(tmp_path, heap="512m") as settings:
        settings.journal.parent.mkdir()
        copy(office.settings.journal, settings.journal)
        copy(office.settings.secrets / "register.key", settings.secrets / "register.key")
        init(settings, OPERATOR, REAL)
        other = Office(settings)
        assert other.marks.marked([child]) == {child}
        other.load(waiting, plain_row("1", "Ann", other.family(), BIRTHDAY))
        assert other.is_hidden(other.number_of(waiting))
        assert other.verify().faults == []
        assert make_client(settings, "worker").count(index=CHILDREN)["count"] == 0
