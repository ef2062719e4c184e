"""Feeds as CSV: the header and its mistakes, cells and quotes, other systems' column names."""

import pytest

from indexer.errors import FeedRefused, Refused
from indexer.feeds.columns import FeedForm, checked_encoding, nearest_known, read_columns, template
from indexer.feeds.csv_rows import read_csv
from indexer.feeds.fields import COLUMNS
from indexer.feeds.rows import Reject

HEADER = "source_record_id,family_name,date_of_birth,authority"
ANN = "1,Kelly,2014-03-09,359"
SAID = {
    "source_record_id": "1",
    "family_name": "Kelly",
    "date_of_birth": "2014-03-09",
    "authority": "359",
}


def said(lines, form):
    """Each row's number, and what it says or the Reject that it is."""
    return [
        (one.number, one if isinstance(one, Reject) else one.said())
        for one in read_csv(lines, form, "feed.csv")
    ]


def read(text, form=FeedForm()):  # noqa: B008 - it is frozen
    return said(iter(enumerate(text.splitlines(keepends=True), 1)), form)


def refusal(text, **columns):
    with pytest.raises(FeedRefused) as refused:
        read(text, FeedForm(columns=columns))
    return str(refused.value)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_row_says_what_its_cells_say(delimiter):
    assert read(f"{HEADER}\n{ANN}\n".replace(",", delimiter)) == [(2, SAID)]


def test_columns_with_dots_and_numbers_are_objects_and_lists():
    header = f"{HEADER},address.postcode,carers.2.name,involvements.1.lead,address.lines.1"
    ((_, row),) = read(f"{header}\n{ANN},WN1 1AA,Aoife,TRUE,1 High Street\n")
    assert row == SAID | {
        "address": {"postcode": "WN1 1AA", "lines": {1: "1 High Street"}},
        "carers": {2: {"name": "Aoife"}},
        "involvements": {1: {"lead": True}},
    }


def test_empty_cells_say_nothing_and_empty_rows_are_no_rows():
    assert read(f"{HEADER},sex\n{ANN},\n,,,,\n\n  \n{ANN}, \n") == [(2, SAID), (6, SAID)]


@pytest.mark.parametrize("row", ["1,Kelly", f"{ANN},1"])
def test_row_with_another_number_of_cells_is_rejected(row):
    ((_, found), _) = read(f"{HEADER}\n{row}\n{ANN}\n")
    assert found.errors == {"row": [f"Has {row.count(',') + 1} cells, and the header 4."]}


def test_quoted_cell_may_hold_delimiters_quotes_and_lines():
    text = f'{HEADER},notes\n1,"Kelly, ""Ann""",2014-03-09,359,"two\nlines"\n{ANN},\n'
    (one, other) = read(text, FeedForm(columns={"notes": ""}))
    assert (one[0], one[1]["family_name"], other) == (2, 'Kelly, "Ann"', (4, SAID))


@pytest.mark.parametrize("quote", ["", '"'])
def test_cell_may_be_as_long_as_a_line(quote):
    notes = quote + "x" * 900_000 + quote
    assert read(f"{HEADER},notes\n{ANN},{notes}\n", FeedForm(columns={"notes": ""})) == [(2, SAID)]


@pytest.mark.parametrize("rows", [3, 500])
def test_quote_that_is_never_closed_costs_its_own_row_only(rows):
    text = f'{HEADER}\n1,"Kelly,2014-03-09,359\n' + f"{ANN}\n" * rows
    first, *others = read(text)
    assert isinstance(first[1], Reject)
    assert others == [(number, SAID) for number in range(3, 3 + rows)]


def test_line_that_is_too_long_is_rejected_alone():
    lines = iter([(1, f"{HEADER}\n"), (2, None), (3, f"{ANN}\n")])
    (first, second) = said(lines, FeedForm())
    assert first[1].errors == {"row": ["Longer than 1 MB."]}
    assert second == (3, SAID)


