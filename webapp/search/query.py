"""Asks Elasticsearch for candidates: whole groups of equal score, never half a group.

Inside a group Lucene's order would decide who is cut, and hidden and deleted children disturb it.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from elasticsearch import Elasticsearch
from msgspec.structs import replace

from analyzers.clauses import Stage, build_query, number_clause
from analyzers.numbers import number_kind
from analyzers.version import VERSION
from indexer.builds.pace import PEOPLE
from indexer.children.child import Child
from indexer.children.document import parse_document
from indexer.clients import speaking_to_cluster
from indexer.errors import ClusterUnavailable
from indexer.people.actor import Actor
from mappings.names import CHILDREN
from webapp.search.question import Question

MOST_CANDIDATES = 200
FIRST_CANDIDATES, ENOUGH_CANDIDATES = 64, 25
"""How many are asked for at first, and how many of them, in whole groups, do: fetching, judging and
asking the register about two hundred takes four times as long, and nobody reads the second page."""
VERSION_TRUSTED_SECONDS = 5  # how long a build's analyser version is taken as known
SEARCH_TIMEOUT_SECONDS = 5
STAGES: dict[Stage, int] = {"strict": 1, "fewer": 10, "rescue": 1}
"""What is asked one after the other, each only while fewer children than this are found."""

Query = dict[str, Any]


@dataclass(frozen=True)
class Candidates:
    """Children who may be meant; `more` says that a further group exists and is left out.

    `seen` are the numbers of all that Elasticsearch returned, also of a group that is left out: a
    hidden child among those would make a group too large that is not.
    """

    children: tuple[Child, ...]
    more: bool
    seen: tuple[str, ...] = ()

    def or_better(self, later: "Candidates") -> "Candidates":
        """Return what a later, wider stage found if it found anybody: then these are among them."""
        better = later if later.children or later.more and not self.children else self
        return Candidates(better.children, better.more, (*self.seen, *later.seen))


class ChildSearch:
    """Searches the alias `children` with the credential of the front process."""

    def __init__(self, client: Elasticsearch) -> None:
        self._client = client.options(request_timeout=SEARCH_TIMEOUT_SECONDS)  # made once
        self._build_checked_at = float("-inf")

    def candidates(self, question: Question, reader: Actor, hidden: frozenset[str]) -> Candidates:
        """Return the candidates of the last stage that was needed and found any.

        Raises ClusterUnavailable, also when the build was made by other analysers.
        """
        self.check_build()
        found = Candidates((), more=False)
        for query, wanted in question_stages(question, reader.organisation):
            if not found.more and len(found.children) < wanted:
                found = found.or_better(self._ask(query, hidden))
        return found

    def by_number(self, number: str, hidden: frozenset[str]) -> Candidates:
        """Return the one child with this ContactPoint number, or none."""
        self.check_build()
        return self._ask(number_clause(number, "child"), hidden)

    def check_build(self) -> None:
        """Raise ClusterUnavailable unless the published build suits this process's analysers."""
        if time.monotonic() - self._build_checked_at < VERSION_TRUSTED_SECONDS:
            return
        with speaking_to_cluster("asking for the published build"):
            builds = self._client.indices.get_mapping(index=CHILDREN)
        versions = {one["mappings"]["_meta"]["analyser_version"] for one in builds.values()}
        if versions != {VERSION}:
            raise ClusterUnavailable(
                "the published build was made by other analysers than this process has: "
                "run 'contactpoint reindex', or start the version that made it"
            )
        self._build_checked_at = time.monotonic()

    def _ask(self, query: Query, hidden: frozenset[str]) -> Candidates:
        found = self._best(FIRST_CANDIDATES, query, hidden)
        if found.more and len(found.children) < ENOUGH_CANDIDATES:
            return self._best(MOST_CANDIDATES, query, hidden)
        return found

    def _best(self, most: int, query: Query, hidden: frozenset[str]) -> Candidates:
        with speaking_to_cluster("searching"):
            answer = self._client.search(
                index=CHILDREN,
                query=visible(query, hidden),
                stats=[PEOPLE],  # counted apart, so that a reindex sees how searches do
                size=most + 1,
                track_total_hits=False,
                allow_partial_search_results=False,
            )
        return whole_groups(answer["hits"]["hits"], most)


def question_stages(question: Question, own_authority: str) -> Iterator[tuple[Query, int]]:
    """Yield the queries to ask one after the other, each with how many children are few enough to
    ask it.

    The reader's own authority counts where none was asked for: it tells equal names apart.
    """
    if question.number:
        yield number_clause(question.number, number_kind(question.number) or "child"), 1
        return
    asked = question.identity()
    asked = replace(asked, authority=asked.authority or own_authority)
    for stage, wanted in STAGES.items():
        if query := build_query(asked, stage):
            yield query, wanted


def visible(query: Query, hidden: Iterable[str]) -> Query:
    """Return the query with the filter that every search of children carries."""
    body: Query = {"must": [query], "filter": [{"term": {"shielded": False}}]}
    numbers = sorted(hidden)
    if numbers:
        body["must_not"] = [{"terms": {"number": numbers}}]
    return {"bool": body}


def whole_groups(hits: list[dict[str, Any]], most: int) -> Candidates:
    """Return the children of all groups of equal score that are whole within `most` hits."""
    seen = tuple(hit["_id"] for hit in hits)
    more = len(hits) > most
    if more:
        hits = [hit for hit in hits if hit["_score"] > hits[-1]["_score"]]
    return Candidates(tuple(parse_document(hit["_source"]) for hit in hits), more, seen)
