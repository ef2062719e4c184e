"""No row that comes again about a shielded child makes a child to be found, whenever it comes; two
thousand children in tests/benchmarks/reupload.py."""

import pytest

from tests.benchmarks.reupload import STORIES, first_block, judge, make_story
from tests.shields import Office

CHILDREN, SEARCHES = 3, 10


@pytest.fixture(scope="module")
def office(shield_engine):
    return Office(shield_engine)


@pytest.mark.parametrize("name", STORIES)
def test_no_promised_row_is_found(office, name):
    story = make_story(name, first_block(name), CHILDREN)
    STORIES[name](office, story)
    outcome = judge(office, story, SEARCHES)
    assert outcome.asked.total() > 25 * CHILDREN
    assert outcome.is_kept, outcome
    assert office.verify().faults == []
