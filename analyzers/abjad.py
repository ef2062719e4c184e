"""Reads names in scripts that leave short vowels out, Arabic and Hebrew, as they would be written
in Latin letters: محمد is "mahmad", not "mhmd", which nobody is called."""

import re
from functools import cache
from unicodedata import category, normalize

from anyascii import anyascii

from analyzers.tables import read_table

_ANY_VOWEL = "a"
_VOWELS = tuple("aeiou")
_SCRIPTS = re.compile(r"[\u0590-\u06ff\u0750-\u077f\ufb1d-\ufdff\ufe70-\ufeff]+")
_LETTERS = frozenset({"Lo", "Ll", "Lu"})
_NOT_LATIN = re.compile(r"[^a-z]")
Sound = tuple[str, bool]
"""Latin letters, and whether they are a vowel."""


def romanise(text: str) -> str:
    """Return the text with what is in these scripts in Latin letters; all else stays."""
    return _SCRIPTS.sub(lambda found: _romanised(found[0]), text)


def _romanised(word: str) -> str:
    """A letter that is a consonant or a vowel (waw, yod) is a consonant before a vowel and at the
    beginning. Where vowels are left out, one stands after every consonant that begins a syllable.
    """
    sounds = _sounds(word)
    said: list[str] = []
    for i, (sound, is_vowel) in enumerate(sounds):
        follows_vowel = bool(said) and said[-1].endswith(_VOWELS)
        said.append(sound)
        is_last, is_last_but_one = i + 1 == len(sounds), i + 2 == len(sounds)
        if is_vowel or is_last or sounds[i + 1][1]:
            continue
        if not follows_vowel or is_last_but_one:
            said.append(_ANY_VOWEL)
    return "".join(said)


def _sounds(word: str) -> list[Sound]:
    """Return what each letter is. Signs for vowels and what stretches a letter are left out, and
    shapes of letters (old files have them) are made letters first."""
    plain = [one for one in normalize("NFKC", word) if category(one) in _LETTERS]
    letters = list(map(_letter, plain))
    found: list[Sound] = []
    for i, (consonant, vowel, at_end) in enumerate(letters):
        following = letters[i + 1] if i + 1 < len(letters) else None
        if following is None and at_end:
            found.append((at_end, True))
        elif vowel and (not consonant or (found and not (following and following[1]))):
            found.append((vowel, True))
        elif consonant:
            found.append((consonant, False))
    return found


def _letter(letter: str) -> tuple[str, str, str]:
    """Return what the table says of a letter; of one it does not know, what anyascii does."""
    known = _letters().get(letter)
    return known or (_NOT_LATIN.sub("", anyascii(letter).lower()), "", "")


@cache
def _letters() -> dict[str, tuple[str, str, str]]:
    """Return letter → what it is as a consonant, as a vowel, and at the end of a word."""
    return {
        row["letter"]: (row["consonant"], row["vowel"], row["at_end"])
        for row in read_table("abjad.csv")
    }
