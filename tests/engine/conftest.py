"""What tests of the engine share."""

import pytest

from indexer.builds import filling


@pytest.fixture(autouse=True)
def months_are_copied_one_by_one(monkeypatch):
    """However few children they have: so that something can happen between two."""
    monkeypatch.setattr(filling, "PAGE", 1)
