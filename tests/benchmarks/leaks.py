"""Every planted leak, one after the other: is it found?

`python -m tests.benchmarks.leaks [WORD …]`: those with the words in their names, all unless told.
Before that the same tests must pass where nothing was planted.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.prove import say
from tests.conftest import running_engine
from tests.worlds.namespace import make_broom, sweep
from tests.worlds.planted import copy_code, is_caught, leaks, run_tests
from tests.worlds.trial import Theatre


def fails_without_leak(theatre: Theatre, tests: str, copy: Path) -> bool:
    """Do these tests fail in a copy as it is? Then that they fail with a leak would say nothing."""
    sweep(theatre.settings, theatre.broom)
    copy_code(copy)
    try:
        return run_tests(tests, copy, theatre.settings)[0]
    finally:
        shutil.rmtree(copy)


def main() -> None:
    words = " ".join(sys.argv[1:])
    chosen, missed = [one for one in leaks() if words in one.name], []
    with (
        tempfile.TemporaryDirectory() as name,
        running_engine(Path(name) / "home", "1g") as settings,
    ):
        folder = Path(name)
        copy = folder / "copy"  # not in the home, which is swept between the worlds
        theatre = Theatre(settings, make_broom(settings), folder)
        for tests in sorted({one.caught_by for one in chosen}):
            if fails_without_leak(theatre, tests, copy):
                raise SystemExit(f"{tests} fails without any leak")
        for leak in chosen:
            sweep(settings, theatre.broom)
            found, said = is_caught(leak, copy, settings)
            say(f"{'found' if found else 'NOT FOUND'}: {leak.name}")
            missed += [] if found else [f"{leak.name}\n{said}"]
    say(f"{len(chosen) - len(missed)} of {len(chosen)} planted leaks were found")
    say("\n".join(missed))
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
