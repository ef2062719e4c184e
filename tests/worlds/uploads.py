"""What uploaders send of all their children, the shielded ones too, and what they are told."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from tests.worlds.cast import CENSUS, DOCTORS, Cast, Row
from tests.worlds.script import Step
from tests.worlds.stage import Stage
from tests.worlds.trial import Theatre, first_difference, share_that_shows

GONE = {"withdrawn": True}


def feeds(cast: Cast) -> list[tuple[str, list[Row], tuple[str, ...]]]:
    """Return source, rows and options of each load: the same rows again, others, withdrawn,
    bad, back again, from another source, and as the whole that a source has."""
    census = cast.rows((*cast.hidden, *cast.others))[CENSUS]
    names = [{"source_record_id": row["source_record_id"]} for row in census]
    doctors = cast.rows((*cast.hidden, *cast.others))[DOCTORS]
    everyone = cast.rows((*cast.hidden, *cast.visible))[CENSUS]
    return [
        (CENSUS, census, ()),
        (CENSUS, [row | {"known_as": "Bee"} for row in census], ()),
        (CENSUS, [row | {"family_name": "Moved"} for row in census], ("--dry-run",)),
        (CENSUS, [row | {"date_of_birth": "1999-01-01"} for row in census], ()),
        (CENSUS, [row | {"shielded": False} for row in census], ()),
        (CENSUS, [row | GONE for row in names], ()),
        (CENSUS, [row | GONE for row in names], ()),
        (CENSUS, census[::2], ()),
        (DOCTORS, [row | {"nhs_number": None} for row in doctors], ()),
        ("child-benefit", doctors, ()),
        (CENSUS, everyone[::2], ("--whole",)),
        (CENSUS, everyone[::3], ("--whole", "--confirm")),
    ]


def told(stage: Stage) -> list[str]:
    """Load it all; return receipts, rejects and the log of each load, and the audit at the end."""
    stage.open_doors("doors of uploaders")
    stage.logged()
    said = []
    for place, (source, rows, options) in enumerate(feeds(stage.cast), 1):
        stage.clock.turn(f"upload {place}", place * 100)
        file = stage.write("upload.jsonl", "".join(f"{json.dumps(row)}\n" for row in rows))
        rejects = stage.folder / "rejects.jsonl"
        rejects.unlink(missing_ok=True)
        words = ("load", file, "--source", source, "--rejects", str(rejects), "--json", *options)
        said.append(stage.run(*words))
        said.append(rejects.read_text() if rejects.exists() else "none")
        said += stage.logged()
    audit = [
        entry for _, entry in stage.audited() if json.loads(entry)["_source"]["event"] == "load"
    ]
    return [*said, *audit]


@dataclass(frozen=True)
class Uploads:
    """What differs between what uploaders are told of shielded children and of others, and the
    share of the questions that would show the shielded were they none."""

    differences: list[str]
    share: float


def send_all(theatre: Theatre, cast: Cast, steps: Sequence[Step]) -> Uploads:
    """Send the same in a world where nobody is shielded and in one where the hidden are."""
    with theatre.world(cast, "shown") as stage:
        share = share_that_shows(stage, steps)
        shown = told(stage)
    with theatre.world(cast, "after") as stage:
        shielded = told(stage)
    told_apart = [
        f"{place}: {first_difference(one, other)}"
        for place, (one, other) in enumerate(zip_longest(shown, shielded, fillvalue=""))
        if one != other
    ]
    return Uploads(told_apart, share)
