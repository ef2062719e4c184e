"""Whether what is held for officers was decided in time, and whether anybody tries out names.

It tells operators neither whose rows they are, nor how many, nor who sent them.
"""

from datetime import datetime

from indexer.audit.trail import Trail
from indexer.builds.bench import Bench
from indexer.health.alarms import Alarms
from indexer.health.state import State, well
from indexer.people.actor import Actor
from indexer.shields.held import HeldRows
from indexer.shields.overdue import Overdue, find_overdue, find_probing
from indexer.shields.register import Register
from mappings.names import AUDIT_SEALED

STEP = "contactpoint matches list --held --as OFFICER"


def check_waiting(bench: Bench, actor: Actor, since: datetime | None) -> list[State]:
    """Return how long the oldest has waited, with an alarm from two days on; raise another, and
    tell the officers who it is, if somebody of whom three rows were held sent one more since the
    last check."""
    held, now = HeldRows(bench.client), bench.world.now()
    register = Register.for_worker(bench.settings, bench.world)
    probing = find_probing(held, now, since)
    if probing:
        sealed = Trail(bench.client, bench.settings, bench.world, AUDIT_SEALED)
        sealed.write("probing", actor, said=", ".join(f"{who}: {n}" for who, n in probing.items()))
        Alarms(bench.client, bench.world).raise_alarm("probing")
    overdue = find_overdue(held, register, now)
    if overdue.late:
        Alarms(bench.client, bench.world).raise_alarm("decisions")
    return [judge_waiting(overdue)]


def judge_waiting(overdue: Overdue) -> State:
    """Yellow after two days, red after the five working days in which it must be decided."""
    if overdue.escalated:
        cause = "something has waited for a shield officer for over five working days"
        return State("decisions", "red", cause, STEP)
    if overdue.late:
        cause = "something has waited for a shield officer for over two days"
        return State("decisions", "yellow", cause, STEP)
    return well("decisions", "nothing has waited for a shield officer for over two days")
