"""A crowd that searches at a fixed rate, whether it is answered or not: asyncio and sockets."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from urllib.parse import urlencode

from tests.visits import Visit

PATIENCE_SECONDS = 20
FOUND = 200
A_ROW = b'class="app-result__name"'


@dataclass(frozen=True)
class Typed:
    """Who searches, and for what."""

    visit: Visit
    text: str


@dataclass(frozen=True)
class Outcome:
    """`seconds` are from when the search was due; `page_seconds` are of the page of results alone;
    `error` is empty for an answer, `request` the id under which the server logged the page."""

    seconds: float
    page_seconds: float = 0.0
    rows: int = 0
    request: str = ""
    error: str = ""


@dataclass(frozen=True)
class Response:
    status: int
    headers: dict[str, str]
    body: bytes


def moments(rate: float, count: int, seed: int) -> Iterator[float]:
    """Yield when each of `count` searches is due, in seconds from the start: people come as they
    please, so the times between are exponential."""
    chance, due = Random(seed), 0.0
    for _ in range(count):
        due += chance.expovariate(rate)
        yield due


async def crowd(port: int, asked: Sequence[Typed], rate: float, seed: int) -> list[Outcome]:
    """Ask everything at its time; nobody waits for another's answer."""
    began, under_way = time.perf_counter(), []
    for due, typed in zip(moments(rate, len(asked), seed), asked, strict=True):
        await asyncio.sleep(max(0.0, began + due - time.perf_counter()))
        under_way.append(asyncio.create_task(_outcome(port, typed, began + due)))
    return list(await asyncio.gather(*under_way))


async def queue(port: int, asked: Sequence[Typed]) -> list[Outcome]:
    """Ask one after the other, each once the one before was answered."""
    return [await _outcome(port, typed, time.perf_counter()) for typed in asked]


async def _outcome(port: int, typed: Typed, due: float) -> Outcome:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await _search(port, typed, due)
    except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
        return Outcome(time.perf_counter() - due, error=type(error).__name__)


async def _search(port: int, typed: Typed, due: float) -> Outcome:
    """Send the form and follow it to the page of results, on one connection as a browser does."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        form = urlencode({"csrf_token": typed.visit.csrf, "text": typed.text}).encode()
        sent = await _exchange(reader, writer, _request("POST", "/search", typed.visit, form))
        asked = time.perf_counter()
        address = sent.headers.get("location", "")
        page = await _exchange(reader, writer, _request("GET", address, typed.visit))
    finally:
        writer.close()
    now = time.perf_counter()
    error = "" if page.status == FOUND else f"{sent.status}, then {page.status}"
    rows, request = page.body.count(A_ROW), page.headers["x-request-id"]
    return Outcome(now - due, now - asked, rows, request, error)


def _request(method: str, address: str, visit: Visit, form: bytes = b"") -> bytes:
    lines = (
        f"{method} {address} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Cookie: {visit.cookie}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(form)}",
    )
    return "\r\n".join((*lines, "", "")).encode() + form


async def _exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes
) -> Response:
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (one.partition(": ") for one in head[1:])}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Response(int(head[0].split()[1]), headers, body)
