"""Bulks of children and links, so sent that searches need not wait for them.

A bulk takes one of Elasticsearch's writing threads for each shard, and they are few: were several
under way, the audit of a search, which is written before its answer is given, would stand in line
behind them all (docs/decisions/0018-writes-stand-in-line.md).
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from threading import Lock
from typing import Any

from elastic_transport import ObjectApiResponse
from elasticsearch import Elasticsearch
from msgspec import json

from indexer.clients import settled_in, speaking_to_cluster
from indexer.searches import QUIET_SECONDS, SearchWatch

Operation = Sequence[Any]
"""What a bulk says of one document: the header, and its body unless it is deleted."""

Send = Callable[[list[Any]], ObjectApiResponse[Any]]

A_PIECE = 100  # documents sent at once while people search: more make the audit wait
_TURN = Lock()  # of this process: one bulk at a time
_ENCODER = json.Encoder()


class Writer:
    """Sends with `send`, by which who makes it says where to; `doing` is for what goes wrong, and
    `is_gone` as for `settled_in`."""

    def __init__(
        self,
        client: Elasticsearch,
        doing: str,
        send: Send,
        is_gone: Callable[[str], bool] = lambda _index: False,
    ) -> None:
        self._doing, self._send, self._is_gone = doing, send, is_gone
        self._watch = SearchWatch(client)

    def write(self, operations: Sequence[Operation]) -> list[dict[str, Any]]:
        """Return what became of each, as `settled_in` does: in one request, or in pieces while
        people search. Raises ClusterUnavailable; what was sent before stays."""
        left = list(_pieces(operations))  # before its turn
        results: list[dict[str, Any]] = []
        while left:
            with _TURN, speaking_to_cluster(self._doing):
                count = self._fitting(len(left))
                answer = self._send(left[:count])
            left = left[count:]
            results += settled_in(answer, self._doing, self._is_gone)
        return results

    def _fitting(self, pieces: int) -> int:
        """Return how many to send at once."""
        if pieces == 1:
            return 1
        self._watch.look()
        return pieces if self._watch.quiet_seconds >= QUIET_SECONDS else 1


def _pieces(operations: Sequence[Operation]) -> Iterator[bytes]:
    for start in range(0, len(operations), A_PIECE):
        lines = chain.from_iterable(operations[start : start + A_PIECE])
        yield _ENCODER.encode_lines(list(lines))
