"""Where the embedded engine keeps its things: one folder a home, one folder in it a node.

The account a root lends the server cannot enter a folder under /root or another private one. So for
root everything the server reads or writes is under /var, and `engine` in the home is a link to it.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from indexer.engine.account import is_root
from indexer.settings import Settings

TRANSPORT_OFFSET = 100
ROOT_DATA = Path("/var/lib/contactpoint")
ROOT_CACHE = Path("/var/cache/contactpoint")


@dataclass(frozen=True)
class Node:
    """One server process: its folder and its two ports."""

    name: str
    folder: Path
    http_port: int
    transport_port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def config(self) -> Path:
        return self.folder / "config"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def process_file(self) -> Path:
        return self.logs / "process"

    @property
    def start_log(self) -> Path:
        """What the node said while it started."""
        return self.folder / "start.log"

    @property
    def mark(self) -> str:
        """The argument by which this node's process is told from every other program."""
        return f"-Dcontactpoint.node={self.folder}"

    def server_folders(self) -> list[Path]:
        """Return the folders that are the server's own; the one around them is ours."""
        return [self.config, self.folder / "data", self.logs, self.folder / "tmp"]


@dataclass(frozen=True)
class Places:
    """`link` is where a person looks for the engine; `root` is where it really is."""

    link: Path
    root: Path
    port_base: int

    @property
    def snapshots(self) -> Path:
        return self.root / "snapshots"

    def nodes(self, count: int) -> list[Node]:
        """Return the first `count` nodes; HTTP ports from the base, transport 100 above."""
        return [self._node(index) for index in range(count)]

    def nodes_made(self) -> list[Node]:
        """Return the nodes that were made here before."""
        return self.nodes(len(list(self.root.glob("node-*"))))

    def _node(self, index: int) -> Node:
        port = self.port_base + index
        name = f"node-{index + 1}"
        return Node(name, self.root / name, port, port + TRANSPORT_OFFSET)


def engine_places(settings: Settings) -> Places:
    """Return where this home's engine is, whether or not it exists yet."""
    link = settings.home / "engine"
    root = link
    if is_root():
        root = ROOT_DATA / hashlib.sha256(str(settings.home).encode()).hexdigest()[:12]
    return Places(link, root, settings.port_base)


def cache_folder() -> Path:
    """Return where unpacked servers are kept, shared by all homes."""
    return ROOT_CACHE if is_root() else Path.home() / ".cache" / "contactpoint"
