"""Every kind of file a data manager may hand in, through the real command on the real server.

tests/zoo.csv says what comes of each: the exit code, the exact sentence, and which rows are in.
`how` is a maker of this module, or what stands in the file: a backquote is a quote, the escapes are
Python's. For exit 3 the sentence is what the rejects say: row, field and message.
"""

import gzip
import os
import sys
import zipfile
from csv import DictReader
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest
import structlog

from indexer.children.links import Links
from indexer.clients import make_client
from indexer.feeds.columns import template
from mappings.names import CHILDREN, LINKS
from tests.rows import plain_row
from webapp.commands import main

with (Path(__file__).parents[1] / "zoo.csv").open(encoding="utf-8", newline="") as table:
    ZOO = list(DictReader(table))

REFUSED, SOME_REJECTED = 2, 3
MARKS = ("Zebedee", "Markerly", "2013-07-21")
HEADER = "source_record_id,family_name,date_of_birth,authority"


def row(number=1, born="2013-07-21"):
    return orjson.dumps(plain_row(str(number), "Zebedee", "Markerly", born)) + b"\n"


def gzipped(path):
    path.write_bytes(gzip.compress(row(1) + row(2)))


def two_members(path):
    path.write_bytes(gzip.compress(row(1)) + gzip.compress(row(2)))


def gzip_and_more(path):
    path.write_bytes(gzip.compress(row(1)) + b"Markerly")


def cut_gzip(path):
    path.write_bytes(gzip.compress(row(1))[:-20])


def bom(path):
    path.write_bytes(b"\xef\xbb\xbf" + row(1))


def cp1252(path):
    path.write_text(f"{HEADER}\n1,Márkerly,2013-07-21,359\n", encoding="cp1252")


def utf_16(path):
    path.write_text(f"{HEADER}\n1,Markerly,2013-07-21,359\n", encoding="utf-16")


def renamed(path):
    path.with_name("map.csv").write_text("theirs,ours\nSurname,family_name\nMother's dog,\n")
    header = HEADER.replace("family_name", "Surname")
    path.write_text(f"{header},Mother's dog\n1,Markerly,2013-07-21,359,Rex\n")


def renamed_wrongly(path):
    path.with_name("map.csv").write_text("theirs,ours\nNachname,known_as\n")
    path.write_text(f"{HEADER}\n1,Markerly,2013-07-21,359\n")


def two_lines(path):
    path.with_name("map.csv").write_text("theirs,ours\nnotes,\n")
    rows = '1,Markerly,2013-07-21,359,"one\ntwo"\n2,Markerly,2013-07-21,359,\n'
    path.write_text(f"{HEADER},notes\n{rows}")


def template_header(path):
    header = template().split("\n")[0]
    said = plain_row("1", "Zebedee", "Markerly", "2013-07-21")
    path.write_text(f"{header}\n{','.join(said.get(name, '') for name in header.split(','))}\n")


def folder(path):
    path.mkdir()


def fifo(path):
    os.mkfifo(path)


def gone(path):
    """Write nothing."""


def unreadable(path):
    """A plain file that opens and gives no byte, also for root."""
    path.symlink_to("/proc/self/mem")


def zipped(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("feed.jsonl", row(1))


def endless(path):
    path.write_bytes(gzip.compress(row(1) + b'{"family_name": "' + b"Markerly" * 10_000_000, 1))


def long_row(path):
    path.write_bytes(b'{"family_name": "' + b"Markerly" * 625_000 + b'"}\n' + row(2))


def deep(path):
    path.write_bytes(b'{"carers": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n" + row(2))


def tenth_wrong(path):
    path.write_bytes(b"".join(row(n, "09/03/2014" if n < 10 else "2013-07-21") for n in range(100)))


MAKERS = {
    name: one
    for name, one in list(globals().items())
    if getattr(one, "__module__", "") == __name__ and name != "row"
}


def make(how, path):
    if how in MAKERS:
        MAKERS[how](path)
    else:
        path.write_bytes(how.replace("`", '"').encode().decode("unicode_escape").encode("latin-1"))


@pytest.fixture(scope="module")
def client(ready):
    return make_client(ready, "worker")


@pytest.fixture
def run(ready, monkeypatch, capsys):
    """Run `contactpoint` in this process; return exit code, output and errors."""
    monkeypatch.setenv("CONTACTPOINT_HOME", str(ready.home))
    monkeypatch.setenv("CONTACTPOINT_PORT_BASE", str(ready.port_base))

    def run_words(*words):
        monkeypatch.setattr(sys, "argv", ["contactpoint", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    yield run_words
    structlog.reset_defaults()


def stored(client):
    """Every document of children and links, and which writing of it."""
    client.indices.refresh(index=[CHILDREN, LINKS])
    found = client.search(index=[CHILDREN, LINKS], size=10_000, version=True, source=False)
    hits = found["hits"]["hits"]
    assert len(hits) == found["hits"]["total"]["value"], "too many to compare: ask page by page"
    return {(hit["_index"], hit["_id"]): hit["_version"] for hit in hits}


def rejected(rejects):
    """What the rejects say, as zoo.csv writes it."""
    lines = [orjson.loads(line) for line in rejects.splitlines()]
    return " | ".join(
        f"{line['row']} {field}: {message}"
        for line in lines
        for field, messages in sorted(line["errors"].items())
        for message in messages
    )


@dataclass
class Outcome:
    """What became of a file: exit code, what was said and rejected, and all that can be read."""

    code: int
    said: str
    rejected: str
    readable: str


@pytest.fixture
def hand_in(run, ready, source, tmp_path):
    """Make the file of a case, load it, and return the Outcome."""

    def hand_in_case(case):
        path, rejects = tmp_path / "feed", tmp_path / "rejects"
        make(case["how"], path)
        options = case["options"].format(path=path, folder=tmp_path).split()
        options += [] if "--rejects" in options else ["--rejects", str(rejects)]
        code, out, said = run("load", str(path), "--source", source, *options)
        where = f"What was wrong with the rejected rows: {rejects}\n"
        lines = rejects.read_text() if rejects.is_file() else ""
        assert (where in said) == bool(lines)
        return Outcome(
            code, said.replace(where, ""), rejected(lines), out + said + lines + logs(ready)
        )

    return hand_in_case


@pytest.mark.parametrize("case", ZOO, ids=lambda case: case["case"])
def test_file_comes_to_the_end_the_zoo_says(case, hand_in, client, source, tmp_path):
    before = stored(client)
    end = hand_in(case)
    sentence = case["sentence"].format(file="feed", path=tmp_path / "feed")
    assert end.code == int(case["exit"])
    assert end.said == (f"contactpoint: {sentence}\n" if end.code == REFUSED else "")
    assert end.code != SOME_REJECTED or end.rejected == sentence
    loaded = {link.source_record_id for link in Links(client).scan(source)}
    assert loaded == set(case["good"].split())
    assert loaded or stored(client) == before
    assert not [mark for mark in MARKS if mark in end.readable]


def logs(settings):
    path = settings.home / "logs" / "commands.log"
    return path.read_text() if path.exists() else ""


def test_zoo_is_large_and_every_maker_is_used():
    hows = {case["how"] for case in ZOO}
    assert len(ZOO) >= 40
    assert MAKERS.keys() <= hows
