"""What a bulk's answer says of each line, without a server."""

import pytest

from indexer.clients import settled_in
from indexer.errors import ClusterUnavailable

DONE = {"_id": "1", "status": 201}
CONFLICT = {"_id": "1", "status": 409, "error": {"type": "version_conflict_engine_exception"}}
NO_DOCUMENT = {"_id": "1", "status": 404, "result": "not_found"}
NO_INDEX = {"_id": "1", "status": 404, "error": {"type": "index_not_found_exception"}}
FULL = {"_id": "1", "status": 429, "error": {"type": "es_rejected_execution_exception"}}


def answer(*lines):
    return {"items": [{"index": one} for one in lines]}


@pytest.mark.parametrize("line", [DONE, CONFLICT, NO_DOCUMENT])
def test_line_that_is_done_or_in_conflict_is_settled(line):
    assert settled_in(answer(DONE, line), "writing") == [DONE, line]


@pytest.mark.parametrize("line", [NO_INDEX, FULL])
def test_line_that_was_refused_or_whose_index_is_gone_fails_the_whole(line):
    with pytest.raises(ClusterUnavailable, match="writing: some were refused"):
        settled_in(answer(DONE, line), "writing")


def test_build_that_was_removed_a_moment_ago_fails_no_writing_into_the_others():
    assert settled_in(answer(DONE, NO_INDEX), "writing", index_may_go=True) == [DONE, NO_INDEX]
    with pytest.raises(ClusterUnavailable):
        settled_in(answer(NO_INDEX, FULL), "writing", index_may_go=True)
