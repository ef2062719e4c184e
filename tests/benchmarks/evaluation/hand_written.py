"""Cases that people wrote, one file for each origin, and the feed of the children they mean."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random

import orjson

from tests.benchmarks.evaluation.births import CRITERIA
from tests.benchmarks.evaluation.cases import BY_HAND, Case
from tests.benchmarks.evaluation.feed_rows import FeedRow, FormerName, Meant, meant_by
from tests.benchmarks.evaluation.typed import Typed, of

FOLDER = Path(__file__).parents[1] / "cases"
SOURCE = "hand-written"
AUTHORITY = "359"
# Fixed days, so that the feed is the same whenever it is made; all are children until 2030.
FIRST_BIRTHDAY, BIRTHDAYS = date(2012, 6, 1), 5_000


@dataclass(frozen=True)
class HandWritten:
    """One line: a child, and what somebody types who means it."""

    origin: str
    record: str
    row: dict[str, str]

    @property
    def born(self) -> str:
        digest = int.from_bytes(sha256(self.record.encode()).digest()[:4], "big")
        return (FIRST_BIRTHDAY + timedelta(days=digest % BIRTHDAYS)).isoformat()

    @property
    def meant(self) -> Meant | None:
        former = self.row["former_family_name"]
        named = (FormerName(self.row["given_names"], former),) if former else ()
        row = FeedRow(
            self.record,
            self.row["family_name"],
            self.born,
            self.row["given_names"],
            self.row["known_as"],
            named,
        )
        return meant_by(SOURCE, row)


def read_hand_written(folder: Path = FOLDER) -> list[HandWritten]:
    """Return every line of every file; none if nobody has written any yet."""
    found: list[HandWritten] = []
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                clean = {name: (value or "").strip() for name, value in row.items() if name}
                found.append(HandWritten(path.stem, record_of(path.stem, clean), clean))
    return found


def record_of(origin: str, row: dict[str, str]) -> str:
    """Return an id for the child: two lines about the same names mean the same one."""
    child = "|".join(
        row[name] for name in ("given_names", "family_name", "known_as", "former_family_name")
    )
    return f"HW-{origin}-{sha256(child.encode()).hexdigest()[:12]}"


def write_feed(lines: list[HandWritten], path: Path) -> int:
    """Write the children as a feed; return how many."""
    rows = {line.record: feed_row(line) for line in lines}
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows.values()))
    return len(rows)


def feed_row(line: HandWritten) -> dict[str, object]:
    row: dict[str, object] = {
        "source_record_id": line.record,
        "given_names": line.row["given_names"],
        "family_name": line.row["family_name"],
        "date_of_birth": line.born,
        "authority": AUTHORITY,
    }
    if line.row["known_as"]:
        row["known_as"] = line.row["known_as"]
    if line.row["former_family_name"]:
        given = line.row["given_names"].split()[:1]
        former = {"given_names": " ".join(given), "family_name": line.row["former_family_name"]}
        row["former_names"] = [former]
    return row


def hand_written_cases(lines: list[HandWritten], seed: int, today: date) -> Iterator[Case]:
    """Yield every line with every criterion; who is typed is known only as a whole."""
    for line in lines:
        meant = line.meant
        if meant is None or not line.row["typed"]:
            continue
        typed = line.row["typed"]
        given, _, family = typed.rpartition(" ")
        name = Typed(given, family, of(meant), line.row["error"], text=typed)
        rng = Random(f"{seed}:{line.record}:{typed}")
        for criterion, say in CRITERIA.items():
            beside = say(meant, today, rng)
            if beside:
                yield Case(
                    *(f"{SOURCE}: {line.origin}", BY_HAND, criterion, line.origin, meant.row),
                    entry=f"{meant.row}:{typed}",
                    name=name,
                    beside=beside,
                )
