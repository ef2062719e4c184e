"""Requests that nobody well-meaning sends, drawn by Hypothesis, and what no answer to one may be.

They are bytes as a socket takes them; `environ` is the same for the application in memory.
"""

import json
import re
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes

from flask import Flask
from hypothesis import strategies as st

from tests.visits import Visit
from webapp.access import access_table
from webapp.processes import ProcessName
from webapp.service import KEY
from webapp.tokens import Asked

MARK = "Quenelle-Okonjo-Strand"  # stands for a name: in no log, in no header, in no error
MOST_SECONDS = 2.0
FORM_AGAIN = (401, 403, 422)  # the page shows the form with what was typed, to who typed it
NOT_IMPLEMENTED = 501  # said by the server about a transfer coding that nobody has
TABLES = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
FORMS: dict[str, list[str]] = TABLES["forms"]  # route → the fields of its form
TEXTS = [*TABLES["texts"], *(text * times for text, times in TABLES["long_texts"])]
BOUNDARY = b"--hostile"
DISPOSITION = b'\r\nContent-Disposition: form-data; name="'
URLENCODED = b"application/x-www-form-urlencoded"
MULTIPART = b"multipart/form-data; boundary=" + BOUNDARY[2:]


@dataclass(frozen=True)
class Hostile:
    """`target` is the path with its query, escaped; `sent` the body, in chunks if so it is."""

    method: str
    target: bytes
    headers: tuple[tuple[str, bytes], ...]
    sent: bytes
    is_chunked: bool = False

    def wire(self) -> bytes:
        lines = [f"{name}: ".encode() + value for name, value in self.headers]
        body = self.sent
        if self.is_chunked:
            lines.append(b"Transfer-Encoding: chunked")
            body = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
        elif not any(name == "Content-Length" for name, _ in self.headers):
            lines.append(f"Content-Length: {len(body)}".encode())
        first = self.method.encode() + b" " + self.target + b" HTTP/1.1"
        return b"\r\n".join([first, *lines, b"Connection: close", b"", body])

    def environ(self) -> dict[str, object]:
        path, _, query = self.target.partition(b"?")
        headers = {_key(name): value.decode("latin-1") for name, value in self.headers}
        length = {"CONTENT_LENGTH": str(len(self.sent))}
        if self.is_chunked:
            length = {"HTTP_TRANSFER_ENCODING": "chunked"}
        return {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query.decode("latin-1"),
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(self.sent),
            "wsgi.input_terminated": True,
            **length,
            **headers,
        }


def _key(name: str) -> str:
    bare = name.upper().replace("-", "_")
    return bare if bare in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{bare}"


def odd_bytes() -> st.SearchStrategy[bytes]:
    """Text that is odd, in encodings that are odder."""
    text = st.one_of(st.sampled_from(TEXTS), st.text(st.characters(), max_size=40))
    return st.one_of(
        text.map(lambda one: one.encode("utf-8", "surrogatepass")),
        st.sampled_from(TEXTS).map(lambda one: one.encode("utf-16", "surrogatepass")),
        st.binary(max_size=60),
    )


def tokens_of(app: Flask, person: Visit) -> dict[str, list[str]]:
    """Addresses that were given to this person, and one to another: begin of a route → tokens."""
    seals, found = app.extensions[KEY].tokens, {}
    for kind, told in TABLES["tokens"].items():
        asked = [Asked(**one) for one in told["asked"]]
        own = [seals.seal(kind, person.name, one) for one in asked]
        found[told["at"]] = [*own, seals.seal(kind, "another", asked[0])]
    return found


def targets(process: ProcessName, tokens: dict[str, list[str]]) -> st.SearchStrategy[bytes]:
    """A route of the table with something in the place of its token, or no route at all."""
    escaped = odd_bytes().map(lambda one: quote_from_bytes(one, safe="/"))
    route = st.sampled_from(sorted(access_table(process)))
    path = route.flatmap(lambda one: _filled(one, tokens, escaped))
    lost = escaped.map(lambda one: f"/{one}".encode())
    query = st.one_of(st.just(b""), odd_bytes().map(lambda one: b"?q=" + _safe(one)))
    return st.tuples(st.one_of(path, path, path, lost), query).map(b"".join)


def _filled(
    route: str, tokens: dict[str, list[str]], escaped: st.SearchStrategy[str]
) -> st.SearchStrategy[bytes]:
    if "<" not in route:
        return st.just(route.encode())
    right = tokens.get(route.partition("<")[0], [])
    every = [one for some in tokens.values() for one in some]
    token, place = st.sampled_from(right or every), st.integers(0, 80)
    changed = st.tuples(token, place).map(lambda one: _changed(*one))
    inner = st.one_of(token, token, token, changed, st.sampled_from(every), escaped)
    return inner.map(lambda one: re.sub("<[^>]+>", lambda _: one, route).encode())


def _changed(token: str, place: int) -> str:
    return f"{token[:place]}A{token[place + 1 :]}"


def _safe(value: bytes) -> bytes:
    return quote_from_bytes(value).encode()