@pytest.mark.parametrize("cut", ["1,Kel", '1,"Kelly'])
def test_file_that_ends_in_the_middle_of_a_row_is_said(cut):
    assert "cut off or damaged after row 2;" in refusal(f"{HEADER}\n{ANN}\n{cut}")


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (HEADER + ",adress.postcode", "(the nearest is 'address.postcode')"),
        (HEADER + ",Surname", "column 5, 'Surname', is not a field"),
        (HEADER + ",carers.0.name", "(the nearest is 'carers.1.name')"),
        (HEADER + ",", "column 5 has no name"),
        (HEADER + ",Zebedee", "column 5 is not a field"),
        (HEADER + ",authority", "columns 4 and 5 are both 'authority'"),
        (
            HEADER.replace("date_of_birth", "DoB"),
            "there is no column 'date_of_birth', which every row needs (the nearest is column 3",
        ),
        (ANN, "the first line is neither"),
        ("", "the first line is neither"),
    ],
)
def test_mistake_in_the_header_is_told_with_what_is_nearest(header, told):
    text = refusal(f"{header}\n{ANN}\n")
    assert told in text
    assert not {"Zebedee", "Kelly"} & set(text.split())


def test_file_that_only_withdraws_needs_only_record_ids():
    assert read("source_record_id,withdrawn\n1,true\n") == [
        (2, {"source_record_id": "1", "withdrawn": True})
    ]


def test_columns_are_renamed_and_left_out():
    columns = {"surname": "family_name", "notes": ""}
    header = HEADER.replace("family_name", "surname")
    assert read(f"{header},notes\n{ANN},x\n", FeedForm(columns=columns)) == [(2, SAID)]


def test_renamed_column_that_is_not_there_is_refused():
    assert "--columns names 'surname'" in refusal(f"{HEADER}\n{ANN}\n", surname="known_as")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("", "the first line"),
        ("ours,theirs\n", "the first line of map.csv must be: theirs,ours"),
        ("theirs,ours\na\n", "line 2 of map.csv: write the column"),
        ("theirs,ours\n,family_name\n", "line 2 of map.csv: write the column"),
        ("theirs,ours\na,family_name\na,\n", "line 3 of map.csv: 'a' stands"),
        ("theirs,ours\na,family_name\nb,family_name\n", "line 3 of map.csv: 'family_name' st"),
        ("theirs,ours\na,famly_name\n", "the nearest is 'family_name'"),
        ("theirs,ours\na,carers\n", "'carers' is not a field"),
        ('theirs,ours\n"a\n', "not a CSV in UTF-8"),
        ("theirs,ours\né,sex\n".encode("cp1252"), "not a CSV in UTF-8"),
    ],
)
def test_mistake_in_the_file_of_columns_is_refused_with_its_line(tmp_path, lines, told):
    path = tmp_path / "map.csv"
    path.write_bytes(lines if isinstance(lines, bytes) else lines.encode())
    with pytest.raises(Refused) as refused:
        read_columns(path)
    assert told in str(refused.value)


def test_file_of_columns_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(Refused, match="cannot be read: No such file"):
        read_columns(tmp_path / "gone.csv")


@pytest.mark.parametrize("name", ["utf-8", "cp1252", "latin-1", "utf-8-sig", "mac-roman"])
def test_encoding_that_is_ascii_from_a_to_z_is_taken(name):
    assert checked_encoding(name) == name


@pytest.mark.parametrize(
    "name", ["utf-16", "utf-7", "cp037", "rot13", "hex", "unicode_escape", "no-such", "\0", ""]
)
def test_other_encoding_is_refused(name):
    with pytest.raises(Refused, match="--encoding"):
        checked_encoding(name)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Date of Birth", "date_of_birth"),
        ("DOB", "date_of_birth"),
        ("surname", "family_name"),
        ("Post Code", "address.postcode"),
        ("carers.2.nme", "carers.1.name"),
        ("xyzzy", ""),
    ],
)
def test_name_of_another_system_is_near_ours(theirs, ours):
    assert nearest_known(theirs) == ours


def test_header_of_the_template_is_read_and_its_second_line_is_no_child():
    header, shapes = template().split("\n")
    assert [number for number, _ in read(f"{header}\n{shapes}\n")] == [2]
    assert len(shapes.split(",")) == len(COLUMNS)
