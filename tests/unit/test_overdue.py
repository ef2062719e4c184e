"""How long may be waited, and who sends many rows that are held."""

from datetime import UTC, datetime, timedelta

import pytest

from indexer.checks.waiting import judge_waiting
from indexer.children.hidden import HiddenChild
from indexer.shields.differences import side_by_side
from indexer.shields.held import HeldRow, Suspect
from indexer.shields.overdue import Overdue, find_probing, is_escalated, probing
from tests.unit.test_grouping import CARERS, POSTCODES, at, cared_for, member, said

MONDAY = datetime(2026, 11, 16, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "last"),
    [
        (MONDAY, MONDAY + timedelta(days=7)),
        (MONDAY + timedelta(days=2), MONDAY + timedelta(days=9)),
        (MONDAY + timedelta(days=5), MONDAY + timedelta(days=11)),  # a Saturday: until Friday
    ],
    ids=["Monday", "Wednesday", "Saturday"],
)
def test_five_working_days_and_no_longer(since, last):
    assert not is_escalated(since, last)
    assert is_escalated(since, last + timedelta(seconds=1))


def held(source, record="1", uploader="pat", row=None):
    contribution = member(source, record, row or said("Ann")).contribution
    suspects = (Suspect("100000000017"),)
    return HeldRow(contribution, "d", "2", MONDAY.isoformat(), uploader, suspects)


def test_three_rows_of_one_source_or_one_person_are_told_and_two_are_not():
    rows = [held("a", "1"), held("a", "2"), held("b", "1", "pete"), held("b", "2"), held("b", "3")]
    assert probing(rows) == {"source b": 3, "user pat": 4}


class Held:
    """The rows held within 30 days."""

    def __init__(self, rows):
        self._rows = rows

    def held_since(self, _moment):
        return self._rows


def test_who_was_told_of_is_told_again_only_by_another_row():
    rows = Held([held("a", str(n), f"user-{n}") for n in range(3)])
    assert find_probing(rows, MONDAY) == {"source a": 3}
    assert find_probing(rows, MONDAY, MONDAY - timedelta(seconds=1)) == {"source a": 3}
    assert find_probing(rows, MONDAY, MONDAY) == {}


@pytest.mark.parametrize(
    ("overdue", "colour"),
    [
        (Overdue(0, 0, None), "green"),
        (Overdue(31, 0, MONDAY), "yellow"),
        (Overdue(31, 17, MONDAY), "red"),
    ],
)
def test_state_tells_that_something_waits_too_long_and_not_how_much(overdue, colour):
    state = judge_waiting(overdue)
    assert state.colour == colour
    assert not any(digit in state.cause for digit in "0123456789")


def test_held_row_and_shielded_child_stand_side_by_side():
    ours = held("a", row=said("Ann", address=at(POSTCODES[0]), carers=cared_for(CARERS[0])))
    theirs = member("b", "1", said("Ann", "Smith", address=at(POSTCODES[0]))).contribution
    once = member("b", "1", said("ANN")).contribution
    found = {one.field: one for one in side_by_side(ours, HiddenChild("3", (theirs,), (once,)))}
    assert found["names"].held == ("Ann Kelly",)
    assert found["names"].shielded == ("Ann Smith", "ANN Kelly")
    assert [name for name, one in found.items() if one.is_same] == [
        "names",
        "born",
        "address",
        "authority",
    ]
    assert (found["carers"].held, found["carers"].shielded) == ((CARERS[0],), ())
    assert "UPN" not in found
