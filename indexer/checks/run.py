"""Runs every check, one after the other, and stores what they found."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from indexer.audit.proof import Part, prove
from indexer.audit.trail import CHAIN_KEY
from indexer.audit.witness import witness_path
from indexer.builds.bench import Bench
from indexer.builds.builds import published_build
from indexer.checks.copies import check_copies
from indexer.checks.counts import measure
from indexer.checks.documents import Compared, compare, judge_documents, mend, unless_missed
from indexer.checks.doubted import Settled, settle_doubted
from indexer.checks.leaving import check_leaving
from indexer.checks.register import check_register
from indexer.checks.waiting import check_waiting
from indexer.children.expire import Expiry
from indexer.children.store import Stored
from indexer.clients import make_client
from indexer.errors import ClusterUnavailable, Refused
from indexer.health.alarms import Alarms
from indexer.health.loads import Feeds, judge_loads, look_at_loads
from indexer.health.repeats import judge_doubted
from indexer.health.reports import Counts, Report, Reports
from indexer.health.state import State, well
from indexer.people.actor import Actor
from mappings.names import AUDIT, AUDIT_MONTHS, AUDIT_SEALED

SAMPLE = 1_000  # documents
OVERLAP = timedelta(minutes=1)
Check = Callable[[], list[State]]


@dataclass(frozen=True)
class Extent:
    """How much is compared: so many documents drawn at random, all of them if `sample` is None;
    `is_to_mend` writes those that differ anew. `accepted` is why counts that fell are right."""

    sample: int | None = SAMPLE
    is_to_mend: bool = False
    accepted: str | None = None


def run_checks(bench: Bench, actor: Actor, extent: Extent = Extent()) -> Report:
    """Return what was found, after it was stored. Raises Unavailable: then nothing was found;
    Refused, if what is accepted has no reason."""
    began_at, began = bench.world.now(), time.monotonic()
    build = published_build(bench.client)
    if build is None:
        raise ClusterUnavailable("there is no build to check: run 'contactpoint init' first")
    reports = Reports(bench.client)
    before = next(iter(reports.newest()), None)
    feeds = look_at_loads(bench.client, bench.world)
    settled = settle_doubted(bench, feeds)
    if settled.loads:
        feeds = look_at_loads(bench.client, bench.world)
    bench.hands.scan.refresh(build)
    found = Counts(
        bench.hands.scan.count_by_authority(build), {one.name: one.rows for one in feeds.sources}
    )
    since = began_at - before.at if before else timedelta()
    counts, baseline = measure(found, _right(bench, actor, before, extent), since)
    compared, documents = _compare(bench, build, extent, before)
    states = _say(
        bench,
        [lambda: [counts], lambda: [documents], *_others(bench, actor, feeds, before, settled)],
    )
    report = Report(
        at=began_at,
        actor=actor.name,
        seconds=round(time.monotonic() - began, 1),
        states=states,
        compared=compared.documents,
        authorities=found.authorities,
        sources=found.sources,
        baseline=baseline,
    )
    reports.add(report)
    return report


def _right(bench: Bench, actor: Actor, before: Report | None, extent: Extent) -> Counts | None:
    """Return the counts to measure from, none if somebody accepts them as they are; audited."""
    if extent.accepted is None:
        return before.right if before else None
    if not extent.accepted.strip():
        raise Refused("--accept: say why there are fewer")
    bench.trail.write("accept-counts", actor, subject="check", reason=extent.accepted.strip())
    return None


def _others(
    bench: Bench, actor: Actor, feeds: Feeds, before: Report | None, settled: Settled
) -> list[Check]:
    return [
        lambda: [check_copies(bench)],
        lambda: check_register(bench, actor),
        lambda: check_waiting(bench, actor, before.at if before else None),
        lambda: [judge_loads(feeds, bench.world.now())],
        lambda: [settled.told(judge_doubted(feeds.doubted, feeds.done_at))],
        lambda: [check_leaving(Expiry(bench.settings, bench.world).foresee())],
        lambda: [_check_audit(bench, before)],
    ]


def _say(bench: Bench, checks: Iterable[Check]) -> tuple[State, ...]:
    """Run the checks, and tell of each when it is done: some take minutes."""
    states: list[State] = []
    for check in checks:
        found = check()
        states += found
        bench.listener.say(f"checked: {', '.join(one.name for one in found)}")
    return tuple(states)


def _compare(
    bench: Bench, build: str, extent: Extent, before: Report | None
) -> tuple[Compared, State]:
    compared = compare(bench, _children(bench, build, extent.sample))
    found = judge_documents(compared)
    if extent.is_to_mend and compared.differing:
        written = mend(bench, compared.differing)
        found = well("documents", f"{written:,} differed and were written anew")
    is_sample = extent.sample is not None and compared.documents >= extent.sample  # or it was all
    if is_sample and before:
        found = unless_missed(found, before.states)
    return compared, found


def _children(bench: Bench, build: str, sample: int | None) -> Iterable[Stored]:
    scan = bench.hands.scan
    if sample is not None:
        return scan.sample(build, sample, bench.world.below(2**31))
    months = scan.held(build, "month")
    return (one for born in months for page in scan.children(build, born) for one in page)


def _check_audit(bench: Bench, before: Report | None) -> State:
    """Prove the entries since the last check, with the only credential that reads them.

    What was found once is an alarm, and stays one until somebody acknowledges it.
    """
    client, key = make_client(bench.settings, "desk"), bench.settings.secret(CHAIN_KEY)
    since = before.at - OVERLAP if before else None  # written, and not seen yet
    faults = 0
    for index, witnessed_as in ((AUDIT_MONTHS, AUDIT), (AUDIT_SEALED, AUDIT_SEALED)):
        witness = witness_path(bench.settings, witnessed_as)
        part = Part(index, (witness,) if witness.exists() else (), since)
        faults += len(prove(client, key, part).faults)
    if faults:
        Alarms(bench.client, bench.world).raise_alarm("audit")
    return judge_audit(faults)


def judge_audit(faults: int) -> State:
    """Say nothing of how many entries there are: those that are sealed are among them."""
    if not faults:
        return well("audit", "every entry is unchanged, and none is missing")
    cause = f"entries that are changed, missing or out of place: {faults:,}"
    return State("audit", "red", cause, "contactpoint alarms")
