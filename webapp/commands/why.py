"""`contactpoint why TYPED STORED`: the evidence between two names; needs no server."""

import json

import click

from analyzers.compare import Evidence, compare, score
from analyzers.fold import fold, is_particle, words
from analyzers.identity import Identity, PersonName
from indexer.errors import QuestionRefused

TOLD = ("field", "kind", "sentence", "weight", "most")
EXAMPLE = """\b
Example:
  $ contactpoint why "jon smyth" "Jonathan Smith"
  Jon is short for Jonathan
  Smyth sounds like Smith
  score 0.86
"""


@click.command(epilog=EXAMPLE)
@click.argument("typed")
@click.argument("stored")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(typed: str, stored: str, as_json: bool) -> None:
    """Say why the TYPED name finds, or does not find, a child STORED under that name.

    The last word of STORED is read as the family name, with any van, de or al before it.
    """
    if not words(typed) or not words(stored):
        raise QuestionRefused("both names need at least one letter")
    evidence = compare(
        Identity(names=(PersonName(typed, use="typed"),)), Identity(names=(stored_name(stored),))
    )
    click.echo(as_json_text(evidence) if as_json else as_lines(evidence))


def stored_name(text: str) -> PersonName:
    """Return the name with its last word, and the small words before it, as family name."""
    given = text.split()
    family = given[-1:]
    del given[-1:]
    while given and is_particle(fold(given[-1])):
        family.insert(0, given.pop())
    return PersonName(" ".join(given), " ".join(family))


def as_lines(evidence: list[Evidence]) -> str:
    """Return one sentence a line and the score, 0.00 to 1.00, last."""
    told = [item.sentence for item in evidence if item.sentence]
    return "\n".join([*told, f"score {score(evidence):.2f}"])


def as_json_text(evidence: list[Evidence]) -> str:
    """Return the evidence with its fields and kinds, and the score, as one JSON object."""
    found = [{name: getattr(item, name) for name in TOLD} for item in evidence]
    return json.dumps({"score": round(score(evidence), 4), "evidence": found})
