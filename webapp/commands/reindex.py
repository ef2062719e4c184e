"""`contactpoint reindex`: a new build beside the published one, checked and published."""

import os

import click

from indexer.builds.bench import open_bench
from indexer.builds.reindex import reindex, reindex_child
from indexer.people.operator import person_at_keyboard
from indexer.settings import Settings
from indexer.world import REAL
from webapp.commands.builds import told

NICENESS = 10  # searches on this machine come first


@click.command()
@click.option("--no-publish", is_flag=True, help="Only fill the new build; publish it later.")
@click.option("--child", metavar="NUMBER", help="Only this child, in the builds there are.")
def command(no_publish: bool, child: str | None) -> None:
    """Make a new build from the index itself, check it and let searches use it.

    Searches, loads and shields go on. The same command takes up a run that was interrupted.

    Example: contactpoint reindex --no-publish
    """
    os.nice(NICENESS)
    with told() as listener:
        bench = open_bench(Settings.from_environment(), REAL, listener)
        if child:
            reindex_child(bench, child)
            said = "That child's search fields were made anew."
        else:
            build = reindex(bench, person_at_keyboard(), is_to_publish=not no_publish)
            then = "filled: 'contactpoint publish' checks and publishes it"
            said = f"{build} is {then if no_publish else 'published'}."
    click.echo(said)
