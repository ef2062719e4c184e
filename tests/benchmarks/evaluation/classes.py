"""The classes of error: what people type instead of a child's name, each by its own function.

Nothing here knows how names are compared. A function returns None where its error cannot happen.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from random import Random

from anyascii import anyascii

from indexer.invented.tables import grouped, rows
from tests.benchmarks.evaluation.feed_rows import Meant
from tests.benchmarks.evaluation.other_spellings import other_script, sounds_alike
from tests.benchmarks.evaluation.tables import both_ways, table
from tests.benchmarks.evaluation.typed import Name, Typed, parts, typed, whole
from tests.benchmarks.evaluation.typing_slips import first_slip, one_slip, two_slips

Make = Callable[[Meant, str, Random], Typed | None]
"""The child, the origin of its name, chance → what is typed."""

LONG, MIDDLE = (8, 99), (6, 7)
BEGINNING = 4  # letters
SPLIT_FROM, SPLIT_SIDE = 6, 3  # letters of a word that a stray space divides, and of each side
SEAMS = ("Mc", "Mac", "Abdul", "Abdel", "Abdi", "Oluwa", "Chukwu", "Fitz")


@dataclass(frozen=True)
class ErrorClass:
    """`family` names the bar; `trait` says which children can have it (pools.py); `by_detail` is
    true of errors out of tables, whose cases are halved by the entry and not by the child."""

    name: str
    family: str
    make: Make
    trait: str = "any"
    by_detail: bool = False


def exact(meant: Meant, _: str, __: Random) -> Typed:
    given = " ".join(meant.given)
    return Typed(
        given, meant.family, Name("all given", given.casefold(), meant.family.casefold()), ""
    )


def one_edit_given(meant: Meant, _: str, rng: Random) -> Typed | None:
    done = one_slip(meant.first, rng)
    return done and typed(meant, given=done[0], detail=done[1])


def one_edit_family(meant: Meant, _: str, rng: Random) -> Typed | None:
    done = one_slip(meant.family, rng)
    return done and typed(meant, family=done[0], detail=done[1])


def first_letter(meant: Meant, _: str, rng: Random) -> Typed | None:
    return in_either(meant, rng, lambda name: first_slip(name, rng))


def edit_in_each(meant: Meant, _: str, rng: Random) -> Typed | None:
    given, family = one_slip(meant.first, rng), one_slip(meant.family, rng)
    if not given or not family:
        return None
    return typed(meant, given[0], family[0], f"{given[1]} / {family[1]}")


def two_edits_long(meant: Meant, _: str, rng: Random) -> Typed | None:
    return in_either(meant, rng, lambda name: two_slips(name, rng, *LONG))


def two_edits_middle(meant: Meant, _: str, rng: Random) -> Typed | None:
    return in_either(meant, rng, lambda name: two_slips(name, rng, *MIDDLE))


def in_either(
    meant: Meant, rng: Random, damage: Callable[[str], tuple[str, str] | None]
) -> Typed | None:
    """Damage the given or the family name, whichever comes first by chance and can be."""
    for half in rng.sample(("given", "family"), 2):
        done = damage(meant.first if half == "given" else meant.family)
        if done and half == "given":
            return typed(meant, given=done[0], detail=done[1])
        if done:
            return typed(meant, family=done[0], detail=done[1])
    return None


def from_table(
    pairs: dict[str, tuple[str, ...]], rng: Random
) -> Callable[[str], tuple[str, str] | None]:
    def other(name: str) -> tuple[str, str] | None:
        others = pairs.get(name.casefold())
        if not others:
            return None
        chosen = rng.choice(others)
        return chosen, " = ".join(sorted((name.casefold(), chosen.casefold())))

    return other


def nickname(meant: Meant, _: str, rng: Random) -> Typed | None:
    done = from_table(both_ways("nicknames", "name", "short"), rng)(meant.first)
    return done and typed(meant, given=done[0], detail=done[1])


def other_spelling(meant: Meant, _: str, rng: Random) -> Typed | None:
    return in_either(meant, rng, from_table(both_ways("spellings", "name", "other"), rng))


def sound(meant: Meant, origin: str, rng: Random) -> Typed | None:
    return in_either(meant, rng, lambda name: sounds_alike(name, origin, rng))


def script(meant: Meant, origin: str, _: Random) -> Typed | None:
    given, family = other_script(meant.first, origin), other_script(meant.family, origin)
    if given == meant.first and family == meant.family:
        return None
    return typed(meant, given, family, f"{given} {family}")


@cache
def accented() -> dict[str, str]:
    """Return name without accents → the same with them, from the invented names."""
    names = {row["name"] for kind in ("given_names", "family_names") for row in rows(kind)}
    return {anyascii(name).casefold(): name for name in sorted(names) if not name.isascii()}


LETTER_PAIRS = {
    "ö": "oe",
    "ü": "ue",
    "ä": "ae",
    "å": "aa",
    "ø": "oe",
    "æ": "ae",
    "ş": "sh",
    "ñ": "n",
}


def accents(meant: Meant, _: str, rng: Random) -> Typed | None:
    """Leave accents out, write them as two letters, or put them where the row has none."""
    given, family = meant.first, meant.family
    if f"{given}{family}".isascii():
        given, family = (accented().get(name.casefold(), name) for name in (given, family))
        done = typed(meant, given, family, "put in")
    elif rng.random() < 0.8 or not any(sign in f"{given}{family}".lower() for sign in LETTER_PAIRS):
        done = typed(meant, anyascii(given), anyascii(family), "left out")
    else:
        done = typed(meant, two_letters(given), two_letters(family), "two letters")
    return done if done.words != f"{meant.first} {meant.family}" else None


def two_letters(name: str) -> str:
    for sign, pair in LETTER_PAIRS.items():
        name = name.replace(sign, pair).replace(sign.upper(), pair.capitalize())
    return anyascii(name)


def swapped(meant: Meant, _: str, rng: Random) -> Typed:
    text = rng.choice(("{family} {given}", "{family}, {given}"))
    words = text.format(given=meant.first, family=meant.family)
    return replace(
        typed(meant, meant.family, meant.first, "comma" if "," in words else "no comma"), text=words
    )


def joined(meant: Meant, _: str, rng: Random) -> Typed | None:
    """Lose the hyphen, apostrophe or space in a name, or that between two given names."""
    choices = [("family", meant.family), ("given", meant.first)]
    if len(meant.given) > 1:
        choices.append(("given", " ".join(meant.given[:2])))
    choices = [(half, name) for half, name in choices if without_joints(name) != name]
    if not choices:
        return None
    half, name = rng.choice(choices)
    return typed(meant, **{half: without_joints(name)}, detail=half)


def without_joints(name: str) -> str:
    pieces = name.replace("-", " ").replace("'", " ").replace("’", " ").split()
    return pieces[0] + "".join(piece.lower() for piece in pieces[1:]) if len(pieces) > 1 else name


def split(meant: Meant, _: str, rng: Random) -> Typed | None:
    return in_either(meant, rng, lambda name: split_word(name, rng))


def split_word(name: str, rng: Random) -> tuple[str, str] | None:
    """Put a space into a single word: at a seam (Mc Donald) if it has one, else anywhere."""
    if parts(name) or not name.isalpha():
        return None
    seam = next(
        (one for one in SEAMS if name.startswith(one) and len(name) >= len(one) + SPLIT_SIDE), ""
    )
    if seam:
        return f"{seam} {name[len(seam) :].capitalize()}", "at a seam"
    if len(name) < SPLIT_FROM:
        return None
    place = rng.randrange(SPLIT_SIDE, len(name) - SPLIT_SIDE + 1)
    return f"{name[:place]} {name[place:]}", "anywhere"


def hyphen(meant: Meant, _: str, rng: Random) -> Typed | None:
    """Write a space for a hyphen, a hyphen for a space, or a hyphen between two given names."""
    halves = {"given": meant.first, "family": meant.family}
    if len(meant.given) > 1 and rng.random() < 0.5:
        return typed(meant, given="-".join(meant.given[:2]), detail="given names")
    for half in rng.sample(("given", "family"), 2):
        name = halves[half]
        changed = name.replace("-", " ") if "-" in name else name.replace(" ", "-")
        if changed != name:
            return typed(meant, **{half: changed}, detail=half)
    return None


def part_of_double(meant: Meant, _: str, rng: Random) -> Typed | None:
    for half in rng.sample(("given", "family"), 2):
        found = [
            one
            for one in parts(getattr(meant, "first" if half == "given" else half))
            if len(one) > 2
        ]
        if found:
            done = typed(meant, **{half: rng.choice(found)}, detail=half)
            return replace(done, name=Name("part", done.given.casefold(), done.family.casefold()))
    return None


def initials(meant: Meant, _: str, rng: Random) -> Typed:
    letters = [name[0] for name in meant.given]
    given = rng.choice((letters[0], f"{letters[0]}.", " ".join(letters)))
    name = Name("given begins", meant.first[0].casefold(), meant.family.casefold())
    return replace(typed(meant, given=given, detail=str(len(given.split()))), name=name)


def prefix(meant: Meant, _: str, rng: Random) -> Typed | None:
    """Stop typing after four letters or more of the given or of the family name."""
    for half in rng.sample(("given", "family"), 2):
        name = meant.first if half == "given" else meant.family
        if len(name) > BEGINNING:
            begun = name[: rng.randrange(BEGINNING, len(name))].rstrip(" -'’")
            done = typed(meant, **{half: begun}, detail=half)
            return replace(
                done, name=Name(f"{half} begins", done.given.casefold(), done.family.casefold())
            )
    return None


def missing_middle(meant: Meant, _: str, __: Random) -> Typed | None:
    return typed(meant, detail=str(len(meant.given) - 1)) if len(meant.given) > 1 else None


def extra_given(meant: Meant, origin: str, rng: Random) -> Typed | None:
    extra = rng.choice(grouped("given_names", "origin")[origin])["name"]
    return None if extra in meant.given else typed(meant, given=f"{meant.first} {extra}")


def former_name(meant: Meant, _: str, __: Random) -> Typed | None:
    if not meant.former_family:
        return None
    name = whole(meant.first, meant.former_family)
    return replace(typed(meant, family=meant.former_family), name=name)


def known_as(meant: Meant, _: str, __: Random) -> Typed | None:
    if not meant.known_as:
        return None
    return replace(typed(meant, given=meant.known_as), name=whole(meant.known_as, meant.family))


def honorific(meant: Meant, origin: str, rng: Random) -> Typed:
    fitting = [row for row in table("honorifics") if row["origin"] in ("any", origin)]
    row = rng.choice(fitting)
    own = f"{meant.first} {meant.family}"
    if row["where"] == "before":
        text = f"{row['word']} {own}"
    elif row["origin"] == "any":
        text = f"{own} {row['word']}"
    else:
        text = f"{meant.first} {row['word']} {meant.family}"
    return replace(typed(meant, detail=row["word"]), text=text)


CLASSES: tuple[ErrorClass, ...] = (
    ErrorClass("exact", "exact", exact),
    ErrorClass("one_edit_given", "one edit", one_edit_given),
    ErrorClass("one_edit_family", "one edit", one_edit_family),
    ErrorClass("first_letter", "one edit", first_letter),
    ErrorClass("edit_in_each", "one edit in each", edit_in_each),
    ErrorClass("two_edits_long", "two edits, 8 letters or more", two_edits_long),
    ErrorClass("two_edits_middle", "two edits, 6 or 7 letters", two_edits_middle),
    ErrorClass("nickname", "nicknames and families", nickname, "nickname", by_detail=True),
    ErrorClass("family", "nicknames and families", other_spelling, "spelling", by_detail=True),
    ErrorClass("sound", "sounds and scripts", sound, by_detail=True),
    ErrorClass("script", "sounds and scripts", script, "script", by_detail=True),
    ErrorClass("accents", "swapped, joined, split, accents", accents, "accents"),
    ErrorClass("swapped", "swapped, joined, split, accents", swapped),
    ErrorClass("joined", "swapped, joined, split, accents", joined),
    ErrorClass("split", "swapped, joined, split, accents", split),
    ErrorClass("hyphen", "swapped, joined, split, accents", hyphen),
    ErrorClass("part_of_double", "parts and others", part_of_double, "double"),
    ErrorClass("initials", "parts and others", initials),
    ErrorClass("prefix", "parts and others", prefix),
    ErrorClass("missing_middle", "parts and others", missing_middle),
    ErrorClass("extra_given", "parts and others", extra_given),
    ErrorClass("former_name", "parts and others", former_name, "former"),
    ErrorClass("known_as", "parts and others", known_as, "known_as"),
    ErrorClass("honorific", "parts and others", honorific),
)
