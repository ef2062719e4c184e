"""The index `checks`: what each run of `check` found."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from elasticsearch import Elasticsearch

from indexer.clients import speaking_to_cluster
from indexer.health.state import State, some, well, worst
from mappings.names import CHECKS

OLD_AFTER = timedelta(hours=26)  # one a day, and two hours for it
STEP = "contactpoint check"
LIVE = {
    "sources",
    "repeats",
}  # judged anew at each look: what the check found of it may be mended since


@dataclass(frozen=True)
class Counts:
    """Children of the published build by authority, and rows by source."""

    authorities: Mapping[str, float] = field(default_factory=dict)
    sources: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """One run: `compared` documents were made again; `authorities` and `sources` are the counts.

    `baseline` holds those that were right, less who came of age since: a fraction of a child a day.
    """

    at: datetime
    actor: str
    seconds: float
    states: tuple[State, ...]
    compared: int = 0
    authorities: Mapping[str, float] = field(default_factory=dict)
    sources: Mapping[str, float] = field(default_factory=dict)
    baseline: Counts | None = None

    @property
    def right(self) -> Counts:
        """The counts that the next check measures from."""
        return self.baseline or Counts(self.authorities, self.sources)


class Reports:
    def __init__(self, client: Elasticsearch) -> None:
        self._client = client

    def add(self, report: Report) -> None:
        name = f"check-{report.at:%Y%m%dt%H%M%S%f}"
        with speaking_to_cluster("storing what the check found"):
            document = asdict(report) | {"at": report.at.isoformat()}
            self._client.create(index=CHECKS, id=name, document=document, refresh=True)

    def newest(self, most: int = 1) -> tuple[Report, ...]:
        """Return the newest reports, the newest first."""
        with speaking_to_cluster("reading what the check found"):
            hits = self._client.search(
                index=CHECKS,
                size=most,
                sort=[{"at": "desc"}],
                track_total_hits=False,
                allow_partial_search_results=False,
            )["hits"]["hits"]
        return tuple(parse_report(hit["_source"]) for hit in hits)


def parse_report(source: Mapping[str, Any]) -> Report:
    states = tuple(State(**one) for one in source["states"])
    at = datetime.fromisoformat(source["at"])
    baseline = Counts(**source["baseline"]) if source.get("baseline") else None
    return Report(**{**source, "at": at, "states": states, "baseline": baseline})


def judge_reports(reports: Sequence[Report], now: datetime) -> list[State]:
    """Return what the newest check found amiss, and whether it is old."""
    if not reports:
        return [State("check", "yellow", "it was never run", STEP)]
    newest = reports[0]
    bad = [one for one in newest.states if not one.is_well and one.name not in LIVE]
    hours = (now - newest.at) // timedelta(hours=1)
    if now - newest.at > OLD_AFTER:
        return [*bad, State("check", "yellow", f"it was last run {hours} hours ago", STEP)]
    if bad:
        found = f"the last one found: {some(one.name for one in bad)}"
        return [*bad, State("check", worst(bad), found, STEP)]
    return [well("check", f"nothing was found {hours} hours ago")]
