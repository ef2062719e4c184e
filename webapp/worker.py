"""The process that answers: gunicorn's own with threads, but silent about what was sent to it.

Gunicorn repeats a request that it cannot read in its answer and in its log, with the address it
came from; a broken request may hold a child's name.
"""

from contextlib import suppress
from typing import Any

import structlog
from gunicorn import util
from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

BAD_REQUEST, FAILURE = (400, "Bad Request"), (500, "Internal Server Error")
STATUSES: dict[type[Exception], tuple[int, str]] = {
    errors.LimitRequestLine: (414, "URI Too Long"),
    errors.LimitRequestHeaders: (431, "Request Header Fields Too Large"),
    errors.UnsupportedTransferCoding: (501, "Not Implemented"),
    errors.ConfigurationProblem: FAILURE,
    errors.ParseException: BAD_REQUEST,
    errors.NoMoreData: BAD_REQUEST,
}


class Worker(ThreadWorker):
    def handle_error(self, _req: Any, client: Any, _addr: Any, error: BaseException) -> None:
        """Say what kind of error it was, and nothing of the request."""
        status, reason = status_of(error)
        log = structlog.get_logger()
        say = log.error if status == FAILURE[0] else log.info
        say("unreadable", status=status, type=type(error).__name__)
        with suppress(OSError):  # who sent it may be gone
            util.write_error(client, status, reason, reason)


def status_of(error: BaseException) -> tuple[int, str]:
    """Return the status and its words; the nearest class of the table counts."""
    known = [STATUSES[one] for one in type(error).__mro__ if one in STATUSES]
    return known[0] if known else FAILURE
