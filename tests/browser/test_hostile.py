"""A few hostile requests to the real service by its socket, and every one that is none at all."""

import hypothesis
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from tests.hostile import Answered, faults
from tests.hostile_wire import BROKEN, add_people, logged, send, visits, wires
from webapp.processes import PROCESSES

DRAWN = 40


@pytest.fixture(scope="module")
def crowded(filled):
    """The service of the pages' tests, with one more of each role."""
    add_people(filled)
    return filled


@pytest.mark.parametrize("process", PROCESSES, ids=lambda one: one.name)
def test_service_answers_hostile_requests_and_those_that_are_none(crowded, tmp_path, process):
    seen: list[Answered] = []
    with logged(crowded, tmp_path, process) as target:
        people = visits(target, crowded)

        @hypothesis.settings(max_examples=DRAWN, suppress_health_check=list(HealthCheck))
        @given(st.data())
        def each(data):
            seen.append(send(target, data.draw(wires(target, next(people)))))
            assert faults(seen[-1]) == []

        each()
        broken = [send(target, one) for one in BROKEN]
    assert [(one, faults(answer)) for one, answer in zip(BROKEN, broken, strict=True)] == [
        (one, []) for one in BROKEN
    ]
    assert {400, 411, 414, 431, 501} <= {answer.status for answer in broken}
    assert any(answer.status < 400 for answer in seen), "not all are refused at the door"
