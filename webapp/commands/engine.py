"""`contactpoint engine …`: the embedded Elasticsearch, for a laptop, tests and the demo."""

from pathlib import Path

import click

from indexer.engine import lifecycle
from indexer.engine.deployment import write_deployment
from indexer.engine.distribution import fetch as fetch_server
from indexer.engine.lifecycle import NodeStatus
from indexer.engine.start import DEFAULT_HEAP
from indexer.engine.start import start as start_engine
from indexer.errors import ClusterUnavailable
from indexer.settings import Settings


@click.group()
def command() -> None:
    """Start, stop and look at the embedded Elasticsearch.

    Example: contactpoint engine start --heap 2g
    """


@command.command()
@click.option("--nodes", type=click.IntRange(1, 9), help="How many nodes; as before, or 1.")
@click.option("--heap", default=DEFAULT_HEAP, show_default=True, help="Memory of each node.")
def start(nodes: int | None, heap: str) -> None:
    """Start it, and wait until it is ready; harmless if it runs.

    Example: contactpoint engine start --nodes 3 --heap 512m
    """
    start_engine(Settings.from_environment(), click.echo, nodes, heap)


@command.command()
def stop() -> None:
    """Stop it, and wait until it has ended.

    Example: contactpoint engine stop
    """
    lifecycle.stop(Settings.from_environment(), click.echo)


@command.command()
def status() -> None:
    """Show each node: process, address, health. Ends with 0 if all are well, else 4.

    Example: contactpoint engine status
    """
    found = lifecycle.status(Settings.from_environment())
    for node_status in found:
        click.echo(_line(node_status))
    if not found or not all(each.is_well for each in found):
        raise ClusterUnavailable(
            "Elasticsearch is not (wholly) running: run 'contactpoint engine start'"
        )


def _line(found: NodeStatus) -> str:
    if found.process is None:
        return f"{found.node.name}: not running"
    return f"{found.node.name}: running, process {found.process}, {found.node.url}, {found.health}"


@command.command()
def destroy() -> None:
    """Delete its data, passwords and certificates; stop it first.

    Example: contactpoint engine destroy
    """
    lifecycle.destroy(Settings.from_environment(), click.echo)


@command.command()
def fetch() -> None:
    """Download the server, so that the next start is quick.

    Example: contactpoint engine fetch
    """
    click.echo(f"Elasticsearch is in {fetch_server(click.echo)}")


@command.command()
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The nodes' folder.")
def files(out: Path) -> None:
    """Write what a node run elsewhere needs in its config folder; make secrets not yet made.

    Example: contactpoint engine files --out /files
    """
    settings = Settings.from_environment()
    write_deployment(settings, out)
    click.echo(f"Wrote roles, users and settings to {out}; passwords are in {settings.secrets}")
