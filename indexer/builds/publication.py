"""Publishes a build: carry over, check, swap; and back to the build before."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from analyzers.version import VERSION
from indexer.builds.bench import Bench
from indexer.builds.builds import (
    analyser_versions,
    hidden_builds,
    open_builds,
    published_build,
    remove_build,
    swap,
)
from indexer.builds.checks import (
    check_canary,
    check_counts,
    check_register,
    fixed_findings,
    shortfalls,
)
from indexer.builds.filling import Filling
from indexer.builds.kept import Kept
from indexer.builds.lock import Lock, holding_builds
from indexer.builds.records import Acceptance, Finding, Record
from indexer.builds.restored import check_links, check_loads, check_sentinel, loads_to_repeat
from indexer.errors import BuildRefused, ClusterUnavailable, NotAllowed, Refused
from indexer.people.actor import Actor

ACCEPTS = "data-manager"  # the role that may say that an authority has lost children
COUNTS, PAUSE_SECONDS = 3, 0.5  # times: a load may be between the one build and the other


@dataclass(frozen=True)
class Consent:
    """One person accepts, with a reason, that authorities lose children by this build."""

    actor: Actor
    reason: str


def publish(
    bench: Bench, actor: Actor, build: str | None = None, consent: Consent | None = None
) -> str:
    """Publish a build that was filled and not published, the newest unless one is named.

    Return its name. Raises BuildRefused with what the checks found, Refused, Unavailable.
    """
    with holding_builds(bench.client, bench.world, "publish") as lock:
        record = _unpublished(bench, build)
        if consent:
            record = _accept(bench, record, consent)
        kept = Kept(bench, record.build)
        publish_record(bench, lock, record, actor, kept if record.is_old else None)
    return record.build


def rollback(bench: Bench, actor: Actor, consent: Consent | None = None) -> str:
    """Publish the build that was published before; return its name.

    Loads wrote into it all the time. A child whom it alone has stays if a link leads there: the
    build that is left may be the one that lost the child. Raises as `publish`.
    """
    with holding_builds(bench.client, bench.world, "rollback") as lock:
        record = previous(bench)
        if record is None:
            raise Refused("there is no build from before: nothing to roll back to")
        if consent:
            record = _accept(bench, record, consent)
        publish_record(bench, lock, record, actor, Kept(bench, record.build))
    return record.build


def publish_record(
    bench: Bench, lock: Lock, record: Record, actor: Actor, kept: Kept | None = None
) -> None:
    """Carry over what changed, check and swap, as one who holds the lock.

    `kept` says who of the children whom the build alone has may stay; nobody, if it is a copy.
    """
    before = _published(bench)
    record = replace(record, findings=())
    record = _judge(bench, record, actor, [*fixed_findings(bench, record), *_of_old(bench, record)])
    filling = Filling(bench.hands, before, record.build, gone=kept.gone if kept else set)
    _catch_up(bench, lock, record, filling)
    # Before it is mended: of a build that has lost so many children something is wrong.
    counted = _count(bench, before, record)
    record = _judge(bench, record, actor, [*record.findings, counted])
    filling.carry_over()
    bench.listener.say("Looking for whom nobody may find; of millions that takes minutes.")
    marks, hidden = _look_for_the_hidden(bench, record.build)
    loads = _loads_since(bench, before, record, kept)
    record = _judge(bench, record, actor, [*record.findings, *hidden, *loads])
    lock.check()
    bench.trail.write("publish", actor, subject=record.build, said=f"in place of {before}")
    _swap(bench, before, record)
    if (now := bench.hands.marks.all()) != marks:
        check_register(bench, record.build, now)  # who set a shield meanwhile does so too
    remove_old_builds(bench)


def previous(bench: Bench) -> Record | None:
    """Return the build that was published before this one."""
    published = published_build(bench.client)
    left = [one for one in read_records(bench) if one.left_at and one.build != published]
    return max(left, key=lambda one: str(one.left_at), default=None)


def read_records(bench: Bench) -> list[Record]:
    """Return the record of every open build, the oldest first."""
    records = bench.records.read(open_builds(bench.client))
    return [records[name] for name in sorted(records)]


def remove_old_builds(bench: Bench) -> list[str]:
    """Remove, by their names, the builds that nobody can need; return them.

    The published one stays, and the one before it. Builds of other analysers that were never
    published stay too: another version of ContactPoint may be filling them.
    """
    before = previous(bench)
    kept = {published_build(bench.client), before.build if before else None}
    records = [one for one in read_records(bench) if one.build not in kept]
    versions = analyser_versions(bench.client, [one.build for one in records])
    old = [one.build for one in records if one.left_at or versions.get(one.build) == VERSION]
    for build in old:
        remove(bench, build)
    return old


def remove(bench: Bench, build: str) -> None:
    """Delete a build that is not published, and its record. Raises Refused."""
    if build == published_build(bench.client):
        raise Refused(f"{build} is the published build: it stays")
    if build not in (*open_builds(bench.client), *hidden_builds(bench.client)):
        raise Refused(f"there is no build {build}; 'contactpoint builds' lists them")
    remove_build(bench.client, build)
    bench.records.forget(build)
    bench.listener.say(f"Removed the build {build}.")


def _published(bench: Bench) -> str:
    build = published_build(bench.client)
    if build is None:
        raise ClusterUnavailable("no build is published yet: run 'contactpoint init' first")
    return build


def _unpublished(bench: Bench, build: str | None) -> Record:
    published = published_build(bench.client)
    records = [one for one in read_records(bench) if one.build != published]
    asked = [one for one in records if one.build == build or (not build and not one.left_at)]
    if not asked:
        raise Refused(
            "there is no such build to publish: 'contactpoint builds' lists them, and "
            "'contactpoint reindex' makes one"
        )
    return asked[-1]


def _judge(bench: Bench, record: Record, actor: Actor, findings: Sequence[Finding]) -> Record:
    """Say and store what was found; raise BuildRefused if anything refuses."""
    for one in findings:
        if one not in record.findings:
            bench.listener.say(one.in_words())
    refused = [one for one in findings if not one.passed]
    state = "refused" if refused and record.state == "filled" else record.state
    record = replace(record, findings=tuple(findings), state=state)
    bench.records.write(record)
    if refused:
        said = "; ".join(f"{one.check}: {one.said}" for one in refused)
        checks = ", ".join(one.check for one in refused)
        bench.trail.write("publish-refused", actor, subject=record.build, said=checks)
        raise BuildRefused(
            f"{record.build} is not published, searches go on as before. What the checks found: "
            f"{said}"
        )
    return record


def _catch_up(bench: Bench, lock: Lock, record: Record, filling: Filling) -> None:
    """Let a build that loads did not write into hold what they wrote, before it is judged: one of
    other analysers than the published, or one that was restored."""
    others = _has_other_analysers(bench, filling.source)
    if others:
        _hold_loads(bench, lock)
    if others or record.is_old:
        filling.carry_over()


def _loads_since(bench: Bench, before: str, record: Record, kept: Kept | None) -> list[Finding]:
    if not record.restored or not record.is_old or not kept:
        return []
    again = loads_to_repeat(bench, before, record.restored, kept.sources)
    return [check_loads(bench, record.restored, again)]


def _has_other_analysers(bench: Bench, build: str) -> bool:
    return analyser_versions(bench.client, [build]).get(build) != VERSION


def _hold_loads(bench: Bench, lock: Lock) -> None:
    """Let no load be under way, or begin, until the build is published."""
    lock.hold_loads()
    sources = bench.loads.under_way()
    if sources:
        raise Refused(
            f"{', '.join(sources)} is being loaded by another version of ContactPoint: run "
            "'contactpoint publish' when that has ended"
        )


def _count(bench: Bench, before: str, record: Record) -> Finding:
    for _ in range(COUNTS):
        finding = check_counts(*_counts(bench, before, record.build), record.accepted)
        if finding.passed:
            break
        time.sleep(PAUSE_SECONDS)
    return finding


def _counts(bench: Bench, before: str, build: str) -> tuple[dict[str, int], dict[str, int]]:
    scan = bench.hands.scan
    for one in (before, build):
        scan.refresh(one)
    return scan.count_by_authority(before), scan.count_by_authority(build)


def _accept(bench: Bench, record: Record, consent: Consent) -> Record:
    """Store that one person accepts the counts as they are now; audited first."""
    if consent.actor.role != ACCEPTS:
        raise NotAllowed(f"only a {ACCEPTS} may accept that an authority loses children")
    if not consent.reason.strip():
        raise Refused("--reason: say why the authority has fewer children")
    short = shortfalls(*_counts(bench, _published(bench), record.build))
    acceptance = Acceptance(consent.actor.name, bench.world.now(), consent.reason.strip(), short)
    bench.trail.write(
        "accept-counts", consent.actor, subject=record.build, reason=acceptance.reason
    )
    record = replace(record, accepted=(*record.accepted, acceptance))
    bench.records.write(record)
    return record


def _look_for_the_hidden(bench: Bench, build: str) -> tuple[frozenset[str], list[Finding]]:
    """Return the marks there are, and whether the build holds any child who is marked."""
    canary = check_canary(bench, build)
    marks = bench.hands.marks.all()
    return marks, [canary, check_register(bench, build, marks)]


def _swap(bench: Bench, before: str, record: Record) -> None:
    """Write down which build was before, and then let searches use the new one: the other way
    round, a crash between would forget it."""
    now = bench.world.now()
    left = bench.records.read([before])[before]
    bench.records.write(replace(left, left_at=now))
    bench.records.write(replace(record, state="published", published_at=now, left_at=None))
    swap(bench.client, record.build)


def _of_old(bench: Bench, record: Record) -> list[Finding]:
    """Return what must be so before a build that was restored is brought up to date."""
    if not record.restored or not record.is_old:
        return []
    return [check_sentinel(bench, record.restored), check_links(bench, record.build)]
