"""What is remembered of the newest register seen."""

import pytest

from indexer.errors import RegisterUnavailable
from indexer.shields.marks import SENTINEL, Marks, mark_id
from indexer.shields.newest import Newest


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state" / "seen.json"


def test_process_that_starts_knows_what_one_before_it_saw(path):
    Newest(path, "key").see(7)
    assert Newest(path, "key").sequence == 7


def test_older_state_is_never_remembered_again(path):
    late, early = Newest(path, "key"), Newest(path, "key")
    late.see(9)
    early.see(8)
    assert (early.sequence, Newest(path, "key").sequence) == (8, 9)


def test_of_a_register_with_another_key_nothing_was_seen(path):
    Newest(path, "key").see(7)
    assert Newest(path, "another").sequence == 0


def test_broken_file_is_as_if_nothing_was_seen(path):
    path.parent.mkdir()
    path.write_text("{")
    assert Newest(path, "key").sequence == 0


def test_process_remembers_itself_where_the_file_cannot_be_written(tmp_path):
    (tmp_path / "state").write_text("a file, not a folder")
    newest = Newest(tmp_path / "state" / "seen.json", "key")
    newest.see(7)
    assert newest.sequence == 7


def test_register_that_a_snapshot_knew_to_be_newer_is_refused_after_a_restart_too(path):
    check = mark_id(b"key", SENTINEL)
    Marks([], "key", Newest(path, check), seconds=1).expect(7)
    marks = Marks([], "key", Newest(path, check), seconds=1)
    older = {"found": True, "_source": {"sequence": 6, "key_check": check}}
    with pytest.raises(RegisterUnavailable, match="the newest copy of its journal"):
        marks._check_sentinel(older)
    marks._check_sentinel({"found": True, "_source": {"sequence": 7, "key_check": check}})
