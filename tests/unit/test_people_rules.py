"""When a session is over, a name locked; England's authorities."""

from datetime import UTC, datetime, timedelta

import pytest

from indexer.people.authorities import authority_names
from indexer.people.failures import LOCKED_FOR, MOST_FAILURES, Failures, failures_key
from indexer.people.sessions import Session

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
    session = Session("amira", START, START + seen_after, START + timedelta(hours=8))
    assert session.is_over(START + now_after) is is_over


@pytest.mark.parametrize(
    ("count", "after", "is_locked"),
    [
        (MOST_FAILURES - 1, timedelta(0), False),
        (MOST_FAILURES, timedelta(0), True),
        (MOST_FAILURES, LOCKED_FOR - SECOND, True),
        (MOST_FAILURES, LOCKED_FOR, False),
    ],
)
def test_name_is_locked_after_failures_and_for_a_while(count, after, is_locked):
    assert Failures("key", count, START, None).is_locked(START + after) is is_locked


def test_counts_of_users_are_apart_and_those_of_nobody_are_few():
    users = {failures_key(f"user-{number}", is_user=True) for number in range(10_000)}
    nobodies = {failures_key(f"user-{number}", is_user=False) for number in range(10_000)}
    assert len(users) == 10_000
    assert len(nobodies) <= 4096
    assert users.isdisjoint(nobodies)


def test_england_has_153_authorities_with_codes_of_three_digits():
    assert len(authority_names()) == 153
    assert all(len(code) == 3 and code.isdigit() for code in authority_names())


def test_no_authority_is_there_twice():
    assert len(set(authority_names().values())) == len(authority_names())
