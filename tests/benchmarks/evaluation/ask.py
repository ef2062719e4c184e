"""Puts questions through the whole gate and says in which place the child meant came."""

import time
from collections.abc import Callable, Sequence

from indexer.errors import ContactPointError
from indexer.people.actor import Actor
from indexer.settings import Settings
from indexer.world import REAL
from tests.benchmarks.evaluation.cases import Case
from tests.benchmarks.evaluation.outcomes import Costly, Outcome
from webapp.search.gate import Gate
from webapp.search.question import parse_question
from webapp.search.rehearsal import rehearse

READER = Actor("prover", "practitioner", "359")
REASON = "measurement"

Children = dict[str, frozenset[str]]
"""Row → the numbers under which a finder knows the person."""


class Searcher:
    """The search as it is served: question, gate, register, ranking and audit."""

    def __init__(self, settings: Settings) -> None:
        self._gate = Gate(settings)
        rehearse()  # as a process that serves does

    def find(self, case: Case) -> Sequence[str]:
        return self.find_text(case.typed)

    def find_text(self, text: str) -> Sequence[str]:
        """Return the numbers of the children found; raises QuestionRefused, Unavailable."""
        question = parse_question(text, today=REAL.today())
        return [one.child for one in self._gate.find(question, READER, REASON).found]


def put(case: Case, find: Callable[[Case], Sequence[str]], children: Children) -> Outcome:
    """Ask one case; a question that is refused, or not answered, is a child not found."""
    began = time.perf_counter()
    refused = ""
    found: Sequence[str] = ()
    try:
        found = find(case)
    except ContactPointError as error:
        refused = type(error).__name__
    milliseconds = (time.perf_counter() - began) * 1_000
    meant = children[case.row]
    places = (place for place, number in enumerate(found, 1) if number in meant)
    return Outcome(case, next(places, 0), milliseconds, refused)


def ask_all(
    searcher: Searcher,
    cases: Sequence[Case],
    children: Children,
    say: Callable[[str], None],
) -> list[Outcome]:
    """Ask every case, one after the other; says so every tenth of the way."""
    step, outcomes = max(1, len(cases) // 10), []
    for number, case in enumerate(cases, 1):
        outcomes.append(put(case, searcher.find, children))
        if number % step == 0:
            say(f"asked {number:,} of {len(cases):,}")
    return outcomes


def ask_costly(searcher: Searcher, texts: dict[str, str], times: int = 3) -> list[Costly]:
    return [worst(searcher, what, text, times) for what, text in texts.items()]


def worst(searcher: Searcher, what: str, text: str, times: int) -> Costly:
    outcome, slowest = "", 0.0
    for _ in range(times):
        began = time.perf_counter()
        try:
            outcome = f"{len(searcher.find_text(text))} found"
        except ContactPointError as error:
            outcome = f"refused: {type(error).__name__}"
        slowest = max(slowest, (time.perf_counter() - began) * 1_000)
    return Costly(what, outcome, slowest)


COSTLY: dict[str, str] = {
    "one letter": "a",
    "two letters": "mo",
    "two words of one letter": "j s",
    "eight words of one letter": "a b c d e f g h",
    "twenty words": " ".join(["Muhammad", "Ali", "Smith", "Khan"] * 5),
    "the eight commonest words": "Muhammad Oliver Smith Jones Khan Ahmed Ali Patel",
    "eight words of forty letters": " ".join(letter * 40 for letter in "abcdefgh"),
    "200 letters": "a" * 200,
    "200 signs in words of 20": " ".join(["abcdefghijklmnopqrs"] * 10),
    "400 signs": "Smith " * 66,
    "401 signs": "x" * 401,
    "a star": "*",
    "stars and question marks": "Sm* J?n*",
    "a query": 'given_names:* OR "Smith" AND NOT (x)~2',
    "a common family name": "Smith",
    "a common family name and year": "Smith 2014",
    "a common given name": "Muhammad",
    "two common names": "Muhammad Khan",
    "two common names, misspelt": "Mohamad Kahn",
    "two common beginnings": "Mu Kh",
    "beginnings and a year": "Ol Sm 2014",
    "an initial and a common name": "M Khan",
    "nobody's name": "Zzxqvw Qqkjhx",
    "nobody's name and a date": "Zzxqvw Qqkjhx 9/3/2014",
    "Arabic": "محمد علي",
    "Chinese": "王 伟",
    "Cyrillic": "Александр Иванов",
    "Devanagari": "राम पटेल",
    "Gurmukhi": "ਸਿੰਘ ਕੌਰ",
    "Bengali": "রহমান বেগম",
    "Tamil": "குமார் லட்சுமி",
    "Greek": "Νίκος Παπαδόπουλος",
    "Hebrew": "שרה כהן",
    "Georgian": "გიორგი ბერიძე",
    "Armenian": "Արմեն Պետրոսյան",
    "Ethiopic": "አበበ ቢቂላ",
    "Thai": "สมชาย ใจดี",
    "Korean": "김 민준",
    "Japanese": "さくら 田中",
    "Khmer": "សុខ ចាន់",
    "Burmese": "အောင် ဆန်း",
    "Cherokee": "ᏣᎳᎩ ᎦᏬᏂ",
    "emoji": "👶👶👶 👶👶",
    "combining signs": "a" + "\u0301" * 100 + " Smith",
    "control signs": "Smi\x00th\x07 Jo\u202ehn",
    "half a sign": "Smith \ud800",
}
