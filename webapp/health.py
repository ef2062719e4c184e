"""Whether this process lives, and whether it can answer searches: for machines, one plain line."""

from flask import Blueprint, Response

from indexer.errors import Unavailable
from webapp.service import service

health = Blueprint("health", __name__)


@health.get("/livez")
def livez() -> Response:
    return _line("alive", 200)


@health.get("/readyz")
def readyz() -> Response:
    """200 if searches can be answered now, else 503 and why."""
    try:
        service().gate.is_ready()
    except Unavailable as error:
        return _line(f"not ready: {error}", error.status)
    return _line("ready", 200)


def _line(text: str, status: int) -> Response:
    return Response(f"{text}\n", status, mimetype="text/plain")
