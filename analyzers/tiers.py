"""THE table: for every way in which a typed word may meet a stored one, its field and tokens.

Both sides read it: `fields` stores what `stored` returns, `clauses` asks for what `asked` returns.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from analyzers.fold import WORD_LETTERS, is_particle, words
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
_PAIR = 2
_SHORTEST_HALF = 3
"""Letters of a given or family name that was typed in one word with the other: joshuasmith."""
_LETTERS_OF_A_PART, _LETTERS_OF_A_JOIN = 2, 5


@dataclass(frozen=True, slots=True)
class Part:
    """One folded word of a name, and the words it makes together with its neighbours; `telling`
    are those of them that `is_telling` says may be written with a slip."""

    text: str
    joins: tuple[str, ...] = ()
    telling: tuple[str, ...] = ()


Tokens = Callable[[Part], tuple[str, ...]]
WordTokens = Callable[[str], tuple[str, ...]]
How = Literal["terms", "prefix", "fuzzy", "both"]
Reach = Literal["same", "close", "usual", "rescue", "heard"]
"""How far a tier goes: to the same name, however written; to its beginning and one letter off; to
what is heard the same, or two letters off; and, only when nobody was found by more than chance, to
any two letters off, and to what is heard nearly the same."""


@dataclass(frozen=True)
class Tier:
    """One way to meet. Scores are whole or half numbers, so that their sums are exact in 32 bits.

    `stored` says what is stored of each word, `stored_join` of two or three words written in one,
    `stored_telling` of those that may be written with a slip (`is_telling`); they are None where
    the field is filled by another tier. They take one text each, so that their tokens can be kept
    word by word: names have a long tail, words a shorter one.
    """

    name: str
    field: str
    asked: Tokens
    score: float
    stored: WordTokens | None = None
    stored_join: WordTokens | None = None
    stored_telling: WordTokens | None = None
    how: How = "terms"
    reach: Reach = "close"


def parts_of(words: Sequence[str]) -> tuple[Part, ...]:
    """Return the words of one name, each with the joins of two or three it takes part in."""
    if len(words) == 1:
        return (Part(words[0]),)
    runs = _runs(words)
    joins = [(run, "".join(words[run.start : run.stop])) for run in runs]
    telling = {run for run in runs if is_telling(words[run.start : run.stop])}
    return tuple(
        [
            Part(
                word,
                tuple([join for run, join in joins if i in run]),
                tuple([join for run, join in joins if i in run and run in telling]),
            )
            for i, word in enumerate(words)
        ]
    )


def joins_of(words: Sequence[str]) -> list[str]:
    """Return every two or three neighbouring words written in one."""
    return ["".join(words[run.start : run.stop]) for run in _runs(words)]


def telling_joins_of(words: Sequence[str]) -> list[str]:
    """Return those of them that `is_telling` says may be written with a slip."""
    runs = (words[run.start : run.stop] for run in _runs(words))
    return ["".join(run) for run in runs if is_telling(run)]


def is_telling(run: Sequence[str]) -> bool:
    """Say whether words written in one may be met by more than their very letters: with a slip
    both words of "j smith" would be met by Smith, and "an li" by Ali."""
    letters = [len(word) for word in run]
    return min(letters) >= _LETTERS_OF_A_PART and sum(letters) >= _LETTERS_OF_A_JOIN


def doubled(given: Sequence[str], family: Sequence[str]) -> tuple[str, ...]:
    """Return tokens of the names that stand, in some form, in the given and the family name.

    To each of the words of "Ahmed Ahmed" everybody answers who is called Ahmed once.
    """
    forms = {form for word in given for form in _forms(word)}
    shared = forms.intersection([form for word in family for form in _forms(word)])
    return tuple([f"twice {form}" for form in sorted(shared)])


@lru_cache(maxsize=1 << 16)  # a load asks it of every word of eleven million names
def _forms(word: str) -> tuple[str, ...]:
    """Return the word and its spelling families; none for an initial, or a small word."""
    if len(word) == 1 or is_particle(word):
        return ()
    return (word, *(token for token in kin_tokens(word) if token[0] == "f"))


def _runs(words: Sequence[str]) -> list[range]:
    return [
        range(start, start + length)
        for length in range(2, _MOST_JOINED + 1)
        for start in range(len(words) - length + 1)
        if sum(map(len, words[start : start + length])) <= WORD_LETTERS
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
    return tuple([token for join in part.telling for token in edit_tokens(join)])


def _halves(part: Part) -> tuple[str, ...]:
    """Return, of a word that was typed alone, every two names it may be without the space."""
    text, least = part.text, _SHORTEST_HALF
    if part.joins:
        return ()
    cuts = range(least, len(text) - least + 1)
    pairs = [words(f"{text[:cut]} {text[cut:]}") for cut in cuts]  # folded: Mc is Mac
    return tuple([" ".join(pair) for pair in pairs if len(pair) == _PAIR])


def _without_two(part: Part) -> tuple[str, ...]:
    return without_two(part.text)


def _common_near(part: Part) -> tuple[str, ...]:
    return common_names_near(part.text)


def _sounds(part: Part) -> tuple[str, ...]:
    return sounds(part.text)


def _joined_sounds(part: Part) -> tuple[str, ...]:
    return tuple([code for join in part.telling for code in sounds(join)])


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
        stored_telling=codes,
        asked=_sounds,
        score=3,
        reach="usual",
    ),
    Tier("nearly joined", "edits", asked=_joined_edits, score=3, reach="usual"),
    Tier("halves", "names", asked=_halves, score=3, how="both", reach="usual"),
    Tier("initial", "names", asked=_initial, score=3, how="prefix"),
    Tier("initial stored", "names", asked=_first_letter, score=2, reach="usual"),
    Tier("two edits", "edits", asked=_without_two, score=2, reach="usual"),
    Tier("two edits common", "names", asked=_common_near, score=2, reach="usual"),
    Tier("fuzzy", "names", asked=_fuzzy, score=1, how="fuzzy", reach="rescue"),
    Tier("sounds joined", "sounds", asked=_joined_sounds, score=1, reach="rescue"),
    Tier("begins", "names", asked=_begins, score=0.5, reach="rescue"),
    Tier("nearly heard", "sounds", asked=_nearly_heard, score=1, reach="heard"),
)
