"""For machines: whether this process lives, whether it can answer searches, and all it counts."""

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from indexer.errors import Unavailable
from webapp.metrics import exposition
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


@health.get("/metrics")
def metrics() -> Response:
    """Everything counted by every worker, and how the service is now, for Prometheus."""
    text = exposition(service().watch, service().metrics_folder)
    return Response(text, content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _line(text: str, status: int) -> Response:
    return Response(f"{text}\n", status, mimetype="text/plain")
