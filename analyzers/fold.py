"""Turns any written name into plain words of a–z, the same for what is stored and what is typed."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii

from analyzers.tables import read_table

WORD_LETTERS = 40
MOST_WORDS = 16
# Longer than any folded text (16 words of 40 letters), so that folding twice changes nothing.
_CHARACTERS_READ = 700

_KINDS = {row["word"]: row["kind"] for row in read_table("small_words.csv")}

_BETWEEN_WORDS = re.compile(r"[\s\-\u2010-\u2015\u2212\u00b7.,;:/\\&+_|()\[\]{}<>=!?*#~^\"@%]+")
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


def words(text: str) -> tuple[str, ...]:
    """Return at most 16 folded words of at most 40 letters; none for text without letters."""
    return tuple(word.text for word in read_words(text))


def is_particle(word: str) -> bool:
    """Say whether a folded word is of the small ones (van, de, al) that people leave out."""
    return _KINDS.get(word) == "particle"


@lru_cache(maxsize=1 << 16)
def read_words(text: str) -> tuple[Word, ...]:
    """Return the words of a name, folded and as written, honorifics left out."""
    found = [word for piece in _pieces(text) for word in _words_of_piece(piece)]
    kept = [word for word in found if _KINDS.get(word.plain) != "honorific"] or found
    return tuple(_without_saint_short(kept))[:MOST_WORDS]


def _pieces(text: str) -> list[str]:
    spaced = _SYLLABLE_SIGN.sub(r" \1 ", text[:_CHARACTERS_READ])
    return [piece for piece in _BETWEEN_WORDS.split(spaced) if piece]


def _words_of_piece(piece: str) -> list[Word]:
    letters = _letters(piece)
    if not letters:
        return []
    plain = letters[:WORD_LETTERS]
    text = f"mac{plain[2:]}"[:WORD_LETTERS] if plain.startswith("mc") else plain
    return [Word(text, plain, piece)]


def _letters(piece: str) -> str:
    """Return the letters a–z; apostrophes of every kind, digits and signs leave no gap."""
    if not piece.isascii():
        piece = anyascii("".join(letter for letter in piece if _is_letter(letter)))
    return _NOT_LETTERS.sub("", piece.lower())


def _is_letter(character: str) -> bool:
    # Signs are dropped first: anyascii would spell a smiling face out in words.
    return character.isascii() or unicodedata.category(character)[0] in "LM"


def _without_saint_short(found: list[Word]) -> list[Word]:
    """Write St as Saint where a name follows it."""
    short = {i for i, word in enumerate(found[:-1]) if word.text == "st"}
    return [
        Word("saint", word.plain, word.written) if i in short else word
        for i, word in enumerate(found)
    ]
