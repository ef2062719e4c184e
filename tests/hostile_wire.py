"""Hostile requests to a real server by its socket, with those that are no requests at all; and a
service to send them to: engine, a few children, people of each role, front and desk."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from flask import Flask
from hypothesis import strategies as st

from indexer.audit.trail import Trail
from indexer.clients import make_client
from indexer.people.actor import ROLES, Actor
from indexer.people.demo import SignIn, set_up_with
from indexer.people.enrolment import read_person
from indexer.people.organisations import switch_on
from indexer.people.users import NewUser, add_user
from indexer.settings import Settings
from indexer.world import REAL
from tests.hostile import MARK, Answered, requests
from tests.serving import serving
from tests.visits import Visit, visit
from webapp.app import create_app
from webapp.processes import Process
from webapp.search.gate import Gate
from webapp.site import Site

TESTER = Actor("tester", "operator", "")
AUTHORITY = "383"  # not that of the people of other tests
PATIENCE_SECONDS = 10
BYTES = 65_536
HEAD = b"Host: 127.0.0.1\r\nConnection: close\r\n"
FORM = HEAD + b"Content-Type: application/x-www-form-urlencoded\r\n"
CHUNKED = b"POST /sign-in HTTP/1.1\r\n" + FORM + b"Transfer-Encoding: chunked\r\n\r\n"
SENT = MARK.encode()
BROKEN = (
    *(b"", b"\r\n\r\n", b"\x00" * 500, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", SENT),
    b"GET /search?q=" + SENT + b" 2014 HTTP/1.1\r\n" + HEAD + b"\r\n",
    b"GET /search?q=" + SENT + b" HTTP/9.9\r\n" + HEAD + b"\r\n",
    b"GET /search HTTP/1.1 " + SENT + b"\r\n" + HEAD + b"\r\n",
    SENT + b" / HTTP/1.1\r\n" + HEAD + b"\r\n",
    b"GET http://127.0.0.1/" + SENT + b" HTTP/1.1\r\n" + HEAD + b"\r\n",
    b"GET * HTTP/1.1\r\n" + HEAD + b"\r\n",
    b"CONNECT 127.0.0.1:9200 HTTP/1.1\r\n" + HEAD + b"\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET /" + SENT * 2_000 + b" HTTP/1.1\r\n" + HEAD + b"\r\n",
    b"GET / HTTP/1.1\r\n" + HEAD + b"X-Long: " + SENT * 2_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HEAD + b"X-Many: " + SENT + b"\r\n" * 1 + b"X: y\r\n" * 200 + b"\r\n",
    b"GET / HTTP/1.1\r\n" + HEAD + SENT + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HEAD + b"X " + SENT + b": y\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HEAD + b"X: y\r\n " + SENT + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HEAD + b"X: " + SENT + b"\x00\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HEAD + b"Expect: " + SENT + b"\r\n\r\n",
    b"GET /%" + SENT + b"%zz%ff%00 HTTP/1.1\r\n" + HEAD + b"\r\n",
    b"GET /sign-in HTTP/1.1\r\n\r\n",
    b"GET /sign-in HTTP/1.0\r\n\r\n",
    b"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: " + SENT + b"\r\n\r\n",
    b"POST /sign-in HTTP/1.1\r\n" + FORM + b"Content-Length: 500\r\n\r\nname=" + SENT,
    b"POST /sign-in HTTP/1.1\r\n" + FORM + b"Content-Length: -1\r\n\r\nname=" + SENT,
    b"POST /sign-in HTTP/1.1\r\n" + FORM + b"Content-Length: " + SENT + b"\r\n\r\nname=x",
    b"POST /sign-in HTTP/1.1\r\n" + FORM + b"Content-Length: 5\r\nContent-Length: 9\r\n\r\nname=",
    b"POST /sign-in HTTP/1.1\r\n" + FORM + b"Transfer-Encoding: " + SENT + b"\r\n\r\nname=x",
    CHUNKED + SENT + b"\r\nname=x\r\n0\r\n\r\n",
    CHUNKED + b"6\r\nname=x" + SENT + b"\r\n0\r\n\r\n",
    CHUNKED + b"6;" + SENT + b"\r\nname=x\r\n0\r\n\r\n",
    CHUNKED + b"-6\r\nname=x\r\n0\r\n\r\n",
    CHUNKED + b"ffffffffff\r\nname=" + SENT,
    CHUNKED + b"5000\r\n" + b"a" * 20_480 + b"\r\n0\r\n\r\n",
    CHUNKED + b"6\r\nname=x\r\n0\r\nX-Trailer: " + SENT + b"\r\n\r\n",
    CHUNKED.replace(b"\r\n\r\n", b"\r\nContent-Length: 3\r\n\r\n") + b"0\r\n\r\n",
)


@dataclass(frozen=True)
class Target:
    """A process that runs: its application here (for what it would seal), port and log."""

    app: Flask
    process: Process
    port: int
    log: Path


def add_people(settings: Settings) -> None:
    """Add one of each role, with codes, and somebody for a data manager to change."""
    client = make_client(settings, "desk")
    trail = Trail(client, settings, REAL)
    switch_on(client, AUTHORITY, TESTER, trail)
    for name, role in [*zip(ROLES, ROLES, strict=True), ("target", ROLES[0])]:
        password = f"a pass phrase of {name}"
        add_user(
            client, NewUser(name, role, AUTHORITY, password, REAL.today()), TESTER, trail, REAL
        )
        set_up_with(settings, SignIn(name, role, password), "A" * 32)


def make_target(settings: Settings, process: Process, port: int, log: Path) -> Target:
    gate = Gate(settings, REAL, process.name)
    return Target(create_app(settings, gate, REAL, Site(process=process)), process, port, log)


def visits(target: Target, settings: Settings) -> Iterator[Visit]:
    """Yield nobody and one of each role by turns, each time with a session of its own."""
    client = make_client(settings, "desk")
    people = {role: read_person(client, role) for role in ROLES}
    for role in cycle(("", *ROLES)):
        person = people.get(role)
        mark = person.enrolment.mark if person and person.enrolment else ""
        yield visit(target.app, role, mark, REAL) if role else Visit("")


def wires(target: Target, person: Visit) -> st.SearchStrategy[bytes]:
    """What is sent: a hostile request, or one time in six no request at all."""
    asked = requests(target.app, person).map(lambda one: one.wire())
    return st.integers(0, 5).flatmap(lambda one: asked if one else st.sampled_from(BROKEN))


def send(target: Target, sent: bytes) -> Answered:
    """Send to the server and read what it answers and logs until it ends the connection; the
    status is 0 where it ends it without a word."""
    before, began = target.log.stat().st_size, time.perf_counter()
    answer = _exchange(target.port, sent)
    seconds = time.perf_counter() - began
    with target.log.open("rb") as log:
        log.seek(before)
        said = log.read().decode(errors="replace")
    head, _, body = answer.decode(errors="replace").partition("\r\n\r\n")
    words = head.split(" ", 2)
    status = int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
    return Answered(status, head, body, said, seconds)


def _exchange(port: int, sent: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS) as line:
        answer = b""
        # A server that has read enough of what is no request ends the connection: then even
        # shutting our side of it is an error.
        with suppress(OSError):
            line.sendall(sent)
            line.shutdown(socket.SHUT_WR)
            while more := line.recv(BYTES):
                answer += more
        return answer


@contextmanager
def logged(settings: Settings, folder: Path, process: Process) -> Iterator[Target]:
    """A server of one process, with its log in a file."""
    log = folder / f"{process.name}.log"
    with log.open("wb") as said, serving(settings, *_words(process), said=said) as address:
        yield make_target(settings, process, int(address.rpartition(":")[2]), log)


def _words(process: Process) -> tuple[str, ...]:
    return ("--desk",) if process.name == "desk" else ()
