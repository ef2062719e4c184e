"""THE table: for every way in which a typed word may meet a stored one, its field and tokens.

Both sides read it: `fields` stores what `stored` returns, `clauses` asks for what `asked` returns.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from analyzers.fold import WORD_LETTERS
from analyzers.kin import kin_tokens
from analyzers.sounds import codes, nearly_heard, sounds
from analyzers.two_edits import common_names_near, without_two

SHORTEST_EDITED = 3
"""A word of two letters with one taken away is every name that has the other."""
SHORTEST_BEGINNING = 4
"""Of a typed word, that a stored one may be: Abdul of Abdulrahman."""
FUZZY_LETTERS = range(4, 21)
"""Beyond 20 letters the engine takes hundreds of milliseconds to lay out two edits."""
_MOST_JOINED = 3
_LEAST_OF_A_JOIN = 2


@dataclass(frozen=True, slots=True)
class Part:
    """One folded word of a name, and the words it makes together with its neighbours."""

    text: str
    joins: tuple[str, ...] = ()


Tokens = Callable[[Part], tuple[str, ...]]
WordTokens = Callable[[str], tuple[str, ...]]
How = Literal["terms", "prefix", "fuzzy"]
Reach = Literal["same", "close", "usual", "rescue", "heard"]
"""How far a tier goes: to the same name, however written; to its beginning and one letter off; to
what is heard the same, or two letters off; and, only when nobody was found by more than chance, to
any two letters off, and to what is heard nearly the same."""


@dataclass(frozen=True)
class Tier:
    """One way to meet. Scores are whole or half numbers, so that their sums are exact in 32 bits.

    `stored` says what is stored of each word, `stored_join` of two or three words written in one;
    both are None where the field is filled by another tier. They take one text each, so that their
    tokens can be kept word by word: names have a long tail, words a shorter one.
    """

    name: str
    field: str
    asked: Tokens
    score: float
    stored: WordTokens | None = None
    stored_join: WordTokens | None = None
    how: How = "terms"
    reach: Reach = "close"


def parts_of(words: Sequence[str]) -> tuple[Part, ...]:
    """Return the words of one name, each with the joins of two or three it takes part in."""
    if len(words) == 1:
        return (Part(words[0]),)
    joins = _joins(words)
    return tuple(
        [
            Part(word, tuple([join for start, end, join in joins if start <= i < end]))
            for i, word in enumerate(words)
        ]
    )


def joins_of(words: Sequence[str]) -> list[str]:
    """Return every two or three neighbouring words written in one."""
    return [join for _, _, join in _joins(words)] if len(words) > 1 else []


def _joins(words: Sequence[str]) -> list[tuple[int, int, str]]:
    return [
        (start, start + length, join)
        for length in range(2, _MOST_JOINED + 1)
        for start in range(len(words) - length + 1)
        if len(join := "".join(words[start : start + length])) <= WORD_LETTERS
    ]


@lru_cache(maxsize=1 << 12)  # for questions; `fields` keeps what is stored
def edit_tokens(word: str) -> tuple[str, ...]:
    """Return a folded word and all it becomes when one letter is taken away.

    Two words one edit apart (a letter more, less, other, or two neighbours swapped) share one:
    W. Garbe's symmetric delete. Nothing for one letter, the word alone for two.
    """
    if len(word) < SHORTEST_EDITED:
        return (word,) if len(word) == SHORTEST_EDITED - 1 else ()
    return tuple(sorted({word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}))


def _joined(part: Part) -> tuple[str, ...]:
    return part.joins


def _text(part: Part) -> tuple[str, ...]:
    return (part.text,)


def _text_and_joined(part: Part) -> tuple[str, ...]:
    return (part.text, *part.joins)


def _kin(part: Part) -> tuple[str, ...]:
    tokens = kin_tokens(part.text)
    for join in part.joins:
        tokens += kin_tokens(join)
    return tokens


def _edits(part: Part) -> tuple[str, ...]:
    return edit_tokens(part.text)


def _joined_edits(part: Part) -> tuple[str, ...]:
    return tuple([token for join in _telling_joins(part) for token in edit_tokens(join)])


def _without_two(part: Part) -> tuple[str, ...]:
    return without_two(part.text)


def _common_near(part: Part) -> tuple[str, ...]:
    return common_names_near(part.text)


def _sounds(part: Part) -> tuple[str, ...]:
    return sounds(part.text)


def _joined_sounds(part: Part) -> tuple[str, ...]:
    return tuple([code for join in _telling_joins(part) for code in sounds(join)])


def _telling_joins(part: Part) -> list[str]:
    """Return the joins but those that are the word, or its neighbour, with one letter more: both
    words of "j smith" would be met by Smith."""
    letters = len(part.text)
    return [
        join for join in part.joins if _LEAST_OF_A_JOIN <= letters <= len(join) - _LEAST_OF_A_JOIN
    ]


def _nearly_heard(part: Part) -> tuple[str, ...]:
    return tuple(sorted(nearly_heard(part.text)))


def _itself(text: str) -> tuple[str, ...]:
    return (text,)


def _beginning(part: Part) -> tuple[str, ...]:
    return (part.text,) if len(part.text) > 1 else ()


def _begins(part: Part) -> tuple[str, ...]:
    return tuple([part.text[:end] for end in range(SHORTEST_BEGINNING, len(part.text))])


def _initial(part: Part) -> tuple[str, ...]:
    return (part.text,) if len(part.text) == 1 else ()


def _first_letter(part: Part) -> tuple[str, ...]:
    return (part.text[0],) if len(part.text) > 1 else ()


def _fuzzy(part: Part) -> tuple[str, ...]:
    return (part.text,) if len(part.text) in FUZZY_LETTERS else ()


TIERS = (
    Tier("exact", "names", stored=_itself, asked=_text, score=8, reach="same"),
    Tier(
        "kin", "kin", stored=kin_tokens, stored_join=kin_tokens, asked=_kin, score=6, reach="same"
    ),
    Tier("prefix", "names", asked=_beginning, score=5, how="prefix"),
    Tier("joined", "joined", stored_join=_itself, asked=_text_and_joined, score=4.5, reach="same"),
    Tier("split", "names", asked=_joined, score=4.5, reach="same"),
    Tier("edits", "edits", stored=edit_tokens, asked=_edits, score=4),
    Tier(
        "sounds",
        "sounds",
        stored=sounds,
        stored_join=codes,
        asked=_sounds,
        score=3,
        reach="usual",
    ),
    Tier("nearly joined", "edits", asked=_joined_edits, score=3, reach="usual"),
    Tier("sounds joined", "sounds", asked=_joined_sounds, score=3, reach="usual"),
    Tier("initial", "names", asked=_initial, score=3, how="prefix"),
    Tier("initial stored", "names", asked=_first_letter, score=2, reach="usual"),
    Tier("two edits", "edits", asked=_without_two, score=2, reach="usual"),
    Tier("two edits common", "names", asked=_common_near, score=2, reach="usual"),
    Tier("fuzzy", "names", asked=_fuzzy, score=1, how="fuzzy", reach="rescue"),
    Tier("begins", "names", asked=_begins, score=1, reach="rescue"),
    Tier("nearly heard", "sounds", asked=_nearly_heard, score=1, reach="heard"),
)
