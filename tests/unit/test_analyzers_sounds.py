"""Sounds: names an English ear confuses share a code."""

import pytest

from analyzers.sounds import sound_alike


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sarah", "sara"),
        ("phillip", "filip"),
        ("geoffrey", "jeffrey"),
        ("thomas", "tomas"),
        ("anthony", "antony"),
        ("christopher", "kristofer"),
        ("rhys", "rees"),
        ("ibrahim", "ebrahim"),
        ("thompson", "tomson"),
        ("szymon", "shimon"),
    ],
)
def test_names_that_sound_alike_share_a_code(one, other):
    assert sound_alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"), [("smith", "jones"), ("lee", "leah"), ("oliver", "olivia"), ("amy", "ann")]
)
def test_names_that_sound_different_share_no_code(one, other):
    assert not sound_alike(one, other)
