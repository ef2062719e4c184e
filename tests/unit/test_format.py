"""Questions as JSON: whatever stands in a line, it is a question or is refused; and tokens fit."""

import json
from datetime import date

import orjson
import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import QuestionRefused
from indexer.world import REAL
from webapp.commands.serve import LONGEST_ADDRESS, gunicorn_options
from webapp.search.format import read_id, read_question
from webapp.search.gate import REASON_LENGTH
from webapp.search.question import FIELDS, LONGEST_TEXT
from webapp.tokens import Asked, Tokens

TODAY = date(2026, 11, 22)
DEEP = "[" * 300 + "]" * 300
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["id", *FIELDS]), inner),
)


@pytest.mark.parametrize("said", [None, "q1", "", 17, -1, 2**64 - 1])
def test_text_or_whole_number_is_an_id(said):
    question_id, body = read_id(orjson.dumps({"id": said, "name": "ann kelly"}))
    assert question_id == said
    assert read_question(body, TODAY).name == "ann kelly"


@pytest.mark.parametrize("said", ["true", "false", "1.5", "2" * 30, "{}", '["q1"]', DEEP])
def test_anything_else_is_refused_as_an_id(said):
    question_id, body = read_id(f'{{"id": {said}, "name": "ann kelly"}}'.encode())
    assert question_id is None
    with pytest.raises(QuestionRefused, match="An id is a text or a whole number"):
        read_question(body, TODAY)


@pytest.mark.parametrize(
    "line",
    [
        b"[]",
        b"17",
        b"{",
        b'{"id": "q1", "name": "\xff"}',
        b'{"id": "q1", "name": "\\ud800"}',
        f'{{"id": "q1", "name": {DEEP}}}'.encode(),
        b"[" * 100_000,
    ],
    ids=["list", "number", "broken", "latin-1", "half a letter", "deep", "too deep"],
)
def test_line_that_is_no_question_is_refused(line):
    with pytest.raises(QuestionRefused):
        read_question(read_id(line)[1], TODAY)


@given(JSON)
def test_any_json_is_a_question_or_is_refused_and_its_id_can_be_written(value):
    question_id, body = read_id(json.dumps(value).encode())
    assert orjson.dumps(question_id)
    try:
        read_question(body, TODAY)
    except QuestionRefused as error:
        assert str(error)  # noqa: PT017 - to be read, or refused: both are right


@pytest.mark.parametrize("letter", ["a", "\u00e9", "\u0928", "\U0001f9d2"])
def test_token_of_the_longest_reason_and_question_fits_in_an_address(letter):
    asked = Asked(letter * LONGEST_TEXT, 40, "100000000017", letter * REASON_LENGTH)
    tokens = Tokens(Fernet.generate_key().decode(), REAL)
    token = tokens.seal("record", "a" * 64, asked)
    assert len(token) < 8_000
    assert tokens.open("record", "a" * 64, token) == asked


def test_server_takes_the_longest_address_it_can():
    options = gunicorn_options("127.0.0.1:8000", 1)
    assert options["limit_request_line"] == LONGEST_ADDRESS == 8190
