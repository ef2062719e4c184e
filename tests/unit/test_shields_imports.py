"""Whom a line of a list of shields is about, and which columns such a list may have."""

from datetime import date

import pytest

from indexer.errors import Refused
from indexer.shields.imports import check_columns
from indexer.shields.subject import Subject, parse_subject

BORN = date(2014, 3, 9)


@pytest.mark.parametrize(
    "columns",
    ["child,authority,reason", "reason,authority,row", "authority,reason,name,born,child,row"],
)
def test_columns_that_say_whom_for_which_authority_and_why_are_read(columns):
    check_columns(columns.split(","))


@pytest.mark.parametrize(
    "columns",
    ["authority,reason", "child,reason", "name,authority,reason", "child,town,authority,reason"],
)
def test_columns_that_do_not_or_say_more_are_refused(columns):
    with pytest.raises(Refused, match="columns"):
        check_columns(columns.split(","))


def test_one_way_of_saying_whom_is_read():
    assert parse_subject("", row="a:1") == Subject(key="a:1")
    assert parse_subject("", name="Ann Kelly", born=BORN) == Subject(name="Ann Kelly", born=BORN)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"row": "a:1", "name": "Ann Kelly", "born": BORN},
        {"name": "Ann Kelly"},
        {"born": BORN},
        {"name": "Ann", "born": BORN},
        {"row": "a"},
        {"child": "12"},
    ],
)
def test_none_or_two_or_half_a_way_is_refused(said):
    with pytest.raises(Refused):
        parse_subject(said.pop("child", ""), **said)
