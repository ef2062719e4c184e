"""Asks Elasticsearch for candidates: whole groups of equal score, never half a group.

Inside a group Lucene's order would decide who is cut, and hidden and deleted children disturb it.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from elasticsearch import Elasticsearch
from msgspec import Struct
from msgspec.structs import replace

from analyzers.clauses import number_clause
from analyzers.identity import Identity
from analyzers.numbers import number_kind
from analyzers.postcodes import parse_postcode
from analyzers.stages import ENOUGH_FOR_A_WORD, Stage, build_query, enough_score
from analyzers.version import VERSION
from indexer.builds.builds import STANDS_IN
from indexer.children.child import Child
from indexer.children.document import parse_document
from indexer.clients import speaking_to_cluster
from indexer.errors import ClusterUnavailable
from indexer.people.actor import Actor
from indexer.searches import PEOPLE
from indexer.world import World
from mappings.names import CHILDREN
from webapp.search.question import Question
from webapp.search.rank import Named, how_named

MOST_CANDIDATES = 200
FIRST_CANDIDATES, ENOUGH_CANDIDATES = 64, 16
"""How many are asked for at first, and how many of them, in whole groups, do: fetching, judging and
asking the register about two hundred takes four times as long, and recall at 25 is the same."""
VERSION_TRUSTED_SECONDS = 5  # how long a build's analyser version is taken as known
SEARCH_TIMEOUT_SECONDS = 5
STAGES: tuple[Stage, ...] = ("close", "strict", "fewer", "rescue", "heard", "either", "rarer")
"""What is asked one after the other, until a child is found who is close to what was typed
(docs/decisions/0016-what-is-asked-first.md)."""
LATER: frozenset[Stage] = frozenset({"fewer", "rescue", "heard", "either", "rarer"})
"""Stages that are left out where a child was found for whom every word speaks, or too many were
found to list; but of `fewer` only where there are more than these:"""
FEW = 10
PASSED_OVER = frozenset[Stage]({"fewer", "heard", "either", "rarer"})
"""Stages that found nobody if they found too many to list: a wider one may find the few who are
meant, and that thousands sound a little like somebody is no answer. Where somebody was found
before, so does the rescue."""
OF_ONE_WORD = frozenset[Stage]({"either", "rarer"})
MOST_OF_ONE_WORD = 25
"""Children of whose names only one of two words is right: a page of them, or none."""

Query = dict[str, Any]


class Candidates(Struct, frozen=True):
    """Children who may be meant; `more` says that a further group exists and is left out.

    `seen` are the numbers of all that Elasticsearch returned, also of a group that is left out: a
    hidden child among those would make a group too large that is not. `scores` are those of the
    children, where they come from one question; `best` is that of the first for whom every word
    speaks, 0 if none does; of the first of all where they are too many to list. `by_ear` are the
    numbers of those of whom a word may be nearly what was heard: nothing else found them.
    """

    children: tuple[Child, ...]
    more: bool
    seen: tuple[str, ...] = ()
    best: float = 0.0
    scores: tuple[float, ...] = ()
    by_ear: frozenset[str] = frozenset()

    def and_wider(self, later: "Candidates", stage: Stage) -> "Candidates":
        """Return these and what a later, wider stage found. It can leave out some of these, where
        others have fewer words in common but closer ones."""
        ours = {child.number for child in self.children}
        new = tuple([child for child in later.children if child.number not in ours])
        more, best, by_ear = later.more, later.best, self.by_ear
        if stage in LATER:
            more = self.more or later.more
        if later.are_too_many and (stage in PASSED_OVER or (stage in LATER and self.children)):
            more, best = self.more, 0.0
        if stage == "fewer" and later.children:
            best = later.scores[0]  # of three words the others are the same
        if stage == "heard":
            by_ear = frozenset([child.number for child in new])
        seen, best = (*self.seen, *later.seen), max(self.best, best)
        return Candidates((*self.children, *new), more, seen, best, by_ear=by_ear)

    def of_named(self, how_named: Callable[[Child], Named]) -> "Candidates":
        """Return these with the score of the first child for whom every word speaks: who shares
        letters with the words by chance ends no search. Nobody, if all will be left out."""
        if self.are_too_many:
            return self
        is_anybody_named = False
        for child, score in zip(self.children, self.scores, strict=True):
            named = how_named(child)
            if named is Named.CLOSELY:
                return replace(self, best=score)
            is_anybody_named |= named is Named.LOOSELY
        if is_anybody_named:
            return replace(self, best=0.0)
        return Candidates((), more=False, seen=self.seen)

    def need(self, stage: Stage, asked: Identity) -> bool:
        """Say whether the stage has to be asked too."""
        if stage in ENOUGH_FOR_A_WORD and self.best >= enough_score(asked, stage):
            return False
        if stage not in LATER:
            return True
        if self.are_too_many:
            return False
        are_few = not self.more and len(self.children) < FEW
        return not self.best or (stage == "fewer" and are_few)

    @property
    def are_too_many(self) -> bool:
        return self.more and not self.children


class ChildSearch:
    """Searches the alias `children`, or the invented children, with the credential of a process
    that shows them."""

    def __init__(self, client: Elasticsearch, world: World, children: str = CHILDREN) -> None:
        self._client = client.options(request_timeout=SEARCH_TIMEOUT_SECONDS)  # made once
        self._world = world
        self._children = children
        self._build_checked_at = float("-inf")

    def candidates(self, question: Question, reader: Actor, hidden: frozenset[str]) -> Candidates:
        """Return the candidates of all stages that were needed.

        Raises ClusterUnavailable, also when the build was made by other analysers.
        """
        self.check_build()
        if question.number:
            kind = number_kind(question.number) or "child"
            return self._ask(number_clause(question.number, kind), hidden)
        asked = asked_by(question, reader.organisation)
        found, is_cut = Candidates((), more=False), False
        for stage in STAGES:
            if stage == "rarer" and not is_cut:
                continue  # whoever it could find is listed
            if not found.need(stage, asked) or not (query := build_query(asked, stage)):
                continue
            asks = self._few if stage in OF_ONE_WORD else self._ask
            judged = partial(how_named, asked, by_ear=stage == "heard")
            later = asks(query, hidden).of_named(judged)
            found, is_cut = found.and_wider(later, stage), later.more
        return found

    def by_number(self, number: str, hidden: frozenset[str]) -> Candidates:
        """Return the one child with this ContactPoint number, or none."""
        self.check_build()
        return self._ask(number_clause(number, "child"), hidden)

    def with_household(self, number: str, hidden: frozenset[str]) -> Candidates:
        """Return the same child, and after it who else lives, or lived, at its postcode: nobody
        where those are more than a street's children."""
        found = self.by_number(number, hidden)
        clause = household_clause(found.children[0]) if found.children else None
        if clause is None:
            return found
        near = self._best(FIRST_CANDIDATES, clause, hidden)
        seen = (*found.seen, *near.seen)
        others = () if near.more else near.children
        own = found.children[0].number
        return Candidates(
            (*found.children, *(one for one in others if one.number != own)), found.more, seen
        )

    def check_build(self) -> None:
        """Raise ClusterUnavailable unless the published build suits this process's analysers."""
        if self._world.monotonic() - self._build_checked_at < VERSION_TRUSTED_SECONDS:
            return
        with speaking_to_cluster("asking for the published build"):
            builds = self._client.indices.get_mapping(index=self._children)
        metas = [one["mappings"]["_meta"] for one in builds.values()]
        if any(one.get(STANDS_IN) for one in metas):
            raise ClusterUnavailable(
                "the index of children was lost and is being brought back: whether anybody is in "
                "it cannot be said until then"
            )
        if {one["analyser_version"] for one in metas} != {VERSION}:
            raise ClusterUnavailable(
                "the published build was made by other analysers than this process has: "
                "run 'contactpoint reindex', or start the version that made it"
            )
        self._build_checked_at = self._world.monotonic()

    def _ask(self, query: Query, hidden: frozenset[str]) -> Candidates:
        found = self._best(FIRST_CANDIDATES, query, hidden)
        if not found.more or len(found.children) >= ENOUGH_CANDIDATES:
            return found
        # The register is asked about the first ones too: they decided that more were wanted.
        wider = self._best(MOST_CANDIDATES, query, hidden)
        return replace(wider, seen=(*found.seen, *wider.seen))

    def _few(self, query: Query, hidden: frozenset[str]) -> Candidates:
        found = self._best(MOST_OF_ONE_WORD, query, hidden)
        return Candidates((), more=True, seen=found.seen) if found.more else found

    def _best(self, most: int, query: Query, hidden: frozenset[str]) -> Candidates:
        with speaking_to_cluster("searching"):
            answer = self._client.search(
                index=self._children,
                query=visible(query, hidden),
                stats=[PEOPLE],  # counted apart, so that a reindex sees how searches do
                size=most + 1,
                track_total_hits=False,
                allow_partial_search_results=False,
            )
        return whole_groups(answer["hits"]["hits"], most)


def asked_by(question: Question, own_authority: str) -> Identity:
    """Return who is asked for. The reader's own authority counts where none was asked for: it tells
    equal names apart."""
    asked = question.identity()
    return replace(asked, authority=asked.authority or own_authority)


def household_clause(child: Child) -> Query | None:
    """Return who else is at the whole postcode of the child's address; None where it has none."""
    address = child.facts.address
    postcode = parse_postcode(address.postcode) if address else None
    if not postcode or not postcode.inward:
        return None
    return {"constant_score": {"filter": {"term": {"postcodes": postcode.tokens[0]}}}}


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
    more, best = len(hits) > most, max((hit["_score"] for hit in hits), default=0.0)
    if more:
        hits = [hit for hit in hits if hit["_score"] > hits[-1]["_score"]]
    children = tuple([parse_document(hit["_source"]) for hit in hits])
    scores = tuple([hit["_score"] for hit in hits])
    return Candidates(children, more, seen, best, scores)
