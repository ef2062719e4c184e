"""The register of shields against its journal, its marks, every build, and the builds' files."""

import time
from datetime import datetime, timedelta

from indexer.builds.bench import Bench
from indexer.builds.builds import find_builds, published_build, published_first
from indexer.builds.marked import marked_in
from indexer.errors import Refused, RegisterUnavailable
from indexer.health.alarms import Alarms
from indexer.health.state import State, well
from indexer.people.actor import Actor
from indexer.shields.verify import Verdict, Verification

SETTLE_SECONDS = 5  # a shield is marked first, and taken out of the builds then
ROUNDS = 3  # an officer may be deciding at this moment
OLD_AFTER = timedelta(hours=26)  # one purge a day, and two hours for it
VERIFY, PURGE = "contactpoint shield verify", "contactpoint shield purge"


def check_register(bench: Bench, actor: Actor) -> list[State]:
    """Compare everything that tells who is hidden, and put right what differs, as `shield verify`
    does; raise an alarm if there was anything to put right.

    It tells neither whom nor how many.
    """
    is_wrong = _take_out_the_marked(bench)
    try:
        verdict = _verify(bench, actor)
    except Refused:
        cause = "neither register nor journal tells who is hidden"
        return [State("register", "red", cause, VERIFY)]
    if is_wrong or verdict.repaired:
        Alarms(bench.client, bench.world).raise_alarm("register")
    return [judge_faults(verdict), judge_purge(verdict.unpurged_since, bench.world.now())]


def judge_faults(verdict: Verdict) -> State:
    if verdict.faults:
        cause = "register, journal and marks do not agree, and only a person can put that right"
        return State("register", "red", cause, VERIFY)
    return well("register", "it agrees with its journal, its marks and every build")


def judge_purge(since: datetime | None, now: datetime) -> State:
    """Yellow while somebody who was hidden over a day ago is still in the files of a build."""
    if since is None or now - since <= OLD_AFTER:
        return well("purge", "nothing that was deleted over a day ago is in the files of builds")
    cause = "what was deleted over a day ago is still in the files of builds"
    return State("purge", "yellow", cause, PURGE)


def _take_out_the_marked(bench: Bench) -> bool:
    """Move every marked child out of every build; return whether anybody was there, or the marks
    could not be believed. A shield that is being set at this moment is none."""
    try:
        marks = bench.hands.marks.all()
    except RegisterUnavailable:
        return True  # what is wrong with them the comparison finds
    was_there = False
    for build in published_first(find_builds(bench.client), published_build(bench.client)):
        bench.hands.scan.refresh(build)
        was_there |= _move(bench, build, marked_in(bench, build, marks))
    return was_there


def _move(bench: Bench, build: str, marked: list[str]) -> bool:
    """Move who is still there after a moment; return whether anybody was."""
    if not marked:
        return False
    time.sleep(SETTLE_SECONDS)
    return bool(bench.hands.placer.move(marked, build))


def _verify(bench: Bench, actor: Actor) -> Verdict:
    """Compare again if an officer decided anything meanwhile: that would look like a difference."""
    verification = Verification(bench.settings, bench.world)
    for _ in range(ROUNDS):
        before = bench.hands.marks.sequence
        verdict = verification.run(actor)
        if bench.hands.marks.sequence_now() == before or not (verdict.faults or verdict.repaired):
            break
    return verdict
