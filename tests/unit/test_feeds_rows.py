"""One row of a feed: what is accepted, what is rejected and how, and what is kept."""

import json
from csv import DictReader
from datetime import date
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.children.child import Address, Involvement
from indexer.feeds.rows import Reject, Row, RowReader
from indexer.feeds.schema import FIELD_NAMES
from tests.rows import lines, plain_row, row

TODAY = date(2026, 11, 22)
with Path(__file__).with_name("bad_rows.csv").open() as table:
    BAD_ROWS = list(DictReader(table))


def read(*rows):
    return list(RowReader(TODAY).read(lines(*rows)))


def test_example_of_the_formats_is_a_valid_row():
    (found,) = read(row())
    assert isinstance(found, Row)
    assert found.facts.family_name == "O'Brien-Smith"
    assert found.facts.nhs_number == "9434765919"
    assert found.facts.address == Address(("1 High Street",), "Wigan", "WN1 1AA")
    assert found.facts.involvements[0].start == date(2018, 9, 1)


@pytest.mark.parametrize("case", BAD_ROWS, ids=lambda case: case["what"])
def test_bad_row_is_rejected_with_the_field_and_the_reason(case):
    (found,) = read(EXAMPLE_WITHOUT_NULLS | orjson.loads(case["changes"]))
    assert isinstance(found, Reject)
    assert found.errors == {case["field"]: [case["message"]]}


EXAMPLE_WITHOUT_NULLS = row()


def test_child_of_17_is_accepted_until_the_day_before_the_birthday():
    (found,) = read(row(date_of_birth="2008-11-23"))
    assert isinstance(found, Row)


def test_who_and_where_a_sensitive_service_is_never_leaves_the_reader():
    secret = row(
        involvements=[
            {
                "service": "other",
                "organisation": "Brook Clinic",
                "practitioner": "Dr Secret",
                "phone": "01942 999999",
                "email": "secret@example.org",
                "from": "2026-01-05",
                "sensitive": True,
            }
        ]
    )
    (found,) = read(secret)
    assert found.facts.involvements == (
        Involvement("sensitive", start=date(2026, 1, 5), sensitive=True),
    )


def test_withdrawn_row_has_no_facts():
    (found,) = read({"source_record_id": "SC-1", "withdrawn": True})
    assert isinstance(found, Row)
    assert found.facts is None


def test_withdrawn_row_with_a_name_beside_it_is_rejected():
    (found,) = read({"source_record_id": "SC-1", "withdrawn": True, "family_name": "Kelly"})
    assert isinstance(found, Reject)


def test_second_row_with_the_same_record_id_is_rejected():
    first, second = read(row(), row(given_names="Other"))
    assert isinstance(first, Row)
    assert second.errors["source_record_id"] == [
        "Stands in this file already; the first row with it was used."
    ]


def test_null_is_the_same_as_not_said():
    (found,) = read({**plain_row("1", "Ann", "Kelly", "2014-03-09"), "known_as": None, "sex": None})
    assert isinstance(found, Row)


def test_equal_rows_have_equal_digests_whatever_the_order_of_their_fields():
    turned = dict(reversed(list(row().items())))
    (one,), (other,) = read(row()), read(turned)
    assert one.digest == other.digest


def test_rows_that_differ_have_different_digests():
    (one,), (other,) = read(row()), read(row(sex="male"))
    assert one.digest != other.digest


@pytest.mark.parametrize("line", [b"{", b"[]", b"\xff\xfe", b"17", b'{"family_name": NaN}'])
def test_line_that_is_not_an_object_is_rejected(line):
    (found,) = RowReader(TODAY).read([(1, line)])
    assert list(found.errors) == ["row"]


def test_reject_holds_nothing_of_what_the_row_said():
    secret = "Zebedee"
    bad = row(
        family_name=7,
        given_names=secret,
        sex=secret,
        nhs_number=secret,
        carers=[{"name": secret, secret: secret}],
        address={"lines": secret, "postcode": secret},
        involvements=[{"service": secret, "from": secret}],
    )
    (found,) = read(bad | {f"{secret} was here": 1})
    assert secret not in repr(found)


@pytest.mark.parametrize(
    ("field", "inside"),
    [("address", {"shielded": None}), ("carers", [{"name": "A", "shielded": None}])],
)
def test_unknown_field_with_null_is_rejected_inside_another_too(field, inside):
    (found,) = read(row(**{field: inside}))
    assert "shielded" in str(found.errors[field])


def test_error_in_a_list_says_which_of_the_list():
    (found,) = read(row(carers=[{"name": "A"}, {"name": "B", "zoe": 1}]))
    unknown = ["Not a field of a feed; docs/FORMATS.md lists them."]
    assert found.errors == {"carers": {"1": {"unknown field": unknown}}}


@pytest.mark.parametrize("value", [1, "yes", []])
def test_involvement_is_sensitive_only_by_true(value):
    (found,) = read(row(involvements=[{"service": "gp", "sensitive": value}]))
    assert found.errors == {"involvements": {"0": {"sensitive": ["Not a valid boolean."]}}}


@pytest.mark.parametrize("value", [False, None])
def test_row_that_is_not_withdrawn_is_as_one_that_does_not_speak_of_it(value):
    (said,), (unsaid,) = read({**row(), "withdrawn": value}), read(row())
    assert said.facts == unsaid.facts


def test_withdrawn_row_may_have_empty_fields_beside_it():
    (found,) = read({"source_record_id": "SC-1", "withdrawn": True, "family_name": None})
    assert isinstance(found, Row)


MARK, NUMBER = "Zebedee", 7654321
NESTED = b'{"source_record_id": "1", "carers": ' + b"[" * 300 + b"]" * 300 + b"}"
FATHOMS = b'{"carers": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
HUGE = b'{"nhs_number": 1' + b"0" * 5000 + b"}"


@pytest.mark.parametrize("line", [NESTED, FATHOMS, HUGE, b'{"family_name": "\\ud800"}'])
def test_line_that_is_too_much_is_rejected(line):
    (found,) = RowReader(TODAY).read([(1, line)])
    assert isinstance(found, Reject)


def marked(text):
    return MARK + text


texts = st.text(st.characters(), max_size=8).map(marked)
# What is in a field by right, so that the fields beside it are looked at too.
right = st.sampled_from(["359", "2014-03-09", "school", "female", "WN1 1AA", "2008-02-30"])
leaves = st.one_of(
    st.none(), st.booleans(), st.just(NUMBER), st.just(10**400), st.floats(), texts, right
)
names = st.one_of(st.sampled_from(sorted(FIELD_NAMES)), texts)
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4)
)


@given(st.dictionaries(names, values, max_size=16), st.booleans())
def test_any_json_is_a_row_or_a_reject_without_its_values(changes, beside_right_ones):
    said = {**row(), **changes} if beside_right_ones else changes
    (found,) = RowReader(TODAY).read([(1, json.dumps(said).encode())])
    assert isinstance(found, Row | Reject)
    if isinstance(found, Reject):
        written = orjson.dumps(found.errors).decode()
        assert MARK not in written
        assert str(NUMBER) not in written


@given(values)
def test_any_json_is_a_line_that_is_answered(value):
    (found,) = RowReader(TODAY).read([(1, json.dumps(value).encode())])
    assert isinstance(found, Row | Reject)
