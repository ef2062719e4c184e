"""A whole feed: rows in order, repeated ones, too many bad ones, and files that break off."""

from datetime import date

import orjson
import pytest

from indexer.errors import FeedRefused
from indexer.feeds.columns import FeedForm
from indexer.feeds.feed import Feed
from indexer.feeds.rows import Reject, Row
from indexer.feeds.seen import Seen
from indexer.feeds.sensitive import is_sensitive
from tests.rows import plain_row, read_rows

TODAY = date(2026, 11, 22)


def good(number):
    return orjson.dumps(plain_row(str(number), "Ann", "Kelly", "2014-03-09"))


def bad(number):
    return orjson.dumps(plain_row(str(number), "Ann", "Kelly", "09/03/2014"))


@pytest.fixture
def feed(tmp_path):
    def make(*lines, columns=None):
        path = tmp_path / "feed"
        path.write_bytes(b"\n".join(lines) + b"\n")
        return Feed(path, FeedForm(columns=columns or {}), TODAY)

    return make


def read(feed):
    """The rows and rejects that came before the file was refused, and why it was."""
    found = []
    try:
        for one in feed:
            found.append(one if isinstance(one, Reject) else one.read(TODAY))
    except FeedRefused as error:
        return found, str(error)
    return found, ""


def test_rows_of_csv_and_json_say_the_same(tmp_path):
    (tmp_path / "a").write_bytes(good(1))
    (tmp_path / "b").write_text(
        "source_record_id,given_names,family_name,date_of_birth,authority\n"
        "1,Ann,Kelly,2014-03-09,359\n"
    )
    one, other = (next(read_rows(tmp_path / name, TODAY)) for name in "ab")
    assert one.facts == other.facts


def test_second_row_with_a_record_id_is_rejected_wherever_it_stands(feed):
    ids = [*range(2_500), 7, 2_499, 3_000, 3_000]
    found, _ = read(feed(*map(good, ids)))
    rejected = [one.number for one in found if isinstance(one, Reject)]
    assert rejected == [2_501, 2_502, 2_504]


def test_row_after_a_bad_one_with_its_record_id_is_rejected(feed):
    found, _ = read(feed(bad(1), good(1)))
    assert found[1].errors == {
        "source_record_id": ["Stands in this file already; only the first row with it counts."]
    }


def test_record_ids_of_good_and_of_bad_rows_were_seen(feed):
    rows = feed(good(1), bad(2))
    read(rows)
    assert rows.seen.which(["1", "2", "3"]) == {"1", "2"}


@pytest.mark.parametrize(("rows", "wrong"), [(100, 10), (1_000, 100), (5_000, 100)])
def test_too_many_bad_rows_stop_the_file_before_a_row_is_placed(feed, rows, wrong):
    found, said = read(feed(*map(bad, range(wrong)), *map(good, range(wrong, rows))))
    assert len(found) == wrong
    assert all(isinstance(one, Reject) for one in found)
    assert f"{wrong} of the first {min(rows, 1_000):,} rows are wrong" in said
    assert "date_of_birth: Not a date; write it as 2014-03-09." in said


@pytest.mark.parametrize(("rows", "wrong"), [(99, 99), (100, 9), (1_000, 99), (10_000, 99)])
def test_fewer_bad_rows_stop_nothing(feed, rows, wrong):
    found, said = read(feed(*map(bad, range(wrong)), *map(good, range(wrong, rows))))
    assert (len(found), said) == (rows, "")


def test_bad_rows_after_the_first_thousand_stop_nothing(feed):
    found, said = read(feed(*map(good, range(1_000)), *map(bad, range(1_000, 2_000))))
    assert (len(found), said) == (2_000, "")


def test_row_that_breaks_off_is_told_after_the_rows_before_it(tmp_path):
    path = tmp_path / "feed"
    path.write_bytes(good(1) + b"\n" + good(2)[:-9])
    found, said = read(Feed(path, FeedForm(), TODAY))
    assert [type(one) for one in found] == [Row]
    assert "cut off or damaged after row 1;" in said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[\n{}\n]", "is a list in JSON"),
        (b"some words\nmore", "the first line is neither"),
        (b"\n \n", "is empty"),
        (b"\xef\xbb\xbf", "feed: the file is empty: a feed has one row a line"),
        (b"\xef\xbb\xbf\r\n \r\n", "is empty"),
        ("\ufeff\u00a0\n\u00a0".encode(), "is empty"),
        (b"source_record_id,withdrawn\n", "no rows, only the names of its columns"),
    ],
)
def test_file_that_is_no_feed_is_refused_when_it_is_named(feed, content, said):
    with pytest.raises(FeedRefused, match=said):
        feed(content)


def test_fields_of_json_are_renamed_and_left_out(feed):
    theirs = {"dob": "2014-03-09", "postcode": "WN1 1AA", "notes": "x", "address": {"town": "A"}}
    line = plain_row("1", "Ann", "Kelly", "") | theirs
    del line["date_of_birth"]
    columns = {"dob": "date_of_birth", "postcode": "address.postcode", "notes": ""}
    (found,), _ = read(feed(orjson.dumps(line), columns=columns))
    assert (found.facts.address.postcode, found.facts.address.town) == ("WN1 1AA", "A")


@pytest.mark.parametrize("inside", [{"date_of_birth": "2014-03-09"}, {"address": "High Street"}])
def test_field_that_is_renamed_onto_another_is_rejected(feed, inside):
    line = plain_row("1", "Ann", "Kelly", "2014-03-09") | {"dob": "2014-03-09", "pc": "WN1 1AA"}
    columns = {"dob": "date_of_birth", "pc": "address.postcode"}
    (found,), _ = read(feed(orjson.dumps(line | inside), columns=columns))
    assert found.errors == {"row": ["Says a field twice."]}


def test_record_ids_are_remembered_across_many_calls():
    seen = Seen()
    for start in range(0, 10_000, 1_000):
        assert seen.add(str(number) for number in range(start, start + 1_000)) == set()
    assert seen.add(["9", "10000", "9999"]) == {"9", "9999"}
    assert len(seen.which(map(str, range(20_000)))) == 10_001


@pytest.mark.parametrize(
    "organisation",
    [
        "Wigan Child and Adolescent Mental Health Service",
        "CAMHS Leigh",
        "SEXUAL-HEALTH clinic, Wigan",
        "Wigan Young People's Drug and Alcohol Service",
        "drug & alcohol team",
        "Leigh Domestic Abuse Refuge",
        "Women\u2019s Refuge",
        "Our Lady of the Very Long Name of Seventeen Words and More and Yet More Sexual Health Hub",
    ],
)
def test_organisation_that_tells_a_secret_is_sensitive(organisation):
    assert is_sensitive(organisation)


@pytest.mark.parametrize(
    "organisation",
    [
        "",
        "St Mary's Primary School",
        "Gorse Surgery",
        "Health Visiting Team",
        "Refuge Lane Primary",
    ],
)
def test_other_organisation_is_not(organisation):
    assert not is_sensitive(organisation)
