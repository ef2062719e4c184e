"""What tests that kill have in common."""

import os

import pytest


@pytest.fixture(scope="module")
def seed():
    """Drawn anew each time and printed: CONTACTPOINT_TEST_SEED repeats it."""
    seed = int(os.environ.get("CONTACTPOINT_TEST_SEED") or int.from_bytes(os.urandom(4)))
    print(f"CONTACTPOINT_TEST_SEED={seed}")  # noqa: T201 - to repeat it
    return seed
