"""The job that erases hidden children from the builds' files, and says so in the register."""

from datetime import datetime

from indexer.builds.builds import open_builds
from indexer.builds.purge import purge
from indexer.people.actor import Actor
from indexer.settings import Settings
from indexer.shields.events import event_of
from indexer.shields.register import Register
from indexer.world import World

HIDES = {"terms": {"kind": ["set", "arrived", "held"]}}
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
    purges = list(register.events({"term": {"kind": "purged"}}))
    erased_to = int(purges[-1].reason.removeprefix(UP_TO)) if purges else 0
    first = next(register.events(HIDES, erased_to), None)
    return datetime.fromisoformat(first.at) if first else None
