"""`contactpoint health`: what is wrong, why, and which command to run next."""

import sys
import time
from datetime import datetime

import click

from indexer.health.hook import Hook
from indexer.health.state import COLOURS, State
from indexer.health.watch import Watch
from indexer.settings import Settings
from indexer.world import REAL


@click.command()
@click.option("--watch", "goes_on", is_flag=True, help="Go on, and run CONTACTPOINT_ALARM.")
@click.option("--every", default=30, show_default=True, help="Seconds between two looks.")
def command(goes_on: bool, every: int) -> None:
    """Say how the service is: each state, its cause and the next command (docs/runbook.md).

    Ends with 0 if all is green, 1 if something is yellow, 2 if something is red. With --watch it
    goes on until Ctrl-C, says again what changed, and runs the command of CONTACTPOINT_ALARM with
    the names of what is red: at once, and every five minutes until it is not.

    Example: contactpoint health --watch
    """
    settings = Settings.from_environment()
    watch = Watch(settings, REAL)
    if goes_on:
        _watch(watch, Hook(settings.alarm), every)
    picture = watch.look()
    for state in picture.states:
        click.echo(in_words(state))
    sys.exit(COLOURS.index(picture.colour))


def in_words(state: State) -> str:
    """Return a state as one line, and its next command as a second."""
    line = f"{state.colour:<6}  {state.name}: {state.cause}"
    return f"{line}\n        next: {state.step}" if state.step else line


def _watch(watch: Watch, hook: Hook, every: int) -> None:
    said: dict[str, str] = {}
    while True:
        states = watch.look().states
        now = {one.name: in_words(one) for one in states}
        for name, line in now.items():
            if said.get(name) != line:
                click.echo(f"{_clock(REAL.now())}  {line}")
        said = now
        hook.tell(states)
        time.sleep(every)


def _clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
