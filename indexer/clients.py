"""The only place that makes Elasticsearch clients, one for each credential, after the fork."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import msgspec
from elastic_transport import ObjectApiResponse
from elasticsearch import ApiError, Elasticsearch, TransportError
from elasticsearch.serializer import NdjsonSerializer, OrjsonSerializer

from indexer.curl_node import CurlNode
from indexer.errors import ClusterUnavailable, ContactPointError
from indexer.settings import Settings

Credential = Literal["front", "desk", "worker", "monitor", "operator", "restore", "expiry"]
REQUEST_TIMEOUT_SECONDS = 30
CONFLICT, NOT_FOUND, FIRST_FAILURE = 409, 404, 300

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
        node_class=CurlNode,
        meta_header=False,
        serializers=SERIALIZERS,
        **trust,
    )


def found_in(answer: ObjectApiResponse[Any], doing: str) -> list[dict[str, Any]]:
    """Return the documents that an `mget` found; raises ClusterUnavailable if it could not tell."""
    if any("error" in one for one in answer["docs"]):
        raise ClusterUnavailable(f"{doing}: a part of the index did not answer; try again")
    return [one for one in answer["docs"] if one["found"]]


def settled_in(
    answer: ObjectApiResponse[Any],
    doing: str,
    is_gone: Callable[[str], bool] = lambda _index: False,
) -> list[dict[str, Any]]:
    """Return what became of each line of a `bulk`: done, or in conflict with another writer.

    Raises ClusterUnavailable if any line failed otherwise. What is not there to be deleted is as
    good as done, and so is what was to be written into an index that others removed meanwhile:
    `is_gone` is asked whether it was that, for the server says it in several ways.
    """
    results = [result for item in answer["items"] for result in item.values()]
    failed = [one for one in results if _has_failed(one)]
    gone = {index for index in {one["_index"] for one in failed} if is_gone(index)}
    kinds = {
        f"{one['status']} {one['error']['type']}" for one in failed if one["_index"] not in gone
    }
    if kinds:
        said = ", ".join(sorted(kinds))
        raise ClusterUnavailable(f"{doing}: some were refused ({said}); run the command again")
    return results


def _has_failed(result: dict[str, Any]) -> bool:
    """Of a document that is not there, there is no "error"."""
    return "error" in result and result["status"] != CONFLICT


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
