"""How a folded word may be said, as a few codes: words an English ear confuses share one.

One spelling is read differently in Dublin, Krakow, Hargeisa and Beijing, and the person who types a
name heard it from somebody. So a word is read by each of six traditions from the table sounds.csv,
and every reading gives a code; most words are read the same by all.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from typing import Any

from analyzers.tables import read_table

SHORTEST_HEARD = 2
MOST_CODES = 4
"""More gain nothing in recall (decision 0007)."""

_TRADITIONS = ("english", "celtic", "slavic", "latin", "eastern", "southern")
"""The columns of the table: English; Irish, Welsh and Gaelic; Polish, German and their neighbours;
French, Portuguese, Spanish and Italian; Turkish, Chinese and Yoruba; Somali, Arabic and South
Asian. Where a column is blank the letters are heard as in English."""

_NEVER_IN = {
    "english": r"(?!)",
    "celtic": "[jkqvxz]|aa|ii|uu|sh|oo",
    "slavic": "[qx]|ph|ee|oo|sh|aa|ii|uu|gh|wh",
    "latin": "[kw]|sh|oo|aa|ii|uu",
    "eastern": "ee|oo|ck|ph|aa",
    "southern": "ck|ph",
}
"""What a tradition never writes: a word that has it is not read that way, which saves codes."""
_IS_NEVER_IN = tuple(re.compile(_NEVER_IN[tradition]).search for tradition in _TRADITIONS)

_FIRST_LETTER = re.compile(r"\^?(?:\(\?<=[^)]*\))?([a-z])")
_DOUBLED = re.compile(r"(.)\1+")
_MORE_VOWELS = re.compile(r"([aio])[aio]+")
_VOWELS = "aio"
_NO_VOWELS = str.maketrans("", "", _VOWELS)
_COARSE_VOWELS = str.maketrans("eu", "io")
_ENOUGH = 3
_ANY_VOWEL = "A"
_ENDS_IN_VOWEL = "a"
_SILENT = "-"

_SHORTEST_NEARLY = 3  # signs of a code; of fewer it would be every other short name
_NEAR_SOUNDS = ("BPF", "FW", "TD", "TS", "KGH", "HX", "SXJ", "JYGDH", "MN", "LR", _VOWELS)
"""Sounds of which one is heard for the other: with the voice or without (B, P), made at one place
(M, N), the many readings of one letter (j, x, v)."""
_EASILY_LOST = "HLRNMYJFW"
"""Sounds that a stranger's ear misses beside others, or hears where there are none."""
_TAKEN_FOR = defaultdict(
    set,
    {
        sound: set().union(*(near for near in _NEAR_SOUNDS if sound in near)) - {sound}
        for sound in set("".join(_NEAR_SOUNDS))
    },
)

Match = Callable[[str, int], Any]
Rules = tuple[Match, list[tuple[str, ...]]]


@lru_cache(maxsize=1 << 16)
def sounds(word: str) -> tuple[str, ...]:
    """Return the codes of a folded word, at most 4, the English one first; none for one letter.

    Raises KeyError for a letter that is not of a to z.
    """
    return codes(word)


def codes(word: str) -> tuple[str, ...]:
    """The same, not kept: for words that hardly come twice."""
    if len(word) < SHORTEST_HEARD:
        return ()
    found = dict.fromkeys(map(_code, _readings(word)))
    return tuple([code for code in found if code][:MOST_CODES])


def sound_alike(one: str, other: str) -> bool:
    """Say whether two folded words share a code."""
    return not set(sounds(one)).isdisjoint(sounds(other))


@lru_cache(maxsize=1 << 12)  # for questions
def nearly_heard(word: str) -> frozenset[str]:
    """Return the codes that are one sound off those of a folded word: it was heard wrong, not
    heard, or heard where there is none. None of codes that say too little for that.

    The code is changed, not what is said: of two consonants or fewer it would be every short name
    (docs/decisions/0024-nearly-heard.md). So some are codes that no word has.
    """
    own = sounds(word)
    told = [code for code in own if len(code) >= _SHORTEST_NEARLY]
    return frozenset(near for code in told for near in _one_sound_off(code)).difference(own)


def sound_nearly_alike(asked: str, stored: str) -> bool:
    """Say whether a folded word may be how the other was heard, with one sound wrong."""
    return not nearly_heard(asked).isdisjoint(sounds(stored))


def _one_sound_off(code: str) -> Iterator[str]:
    for i, sound in enumerate(code):
        yield from (code[:i] + other + code[i + 1 :] for other in _TAKEN_FOR[sound])
        if sound in _EASILY_LOST:
            yield code[:i] + code[i + 1 :]
    for i in range(len(code) + 1):
        yield from (code[:i] + sound + code[i:] for sound in _EASILY_LOST)
    yield from (_ANY_VOWEL + code, code.removeprefix(_ANY_VOWEL))
    yield from (code + _ENDS_IN_VOWEL, code.removesuffix(_ENDS_IN_VOWEL))


def _readings(word: str) -> list[str]:
    """Return what the traditions hear: consonants in capitals, vowels in small letters."""
    rules = _rules()
    heard = []
    start = 0
    while start < len(word):
        match, said_by_rule = rules[word[start]]
        found = match(word, start)
        heard.append(said_by_rule[found.lastindex])
        start = found.end()
    readings: list[str] = []
    for said, is_never_in in zip(map("".join, zip(*heard, strict=True)), _IS_NEVER_IN, strict=True):
        if said not in readings and not is_never_in(word):
            readings.append(said)
    return readings


@cache
def _rules() -> dict[str, Rules]:
    """Return, by the first letter, one pattern for all rules and what is heard by each of them.

    A group a rule, in the order of the table: the first that fits counts, and the last rule of each
    letter is the letter alone, so that one always fits. Groups count from 1.
    """
    rows = defaultdict(list)
    for row in read_table("sounds.csv"):
        first = _FIRST_LETTER.match(row["letters"])
        rows[first[1] if first else ""].append(row)
    return {letter: (_any_of(rules), [(), *map(_said, rules)]) for letter, rules in rows.items()}


def _any_of(rules: list[dict[str, str]]) -> Match:
    return re.compile("|".join(f"({rule['letters']})" for rule in rules)).match


def _said(rule: dict[str, str]) -> tuple[str, ...]:
    """Return what each tradition hears; a blank is "as in English", and a dash is nothing."""
    said = [rule[tradition] or rule["english"] for tradition in _TRADITIONS]
    return tuple("" if sound == _SILENT else sound.translate(_COARSE_VOWELS) for sound in said)


def _code(said: str) -> str:
    """Return the consonants, and as many vowels as it takes to tell names apart.

    Three consonants tell enough, with a mark where a vowel begins the word; of two, the first vowel
    counts too (but not one between them where a vowel begins the word), and whether one ends it; of
    one, every group of vowels. Vowels are of three kinds: a, e or i, o or u.
    """
    said = _DOUBLED.sub(r"\1", said)
    consonants = said.translate(_NO_VOWELS)
    begins = said[:1] if said[:1] in _VOWELS else ""
    if len(consonants) >= _ENOUGH:
        return _ANY_VOWEL * len(begins) + consonants
    if not consonants:
        return ""
    said = _MORE_VOWELS.sub(r"\1", said)
    if len(consonants) == 1:
        return said
    end = _ENDS_IN_VOWEL if said[-1] in _VOWELS else ""
    return (begins + consonants if begins else said.rstrip(_VOWELS)) + end
