"""The only place that makes Elasticsearch clients, one for each credential, after the fork."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import msgspec
from elasticsearch import ApiError, Elasticsearch, TransportError
from elasticsearch.serializer import NdjsonSerializer, OrjsonSerializer

from indexer.errors import ClusterUnavailable, ContactPointError
from indexer.settings import Settings

Credential = Literal["front", "desk", "worker", "operator", "restore"]
REQUEST_TIMEOUT_SECONDS = 30

# The client's own log would print a traceback beside our one sentence when a node is away.
logging.getLogger("elastic_transport").setLevel(logging.CRITICAL)


class FastLines(NdjsonSerializer):
    """Bulk lines written by msgspec: ten times faster, and it writes our values as they are."""

    def json_dumps(self, data: Any) -> bytes:
        return msgspec.json.encode(data)


SERIALIZERS = {one.mimetype: one for one in (OrjsonSerializer(), FastLines())}


def make_client(
    settings: Settings, credential: Credential, urls: tuple[str, ...] | None = None
) -> Elasticsearch:
    """Return a client that may do what `credential` may; talks to nobody yet.

    Raises SecretMissing if the credential's password was never made.
    """
    password = settings.secret(f"{credential}.password")
    trust: dict[str, Any] = {"ca_certs": str(settings.cluster_ca)} if settings.cluster_ca else {}
    return Elasticsearch(
        list(urls or settings.cluster_urls),
        basic_auth=(credential, password),
        request_timeout=REQUEST_TIMEOUT_SECONDS,
        max_retries=1,
        serializers=SERIALIZERS,
        **trust,
    )


@contextmanager
def speaking_to_cluster(
    doing: str, failure: type[ContactPointError] = ClusterUnavailable
) -> Iterator[None]:
    """Turn the client's errors into `failure`, saying what we were doing.

    The server's own text is left out: it carries values, and values are names of children.
    """
    try:
        yield
    except ApiError as error:
        raise failure(
            f"{doing}: Elasticsearch answered {error.status_code}; "
            "run 'contactpoint engine status', then try again"
        ) from None
    except TransportError as error:
        raise failure(
            f"{doing}: no answer from Elasticsearch ({type(error).__name__}); "
            "run 'contactpoint engine status', then try again"
        ) from None
