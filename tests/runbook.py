"""The runbook's commands, as a person on call would type them."""

import os
import re
import shlex
import subprocess
import sys

from tests.rules.reading import ROOT

TEXT = (ROOT / "docs" / "runbook.md").read_text()


def headings():
    return re.findall(r"^## (.+)$", TEXT, re.M)


def commands(heading):
    """Every fenced command under a heading, in order."""
    part = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", TEXT, re.M | re.S)[1]
    fenced = re.findall(r"```sh\n(.*?)```", part, re.S)
    return [line for block in fenced for line in block.splitlines()]


def follow(settings, heading, only=None, **filled):
    """Run the commands under a heading, their words in capitals filled in.

    `only` is a word that the commands to run contain: a page speaks of several causes.
    """
    for line in commands(heading):
        if only is None or only in line:
            run(settings, *[filled.get(word, word) for word in shlex.split(line)])


def run(settings, word, *words):
    """Run one command; what it printed. It must not end in an error."""
    ended = contactpoint(settings, *words) if word == "contactpoint" else shell(word, *words)
    looks = bool(words) and words[0] in {"check", "health"}  # which end with a colour
    assert ended.returncode in ({0, 1, 2} if looks else {0}), ended.stderr
    return ended.stdout


def contactpoint(settings, *words):
    """Run `contactpoint WORDS` in a process of its own, on this home."""
    return subprocess.run(
        [sys.executable, "-c", "from webapp.commands import main; main()", *words],
        env=environment_of(settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def shell(*words):
    return subprocess.run(words, capture_output=True, text=True, check=False)


def environment_of(settings):
    """What tells a command which home, and so which engine, is meant."""
    return os.environ | {
        "CONTACTPOINT_HOME": str(settings.home),
        "CONTACTPOINT_PORT_BASE": str(settings.port_base),
    }
