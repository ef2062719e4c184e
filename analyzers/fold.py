"""Turns any written name into plain words of a–z, the same for what is stored and what is typed."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii

from analyzers.abjad import romanise
from analyzers.tables import read_table

WORD_LETTERS = 40
MOST_WORDS = 16
# Longer than any folded text (16 words of 40 letters), so that folding twice changes nothing.
_CHARACTERS_READ = 700

_KINDS = {row["word"]: row["kind"] for row in read_table("small_words.csv")}
_HONORIFICS = {word for word, kind in _KINDS.items() if kind == "honorific"}
_CHANGED_AMONG_WORDS = _HONORIFICS | {"st"}

_BETWEEN_WORDS = re.compile(
    r"[\s\-\u05be\u060c\u061b\u2010-\u2015\u2212\u00b7.,;:/\\&+_|()\[\]{}<>=!?*#~^\"@%]+"
)
# One sign is one syllable there, and anyascii runs them together.
_SYLLABLE_SIGN = re.compile(r"([\u3400-\u9fff\uf900-\ufaff\uac00-\ud7a3])")
_NOT_LETTERS = re.compile(r"[^a-z]")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a name.

    `text` is the folded word, 1..40 letters; `plain` the same before different ways of writing
    one name were made one (Mc and Mac, St and Saint); `written` is for people to read.
    """

    text: str
    plain: str
    written: str


def fold(text: str) -> str:
    """Return the folded words with one space between; folding twice changes nothing."""
    return " ".join(words(text))


@lru_cache(maxsize=1 << 15)  # a load asks for the words of a name some ten times
def words(text: str) -> tuple[str, ...]:
    """Return at most 16 folded words of at most 40 letters; none for text without letters."""
    return tuple([word.text for word in read_words(text)])


def is_particle(word: str) -> bool:
    """Say whether a folded word is of the small ones (van, de, al) that people leave out."""
    return _KINDS.get(word) == "particle"


@lru_cache(maxsize=1 << 15)
def read_words(text: str) -> tuple[Word, ...]:
    """Return the words of a name, folded and as written, honorifics left out."""
    found = [word for piece in _pieces(text) if (word := _word(piece))]
    if _CHANGED_AMONG_WORDS.isdisjoint([word.plain for word in found]):
        return tuple(found[:MOST_WORDS])
    kept = [word for word in found if word.plain not in _HONORIFICS] or found
    return tuple(_without_saint_short(kept))[:MOST_WORDS]


def _pieces(text: str) -> list[str]:
    spaced = text[:_CHARACTERS_READ]
    if _is_plain(spaced.replace(" ", "")):
        return spaced.split()
    if not spaced.isascii():
        spaced = _SYLLABLE_SIGN.sub(r" \1 ", spaced)
    return [piece for piece in _BETWEEN_WORDS.split(spaced) if piece]


def _is_plain(text: str) -> bool:
    """Say whether the text is only A–Z and a–z: most names are, and need no pattern."""
    return text.isascii() and text.isalpha()


# Words repeat far more than names: 18,000 of them in the 48,000 names of 50,000 children.
@lru_cache(maxsize=1 << 15)
def _word(piece: str) -> Word | None:
    plain = _letters(piece)[:WORD_LETTERS]
    if not plain:
        return None
    text = f"mac{plain[2:]}"[:WORD_LETTERS] if plain.startswith("mc") else plain
    return Word(text, plain, piece)


def _letters(piece: str) -> str:
    """Return the letters a–z; apostrophes of every kind, digits and signs leave no gap."""
    if not piece.isascii():
        letters = "".join(letter for letter in piece if _is_letter(letter))
        piece = anyascii(romanise(letters))
    return piece.lower() if _is_plain(piece) else _NOT_LETTERS.sub("", piece.lower())


def _is_letter(character: str) -> bool:
    # Signs are dropped first: anyascii would spell a smiling face out in words.
    return character.isascii() or unicodedata.category(character)[0] in "LM"


def _without_saint_short(found: list[Word]) -> list[Word]:
    """Write St as Saint where a name follows it."""
    last = len(found) - 1
    return [
        Word("saint", word.plain, word.written) if word.text == "st" and i < last else word
        for i, word in enumerate(found)
    ]
