"""One start, stop or destroy of a home at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from indexer.errors import EngineRefused
from indexer.settings import Settings


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Hold the home's lock; raises EngineRefused if another command holds it."""
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        stream = (settings.home / "engine.lock").open("w")
    except OSError as error:
        raise EngineRefused(
            f"cannot write {error.filename}: {error.strerror}; give this user that folder, or set "
            "CONTACTPOINT_HOME to one of its own"
        ) from None
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise EngineRefused(
                "another 'contactpoint engine' command is at work here: wait until it has ended"
            ) from None
        yield
