"""The job that erases hidden children from the builds' files, and says so in the register."""

from collections.abc import Iterable
from datetime import datetime

from indexer.builds.builds import open_builds
from indexer.builds.purge import purge
from indexer.people.actor import Actor
from indexer.settings import Settings
from indexer.shields.events import Event, event_of
from indexer.shields.register import Register
from indexer.world import World

HIDES = {"terms": {"kind": ["set", "arrived", "held"]}}
PURGED = {"term": {"kind": "purged"}}
UP_TO = "erased up to event "


def purge_builds(settings: Settings, world: World, actor: Actor) -> int:
    """Erase what was deleted from every open build; return how many deleted documents are left.

    Raises Unavailable.
    """
    register = Register.for_worker(settings, world)
    # Who is hidden while the files are written may not be erased yet.
    erased_to = max((event.sequence for event in register.events(HIDES)), default=0)
    left = purge(register.client, open_builds(register.client))
    if not left:
        register.append(event_of("purged", "", actor, f"{UP_TO}{erased_to}"))
    return left


def unpurged_since(register: Register) -> datetime | None:
    """Return when the first child was hidden since the last purge, None if nobody was."""
    first = _first_unpurged(register, register.events(PURGED))
    return datetime.fromisoformat(first.at) if first else None


def was_unpurged(register: Register, sequence: int) -> bool:
    """Was anybody hidden who had not been erased when the register's sentinel was there? Files of
    that moment hold them, whatever was purged since."""
    purges = (one for one in register.events(PURGED) if one.sequence < sequence)
    return _first_unpurged(register, purges) is not None


def _first_unpurged(register: Register, purges: Iterable[Event]) -> Event | None:
    """Return the first event that hid anybody and after which none of these purges came."""
    erased_to = max((int(one.reason.removeprefix(UP_TO)) for one in purges), default=0)
    return next(iter(register.events(HIDES, erased_to)), None)