def bodies(person: Visit) -> st.SearchStrategy[tuple[bytes, bytes]]:
    """A content type and a body: fields that are known, odd, twice, or no form at all."""
    names = st.one_of(st.sampled_from(TABLES["fields"]).map(str.encode), odd_bytes())
    fields = st.lists(st.tuples(names, odd_values()), max_size=8)
    sealed = fields.map(lambda some: [(b"csrf_token", person.csrf.encode()), *some])
    form = st.one_of(sealed, sealed, sealed, fields)
    kind = st.sampled_from(TABLES["content_types"]).map(lambda one: one.encode("latin-1"))
    return st.one_of(
        st.tuples(st.just(URLENCODED), form.map(_urlencoded)),
        st.tuples(kind, form.map(_urlencoded)),
        st.tuples(st.just(MULTIPART), form.map(_multipart)),
        st.tuples(kind, odd_bytes()),
    )


def odd_values() -> st.SearchStrategy[bytes]:
    return st.one_of(odd_bytes(), st.sampled_from([*TABLES["days"], "9" * 5_000]).map(str.encode))


def _value(name: str) -> st.SearchStrategy[bytes]:
    number = st.sampled_from([*TABLES["days"], "9" * 5_000]).map(str.encode)
    return st.one_of(number, number, odd_values()) if name.startswith("day-") else odd_values()


def _urlencoded(fields: list[tuple[bytes, bytes]]) -> bytes:
    return b"&".join(_safe(name) + b"=" + _safe(value) for name, value in fields)


def _multipart(fields: list[tuple[bytes, bytes]]) -> bytes:
    parts = [
        BOUNDARY
        + b'\r\nContent-Disposition: form-data; name="'
        + name
        + _file(name)
        + b"\r\n\r\n"
        + value
        for name, value in fields
    ]
    return b"\r\n".join([*parts, BOUNDARY + b"--\r\n"])


def _file(name: bytes) -> bytes:
    return b'"; filename="people.csv"' if name == b"file" else b'"'


def requests(app: Flask, person: Visit) -> st.SearchStrategy[Hostile]:
    """Any request to this process by this person, or by nobody if they have no cookie."""
    process = app.extensions[KEY].process.name
    value = odd_bytes().map(lambda one: re.sub(rb"[\x00\r\n]", b" ", one))
    more = st.lists(st.tuples(st.sampled_from(TABLES["headers"]), value), max_size=3)
    host = st.sampled_from([b"127.0.0.1"] * 12 + [b"localhost", b"elsewhere", b"\xff", b""])
    method = st.sampled_from((*TABLES["methods"] * 3, *TABLES["odd_methods"]))
    tokens = tokens_of(app, person)
    wild = st.builds(
        lambda method, target, host, more, body, is_chunked: Hostile(
            method,
            target,
            (("Host", host), *_cookie(person), ("Content-Type", body[0]), *more),
            body[1],
            is_chunked,
        ),
        method, targets(process, tokens), host, more, bodies(person),
        st.sampled_from((False, False, True)),
    )  # fmt: skip
    return st.one_of(wild, _filled_in(process, person, tokens))


def _filled_in(
    process: ProcessName, person: Visit, tokens: dict[str, list[str]]
) -> st.SearchStrategy[Hostile]:
    """A form as its page would send it, but for what stands in the fields."""
    routes = sorted(route for route in FORMS if route in access_table(process))
    return st.sampled_from(routes).flatmap(
        lambda route: st.builds(
            lambda target, values: _form(person, target, FORMS[route], values),
            _filled(route, tokens, st.just("x")),
            st.tuples(*(_value(name) for name in FORMS[route])),
        )
    )


def _form(
    person: Visit, target: bytes, names: tuple[str, ...], values: tuple[bytes, ...]
) -> Hostile:
    fields = [("csrf_token", person.csrf.encode()), *zip(names, values, strict=True)]
    body = _multipart([(name.encode(), value) for name, value in fields])
    headers = (("Host", b"127.0.0.1"), *_cookie(person), ("Content-Type", MULTIPART))
    return Hostile("POST", target, headers, body)


def _cookie(person: Visit) -> tuple[tuple[str, bytes], ...]:
    return (("Cookie", person.cookie.encode()),) if person.cookie else ()


@dataclass(frozen=True)
class Answered:
    """One answer: `head` is its status line and headers, `said` what was logged meanwhile."""

    status: int
    head: str
    body: str
    said: str
    seconds: float


def faults(answer: Answered, may_be: tuple[int, ...] = (NOT_IMPLEMENTED,)) -> list[str]:
    """Return what is wrong with an answer, in words that can be counted; empty if nothing is."""
    is_error = answer.status >= 400 and answer.status not in FORM_AGAIN
    wrong = {
        f"status {answer.status}": answer.status >= 500 and answer.status not in may_be,
        f"slower than {MOST_SECONDS} s": answer.seconds > MOST_SECONDS,
        "what was typed is in a header": MARK in answer.head,
        "what was typed is in an error": is_error and MARK in answer.body,
        "what was typed is in the log": MARK in answer.said,
        "the inside is shown": "Traceback" in answer.body or "Traceback" in answer.said,
    }
    return [name for name, is_so in wrong.items() if is_so]
