"""The `contactpoint` command: one module a command word, imported only when it is called."""

import os
import sys
from contextlib import suppress
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import click
import structlog

from indexer.errors import ContactPointError, Refused
from indexer.settings import Settings


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

    def invoke(self, ctx: click.Context) -> Any:
        """Run the word; an interrupt that it does not await ends in one sentence of ours."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise ContactPointError("interrupted") from None


class LogFile:
    """CONTACTPOINT_HOME/logs/commands.log: made at the first line, for its owner alone.

    What is logged is not for the one who runs the command: an alarm tells that a child is shielded.
    For the same reason a line that cannot be written changes nothing that the command says or does.
    """

    def write(self, text: str) -> None:
        path = Settings.from_environment().home / "logs" / "commands.log"
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(descriptor, "ab") as stream:
                stream.write(text.encode())

    def flush(self) -> None:
        """Do nothing: every line is written whole, and the file closed."""


@click.group(cls=CommandWords)
def contactpoint() -> None:
    """ContactPoint: find a child, and see who else is in contact with them."""


def main() -> None:
    """Run a command; our own errors end in one sentence and their exit code, not a traceback."""
    try:
        _refuse_other_encodings(sys.argv[1:])
        _set_up_log()
        contactpoint.main(standalone_mode=True)
    except ContactPointError as error:
        click.echo(f"contactpoint: {error}", err=True)
        sys.exit(error.exit_code)


def _set_up_log() -> None:
    """Write JSON lines to the file, and nothing to standard output or error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=LogFile()),  # type: ignore[arg-type]
    )


def _refuse_other_encodings(words: list[str]) -> None:
    """Python keeps a byte that is not UTF-8 as half a character, which nothing later can write."""
    for number, word in enumerate(words, 1):
        try:
            word.encode()
        except UnicodeEncodeError:
            raise Refused(
                f"word {number} after 'contactpoint' is not in UTF-8: type it again, or rename "
                "the file"
            ) from None
