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
from indexer.feeds.columns import FeedForm
from indexer.feeds.fields import FIELD_NAMES
from indexer.feeds.json_rows import read_json
from indexer.feeds.rows import UNKNOWN_AUTHORITY, Reject, Row
from tests.rows import plain_row, row

TODAY = date(2026, 11, 22)
with Path(__file__).with_name("bad_rows.csv").open() as table:
    BAD_ROWS = list(DictReader(table))


def feed(*lines, **columns):
    form = FeedForm(columns=columns)
    return list(read_json(iter(enumerate(lines, 1)), form, "feed.jsonl"))


def read_lines(*lines):
    return [one if isinstance(one, Reject) else one.read(TODAY) for one in feed(*lines)]


def read(*rows):
    return read_lines(*(f"{json.dumps(one)}\n" for one in rows))


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


def test_null_is_the_same_as_not_said():
    (found,) = read({**plain_row("1", "Ann", "Kelly", "2014-03-09"), "known_as": None, "sex": None})
    assert isinstance(found, Row)


@pytest.mark.parametrize(
    "same",
    [
        {"nhs_number": "9434765919"},
        {"family_name": " O'Brien-Smith "},
        {"given_names": "Niamh  Rose"},
        {"former_names": row()["former_names"] + [None]},
        {"address": row()["address"] | {"postcode": "WN11AA"}},
    ],
)
def test_another_way_of_writing_the_same_is_the_same_row(same):
    (one,), (other,) = read(row()), read(row() | same)
    assert one.facts == other.facts


def test_what_the_table_of_sensitive_organisations_hides_is_not_kept(monkeypatch):
    monkeypatch.setattr("indexer.feeds.fields.is_sensitive", lambda _: True)
    (found,) = read(row())
    assert found.facts.involvements[0].organisation == ""


def digest(line, **columns):
    ((found),) = feed(line, **columns)
    return found.digest


LINE = json.dumps(row())


@pytest.mark.parametrize("same", [LINE, f"{LINE}\n", f" {LINE}\r\n"])
def test_digest_is_that_of_the_line_as_written(same):
    assert digest(same) == digest(f"{LINE}\n")
    assert digest(LINE.replace("Niamh", "Aoife")) != digest(LINE)


@pytest.mark.parametrize(
    ("changed", "to"),
    [
        ("indexer.feeds.columns.READING_VERSION", 0),
        ("indexer.feeds.columns.sensitive_words", lambda: (("brook",),)),
    ],
)
def test_row_that_is_understood_in_another_way_has_another_digest(monkeypatch, changed, to):
    before = digest(LINE)
    monkeypatch.setattr(changed, to)
    assert digest(LINE) != before


def test_row_with_other_names_for_its_columns_has_another_digest():
    assert len({digest(LINE), digest(LINE, dob="date_of_birth"), digest(LINE, dob="")}) == 3


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('{"source_record_id": "7"}', "7"),
        ('{"carers": [{"source_record_id": "8"}], "source_record_id": "7", "x": [1]}', "7"),
        ('{"source_record_id": 7}', None),
        ('{"source_record_id": null}', None),
        ('{"source_record_id": ""}', None),
        ("{}", None),
        ("{", None),
        ("[1]", None),
    ],
)
def test_record_id_is_found_without_reading_the_row(line, found):
    (one,) = feed(line + "\n")
    assert one.source_record_id == found


def test_record_id_is_found_under_the_name_another_system_has_for_it():
    (one,) = feed('{"Ref": "7"}\n', Ref="source_record_id")
    assert one.source_record_id == "7"


def test_unknown_authority_in_a_upn_is_a_warning():
    (known,), (unknown,) = read(row(upn="A123456789012")), read(row(upn="Y319000025000"))
    assert (known.warnings, unknown.warnings) == ((UNKNOWN_AUTHORITY,), ())


def test_all_that_is_wrong_with_a_row_is_said_at_once():
    (found,) = read(row(family_name="", sex="F", date_of_birth="2030-01-01", authority=None))
    assert sorted(found.errors) == ["authority", "date_of_birth", "family_name", "sex"]


