"""Time and chance that a script sets: whoever runs it again draws the same at the same time."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from unittest.mock import patch

from itsdangerous import TimestampSigner

from indexer.world import World

BEGINNING = datetime(2026, 11, 22, 9, tzinfo=UTC)
STEP = timedelta(seconds=2)


class Clockwork:
    """Set anew before every step: what one step drew, or how long it took, is no matter to the
    next. `slept` counts the seconds that somebody would have waited."""

    def __init__(self) -> None:
        self.slept = 0.0
        self._chance = Random()
        self.turn("beginning", 0)
        self.world = World(
            now=lambda: self._now,
            below=self._chance.randrange,
            token=lambda: f"{self._chance.getrandbits(256):064x}",
            monotonic=lambda: self._seconds + self.slept,
            sleep=self._sleep,
        )

    def turn(self, step: str, place: int) -> None:
        """Begin the step of this name; `place` is how far the script has come."""
        self._chance.seed(step)
        self._now = BEGINNING + place * STEP
        self._seconds = place * STEP.total_seconds()

    def _sleep(self, seconds: float) -> None:
        self.slept += seconds

    @contextmanager
    def also_for_libraries(self) -> Iterator[None]:
        """Let the seals of pages and cookies, made by libraries, take their time and chance from
        here too."""
        urandom = patch.object(os, "urandom", self._chance.randbytes)
        stamp = patch.object(
            TimestampSigner, "get_timestamp", lambda _signer: int(self._now.timestamp())
        )
        with urandom, stamp:
            yield
