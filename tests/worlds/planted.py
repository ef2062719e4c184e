"""Plants one leak at a time into a copy of the code, and sees whether the tests find it.

The leaks are in leaks.csv: a text of a file, and what is put in its place.
"""

import csv
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from indexer.settings import Settings
from tests.conftest import BORROWED

ROOT = Path(__file__).parents[2]
COPIED = ("mappings", "analyzers", "indexer", "webapp", "tests", "docs", "pyproject.toml")
LONGEST_SECONDS = 600
TESTS_FAILED = 1  # pytest's exit code


@dataclass(frozen=True)
class Leak:
    """`text` stands once in `file`; `caught_by` are the tests of which one must fail."""

    name: str
    file: str
    text: str
    replacement: str
    caught_by: str

    @property
    def needs_server(self) -> bool:
        return not self.caught_by.startswith(("tests/unit", "tests/rules"))


def leaks() -> list[Leak]:
    with (ROOT / "tests" / "worlds" / "leaks.csv").open(newline="", encoding="utf-8") as table:
        return [Leak(**row) for row in csv.DictReader(table)]


def copy_code(folder: Path) -> None:
    """Copy what the tests need; links, as to built assets, stay links."""
    folder.mkdir()
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "pictures")
            shutil.copytree(source, folder / name, symlinks=True, ignore=ignored)
        else:
            shutil.copy(source, folder / name)


def plant(leak: Leak, folder: Path) -> None:
    """Put the leak into the copy; raises AssertionError if its text is not there."""
    path = folder / leak.file
    code = path.read_text(encoding="utf-8")
    assert code.count(leak.text) == 1, f"{leak.name}: its text must stand once in {leak.file}"
    path.write_text(code.replace(leak.text, leak.replacement), encoding="utf-8")


def run_tests(caught_by: str, folder: Path, server: Settings | None) -> tuple[bool, str]:
    """Run these tests in the copy, on a server that runs; return whether any failed, and the end of
    what was said. A test that could not be run at all has found nothing."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    if server:
        environment[BORROWED] = f"{server.home}:{server.port_base}"
    words = ("-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *caught_by.split())
    run = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    is_broken = re.search(r"^ERROR", run.stdout, re.MULTILINE) is not None
    return run.returncode == TESTS_FAILED and not is_broken, run.stdout[-2_000:]


def is_caught(leak: Leak, folder: Path, server: Settings | None) -> tuple[bool, str]:
    """Plant the leak in a new copy and look whether a test fails."""
    copy_code(folder)
    try:
        plant(leak, folder)
        return run_tests(leak.caught_by, folder, server if leak.needs_server else None)
    finally:
        shutil.rmtree(folder)
