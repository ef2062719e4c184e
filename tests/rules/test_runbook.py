"""Every command of the runbook is one that there is, with options that it has."""

import re
import shlex

import click
import pytest

from tests.rules.reading import ROOT
from tests.runbook import commands, headings
from webapp.commands import contactpoint

TIMERS = (ROOT / "docs" / "monitoring" / "README.md").read_text()
LINES = [
    *(one for head in headings() for one in commands(head) if one.startswith("contactpoint ")),
    *re.findall(r"/bin/(contactpoint .+)", TIMERS),
]


def command_of(words):
    """The click command that the words call, and what is left of them."""
    context = click.Context(contactpoint)
    command = contactpoint.get_command(context, words[0])
    if isinstance(command, click.Group):
        return command.get_command(context, words[1]), words[2:]
    return command, words[1:]


@pytest.mark.parametrize("line", sorted(set(LINES)))
def test_command_of_the_runbook_is_there_with_its_options(line):
    words = shlex.split(line)[1:]
    command, rest = command_of(words)
    assert command, line
    known = {option for one in command.params for option in one.opts}
    assert {word for word in rest if word.startswith("--")} <= known


@pytest.mark.parametrize("heading", headings())
def test_every_part_of_the_runbook_says_what_to_run(heading):
    assert commands(heading)