@pytest.mark.parametrize("phone", ["+44 1942 000000", "-", "(01942) 000000"])
def test_phone_may_begin_with_plus(phone):
    (found,) = read(row(carers=[{"name": "A", "phone": phone}]))
    assert found.facts.carers[0].phone == phone


@pytest.mark.parametrize("family", ["Ní Bhriain", "王", "محمد", "نیم\u200cفاصله", "O\u2019Neil"])
def test_name_in_any_script_is_kept_as_written(family):
    (found,) = read(row(family_name=family))
    assert found.facts.family_name == family


@pytest.mark.parametrize("line", ["{", "[]", "\x00", "17", '{"family_name": NaN}', "1e999"])
def test_line_that_is_not_an_object_is_rejected(line):
    (found,) = read_lines(f"{line}\n")
    assert list(found.errors) == ["row"]


@pytest.mark.parametrize(
    "line",
    [
        '{"source_record_id": "1", "source_record_id": "2"}',
        '{"a": {"b" : 1, "b": {"c": "d:e"}}}',
        '{"a": "\\u003a", "\\u0061": 1}',
        '{"a": ' + "[" * 900 + "]" * 900 + ', "a": "\\u003a"}',
    ],
)
def test_field_said_twice_is_rejected(line):
    (found,) = read_lines(f"{line}\n")
    assert found.errors == {"row": ["Says a field twice."]}


@pytest.mark.parametrize("text", ["10:30", 'a":"b', "\\u003a", "\\", ':"\\":'])
def test_colons_in_a_text_are_no_fields(text):
    line = json.dumps(row(known_as=text)).replace(":30", "\\u003a30")
    assert isinstance(read_lines(f"{line}\n")[0], Row)


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
    place = f"{field}.1" if isinstance(inside, list) else field
    assert f"{place}.shielded" in found.errors


def test_error_in_a_list_says_which_of_the_list():
    (found,) = read(row(carers=[{"name": "A"}, {"name": "B", "zoe": 1}]))
    unknown = ["Not a field of a feed; docs/FORMATS.md lists them."]
    assert found.errors == {"carers.2.unknown field": unknown}


@pytest.mark.parametrize("value", [1, "yes", []])
def test_involvement_is_sensitive_only_by_true(value):
    (found,) = read(row(involvements=[{"service": "gp", "sensitive": value}]))
    assert found.errors == {"involvements.1.sensitive": ["Must be true or false."]}


@pytest.mark.parametrize("value", [False, None])
def test_row_that_is_not_withdrawn_is_as_one_that_does_not_speak_of_it(value):
    (said,), (unsaid,) = read({**row(), "withdrawn": value}), read(row())
    assert said.facts == unsaid.facts


def test_withdrawn_row_may_have_empty_fields_beside_it():
    (found,) = read({"source_record_id": "SC-1", "withdrawn": True, "family_name": None})
    assert isinstance(found, Row)


MARK, NUMBER = "Zebedee", 7654321
NESTED = '{"source_record_id": "1", "carers": ' + "[" * 300 + "]" * 300 + "}"
FATHOMS = '{"carers": ' + "[" * 100_000 + "]" * 100_000 + "}"
HUGE = '{"nhs_number": 1' + "0" * 5000 + "}"


@pytest.mark.parametrize("line", [NESTED, FATHOMS, HUGE, '{"family_name": "\\ud800"}'])
def test_line_that_is_too_much_is_rejected(line):
    (found,) = read_lines(f"{line}\n")
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
    (found,) = read(said)
    assert isinstance(found, Row | Reject)
    if isinstance(found, Reject):
        written = orjson.dumps(found.errors).decode()
        assert MARK not in written
        assert str(NUMBER) not in written


@given(values)
def test_any_json_is_a_line_that_is_answered(value):
    (found,) = read(value)
    assert isinstance(found, Row | Reject)
