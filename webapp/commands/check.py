"""`contactpoint check`: verify what is stored, and store what was found."""

import sys
from typing import Any

import click
import orjson

from indexer.builds.bench import open_bench
from indexer.checks.run import SAMPLE, Extent, run_checks
from indexer.health.reports import Report, Reports
from indexer.health.state import COLOURS, worst
from indexer.people.operator import person_at_keyboard
from indexer.settings import Settings
from indexer.world import REAL
from webapp.commands.builds import told
from webapp.commands.health import in_words


@click.command()
@click.option("--sample", default=SAMPLE, show_default=True, help="Documents made again.")
@click.option("--all", "is_whole", is_flag=True, help="Make every document again.")
@click.option("--mend", is_flag=True, help="Write those anew that differ.")
@click.option("--accept", metavar="REASON", help="Fewer children or rows are right; audited.")
@click.option("--last", type=int, help="Run nothing: show the last N that were stored.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON Lines.")
def command(last: int | None, as_json: bool, **how: Any) -> None:
    """Check counts, documents, builds, register, sources and audit; store what was found.

    To be run every day. Counts that fell are red until they are back, or accepted. Ends with 0 if
    all is green, 1 if something is yellow, 2 if something is red; docs/runbook.md has a part for
    each.

    Example: contactpoint check --all --mend
    """
    with told() as listener:
        bench = open_bench(Settings.from_environment(), REAL, listener)
        if last is not None:
            reports = Reports(bench.client).newest(last)
        else:
            sample = None if how["is_whole"] else how["sample"]
            extent = Extent(sample, how["mend"], how["accept"])
            reports = (run_checks(bench, person_at_keyboard(), extent),)
    for report in reports:
        click.echo(as_line(report) if as_json else as_words(report))
    sys.exit(max((COLOURS.index(worst(one.states)) for one in reports), default=0))


def as_words(report: Report) -> str:
    head = f"{report.at:%Y-%m-%d %H:%M} UTC, {report.seconds:,.1f} s, by {report.actor}"
    return "\n".join([head, *(in_words(one) for one in report.states)])


def as_line(report: Report) -> bytes:
    return orjson.dumps(report)
