"""What a colleague would say of two words that were taken for each other."""

from collections.abc import Callable, Sequence

from analyzers.compare.matching import Placed
from analyzers.compare.relation import Relation
from analyzers.kin import kinship, short_for
from analyzers.sounds import sound_alike

Words = Sequence[Placed]


def word_sentence(kind: Relation, asked: Words, stored: Words) -> str:
    """Return one plain sentence; names as the record writes them."""
    use = stored[0].use
    if kind == "exact" and use in _EXACT_IN:
        return _EXACT_IN[use].format(stored[0].written)
    others = [_IN_OTHER_NAME[word.use] for word in stored if word.use in _IN_OTHER_NAME]
    return _SENTENCES[kind](asked, stored) + "".join(others[:1])


def missing_sentence(word: Placed) -> str:
    return f"no {as_typed(word)} in this record"


def as_typed(word: Placed) -> str:
    """Return the word as typed, with a capital if it was typed without any."""
    written = word.written
    return written if written != written.lower() else written[:1].upper() + written[1:]


# Another name may be a former one, or one that another source has: the record does not tell.
_EXACT_IN = {"known_as": "known as {}", "former": "also recorded as {}"}
_IN_OTHER_NAME = {"known_as": " (known as)", "former": " (another name on the record)"}


def _pair(asked: Words, stored: Words) -> tuple[str, str]:
    return (
        " ".join([as_typed(word) for word in asked]),
        " ".join([word.written for word in stored]),
    )


def _saying(form: str) -> Callable[[Words, Words], str]:
    """Return what fills `form` with the asked and the stored words."""
    return lambda asked, stored: form.format(*_pair(asked, stored))


def _form(asked: Words, stored: Words) -> str:
    one, other = _pair(asked, stored)
    if sound_alike(asked[0].text, stored[0].text):
        return f"{one} sounds like {other}"
    return f"{one} is how {other} is often written"


def _short(asked: Words, stored: Words) -> str:
    one, other = asked[0].text, stored[0].text
    kin = kinship(one, other)
    if kin == "both_short":
        name = short_for(one, other).capitalize()
        return "{} and {} are both short for {}".format(*_pair(asked, stored), name)
    form = "{} is short for {}" if kin == "asked_short" else "{1} is short for {0}"
    return form.format(*_pair(asked, stored))


def _joined(asked: Words, stored: Words) -> str:
    together = "in one word" if len(asked) == 1 else "in separate words"
    return "{} is {} {}".format(*_pair(asked, stored), together)


def _initial(asked: Words, stored: Words) -> str:
    if len(asked[0].text) == 1:
        return "{} is the initial of {}".format(*_pair(asked, stored))
    return "only the initial {1} is recorded, for {0}".format(*_pair(asked, stored))


def _one_letter(asked: Words, stored: Words) -> str:
    said = _letter_said(asked[0].text, stored[0].text)
    return "{2}: {0} for {1}".format(*_pair(asked, stored), said)


def _letter_said(asked: str, stored: str) -> str:
    if len(asked) != len(stored):
        return "one letter is missing" if len(asked) < len(stored) else "one letter too many"
    differing = sum(one != other for one, other in zip(asked, stored, strict=True))
    return "one letter differs" if differing == 1 else "two letters are swapped"


_SENTENCES: dict[Relation, Callable[[Words, Words], str]] = {
    "exact": _saying("{1} is the same"),
    "written": _saying("{0} is another way to write {1}"),
    "joined": _joined,
    "form": _form,
    "short": _short,
    "nearly_joined": _saying("{0} for {1}, nearly the same when joined up"),
    "prefix": _saying("{0} is the beginning of {1}"),
    "edit": _one_letter,
    "sounds": _saying("{0} sounds like {1}"),
    "initial": _initial,
    "begins": _saying("{1} is the beginning of {0}"),
    "two_edits": _saying("two letters differ: {0} for {1}"),
    "nearly_heard": _saying("{0} sounds a little like {1}"),
}
