"""One JSON line a request, and its time for machines; no address, name or typed word."""

import sys
import traceback

import structlog
from flask import Response, g, request

from webapp.metrics import REQUEST
from webapp.service import service

PAST_LAST = 16**32  # an id has 32 hexadecimal digits


def set_up_log() -> None:
    """Write JSON lines to standard error, one an event."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )


def start_request() -> None:
    """Give the request an id of our own and note when it began."""
    world = service().world
    g.request_id = f"{world.below(PAST_LAST):032x}"
    g.started_at = world.monotonic()


def log_request(response: Response) -> Response:
    """Write the line. The route is the pattern, not the address: that holds a token."""
    seconds = service().world.monotonic() - g.started_at
    route = request.url_rule.rule if request.url_rule else None
    REQUEST.labels(route or "none", response.status_code).observe(seconds)
    structlog.get_logger().info(
        "request",
        request_id=g.request_id,
        method=request.method,
        route=route,
        status=response.status_code,
        milliseconds=round(seconds * 1000, 1),
    )
    return response


def log_failure(error: BaseException) -> None:
    """Write where an error arose and its type; never its text, which may quote a name."""
    frames = traceback.extract_tb(error.__traceback__)
    structlog.get_logger().error(
        "failure",
        request_id=g.get("request_id"),
        type=type(error).__name__,
        where=[f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames[-8:]],
    )
