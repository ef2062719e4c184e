"""`contactpoint audit …`: read who searched and looked, and prove that the audit is whole."""

import sys
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import click
import orjson

from indexer.audit.entry import Line
from indexer.audit.months import make_months
from indexer.audit.proof import Part, prove
from indexer.audit.reading import Asked, AuditReader, Seen
from indexer.audit.trail import CHAIN_KEY
from indexer.audit.verification import Verdict
from indexer.audit.witness import witness_path, written
from indexer.clients import make_client
from indexer.errors import Refused
from indexer.people.users import find_actor
from indexer.settings import Settings
from indexer.world import REAL
from mappings.names import AUDIT, AUDIT_MONTHS, AUDIT_SEALED

MOST_FAULTS = 100  # printed; one is a run of neighbours
A_DAY = click.DateTime(["%Y-%m-%d"])

of_sealed = click.option("--sealed", is_flag=True, help="What was done about shields, instead.")


@click.group()
def command() -> None:
    """Who searched, who opened which record and why; and the proof that nothing was changed.

    Example: contactpoint audit show --person pat --from 2026-11-01 --as audrey
    """


@command.command()
@click.option("--person", default="", help="What this user did.")
@click.option("--child", default="", metavar="NUMBER", help="Who was shown this child.")
@click.option("--from", "first", type=A_DAY, help="The first day; a week ago unless given.")
@click.option("--to", "last", type=A_DAY, help="The last day; today unless given.")
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON an entry.")
@of_sealed
@click.option("--as", "user", required=True, help="The auditor who reads (--sealed: an officer).")
def show(  # noqa: PLR0913, PLR0917 - one argument an option
    person: str,
    child: str,
    first: datetime | None,
    last: datetime | None,
    as_json: bool,
    sealed: bool,
    user: str,
) -> None:
    """Print the entries by time. That they were read is an entry itself.

    Auditors see what the people of their own organisation did; of a child, who was shown it
    whatever their organisation.

    Example: contactpoint audit show --child 100000000017 --as audrey
    """
    settings, today = Settings.from_environment(), REAL.today()
    asked = Asked(
        first=first.date() if first else today - timedelta(days=7),
        last=last.date() if last else today,
        person=person,
        child=child,
        index=AUDIT_SEALED if sealed else AUDIT_MONTHS,
    )
    client = make_client(settings, "desk")
    reader = find_actor(client, user, REAL)
    is_empty = True
    for seen in AuditReader(client, settings, REAL).read(asked, reader):
        is_empty = False
        click.echo(orjson.dumps(seen) if as_json else in_words(seen))
    if is_empty and not as_json:
        click.echo("The audit was read, and nothing in it is of this person, child and time.")


def in_words(seen: Seen) -> str:
    """Return an entry as one line."""
    asked = {name: value for name, value in seen.question.items() if value}
    details = {
        "of": seen.subject,
        "asked": orjson.dumps(asked).decode() if asked else "",
        "children": " ".join(seen.children),
        "reason": seen.reason,
        "said": seen.said,
    }
    told = "".join(f"; {name}: {value}" for name, value in details.items() if value)
    who = f"{seen.actor or 'nobody'} ({seen.role}, {seen.organisation or 'this server'})"
    return f"{seen.at:%Y-%m-%d %H:%M:%S} {seen.event} {who}{told}"


@command.command()
@click.option(
    *("--witness", "--anchor", "witnesses"),
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    help="A witness file, or what `audit anchor` printed; repeatable.",
)
@click.option("--since", type=A_DAY, help="Only what was written on this day or later.")
@of_sealed
def verify(witnesses: tuple[Path, ...], since: datetime | None, sealed: bool) -> None:
    """Prove that every entry is as it was written, and that none is missing; to be run daily.

    Without --witness this home's own witness is taken. It also makes the indices of the months to
    come.

    Example: contactpoint audit verify --witness /mnt/witness/audit.witness
    """
    settings = Settings.from_environment()
    make_months(make_client(settings, "operator"), REAL.today())
    verdict = _proved(settings, witnesses, since.date() if since else None, sealed=sealed)
    click.echo(summary(verdict))
    if verdict.faults:
        raise Refused("the audit is not as it was written: keep it, its witness and this list")


@command.command()
@click.option("--out", type=click.Path(path_type=Path), help="Write to this file.")
@of_sealed
def anchor(out: Path | None, sealed: bool) -> None:
    """Print the last line of every chain, once the audit is proved; keep it where nobody can
    change it, for `audit verify --anchor`.

    Example: contactpoint audit anchor --out /mnt/paper/2026-11-30.anchor
    """
    verdict = _proved(Settings.from_environment(), (), None, sealed=sealed)
    if verdict.faults:
        click.echo(summary(verdict), err=True)
        raise Refused("the audit is not as it was written, so it is no anchor")
    text = b"".join(map(written, verdict.heads))
    if out:
        out.write_bytes(text)
    else:
        sys.stdout.buffer.write(text)


def _proved(
    settings: Settings, witnesses: Sequence[Path], since: date | None, *, sealed: bool
) -> Verdict:
    own = witness_path(settings, AUDIT_SEALED if sealed else AUDIT)
    index = AUDIT_SEALED if sealed else AUDIT_MONTHS
    seen_by = tuple(witnesses) or ((own,) if own.exists() else ())
    if not seen_by:
        click.echo("No witness: what was cut off at the end of a chain cannot be seen.", err=True)
    part = Part(index, seen_by, since)
    return prove(make_client(settings, "desk"), settings.secret(CHAIN_KEY), part)


def summary(verdict: Verdict) -> str:
    """Return what was proved, in sentences."""
    lines = [f"{verdict.entries:,} entries in {len(verdict.heads):,} chains."]
    lines += [f"FAULT  {fault}" for fault in verdict.faults[:MOST_FAULTS]]
    if len(verdict.faults) > MOST_FAULTS:
        lines.append(f"and {len(verdict.faults) - MOST_FAULTS:,} more faults")
    if verdict.crashed:
        crashed = "a process ended before its last entry was witnessed, so nothing was shown of it"
        lines.append(f"{len(verdict.crashed):,} times {crashed}: {_places(verdict.crashed)}")
    if verdict.unseen:
        lines.append(f"Chains the witness does not have to their end: {_places(verdict.unseen)}")
    if not verdict.faults:
        lines.append("Every entry is as it was written, and none is missing.")
    return "\n".join(lines)


def _places(heads: Sequence[Line]) -> str:
    more = f" and {len(heads) - MOST_FAULTS:,} more" if len(heads) > MOST_FAULTS else ""
    return ", ".join(f"{one.chain} after {one.sequence}" for one in heads[:MOST_FAULTS]) + more
