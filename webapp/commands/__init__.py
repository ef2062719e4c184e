"""The `contactpoint` command: one module a command word, imported only when it is called."""

import sys
from importlib import import_module
from pkgutil import iter_modules

import click

from indexer.errors import ContactPointError


class CommandWords(click.Group):
    """Finds `contactpoint WORD` in the module `webapp.commands.WORD`, object `command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(module.name.rstrip("_") for module in iter_modules(__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        names = {module.name.rstrip("_"): module.name for module in iter_modules(__path__)}
        command: click.Command = import_module(f"{__name__}.{names[cmd_name]}").command
        return command


@click.group(cls=CommandWords)
def contactpoint() -> None:
    """ContactPoint: find a child, and see who else is in contact with them."""


def main() -> None:
    """Run a command; our own errors end in one sentence and their exit code, not a traceback."""
    try:
        contactpoint.main(standalone_mode=True)
    except ContactPointError as error:
        click.echo(f"contactpoint: {error}", err=True)
        sys.exit(error.exit_code)
