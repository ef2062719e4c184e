"""The quick way of reading a row: what it reads, the careful way reads alike."""

import json
from copy import deepcopy
from datetime import date

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.feeds.columns import FeedForm
from indexer.feeds.fields import COLUMNS
from indexer.feeds.json_rows import read_json
from indexer.feeds.quick import quick_values
from indexer.feeds.rows import Unread
from tests.rows import row

TODAY = date(2026, 11, 22)
MANY = settings(max_examples=400)


def read_both_ways(line):
    """The row as a feed reads it, and as it is read with care."""
    (unread,) = read_json(iter([(1, f"{line}\n")]), FeedForm(), "feed")
    careful = Unread(1, unread.source_record_id, unread.digest, unread.said)
    return unread.read(TODAY), careful.read(TODAY)


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": "), ("\t,  ", " : ")])
@pytest.mark.parametrize(
    "changes", [{}, {"upn": ""}, {"known_as": "王"}, {"given_names": "Zoë"}, {"carers": []}]
)
def test_row_in_which_nothing_is_odd_is_read_quickly(changes, separators):
    line = json.dumps(row(**changes), ensure_ascii=False, separators=separators)
    assert quick_values(line)
    one, other = read_both_ways(line)
    assert one == other


ODD = [
    *("", " ", "a ", " a", "a  b", "a- b", "=a", "@a", "+1", "-a", ",", ", ", " ,", ": ", ":"),
    *("a:b", '"', "\\", "\n", "\x00", "\x7f", "\x85", "\xa0", "\u200b", "\u200c", "\u2028"),
    *("\u202e", "\u3000", "\ufeff", "A" * 51, "A" * 65, "A" * 101, "A" * 201, "359", "359\n"),
    *("female", "gp", "9434765919", "943 476 5918", "943\u2011476\u20115919", "A123456789012"),
    *("B123456789012", "wn11aa", "WN1", "2014-03-09", "20140309", "2014-02-30", "2030-01-01"),
    *("1990-01-01", "2014-03-09T00:00:00", "Women's Refuge", "true", "٣٥٩"),
]
VALUES = st.one_of(
    *(st.none(), st.booleans(), st.just(1), st.just([]), st.just({})),
    *(st.sampled_from(ODD), st.text(max_size=9)),
)
PLACES = [*COLUMNS, "shielded", "carers.1.x"]
SEPARATORS = [(",", ":"), (", ", ": "), (" , ", " : ")]


def row_with(column, value):
    """The example with something else in one place, also inside an object or a list."""
    said = inside = deepcopy(row())
    *outer, last = [0 if step == "1" else step for step in column.split(".")]
    for step in outer:
        inside = inside[step]
    inside[last] = value
    return said


@pytest.mark.parametrize("column", PLACES)
def test_quick_way_is_the_careful_way_whatever_stands_in_a_field(column):
    for value in [*ODD, None, True, 1, [], {}]:
        one, other = read_both_ways(json.dumps(row_with(column, value), ensure_ascii=False))
        assert one == other, repr(value)


@given(*map(st.sampled_from, (PLACES, SEPARATORS)), VALUES, st.booleans())
def test_quick_way_is_the_careful_way(column, separators, value, is_ascii):
    said = row_with(column, value)
    one, other = read_both_ways(json.dumps(said, ensure_ascii=is_ascii, separators=separators))
    assert one == other


DAMAGE = [*'",:{}[] \\x0', '"sex":"male",', '"name":"A",', "null", "  "]


@given(st.integers(0, len(json.dumps(row()))), st.sampled_from(DAMAGE))
def test_quick_way_is_the_careful_way_where_the_line_is_damaged(place, put):
    line = json.dumps(row())
    one, other = read_both_ways(line[:place] + put + line[place:])
    assert one == other


@pytest.mark.parametrize(("inside", "twice"), [("{", "sex"), ('"carers": [{', "name")])
def test_field_said_twice_is_not_read_quickly(inside, twice):
    line = json.dumps(row()).replace(inside, f'{inside}"{twice}": "male", ', 1)
    assert orjson.loads(line)
    assert not quick_values(line)
