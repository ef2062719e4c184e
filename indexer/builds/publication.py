"""Publishes a build: carry over, check, swap; and back to the build before."""

from collections.abc import Callable
from dataclasses import replace

from analyzers.version import VERSION
from indexer.builds.bench import Bench
from indexer.builds.builds import analyser_versions, published_build, swap
from indexer.builds.checks import check_canary, check_register, fixed_findings
from indexer.builds.filling import Filling
from indexer.builds.judging import Consent, accept, count, judge
from indexer.builds.kept import Kept
from indexer.builds.lock import Lock, holding_builds
from indexer.builds.old_builds import previous, published_now, read_records, remove_old_builds
from indexer.builds.records import Finding, Record, Restored
from indexer.builds.restored import check_links, check_loads, check_sentinel, loads_to_repeat
from indexer.errors import Refused
from indexer.people.actor import Actor

LOST = "one that is lost"


def publish(
    bench: Bench, actor: Actor, build: str | None = None, consent: Consent | None = None
) -> str:
    """Publish a build that was filled and not published, the newest unless one is named.

    One that was restored, or published before, may have children whom the published one lost: of
    these those stay to whom a link leads, as in a rollback. Return its name. Raises BuildRefused
    with what the checks found, Refused, Unavailable.
    """
    with holding_builds(bench.client, bench.world, "publish") as lock:
        record = _unpublished(bench, build)
        if consent:
            record = accept(bench, record, consent)
        kept = None if is_copy(record) else Kept(bench, record.build)
        publish_record(bench, lock, record, actor, kept)
    return record.build


def is_copy(record: Record) -> bool:
    """Was it filled from the published build, and never searched? It has no child of its own."""
    return not record.restored and not record.left_at


def rollback(bench: Bench, actor: Actor, consent: Consent | None = None) -> str:
    """Publish the build that was published before; return its name.

    Loads wrote into it all the time. A child whom it alone has stays if a link leads there: the
    build that is left may be the one that lost the child, or be lost itself. Raises as `publish`.
    """
    with holding_builds(bench.client, bench.world, "rollback") as lock:
        record = previous(bench)
        if record is None:
            raise Refused("there is no build from before: nothing to roll back to")
        if consent:
            record = accept(bench, record, consent)
        if published_build(bench.client):
            publish_record(bench, lock, record, actor, Kept(bench, record.build))
        else:
            _put_back(bench, lock, record, actor)
    return record.build


def publish_record(
    bench: Bench, lock: Lock, record: Record, actor: Actor, kept: Kept | None = None
) -> None:
    """Carry over what changed, check and swap, as one who holds the lock.

    `kept` says who of the children whom the build alone has may stay; nobody, if it is a copy.
    """
    before = published_now(bench)
    record = replace(record, findings=())
    record = judge(bench, record, actor, [*fixed_findings(bench, record), *_of_old(bench, record)])
    filling = Filling(bench.hands, before, record.build, gone=kept.gone if kept else set)
    _catch_up(bench, lock, record, filling)
    # Before it is mended: of a build that has lost so many children something is wrong.
    counted = count(bench, before, record)
    record = judge(bench, record, actor, [*record.findings, counted])
    filling.carry_over()
    _let_search(bench, lock, record, actor, lambda: _loads_since(bench, before, record, kept))


def _put_back(bench: Bench, lock: Lock, record: Record, actor: Actor) -> None:
    """Publish the build from before where the published one was lost: nothing is left to carry over
    or to count by. A load that did not write into it, as one of another version, is named."""
    record = judge(bench, replace(record, findings=()), actor, fixed_findings(bench, record))
    left = Restored(record.build, record.left_at or bench.world.now(), 0)
    record = _let_search(bench, lock, record, actor)
    bench.listener.say("It is searched. Looking for loads of which not all is in it.")
    again = loads_to_repeat(bench, record.build, left, ())
    judge(bench, record, actor, [*record.findings, check_loads(bench, left, again)])


def _let_search(
    bench: Bench,
    lock: Lock,
    record: Record,
    actor: Actor,
    loads: Callable[[], list[Finding]] = list,
) -> Record:
    """Check that nobody is in the build who is hidden, and let searches use it."""
    bench.listener.say("Looking for whom nobody may find; of millions that takes minutes.")
    marks, hidden = _look_for_the_hidden(bench, record.build)
    record = judge(bench, record, actor, [*record.findings, *hidden, *loads()])
    lock.check()
    before = published_build(bench.client)
    bench.trail.write("publish", actor, subject=record.build, said=f"in place of {before or LOST}")
    record = _swap(bench, before, record)
    if (now := bench.hands.marks.all()) != marks:
        check_register(bench, record.build, now)  # who set a shield meanwhile does so too
    remove_old_builds(bench)
    return record


def _unpublished(bench: Bench, build: str | None) -> Record:
    published = published_now(bench)
    records = [one for one in read_records(bench) if one.build != published]
    asked = [one for one in records if one.build == build or (not build and not one.left_at)]
    if not asked:
        raise Refused(
            "there is no such build to publish: 'contactpoint builds' lists them, and "
            "'contactpoint reindex' makes one"
        )
    return asked[-1]


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


def _look_for_the_hidden(bench: Bench, build: str) -> tuple[frozenset[str], list[Finding]]:
    """Return the marks there are, and whether the build holds any child who is marked."""
    canary = check_canary(bench, build)
    marks = bench.hands.marks.all()
    return marks, [canary, check_register(bench, build, marks)]


def _swap(bench: Bench, before: str | None, record: Record) -> Record:
    """Write down which build was before, and then let searches use the new one: the other way
    round, a crash between would forget it. When the new one was left itself stays written down: if
    this dies before the swap, it is still the build to go back to, and no copy of the other."""
    now = bench.world.now()
    if before:
        left = bench.records.read([before])[before]
        bench.records.write(replace(left, left_at=now))
    record = replace(record, state="published", published_at=now)
    bench.records.write(record)
    swap(bench.client, record.build)
    return record


def _of_old(bench: Bench, record: Record) -> list[Finding]:
    """Return what must be so before a build that was restored is brought up to date."""
    if not record.restored or not record.is_old:
        return []
    return [check_sentinel(bench, record.restored), check_links(bench, record.build)]
