"""One row of a feed: what is accepted, what is rejected and how, and what is kept."""

from csv import DictReader
from datetime import date
from pathlib import Path

import orjson
import pytest

from indexer.children.child import Address, Involvement
from indexer.feeds.rows import Reject, Row, RowReader
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
