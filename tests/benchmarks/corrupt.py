"""Damages words as typists do, knowing nothing of how names are compared."""

from collections.abc import Callable
from random import Random

LETTERS = "abcdefghijklmnopqrstuvwxyz"
KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
SHORTEST = 3  # below this one edit leaves nothing to recognise
TRIES = 20

Corruption = Callable[[str, Random], str]


def keyboard_neighbours() -> dict[str, str]:
    """Return letter → the letters beside it and, slanting, above and below on a UK keyboard."""
    near: dict[str, set[str]] = {letter: set() for row in KEYBOARD for letter in row}
    for row, keys in enumerate(KEYBOARD):
        for column, key in enumerate(keys):
            beside = keys[column + 1 : column + 2]
            below = KEYBOARD[row + 1][max(column - 1, 0) : column + 1] if row < 2 else ""
            for other in (*beside, *below):
                near[key].add(other)
                near[other].add(key)
    return {letter: "".join(sorted(others)) for letter, others in near.items()}


NEIGHBOURS = keyboard_neighbours()


def like(letter: str, replacement: str) -> str:
    """Return the replacement in the case of the letter."""
    return replacement.upper() if letter.isupper() else replacement


def substitute(word: str, rng: Random) -> str:
    place = rng.randrange(len(word))
    return word[:place] + like(word[place], rng.choice(LETTERS)) + word[place + 1 :]


def delete(word: str, rng: Random) -> str:
    place = rng.randrange(len(word))
    return word[:place] + word[place + 1 :]


def insert(word: str, rng: Random) -> str:
    place = rng.randrange(len(word) + 1)
    return word[:place] + rng.choice(LETTERS) + word[place:]


def swap_neighbours(word: str, rng: Random) -> str:
    place = rng.randrange(len(word) - 1)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def double_letter(word: str, rng: Random) -> str:
    place = rng.randrange(len(word))
    return word[: place + 1] + word[place].lower() + word[place + 1 :]


def hit_next_key(word: str, rng: Random) -> str:
    place = rng.randrange(len(word))
    near = NEIGHBOURS.get(word[place].lower(), "")
    if not near:
        return word
    return word[:place] + like(word[place], rng.choice(near)) + word[place + 1 :]


CORRUPTIONS: tuple[Corruption, ...] = (
    substitute,
    delete,
    insert,
    swap_neighbours,
    double_letter,
    hit_next_key,
)


def one_edit(word: str, rng: Random) -> str:
    """Return the word with one edit of a kind picked at random, never the same word again.

    Words under three letters are returned as they are.
    """
    if len(word) < SHORTEST:
        return word
    for _ in range(TRIES):
        wrong = rng.choice(CORRUPTIONS)(word, rng)
        if wrong.casefold() != word.casefold():
            return wrong
    return word + word[-1]


def one_edit_each(words: str, rng: Random) -> str:
    """Return every word of a text with one edit."""
    return " ".join(one_edit(word, rng) for word in words.split())
