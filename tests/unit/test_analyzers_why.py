"""The command `why`: evidence between two names, without a server."""

import json

import pytest
from click.testing import CliRunner

from analyzers.compare.commonness import worth
from indexer.errors import QuestionRefused
from webapp.commands.why import command, stored_name


def test_why_prints_a_sentence_a_line_and_the_score():
    result = CliRunner().invoke(command, ["jon smyth", "Jonathan Smith"])
    *told, last = result.output.splitlines()
    assert told == ["Jon is short for Jonathan", "Smyth sounds like Smith"]
    assert 0.5 < float(last.removeprefix("score ")) < 1


def test_why_prints_json():
    result = CliRunner().invoke(command, ["jon smith", "Jon Smith", "--json"])
    answer = json.loads(result.output)
    assert answer["score"] == 1
    assert answer["evidence"][0] == {
        "field": "given",
        "kind": "exact",
        "sentence": "Jon is the same",
        "weight": answer["evidence"][0]["most"],
        "most": 4 * worth("jon"),
    }


@pytest.mark.parametrize(
    ("text", "given", "family"),
    [
        ("Jonathan Smith", "Jonathan", "Smith"),
        ("Anna Rose van der Berg", "Anna Rose", "van der Berg"),
        ("Smith", "", "Smith"),
    ],
)
def test_last_word_of_the_stored_name_is_the_family_name(text, given, family):
    name = stored_name(text)
    assert (name.given, name.family) == (given, family)


def test_why_of_nothing_is_refused():
    result = CliRunner().invoke(command, ["", "Smith"])
    assert isinstance(result.exception, QuestionRefused)


def test_help_has_an_example():
    assert 'contactpoint why "jon smyth"' in CliRunner().invoke(command, ["--help"]).output
