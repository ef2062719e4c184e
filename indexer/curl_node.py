"""One Elasticsearch node, spoken to by libcurl.

The client's own way through urllib3 is written in Python, and takes as long as ranking does
(docs/decisions/0027-the-way-to-elasticsearch.md).
"""

import os
import ssl
import threading
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import pycurl
from elastic_transport import (
    ApiResponseMeta,
    BaseNode,
    ConnectionError,
    ConnectionTimeout,
    HttpHeaders,
    NodeConfig,
    TlsError,
)
from elastic_transport._node import NodeApiResponse
from elastic_transport.client_utils import DEFAULT, DefaultType

_RECEIVED_AT_ONCE = 1 << 18  # bytes: an answer of two hundred children; curl's own 16 KB are slower
_MAY_BE_SENT_AGAIN_SECONDS = 30  # the time limit of all but what is long under way
_OF_TLS = frozenset(
    {
        pycurl.E_SSL_CONNECT_ERROR,
        pycurl.E_PEER_FAILED_VERIFICATION,
        pycurl.E_SSL_CACERT_BADFILE,
        pycurl.E_SSL_CERTPROBLEM,
        pycurl.E_SSL_CIPHER,
    }
)


class CurlNode(BaseNode):
    """Safe to use from several threads: each request takes a connection for itself, and keeps it
    open for the next. To be made after the fork."""

    _CLIENT_META_HTTP_CLIENT = ("cu", pycurl.version_info()[1])

    def __init__(self, config: NodeConfig) -> None:
        super().__init__(config)
        self._idle: list[pycurl.Curl] = []

    def perform_request(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: HttpHeaders | None = None,
        request_timeout: DefaultType | float | None = DEFAULT,
    ) -> NodeApiResponse:
        """Send the request, and return the answer, whatever its status.

        `request_timeout` is in seconds, for all of it. Raises ConnectionTimeout, TlsError,
        ConnectionError.
        """
        try:
            handle = self._idle.pop()
        except IndexError:
            handle = pycurl.Curl()
        said: list[bytes] = []
        received: list[bytes] = []
        handle.setopt(pycurl.URL, self.base_url)
        # As it is: of an id of two dots curl would make the folder above.
        handle.setopt(pycurl.REQUEST_TARGET, f"{self.path_prefix}{target}")
        handle.setopt(pycurl.HEADERFUNCTION, said.append)
        handle.setopt(pycurl.WRITEFUNCTION, received.append)
        self._set_connection(handle, request_timeout)
        _set_request(handle, method, body, {**self.headers, **(headers or {})})
        _perform(handle)
        status = handle.getinfo(pycurl.RESPONSE_CODE)
        seconds = handle.getinfo(pycurl.TOTAL_TIME)
        handle.reset()  # which keeps its connection
        self._idle.append(handle)
        meta = ApiResponseMeta(status, "1.1", _headers_in(said), seconds, self.config)
        return NodeApiResponse(meta, b"".join(received))

    def close(self) -> None:
        """Close the connections that no request is using."""
        with suppress(IndexError):
            while True:
                self._idle.pop().close()

    def _set_connection(self, handle: pycurl.Curl, seconds: DefaultType | float | None) -> None:
        wait = self.config.request_timeout if isinstance(seconds, DefaultType) else seconds
        options: dict[int, Any] = {
            pycurl.TIMEOUT_MS: max(1, int(wait * 1_000)) if wait else 0,  # 0 is for ever
            pycurl.NOSIGNAL: 1,  # or its timeouts would be signals, and only of the main thread
            pycurl.PROXY: "",  # whatever the environment says
            pycurl.PROTOCOLS: pycurl.PROTO_HTTPS if self.scheme == "https" else pycurl.PROTO_HTTP,
            # A kept connection that was closed meanwhile is opened anew, and the request sent once
            # more: not one that takes minutes, and may have begun.
            pycurl.FRESH_CONNECT: not wait or wait > _MAY_BE_SENT_AGAIN_SECONDS,
            pycurl.BUFFERSIZE: _RECEIVED_AT_ONCE,
            pycurl.HTTP_VERSION: pycurl.CURL_HTTP_VERSION_1_1,
        }
        if self.scheme == "https":
            options |= self._trust()
        for option, value in options.items():
            handle.setopt(option, value)
        if threading.current_thread() is threading.main_thread():
            # Called once a second, and then Ctrl-C is noticed.
            handle.setopt(pycurl.NOPROGRESS, 0)
            handle.setopt(pycurl.XFERINFOFUNCTION, _go_on)

    def _trust(self) -> dict[int, Any]:
        trust: dict[int, Any] = {pycurl.SSLVERSION: pycurl.SSLVERSION_TLSv1_2}  # or newer
        if self.config.ca_certs:
            return trust | {pycurl.CAINFO: os.fsencode(self.config.ca_certs), pycurl.CAPATH: None}
        usual = ssl.get_default_verify_paths()  # where the library was built they were elsewhere
        return trust | {pycurl.CAINFO: usual.cafile, pycurl.CAPATH: usual.capath}


def _set_request(
    handle: pycurl.Curl, method: str, body: bytes | None, headers: dict[str, str]
) -> None:
    lines = [f"{name}: {value}" for name, value in headers.items()]
    if body is None and method in {"GET", "HEAD"}:
        handle.setopt(pycurl.NOBODY, method == "HEAD")
    else:
        handle.setopt(pycurl.POSTFIELDS, body or b"")
        if not body:
            lines.append("content-type:")  # none, or curl would call it a form
    handle.setopt(pycurl.CUSTOMREQUEST, method)
    handle.setopt(pycurl.HTTPHEADER, [*lines, "expect:"])  # or a large one would wait to be asked


def _perform(handle: pycurl.Curl) -> None:
    """A handle that failed is not used again."""
    try:
        handle.perform()
    except pycurl.error as error:
        handle.close()
        raise _as_transport_error(*error.args) from None


def _headers_in(lines: Iterable[bytes]) -> HttpHeaders:
    pairs = (line.decode("latin-1").partition(":") for line in lines if b":" in line)
    return HttpHeaders({name: value.strip() for name, _, value in pairs})


def _go_on(*_progress: int) -> int:
    return 0


def _as_transport_error(code: int, text: str) -> ConnectionTimeout | TlsError | ConnectionError:
    if code == pycurl.E_OPERATION_TIMEDOUT:
        return ConnectionTimeout(text)
    return TlsError(text) if code in _OF_TLS else ConnectionError(text)
