"""A shape may be used for the first time by several threads at once."""

import subprocess
import sys

TRIES = 20
THREADS_AT_ONCE = """
import sys, threading
import msgspec
from indexer.shapes import reader

sys.setswitchinterval(1e-6)
for number in range(100):
    inner = msgspec.defstruct("Inner", [(f"field_{n}", str) for n in range(9)])
    outer = msgspec.defstruct("Outer", [("inner", tuple[inner, ...]), ("text", str)])
    read = MAKE
    together = threading.Barrier(4)
    said = {"text": "a", "inner": [{f"field_{n}": "b" for n in range(9)}]}

    def use():
        together.wait()
        assert read(said).inner[0].field_8 == "b"

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
"""


def ended(make):
    words = [sys.executable, "-c", THREADS_AT_ONCE.replace("MAKE", make)]
    return subprocess.run(words, capture_output=True, check=False).returncode


def test_reader_is_used_by_several_threads_at_once():
    assert ended("reader(outer)") == 0


def test_the_same_threads_crash_where_a_shape_is_met_at_first_use():
    """If this fails, msgspec was mended: then indexer/shapes.py may go. Nine in ten processes die
    of it, so some are tried."""
    assert any(ended("lambda said: msgspec.convert(said, outer)") < 0 for _ in range(TRIES))
