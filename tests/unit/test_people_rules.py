"""When a session is over; England's authorities."""

from datetime import UTC, datetime, timedelta

import pytest

from indexer.people import documents
from indexer.people.authorities import authority_names
from indexer.people.sessions import Session
from mappings.names import CHILDREN, SHIELDED_CHILDREN

START = datetime(2026, 3, 9, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("seen_after", "now_after", "is_over"),
    [
        (timedelta(0), timedelta(minutes=15) - SECOND, False),
        (timedelta(0), timedelta(minutes=15), True),
        (timedelta(hours=7, minutes=59), timedelta(hours=8) - SECOND, False),
        (timedelta(hours=7, minutes=59), timedelta(hours=8), True),
    ],
    ids=["in use", "idle for 15 minutes", "nearly 8 hours", "8 hours, in use all the time"],
)
def test_session_is_over_when_idle_or_old(seen_after, now_after, is_over):
    session = Session("amira", "mark", START, START + seen_after, START + timedelta(hours=8))
    assert session.is_over(START + now_after) is is_over


def test_england_has_153_authorities_with_codes_of_three_digits():
    assert len(authority_names()) == 153
    assert all(len(code) == 3 and code.isdigit() for code in authority_names())


def test_no_authority_is_there_twice():
    assert len(set(authority_names().values())) == len(authority_names())


@pytest.mark.parametrize("index", [CHILDREN, "children-20260101t000000z", SHIELDED_CHILDREN])
def test_door_to_people_leads_to_no_child(index):
    with pytest.raises(ValueError, match="not about people"):
        documents.read_all(None, [(index, "1")])
    with pytest.raises(ValueError, match="not about people"):
        documents.write(None, (index, "1"), {}, None)
    with pytest.raises(ValueError, match="not about people"):
        documents.find(None, index, "name", 1)
