"""The command contract: every command is in docs/COMMANDS.md and its help has an example."""

import re

import click
import pytest
from click.testing import CliRunner

from tests.rules.reading import ROOT
from webapp.commands import contactpoint


def commands():
    """Every command and subcommand, as typed."""
    context = click.Context(contactpoint)
    for word in contactpoint.list_commands(context):
        command = contactpoint.get_command(context, word)
        yield (word,)
        if isinstance(command, click.Group):
            yield from ((word, part) for part in command.list_commands(context))


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_help_of_every_command_has_an_example(words):
    said = CliRunner().invoke(contactpoint, [*words, "--help"])
    assert said.exit_code == 0
    assert EXAMPLE.search(said.output)


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_every_command_is_in_the_docs(words):
    assert f"`{words[0]} " in COMMANDS or f"`{words[0]}`" in COMMANDS
    assert words[-1] in COMMANDS


EXAMPLE = re.compile(r"Example:\s+(\$ )?contactpoint ")
COMMANDS = (ROOT / "docs" / "COMMANDS.md").read_text()
