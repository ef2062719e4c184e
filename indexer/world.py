"""Time and chance, passed in, so that two worlds can be run alike and compared."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime


@dataclass(frozen=True)
class World:
    """`now` returns an aware UTC time; `below(n)` a number in 0..n-1; `token` a secret text.

    `monotonic` returns seconds that only go forward; `sleep` waits so many.
    """

    now: Callable[[], datetime]
    below: Callable[[int], int]
    token: Callable[[], str]
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def today(self) -> date:
        return self.now().date()


REAL = World(now=lambda: datetime.now(UTC), below=secrets.randbelow, token=secrets.token_urlsafe)
