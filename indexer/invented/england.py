"""Writes invented England: a feed for each source, and the truth of which row is whose."""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import BinaryIO

from indexer.errors import Refused
from indexer.invented.households import CHILDREN_IN_BLOCK
from indexer.invented.slices import BLOCKS_IN_SLICE, TRUTH, Order, make_slices

GB = 1_000_000_000


def feed_path(folder: Path, source: str) -> Path:
    return folder / f"{source}.jsonl.gz"


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a file that takes its name only when it is whole, so half a feed is never loaded."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def refuse_full_disk(order: Order, folder: Path) -> None:
    """Raise Refused if the files will not fit on the folder's disk."""
    free = shutil.disk_usage(folder).free
    if order.bytes_needed > free:
        raise Refused(
            f"the files need about {order.bytes_needed / GB:.1f} GB and {folder} has "
            f"{free / GB:.1f} GB free; make room, or give --out on another disk"
        )


def write_slices(
    order: Order, folder: Path, progress: Callable[[int], None], processes: int
) -> Counter[str]:
    written: Counter[str] = Counter()
    paths = {name: feed_path(folder, name) for name in order.sources}
    paths[TRUTH] = folder / "truth.jsonl"
    with ExitStack() as stack:
        files = {name: stack.enter_context(replacing(path)) for name, path in paths.items()}
        slices = stack.enter_context(closing(make_slices(order, processes)))
        for number, added in enumerate(slices):
            for name, (lines, content) in added.items():
                files[name].write(content)
                written[name] += lines
            before = number * BLOCKS_IN_SLICE * CHILDREN_IN_BLOCK
            progress(min(BLOCKS_IN_SLICE * CHILDREN_IN_BLOCK, order.children - before))
    return written


def write_england(
    order: Order,
    folder: Path,
    progress: Callable[[int], None] = lambda _: None,
    processes: int = os.cpu_count() or 1,
) -> dict[str, int]:
    """Write `<source>.jsonl.gz` and `truth.jsonl`; return source → rows, bad ones included.

    Calls `progress` with a number of children whenever they are written. The bytes do not depend
    on `processes`. Raises Refused if the folder cannot be written or its disk is too full.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        refuse_full_disk(order, folder)
        written = write_slices(order, folder, progress, processes)
    except OSError as error:
        raise Refused(
            f"cannot write to {folder}: {error.strerror}; give --out a folder that can be written"
        ) from None
    return {name: written[name] for name in order.sources}
