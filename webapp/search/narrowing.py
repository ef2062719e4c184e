"""What to add to a question that too many children fit: from the question alone. Pure."""

from analyzers.fold import read_words
from analyzers.postcodes import parse_postcode
from webapp.search.question import Question

TWO_NAMES = 2
NUMBER = "an NHS number or a UPN, if you have one"


def narrowing(question: Question) -> tuple[str, ...]:
    """Return what would narrow the question, what helps most first.

    A second name leaves one child in hundreds, the day of birth one in thousands, and the postcode
    nearly none beside a name; but people know a date more often than a postcode, and children move.
    """
    postcode = parse_postcode(question.postcode) if question.postcode else None
    wanted = {
        "the child’s other name: the family name, or the given name": len(read_words(question.name))
        < TWO_NAMES,
        "the date of birth, or the year if you know no more": question.born is None,
        "the day and month of birth, beside the year": question.born and not question.born.day,
        "the postcode, or the start of it": postcode is None,
        "the whole postcode, and not only the start of it": postcode and not postcode.inward,
        NUMBER: True,
    }
    return tuple(words for words, is_wanted in wanted.items() if is_wanted)


def hint(question: Question) -> str:
    """Return the same as one sentence."""
    first, *others = narrowing(question)
    return f"Add {first}." + (f" It also helps to add {others[0]}." if others else "")
