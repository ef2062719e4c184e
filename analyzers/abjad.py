"""Reads names in scripts that leave short vowels out, Arabic and Hebrew, as they would be written
in Latin letters: محمد is "mahmad", not "mhmd", which nobody is called."""

from collections.abc import Sequence
from functools import cache
from unicodedata import category

from analyzers.tables import read_table

_ANY_VOWEL = "a"
_LETTERS = {"Lo", "Lu", "Ll"}  # not the signs for vowels, nor what stretches a letter
Sound = tuple[str, bool]
"""Latin letters, and whether they are a vowel."""


def is_abjad(text: str) -> bool:
    """Say whether any character is a letter of the table."""
    return not _letters().keys().isdisjoint(text)


def romanise(text: str) -> str:
    """Return the text with its letters of abjads in Latin ones; other characters stay.

    A letter that is a consonant or a vowel (waw, yod) is a consonant before a vowel and at the
    beginning. Where vowels are left out, one stands after every consonant that begins a syllable.
    """
    sounds = _sounds([letter for letter in text if category(letter) in _LETTERS])
    said = []
    for i, (sound, is_vowel) in enumerate(sounds):
        said.append(sound)
        ends = i + 1 == len(sounds)
        if is_vowel or ends or sounds[i + 1][1]:
            continue
        follows_vowel = i > 0 and said[-2].endswith(("a", "i", "u", "o"))
        if not follows_vowel or i + 2 == len(sounds):
            said.append(_ANY_VOWEL)
    return "".join(said)


def _sounds(text: Sequence[str]) -> list[Sound]:
    table = _letters()
    found: list[Sound] = []
    for i, letter in enumerate(text):
        consonant, vowel, at_end = table.get(letter, (letter, "", ""))
        is_last = i + 1 == len(text)
        _, next_vowel, _ = table.get(text[i + 1], ("", "", "")) if not is_last else ("", "", "")
        if is_last and at_end:
            found.append((at_end, True))
        elif vowel and (not consonant or (found and not next_vowel)):
            found.append((vowel, True))
        elif consonant:
            found.append((consonant, False))
    return found


@cache
def _letters() -> dict[str, tuple[str, str, str]]:
    """Return letter → what it is as a consonant, as a vowel, and at the end of a word."""
    return {
        row["letter"]: (row["consonant"], row["vowel"], row["at_end"])
        for row in read_table("abjad.csv")
    }
