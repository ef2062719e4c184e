"""Whom the product would take for a hidden child: rows like that are held, and scripts keep clear
of them but where they mean it."""

from datetime import date
from typing import Any

from analyzers.profile import Profile
from indexer.children.child import Contribution
from indexer.children.profile import build_profile
from indexer.feeds.rows import Row
from indexer.shields.near_index import NearIndex
from tests.rows import entries

TODAY = date(2026, 11, 22)


class Suspects:
    """Compares rows as a load does with the shielded children it has learned."""

    def __init__(self) -> None:
        self._index = NearIndex()

    def learn(self, ident: str, row: dict[str, Any]) -> None:
        self._index.learn(ident, _profile(row))

    def has(self, row: dict[str, Any]) -> bool:
        """May the row be about somebody shielded?"""
        return bool(self._index.near(_profile(row)))


def _profile(said: dict[str, Any]) -> Profile:
    row = entries(said)[0].read(TODAY)
    assert isinstance(row, Row)
    return build_profile([Contribution("census", row.source_record_id, "", row.facts)])
