"""What must be so before a server is started; each failure is one sentence saying what to do."""

import re
import shutil
import socket
from collections.abc import Sequence
from pathlib import Path

from indexer.engine.account import Account
from indexer.engine.places import Node, Places
from indexer.errors import EngineRefused

FREE_BYTES = 1_000_000_000
HEAP = re.compile(r"[1-9]\d*[mg]", re.IGNORECASE)


def check_heap(heap: str) -> None:
    """Raise EngineRefused unless `heap` is a size as Java writes it: 512m, 1g."""
    if not HEAP.fullmatch(heap):
        raise EngineRefused(f"'{heap}' is not a heap size: write 512m or 1g")


def check_ports(nodes: Sequence[Node]) -> None:
    """Raise EngineRefused if another program listens on a port we need."""
    for port in [port for node in nodes for port in (node.http_port, node.transport_port)]:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                raise EngineRefused(
                    f"port {port} is taken by another program: end it, or set "
                    "CONTACTPOINT_PORT_BASE to another number, such as 9400"
                ) from None


def check_room(folder: Path) -> None:
    """Raise EngineRefused if the disk under `folder` has less than 1 GB free."""
    if shutil.disk_usage(folder).free < FREE_BYTES:
        raise EngineRefused(
            f"less than 1 GB free under {folder}: make room, or set CONTACTPOINT_HOME to a "
            "folder on another disk"
        )


def check_secrets(places: Places, secrets: Path) -> None:
    """Raise EngineRefused if there is data here and every password and key of it is gone.

    So it is where a home was deleted and made anew: as root the data is elsewhere and stays. With
    new keys its register could not be read, and nothing in it be shown or known to be hidden.
    """
    is_data = any(any(folder.iterdir()) for folder in places.root.glob("node-*/data"))
    if is_data and not any(secrets.glob("*")):
        raise EngineRefused(
            f"{places.root} has the data of an Elasticsearch whose passwords and keys are gone: "
            f"put them back into {secrets}, or run 'contactpoint engine destroy', which deletes "
            "the data"
        )


def check_count(places: Places, asked: int | None) -> int:
    """Return how many nodes to start; raises EngineRefused if this home was made with others.

    A cluster that has been three cannot be one: its one node would wait for the others for ever.
    """
    made = len(places.nodes_made())
    if asked and made and asked != made:
        raise EngineRefused(
            f"this engine was made with {made} node(s): start it so, or run "
            "'contactpoint engine destroy' first, which deletes what is in it"
        )
    return asked or made or 1


def make_folders(places: Places, nodes: Sequence[Node], account: Account) -> None:
    """Make the engine's folders; raises EngineRefused if that is not allowed.

    Only the innermost belong to the server: as root we write our own log outside them, so that a
    server gone wrong cannot point us elsewhere by a link.
    """
    try:
        for folder in [places.link.parent, places.root, *[node.folder for node in nodes]]:
            folder.mkdir(parents=True, exist_ok=True)
        if places.link != places.root and not places.link.is_symlink():
            places.link.symlink_to(places.root)
        for folder in [
            places.snapshots,
            *[part for node in nodes for part in node.server_folders()],
        ]:
            folder.mkdir(mode=0o700, exist_ok=True)
            account.give(folder)
    except OSError as error:
        raise EngineRefused(
            f"cannot write {error.filename}: {error.strerror}; give this user that folder, or set "
            "CONTACTPOINT_HOME to one of its own"
        ) from None
