"""What tests that kill have in common."""

import os

import pytest

EVERY_STEP = "CONTACTPOINT_TEST_EVERY_STEP"
STEPS_APART = 1 if EVERY_STEP in os.environ else 3


@pytest.fixture(scope="module")
def seed():
    """Drawn anew each time and printed: CONTACTPOINT_TEST_SEED repeats it."""
    seed = int(os.environ.get("CONTACTPOINT_TEST_SEED") or int.from_bytes(os.urandom(4)))
    print(f"CONTACTPOINT_TEST_SEED={seed}")  # noqa: T201 - to repeat it
    return seed


@pytest.fixture(scope="module")
def first_step(seed):
    """Of the steps at which something dies, the first: each third from there on is tried, or every
    one where CONTACTPOINT_TEST_EVERY_STEP is set, as in `make prove`."""
    return seed % STEPS_APART
