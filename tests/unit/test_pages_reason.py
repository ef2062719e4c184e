"""The reason a record is opened for: which are good enough."""

import pytest

from webapp.pages.reason import LONGEST_DETAILS, parse_reason, reasons


@pytest.mark.parametrize("code", sorted(set(reasons()) - {"other"}))
def test_listed_reason_is_enough(code):
    assert parse_reason({"reason": code}).error == ""


def test_other_reason_with_details_is_enough():
    assert (
        parse_reason({"reason": "other", "details": " a  court order "}).details == "a court order"
    )


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, "reason"),
        ({"reason": "curious"}, "reason"),
        ({"details": "only this"}, "reason"),
        ({"reason": "other"}, "details"),
        ({"reason": "other", "details": "   "}, "details"),
        ({"reason": "working", "details": "x" * (LONGEST_DETAILS + 1)}, "details"),
    ],
)
def test_missing_or_overlong_reason_is_refused_at_its_field(form, field):
    reason = parse_reason(form)
    assert reason.error
    assert reason.wrong_field == field
