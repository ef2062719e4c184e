"""The index `orders`: what shield officers decided on a page, until the worker has carried it out.

The desk writes an order, and may not do what it says: builds, links and the journal are the
worker's. An order that is done keeps what came of it, for the officer's page, for a month.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, Literal

import msgspec
from elasticsearch import Elasticsearch
from msgspec.structs import replace

from indexer.children.links import Version
from indexer.clients import CONFLICT, found_in, settled_in, speaking_to_cluster
from indexer.people.actor import Actor
from indexer.shapes import reader
from mappings.names import ORDERS

Kind = Literal[
    "set",
    "review",
    "hand-over",
    "accept",
    "ask-lift",
    "lift",
    "same-child",
    "another-child",
    "undo",
]
State = Literal["waiting", "done", "refused"]
MOST = 100  # orders looked at in one turn
KEPT_FOR = timedelta(days=30)
LATE_AFTER = timedelta(seconds=20)


class Person(msgspec.Struct, frozen=True):
    """A child whom a set found: enough for the officer to know who is meant."""

    number: str
    name: str = ""
    born: date | None = None


class Order(msgspec.Struct, frozen=True, omit_defaults=True):
    """One decision of one officer.

    `about` is a shield, what is held, or, of a set, a child's number or the key it will come under;
    `child` which shielded child is meant, `to` the authority that is to take over. What came of it
    is in `said`, and of a set in `numbers`, `held` and `household`. `taken_at` is when the worker
    began last, and `tries` how often it did.
    """

    id: str
    kind: Kind
    officer: str
    authority: str
    reason: str
    asked_at: datetime
    about: str = ""
    child: str = ""
    to: str = ""
    state: State = "waiting"
    said: str = ""
    numbers: tuple[str, ...] = ()
    held: tuple[Person, ...] = ()
    household: tuple[Person, ...] = ()
    taken_at: datetime | None = None
    tries: int = 0
    version: Version | None = None

    def is_late(self, now: datetime) -> bool:
        """Does it wait for longer than a worker that runs would let it?"""
        return self.state == "waiting" and now - self.asked_at > LATE_AFTER


_read_order = reader(Order)


def order_of(kind: Kind, officer: Actor, reason: str, **more: Any) -> Order:
    """Return an order that is not placed yet; `more` is what it is about, with its id and time."""
    return Order(
        kind=kind, officer=officer.name, authority=officer.organisation, reason=reason, **more
    )


class Orders:
    def __init__(self, client: Elasticsearch) -> None:
        self._client = client

    def write(self, order: Order) -> bool:
        """Write it as new, or over what was read; False if somebody else did in between."""
        with speaking_to_cluster("writing an order"):
            lines = [_header(order), _document(order)]
            answer = self._client.bulk(index=ORDERS, operations=lines)
        [result] = settled_in(answer, "writing an order")
        return bool(result["status"] != CONFLICT)

    def read(self, name: str) -> Order | None:
        """Return one order as it is now."""
        with speaking_to_cluster("reading an order"):
            answer = self._client.mget(index=ORDERS, ids=[name])
        return next(map(_parse, found_in(answer, "reading an order")), None)

    def waiting(self) -> list[Order]:
        """Return those that are to be carried out, at most 100, the oldest first."""
        return list(self._find({"term": {"is_waiting": True}}))

    def waiting_of(self, authority: str) -> list[Order]:
        """Return those of one authority, the oldest first."""
        return list(self._find({"term": {"is_waiting": True}}, {"term": {"authority": authority}}))

    def forget(self, before: datetime) -> int:
        """Delete at most 100 that were done and asked before this moment; return how many."""
        over = {"term": {"is_waiting": False}}
        old = list(self._find(over, {"range": {"asked_at": {"lt": before.isoformat()}}}))
        for one in old:
            with speaking_to_cluster("forgetting an order"):
                self._client.options(ignore_status=404).delete(index=ORDERS, id=one.id)
        return len(old)

    def _find(self, *clauses: dict[str, Any]) -> Iterator[Order]:
        with speaking_to_cluster("looking for orders"):
            self._client.indices.refresh(index=ORDERS)
            answer = self._client.search(
                index=ORDERS,
                query={"bool": {"filter": list(clauses)}},
                sort=["asked_at"],
                size=MOST,
                seq_no_primary_term=True,
                track_total_hits=False,
                allow_partial_search_results=False,
            )
        return map(_parse, answer["hits"]["hits"])


def _header(order: Order) -> dict[str, Any]:
    if order.version is None:
        return {"create": {"_id": order.id}}  # all that the desk may
    seq_no, term = order.version
    return {"index": {"_id": order.id, "if_seq_no": seq_no, "if_primary_term": term}}


def _document(order: Order) -> dict[str, Any]:
    return {
        "is_waiting": order.state == "waiting",
        "authority": order.authority,
        "asked_at": order.asked_at.isoformat(),
        "order": msgspec.to_builtins(replace(order, version=None)),
    }


def _parse(found: dict[str, Any]) -> Order:
    order = _read_order(found["_source"]["order"])
    return replace(order, version=(found["_seq_no"], found["_primary_term"]))
