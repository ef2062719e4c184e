"""Bulks of children: one while nobody searches, pieces while somebody does."""

import time

import pytest

from indexer import searches
from indexer.children.writing import A_PIECE, Writer
from indexer.clients import make_client
from indexer.people.actor import Actor
from indexer.world import REAL
from mappings.names import LINKS
from webapp.search.gate import Gate
from webapp.search.question import parse_question

PAT = Actor("pat", "practitioner", "359")
COUNT = 3 * A_PIECE + 1


@pytest.fixture
def sent():
    """How many lines each bulk had."""
    return []


@pytest.fixture
def writer(ready, sent, monkeypatch):
    """One that sees at once who searches."""
    monkeypatch.setattr(searches, "LOOK_EVERY_SECONDS", 0)
    client = make_client(ready, "worker")

    def send(texts):
        sent.append(b"".join(texts).count(b"\n"))
        return client.bulk(index=LINKS, operations=texts)

    return Writer(client, "writing links", send)


def write(writer, source):
    operations = [
        ({"index": {"_id": f"{source}:{n}"}}, {"child": "", "source": source}) for n in range(COUNT)
    ]
    results = writer.write(operations)
    assert [one["_id"] for one in results] == [f"{source}:{n}" for n in range(COUNT)]


def test_while_nobody_searches_all_is_sent_at_once_and_else_in_pieces(ready, writer, sent, source):
    write(writer, source)
    assert sent == [2 * COUNT]
    Gate(ready).find(parse_question("ann kelly", today=REAL.today()), PAT)
    sent.clear()
    write(writer, source)
    assert sent == [2 * A_PIECE, 2 * A_PIECE, 2 * A_PIECE, 2]


def test_after_a_quiet_while_all_is_sent_at_once_again(ready, writer, sent, source, monkeypatch):
    write(writer, source)
    Gate(ready).find(parse_question("ann kelly", today=REAL.today()), PAT)
    write(writer, source)
    sent.clear()
    later = time.monotonic() + searches.QUIET_SECONDS
    monkeypatch.setattr(searches.time, "monotonic", lambda: later)
    write(writer, source)
    assert sent == [2 * COUNT]
