"""Says, stores and audits what the publish checks found, and who accepts that children are lost."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from indexer.builds.bench import Bench
from indexer.builds.checks import check_counts, shortfalls
from indexer.builds.old_builds import published_now
from indexer.builds.records import Acceptance, Finding, Record
from indexer.errors import BuildRefused, NotAllowed, Refused
from indexer.people.actor import Actor

ACCEPTS = "data-manager"  # the role that may say that an authority has lost children
COUNTS, PAUSE_SECONDS = 3, 0.5  # times: a load may be between the one build and the other


@dataclass(frozen=True)
class Consent:
    """One person accepts, with a reason, that authorities lose children by this build."""

    actor: Actor
    reason: str


def judge(bench: Bench, record: Record, actor: Actor, findings: Sequence[Finding]) -> Record:
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


def count(bench: Bench, before: str, record: Record) -> Finding:
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


def accept(bench: Bench, record: Record, consent: Consent) -> Record:
    """Store that one person accepts the counts as they are now; audited first."""
    if consent.actor.role != ACCEPTS:
        raise NotAllowed(f"only a {ACCEPTS} may accept that an authority loses children")
    if not consent.reason.strip():
        raise Refused("--reason: say why the authority has fewer children")
    short = shortfalls(*_counts(bench, published_now(bench), record.build))
    acceptance = Acceptance(consent.actor.name, bench.world.now(), consent.reason.strip(), short)
    bench.trail.write(
        "accept-counts", consent.actor, subject=record.build, reason=acceptance.reason
    )
    record = replace(record, accepted=(*record.accepted, acceptance))
    bench.records.write(record)
    return record
