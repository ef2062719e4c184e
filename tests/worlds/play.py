"""One script, and what each world says to it."""

import re

from tests.worlds.cast import make_cast
from tests.worlds.script import REINDEX, Step, make_script
from tests.worlds.trial import Lived, Numbers, Theatre, differences, first_difference
from tests.worlds.uploads import Uploads, send_all

KINDS = ("after", "before", "marked")
TIME = re.compile(r"load-\d{8}t\d{6}-\d{6}|seconds\W+[\d.e-]+|in [\d.]+ s \([\d,]+ a second\)")


class Play:
    """A world of each kind lives once, and is compared with the one `without` hidden children."""

    def __init__(self, theatre: Theatre, seed: int, cases: int) -> None:
        self.theatre, self.cast = theatre, make_cast(seed)
        self.steps = make_script(self.cast, cases, seed)
        self.strict = next(n for n, step in enumerate(self.steps) if step.is_near)
        self._lived: dict[str, Lived] = {}

    def lived(self, kind: str) -> Lived:
        if kind not in self._lived:
            numbers = self.lived("after").numbers if kind == "without" else None
            self._lived[kind] = self._live(kind, self._steps_of(kind), numbers)
        return self._lived[kind]

    def _live(self, kind: str, steps: int, numbers: Numbers | None = None) -> Lived:
        return self.theatre.live(self.cast, kind, self.steps[:steps], numbers)

    def _steps_of(self, kind: str) -> int:
        """How many steps a world lives: one with marks alone until the reindex, which finds the
        marked and says so to the operator."""
        reindex = next(n for n, step in enumerate(self.steps) if step.way == REINDEX)
        return reindex if kind == "marked" else len(self.steps)

    def _compared(self, kind: str) -> int:
        return min(self.strict, self._steps_of(kind))

    def pairs(self, kind: str) -> int:
        """Return how many questions are compared."""
        return sum(step.is_question for step in self.steps[: self._compared(kind)])

    def differences(self, kind: str) -> list[str]:
        """Return all in which the world differs from the one without, to the last byte; no row may
        have been held either, for it would be a child who is in the other world alone."""
        count = self._compared(kind)
        mine, theirs = self.lived(kind).first(count), self.lived("without").first(count)
        assert len(mine.said) == count
        alarms = [f"{mine.alarms} alarms"] if mine.alarms and kind != "marked" else []
        held = [f"rows held at {mine.held}"] if mine.held else []
        return alarms + held + differences(self.steps[:count], mine, theirs)

    def differences_of_the_same(self, kind: str, steps: int) -> list[str]:
        """Return all in which a world that is lived once more differs from itself."""
        again = self._live(kind, steps)
        return differences(self.steps[:steps], again, self.lived(kind).first(steps))

    def apart(self, kind: str) -> list[tuple[Step, str]]:
        """Return the steps that differ once rows near the hidden children were loaded, and how; but
        for the time that loads take, and their ids. A batch in which a row is kept is tried once
        more: it takes a moment longer, as one does for many reasons, and draws once more."""
        mine, theirs = self.lived(kind).said, self.lived("without").said
        told = (
            map(_without_time, (one.decode(), other.decode()))
            for one, other in zip(mine, theirs, strict=True)
        )
        return [
            (step, first_difference(one, other))
            for step, (one, other) in zip(self.steps, told, strict=True)
            if step.is_near and one != other
        ]

    def uploads(self) -> Uploads:
        """Return what uploaders are told, with and without shields, and what would be shown."""
        return send_all(self.theatre, self.cast, self.steps[: self.strict])


def _without_time(said: str) -> str:
    return TIME.sub("", said)
