"""How this service is reached, and where its workers count; told by who starts it."""

from dataclasses import dataclass
from pathlib import Path

from webapp.processes import FRONT, Process


@dataclass(frozen=True)
class Site:
    """Which process this is, the host names it answers to, and if browsers come by https.

    `helpdesk` says whom to call, as it stands in the middle of a sentence; `helpdesk_phone` is
    empty where people know the number. In `metrics_folder` all workers count, see webapp/metrics.
    """

    hosts: tuple[str, ...] = ("127.0.0.1", "localhost")
    is_https: bool = False
    helpdesk: str = "your organisation’s ContactPoint team"
    helpdesk_phone: str = ""
    process: Process = FRONT
    metrics_folder: Path | None = None


USUAL = Site()
