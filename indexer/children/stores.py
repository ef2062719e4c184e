"""What a load reads and writes, put together in one place."""

from collections.abc import Callable
from dataclasses import dataclass

from indexer.audit.trail import Trail
from indexer.builds.builds import Builds, OpenBuilds, stand_ins
from indexer.children.hidden import HiddenChildren
from indexer.children.links import Links
from indexer.children.loads import Loads
from indexer.children.place import Placer
from indexer.children.store import ChildStore
from indexer.clients import make_client
from indexer.settings import Settings
from indexer.shields.awaited import Awaited
from indexer.shields.held import HeldRows
from indexer.shields.journal import Journal
from indexer.shields.lookout import Lookout
from indexer.shields.marks import Marks
from indexer.shields.register import Register
from indexer.shields.suspicion import Suspicion
from indexer.world import World
from mappings.names import AUDIT_SEALED


@dataclass(frozen=True)
class Stores:
    """What a load reads and writes. A dry run writes nothing. Links are not believed where the
    build was lost of which they tell."""

    links: Links
    children: ChildStore
    placer: Placer
    marks: Marks
    loads: Loads
    hidden: HiddenChildren
    awaited: Awaited
    lookout: Lookout
    held: HeldRows
    suspicion: Suspicion
    builds: Callable[[], OpenBuilds]
    world: World
    is_dry: bool = False
    believes_links: bool = True


def open_stores(settings: Settings, world: World, *, is_dry: bool = False) -> Stores:
    """Return the stores under the credential `worker`; raises Unavailable."""
    client = make_client(settings, "worker")
    marks = Marks.for_credential(settings, "worker")
    children = ChildStore(client)
    key = settings.secret("register.key")
    register = Register(client, Journal(settings.journal, key), world, marks_key=key)
    sealed = Trail(client, settings, world, AUDIT_SEALED)
    builds, hidden = Builds(client), HiddenChildren(client)
    # Before rows are read: there may be nowhere to put them.
    stands_in = stand_ins(client, [builds.now().published])
    return Stores(
        links=Links(client),
        children=children,
        placer=Placer(client, children, marks),
        marks=marks,
        loads=Loads(client, world),
        hidden=hidden,
        awaited=Awaited(register, marks, sealed),
        lookout=Lookout(register, marks, children, hidden),
        held=HeldRows(client),
        suspicion=Suspicion(register, sealed, children, hidden),
        builds=builds.now,
        world=world,
        is_dry=is_dry,
        believes_links=not stands_in,
    )
