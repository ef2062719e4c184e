"""Runs one script in two worlds, one after the other on one server, and says what differs.

The worlds: `without` the hidden children; `before`, their shields set before their first row came;
`after`, set when they had been there to be found; `marked`, as processes leave it that die right
after each mark, so that all are in the build yet; and `shown`, where nobody is shielded.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path

from elasticsearch import Elasticsearch

from indexer.errors import QuestionRefused
from indexer.settings import Settings
from mappings.names import CHILDREN
from tests.worlds.cast import Cast
from tests.worlds.clockwork import BEGINNING, STEP
from tests.worlds.namespace import sweep
from tests.worlds.script import Step
from tests.worlds.stage import READERS, REASON, Stage
from tests.worlds.ways import act
from webapp.search.question import parse_question

SHIELDED_BEFORE_AT, VISIBLE_AT, HIDDEN_AT = -4_000, -3_000, -2_000
SHIELDED_AFTER_AT, DECIDED_AT = -1_000, -500
AROUND = 200  # characters before and after the first that differs

Numbers = list[str]


@dataclass(frozen=True)
class Lived:
    """All that one world said: step by step, and at the end in its ordinary audit. `numbers` are
    the hidden children's; `decided` counts what officers said of visible children whose rows were
    held before the script, `kept` the rows in it that went to a hidden child, or wait for an
    officer, `held` when rows were held; `alarms` say that one was found in the build."""

    said: list[bytes]
    audit: list[tuple[str, str]]
    numbers: Numbers
    decided: int = 0
    kept: int = 0
    held: tuple[str, ...] = ()
    alarms: int = 0

    def first(self, steps: int) -> "Lived":
        """Return what was said in the first so many steps."""
        end = moment(steps)
        audit = [one for one in self.audit if one[0] <= end]
        held = tuple(one for one in self.held if one <= end)
        return replace(self, said=self.said[:steps], audit=audit, held=held)


def moment(place: int) -> str:
    """Return the time of a step as the audit writes it."""
    return (BEGINNING + place * STEP).isoformat(timespec="milliseconds")


def _without(stage: Stage) -> None:
    stage.begin()
    stage.bring("visible", stage.cast.visible, VISIBLE_AT)


def _shown(stage: Stage) -> None:
    _without(stage)
    stage.bring("hidden", stage.cast.hidden, HIDDEN_AT)
    stage.learn_numbers()
    # Into one segment, where deleted ones stay beside the others: on its own theirs would vanish.
    stage.client.indices.forcemerge(index=CHILDREN, max_num_segments=1)


def _before(stage: Stage) -> None:
    stage.begin()
    stage.shield(SHIELDED_BEFORE_AT)
    stage.bring("visible", stage.cast.visible, VISIBLE_AT)
    stage.bring("hidden", stage.cast.hidden, HIDDEN_AT)
    stage.decide(DECIDED_AT)
    stage.learn_numbers()


def _after(stage: Stage) -> None:
    _shown(stage)
    stage.shield(SHIELDED_AFTER_AT)
    stage.decide(DECIDED_AT)


def _marked(stage: Stage) -> None:
    _shown(stage)
    stage.shield(SHIELDED_AFTER_AT, is_finished=False)


BUILDERS: dict[str, Callable[[Stage], None]] = {
    "without": _without,
    "shown": _shown,
    "before": _before,
    "after": _after,
    "marked": _marked,
}


@dataclass(frozen=True)
class Theatre:
    """A server on which one world after the other is built, lives and is swept away."""

    settings: Settings
    broom: Elasticsearch
    folder: Path

    @contextmanager
    def world(self, cast: Cast, kind: str) -> Iterator[Stage]:
        """Yield a new world of this kind with its doors open."""
        sweep(self.settings, self.broom)
        with Stage(self.settings, cast, self.folder).played() as stage:
            BUILDERS[kind](stage)
            stage.open_doors()
            stage.logged()
            yield stage

    def live(
        self, cast: Cast, kind: str, steps: Sequence[Step], numbers: Numbers | None = None
    ) -> Lived:
        """Act the steps in a new world; `numbers` are of children who are hidden elsewhere."""
        with self.world(cast, kind) as stage:
            stage.numbers = numbers or stage.numbers
            said = [act(stage, step, place) for place, step in enumerate(steps, 1)]
            audit = stage.audited()
            kept, held = stage.kept(), tuple(stage.held())
            return Lived(said, audit, stage.numbers, stage.decided, kept, held, stage.alarms)


def share_that_shows(stage: Stage, steps: Sequence[Step]) -> float:
    """Return the share of the questions that show a hidden child where nobody is shielded."""
    asked = [step for step in steps if step.is_question]
    return sum(shows_hidden(stage, step) for step in asked) / len(asked)


def shows_hidden(stage: Stage, step: Step) -> bool:
    """Does what is typed, or the number that is asked for, lead to a hidden child?"""
    if "number" in step.way or step.way in {"opens-by-seal", "shows-at-the-keyboard"}:
        return True
    try:
        question = parse_question(step.text, today=stage.world.today())
    except QuestionRefused:
        return False
    answer = stage.gate.find(question, READERS[step.user], REASON)
    return not set(stage.numbers).isdisjoint(one.child for one in answer.found)


def differences(steps: Sequence[Step], one: Lived, other: Lived) -> list[str]:
    """Return a sentence for every step, and for the audit, in which the worlds are not alike."""
    assert one.numbers == other.numbers, "the hidden children have other numbers here"
    told = [
        f"{step.name} ({step.way}): {first_difference(mine.decode(), theirs.decode())}"
        for step, mine, theirs in zip(steps, one.said, other.said, strict=False)
        if mine != theirs
    ]
    audits = [
        f"audit: {first_difference(mine[1], theirs[1])}"
        for mine, theirs in zip_longest(one.audit, other.audit, fillvalue=("", ""))
        if mine != theirs
    ]
    return [*told, *audits]


def first_difference(one: str, other: str) -> str:
    """Return both texts around the first character in which they differ."""
    place = next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    around = slice(max(0, place - AROUND), place + AROUND)
    return f"{one[around]!r} / {other[around]!r}"
