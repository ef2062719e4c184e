"""`contactpoint generate` as it is typed: what it prints, and how it refuses."""

import gzip
import subprocess
import sys

import pytest

ORDER = ["--children", "30", "--seed", "1", "--today", "2026-11-01"]


def run(*arguments):
    command = [sys.executable, "-c", "from webapp.commands import main; main()", "generate"]
    command += arguments
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_summary_says_what_was_written(tmp_path):
    done = run(*ORDER, "--out", str(tmp_path), "--bad-rows", "3")
    assert done.returncode == 0
    assert "gp-registration: " in done.stdout
    assert "30 children, " in done.stdout
    assert "(3 bad)" in done.stdout
    assert done.stderr == ""


def test_source_named_twice_is_written_once(tmp_path):
    named = ["--sources", "child-benefit,child-benefit"]
    assert run(*ORDER, "--out", str(tmp_path), *named).returncode == 0
    lines = gzip.decompress((tmp_path / "child-benefit.jsonl.gz").read_bytes()).splitlines()
    assert len(set(lines)) == len(lines) > 0


def test_help_has_an_example():
    assert "Example: contactpoint generate" in run("--help").stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--children", "0", "--seed", "1", "--out", "feeds"], "at least 1 child"),
        ([*ORDER, "--out", "feeds", "--bad-rows", "-1"], "fewer than 0 bad rows"),
        ([*ORDER, "--out", "feeds", "--sources", "hospital"], "--sources of school-census"),
        ([*ORDER, "--out", "/dev/null/feeds"], "cannot write to /dev/null/feeds"),
    ],
)
def test_refusals_are_one_sentence_and_exit_code_2(arguments, sentence):
    refused = run(*arguments)
    assert refused.returncode == 2
    assert sentence in refused.stderr
    assert refused.stderr.count("\n") == 1
