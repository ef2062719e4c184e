"""What builds are made, compared and published with, put together in one place."""

from collections.abc import Callable
from dataclasses import dataclass

from elasticsearch import Elasticsearch

from indexer.audit.trail import Trail
from indexer.builds.builds import Builds
from indexer.builds.filling import Hands, Progress
from indexer.builds.pace import Pace
from indexer.builds.records import Records
from indexer.children.links import Links
from indexer.children.loads import Loads
from indexer.children.place import Placer
from indexer.children.scan import BuildScan
from indexer.children.store import ChildStore
from indexer.clients import make_client
from indexer.settings import Settings
from indexer.shields.marks import Marks
from indexer.world import World

Say = Callable[[str], None]


@dataclass(frozen=True)
class Listener:
    """Who is told while a command goes on: in sentences, and how far the copying is."""

    say: Say = lambda _sentence: None
    on_progress: Callable[[Progress], None] = lambda _progress: None


NOBODY = Listener()


@dataclass(frozen=True)
class Bench:
    settings: Settings
    client: Elasticsearch
    world: World
    hands: Hands
    records: Records
    links: Links
    loads: Loads
    trail: Trail
    listener: Listener


def open_bench(settings: Settings, world: World, listener: Listener = NOBODY) -> Bench:
    """Return it under the credential `worker`; talks to nobody yet."""
    client = make_client(settings, "worker")
    store, marks = ChildStore(client), Marks.for_credential(settings, "worker")
    placer = Placer(client, store, marks)
    return Bench(
        settings=settings,
        client=client,
        world=world,
        hands=Hands(BuildScan(client), store, placer, marks, Builds(client), Pace(client)),
        records=Records(client),
        links=Links(client),
        loads=Loads(client, world),
        trail=Trail(client, settings, world),
        listener=listener,
    )
