"""`contactpoint snapshot …`: copies of the index outside Elasticsearch, and the way back."""

from dataclasses import asdict

import click
import orjson

from indexer.builds.bench import open_bench
from indexer.clients import make_client
from indexer.people.operator import person_at_keyboard
from indexer.settings import Settings
from indexer.snapshots import expiry, snapshots
from indexer.snapshots.lost import restore_lost
from indexer.snapshots.repositories import open_repositories
from indexer.snapshots.restore import restore as restore_build
from indexer.snapshots.trial import verify as verify_snapshots
from indexer.world import REAL
from webapp.commands.builds import told

NEXT = (
    "brought back. Next, in this order: put the newest copy of the journal of shields in its place "
    "(CONTACTPOINT_JOURNAL); 'contactpoint init --empty', which makes the register anew from it; "
    "'contactpoint snapshot restore'; 'contactpoint publish'; 'contactpoint shield verify'. "
    "Whoever was deactivated since the snapshot must be so again: 'contactpoint user list'."
)


@click.group()
def command() -> None:
    """Take, list and try snapshots, and bring a build back from one.

    Example: contactpoint snapshot create
    """


@command.command()
def create() -> None:
    """Take a snapshot of the children and one of what is sealed; searches and loads go on.

    Meant to be run every night, when no load is under way.

    Example: contactpoint snapshot create
    """
    with told() as listener:
        bench = open_bench(Settings.from_environment(), REAL, listener)
        taken = snapshots.create(bench, person_at_keyboard())
    for one in taken:
        click.echo(one.in_words())


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON Lines.")
def list_all(as_json: bool) -> None:
    """List the snapshots of both repositories, the oldest first.

    Example: contactpoint snapshot list
    """
    operator_client = make_client(Settings.from_environment(), "operator")
    open_repositories(operator_client)
    found = snapshots.listed(operator_client)
    for one in found:
        click.echo(orjson.dumps(asdict(one)) if as_json else one.in_words())
    if not found and not as_json:
        click.echo("There is no snapshot: 'contactpoint snapshot create' takes one.")


@command.command()
@click.argument("name", required=False)
@click.option("--lost", is_flag=True, help="All but builds and register, where it is not there.")
def restore(name: str | None, lost: bool) -> None:
    """Bring back the build of the newest snapshot, or of NAME, beside the one that is searched.

    Nobody searches it until 'contactpoint publish' has brought it up to date and checked it. After
    the loss of everything begin with --lost, on an empty engine, before 'contactpoint init'.

    Example: contactpoint snapshot restore snapshot-20261121t030000z
    """
    with told() as listener:
        bench = open_bench(Settings.from_environment(), REAL, listener)
        if lost:
            click.echo(f"{', '.join(restore_lost(bench, person_at_keyboard(), name))}: {NEXT}")
            return
        record = restore_build(bench, person_at_keyboard(), name)
    click.echo(
        f"{record.build} is restored, and not searched by anybody. To bring it up to date, check "
        f"it and let searches use it: 'contactpoint publish {record.build}'. To drop it: "
        f"'contactpoint builds --remove {record.build}'."
    )


@command.command()
@click.argument("name", required=False)
def verify(name: str | None) -> None:
    """Try the newest snapshots, or those called NAME, by restoring them; nothing of it stays.

    Example: contactpoint snapshot verify
    """
    with told() as listener:
        bench = open_bench(Settings.from_environment(), REAL, listener)
        verify_snapshots(bench, person_at_keyboard(), name)
    click.echo("What was taken can be brought back.")


@command.command()
@click.option("--dry-run", is_flag=True, help="Only list what would be removed.")
def expire(dry_run: bool) -> None:
    """Remove old snapshots: kept are the newest of each of 7 days and of each of 5 weeks.

    And always the newest of each repository that is whole, and the newest that was tried. Meant to
    be run every night, behind 'contactpoint snapshot create'.

    Example: contactpoint snapshot expire --dry-run
    """
    with told() as listener:
        bench = open_bench(Settings.from_environment(), REAL, listener)
        old = expiry.expire(bench, person_at_keyboard(), is_to_remove=not dry_run)
    for one in old if dry_run else ():
        click.echo(one.in_words())
    if not old:
        click.echo("There is no snapshot to remove.")
