"""What a colleague would say of two words that were taken for each other."""

from collections.abc import Callable

from analyzers.compare.matching import Match, Placed
from analyzers.kin import kinship, short_for
from analyzers.sounds import sound_alike


def word_sentence(match: Match) -> str:
    """Return one plain sentence; names as the record writes them."""
    asked = " ".join(as_typed(placed) for placed in match.asked)
    stored = " ".join(placed.word.written for placed in match.stored)
    use = match.stored[0].use
    if match.kind == "exact" and use in _EXACT_IN:
        return _EXACT_IN[use].format(stored)
    return _SENTENCES[match.kind](match, asked, stored) + _IN_OTHER_NAME.get(use, "")


def as_typed(placed: Placed) -> str:
    """Return the word as typed, with a capital if it was typed without any."""
    written = placed.word.written
    return written if written != written.lower() else written[:1].upper() + written[1:]


_EXACT_IN = {"known_as": "known as {}", "former": "{} is a former name"}
_IN_OTHER_NAME = {"known_as": " (known as)", "former": " (a former name)"}


def _form(match: Match, asked: str, stored: str) -> str:
    if sound_alike(match.asked[0].word.text, match.stored[0].word.text):
        return f"{asked} sounds like {stored}"
    return f"{asked} and {stored} are forms of one name"


def _short(match: Match, asked: str, stored: str) -> str:
    one, other = match.asked[0].word.text, match.stored[0].word.text
    kin = kinship(one, other)
    if kin == "asked_short":
        return f"{asked} is short for {stored}"
    if kin == "stored_short":
        return f"{stored} is short for {asked}"
    return f"{asked} and {stored} are both short for {short_for(one, other).capitalize()}"


def _joined(match: Match, asked: str, stored: str) -> str:
    together = "in one word" if len(match.asked) == 1 else "in separate words"
    return f"{asked} is {stored} {together}"


def _initial(match: Match, asked: str, stored: str) -> str:
    if len(match.asked[0].word.text) == 1:
        return f"{asked} is the initial of {stored}"
    return f"the record has only the initial {stored} for {asked}"


_SENTENCES: dict[str, Callable[[Match, str, str], str]] = {
    "exact": lambda _, __, stored: f"{stored} is the same",
    "written": lambda _, asked, stored: f"{asked} is {stored} written another way",
    "joined": _joined,
    "form": _form,
    "short": _short,
    "prefix": lambda _, asked, stored: f"{stored} begins with {asked}",
    "edit": lambda _, asked, stored: f"{asked} is one letter away from {stored}",
    "sounds": lambda _, asked, stored: f"{asked} sounds like {stored}",
    "initial": _initial,
    "two_edits": lambda _, asked, stored: f"{asked} is two letters away from {stored}",
}
