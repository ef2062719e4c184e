"""Slips of the fingers: exactly so many edits in one word, of a kind that is told."""

import re
from random import Random

from jellyfish import damerau_levenshtein_distance

from tests.benchmarks.corrupt import CORRUPTIONS, LETTERS, NEIGHBOURS, Corruption, like

SHORTEST = 3  # a word of two letters is another word after an edit
LONGEST = 99
TRIES = 40

LETTER_RUN = re.compile(r"[^\W\d_]+")


def replace_first(word: str, rng: Random) -> str:
    return like(word[0], rng.choice(LETTERS)) + word[1:]


def lose_first(word: str, _: Random) -> str:
    return like(word[0], word[1]) + word[2:]


def put_before_first(word: str, rng: Random) -> str:
    return like(word[0], rng.choice(LETTERS)) + word[0].lower() + word[1:]


def swap_first(word: str, _: Random) -> str:
    return like(word[0], word[1]) + word[0].lower() + word[2:]


def hit_key_beside_first(word: str, rng: Random) -> str:
    near = NEIGHBOURS.get(word[0].lower(), word[0])
    return like(word[0], rng.choice(near)) + word[1:]


FIRST_LETTER: tuple[Corruption, ...] = (
    replace_first,
    lose_first,
    put_before_first,
    swap_first,
    hit_key_beside_first,
)


def distance(one: str, other: str) -> int:
    return damerau_levenshtein_distance(one.casefold(), other.casefold())


def pieces(name: str, shortest: int = SHORTEST, longest: int = LONGEST) -> list[tuple[int, int]]:
    """Return where the words of a name of so many letters are: O'Brien has one, De Souza one."""
    spans = [match.span() for match in LETTER_RUN.finditer(name)]
    return [(start, end) for start, end in spans if shortest <= end - start <= longest]


def slip(
    name: str, rng: Random, kinds: tuple[Corruption, ...], span: tuple[int, int], edits: int = 1
) -> tuple[str, str] | None:
    """Return the name with as many edits in one of its words, and their kinds; None if no try
    gave a word that is exactly so far from the right one."""
    start, end = span
    for _ in range(TRIES):
        drawn = [rng.choice(kinds) for _ in range(edits)]
        word = name[start:end]
        for kind in drawn:
            word = kind(word, rng) if len(word) > 1 else word
        if distance(word, name[start:end]) == edits:
            kinds_told = " and ".join(kind.__name__ for kind in drawn)
            return name[:start] + word + name[end:], kinds_told
    return None


def one_slip(
    name: str, rng: Random, kinds: tuple[Corruption, ...] = CORRUPTIONS
) -> tuple[str, str] | None:
    """Return the name with one edit in a word of three letters or more, and its kind."""
    found = pieces(name)
    return slip(name, rng, kinds, rng.choice(found)) if found else None


def first_slip(name: str, rng: Random) -> tuple[str, str] | None:
    """Return the name with one edit at its very beginning, and its kind."""
    found = pieces(name)
    return slip(name, rng, FIRST_LETTER, found[0]) if found and found[0][0] == 0 else None


def two_slips(name: str, rng: Random, shortest: int, longest: int) -> tuple[str, str] | None:
    """Return the name with two edits in a word of so many letters, and their kinds."""
    found = pieces(name, shortest, longest)
    return slip(name, rng, CORRUPTIONS, rng.choice(found), edits=2) if found else None
