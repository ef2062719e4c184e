"""What a bulk's answer says of each line, without a server."""

import pytest

from indexer.clients import settled_in
from indexer.errors import ClusterUnavailable

DONE = {"_id": "1", "status": 201}
CONFLICT = {"_id": "1", "status": 409, "error": {"type": "version_conflict_engine_exception"}}
NO_DOCUMENT = {"_id": "1", "status": 404, "result": "not_found"}
NO_INDEX = {"_id": "1", "status": 404, "error": {"type": "index_not_found_exception"}}
DENIED = {"_id": "1", "status": 403, "error": {"type": "security_exception"}}
FULL = {"_id": "1", "status": 429, "error": {"type": "es_rejected_execution_exception"}}


def answer(*lines):
    return {"items": [{"index": {"_index": "a", **one}} for one in lines]}


def settled(*lines, is_gone=lambda _index: False):
    return [one["status"] for one in settled_in(answer(*lines), "writing", is_gone)]


@pytest.mark.parametrize("line", [DONE, CONFLICT, NO_DOCUMENT])
def test_line_that_is_done_or_in_conflict_is_settled(line):
    assert settled(DONE, line) == [201, line["status"]]


@pytest.mark.parametrize("line", [NO_INDEX, DENIED, FULL])
def test_line_that_was_refused_or_whose_index_is_gone_fails_the_whole(line):
    with pytest.raises(ClusterUnavailable, match="writing: some were refused"):
        settled(DONE, line)


@pytest.mark.parametrize("line", [NO_INDEX, DENIED])
def test_build_that_was_removed_a_moment_ago_fails_no_writing_into_the_others(line):
    """The server says that it is not there, or that nobody may write into it."""
    gone = {**line, "_index": "b"}
    assert settled(DONE, gone, is_gone=lambda index: index == "b") == [201, line["status"]]
    with pytest.raises(ClusterUnavailable, match="429 es_rejected_execution_exception"):
        settled(gone, FULL, is_gone=lambda index: index == "b")
