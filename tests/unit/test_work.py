"""When the worker gives a sign of life, and what is made of it, without a server."""

from datetime import UTC, datetime, timedelta

import pytest

from indexer.errors import ClusterUnavailable, Refused
from indexer.health.work import judge_work
from indexer.world import REAL, World
from tests.runbook import headings
from webapp.commands.work import SIGN_EVERY_SECONDS, Repeated, work

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Clock:
    """Time that passes only while somebody sleeps; after so many seconds it is Ctrl-C."""

    def __init__(self, seconds):
        self.now, self._ends = 0.0, seconds

    def sleep(self, seconds):
        self.now += seconds
        if self.now >= self._ends:
            raise KeyboardInterrupt

    @property
    def world(self):
        return World(REAL.now, REAL.below, REAL.token, lambda: self.now, self.sleep)


def moments(orders, seconds=100, wishes=lambda: 0, wishes_every=3_600):
    """When a worker gave signs of life that ran so long."""
    clock, signs = Clock(seconds), []
    sign = Repeated(lambda: signs.append(clock.now), SIGN_EVERY_SECONDS)
    with pytest.raises(KeyboardInterrupt):
        work(orders, Repeated(wishes, wishes_every), sign, clock.world)
    return signs


def failing(error):
    def job():
        raise error("not now")

    return job


def test_worker_gives_a_sign_of_life_every_half_minute_however_seldom_it_loads():
    assert moments(lambda: 0) == [0, 30, 60, 90]


def test_worker_that_cannot_look_at_orders_gives_no_sign_of_life_and_still_loads():
    loaded = []
    assert moments(failing(ClusterUnavailable), 9, lambda: loaded.append(1)) == []
    assert loaded


def test_worker_whose_loads_are_refused_for_now_lives():
    assert moments(lambda: 0, 59, failing(Refused), 1) == [0, 30]


@pytest.mark.parametrize(
    ("seconds_ago", "colour"), [(0, "green"), (120, "green"), (121, "yellow"), (None, "yellow")]
)
def test_worker_that_was_not_seen_for_two_minutes_is_yellow(seconds_ago, colour):
    seen_at = None if seconds_ago is None else NOW - timedelta(seconds=seconds_ago)
    said = judge_work(seen_at, NOW)
    assert (said.name, said.colour) == ("work", colour)
    assert said.step == ("" if said.is_well else "contactpoint work")
    assert said.name in headings()
