"""What people give the commands by mistake: one sentence and the right exit code, no traceback."""

import os
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from indexer.audit.trail import Trail
from indexer.clients import make_client
from indexer.errors import Refused
from indexer.feeds.rows import Reject
from indexer.people.actor import Actor
from indexer.people.organisations import switch_on
from indexer.people.users import NewUser, add_user
from indexer.world import REAL
from tests.rows import plain_row
from webapp.commands.load import _Rejects

TESTER = Actor("tester", "operator", "")
PERSON = ("--as", "pat-of-mistakes", "--reason", "test")
NOT_THERE = "contactpoint: There is no record to show under this number.\n"
MAIN = "from webapp.commands import main\nmain()"
ANN = orjson.dumps(plain_row("1", "Ann", "Kelly", "2014-03-09"))
NO_OBJECT = Reject(1, None, {"row": ["Not a JSON object."]})
BAD = orjson.dumps(plain_row("2", "Bo", "Lee", "2999-01-01"))


class Commands:
    """Runs commands with a home of their own; what one said is text, exit code first."""

    def __init__(self, home, port_base=1):
        names = {"CONTACTPOINT_HOME": str(home), "CONTACTPOINT_PORT_BASE": str(port_base)}
        self._environment = {**os.environ, **names}

    def run(self, *words, code=MAIN):
        done = subprocess.run(
            [sys.executable, "-c", code, *words],
            env=self._environment,
            capture_output=True,
            check=False,
            timeout=120,
        )
        return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.fixture
def without_engine(tmp_path):
    return Commands(tmp_path / "home")


@pytest.fixture(scope="module")
def with_engine(ready):
    client = make_client(ready, "desk")
    trail = Trail(client, ready, REAL)
    switch_on(client, "359", TESTER, trail)
    day = datetime.now(UTC).date()
    pat = NewUser("pat-of-mistakes", "practitioner", "359", "a long pass phrase of a test", day)
    add_user(client, pat, TESTER, trail, REAL)
    return Commands(ready.home, ready.port_base)


@pytest.fixture
def feed(tmp_path):
    path = tmp_path / "feed.jsonl"
    path.write_bytes(ANN)
    return path


def is_one_sentence(said):
    return said.startswith("contactpoint: ") and said.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        ("search", b"smith \xff", *PERSON),
        ("search", "ann kelly", "--as", "pat", "--reason", b"\xff"),
        ("search", "ann kelly", "--as", b"\xff", "--reason", "test"),
        ("show", b"\xff", *PERSON),
        ("search", "--batch", "gone.jsonl", *PERSON),
        ("search", "--batch", "/", *PERSON),
        ("load", "a" * 300, "--source", "census"),
    ],
    ids=str,
)
def test_mistake_ends_in_one_sentence(without_engine, words):
    code, out, said = without_engine.run(*words)
    assert (code, out) == (2, "")
    assert is_one_sentence(said)


@pytest.mark.parametrize("number", ["", "x", "100000000018", "9434765919", "../100000000017", "*"])
def test_number_that_cannot_be_one_is_not_there(without_engine, number):
    assert without_engine.run("show", number, *PERSON) == (2, "", NOT_THERE)


def test_number_of_nobody_is_answered_with_the_same_words(with_engine):
    assert with_engine.run("show", "999999999999", *PERSON) == (2, "", NOT_THERE)


@pytest.mark.parametrize("rejects", ["/", "/dev/null/rejects", "/proc/rejects"])
def test_rejects_that_cannot_be_written_are_refused(without_engine, feed, rejects):
    words = ("load", str(feed), "--source", "census", "--rejects", rejects)
    code, _, said = without_engine.run(*words)
    assert code == 2
    assert is_one_sentence(said)


def test_full_disk_is_a_refusal():
    rejects = _Rejects(Path("/dev/full"))
    with pytest.raises(Refused, match="No space left on device"):
        rejects.write([NO_OBJECT])


def test_list_of_rejects_is_emptied_at_its_first_writing_only(tmp_path):
    path = tmp_path / "rejects"
    path.write_bytes(b"of an earlier load\n")
    rejects = _Rejects(path)
    for some in ([], [NO_OBJECT], [], [NO_OBJECT]):
        rejects.write(some)
    assert [orjson.loads(line)["row"] for line in path.read_bytes().splitlines()] == [1, 1]


REFUSING = """
import indexer.clients, indexer.errors, webapp.commands
def refuse(*_):
    raise indexer.errors.Refused("another load is under way")
indexer.clients.make_client = refuse
webapp.commands.main()
"""


@pytest.mark.parametrize("before", [b"of the load under way\n", b"", None])
def test_refused_load_leaves_the_list_of_rejects_as_it_was(without_engine, feed, tmp_path, before):
    own = tmp_path / "home" / "rejects" / "census.feed.jsonl.rejects.jsonl"
    own.parent.mkdir(parents=True)
    if before is not None:
        own.write_bytes(before)
    code, _, said = without_engine.run("load", str(feed), "--source", "census", code=REFUSING)
    assert (code, said) == (2, "contactpoint: another load is under way\n")
    assert (own.read_bytes() if own.exists() else None) == before


@pytest.mark.parametrize("content", [b"", ANN])
def test_refusal_of_a_dry_run_says_that_nothing_was_changed(without_engine, feed, content):
    feed.write_bytes(content)
    words = ("load", str(feed), "--source", "census", "--dry-run")
    code, _, said = without_engine.run(*words, code=REFUSING)
    assert code == 2
    assert said.startswith("contactpoint: Dry run, nothing was changed: ")
    assert is_one_sentence(said)


def test_rejects_in_place_of_the_feed_are_refused_and_the_feed_stays(without_engine, feed):
    link = feed.with_name("link.jsonl")
    link.symlink_to(feed)
    code, _, said = without_engine.run(
        "load", str(feed), "--source", "census", "--rejects", str(link)
    )
    assert (code, feed.read_bytes()) == (2, ANN)
    assert is_one_sentence(said)


def test_file_the_user_named_is_there_after_a_load_without_rejects(with_engine, feed, source):
    named = feed.with_name("named.jsonl")
    code, _, _ = with_engine.run("load", str(feed), "--source", source, "--rejects", str(named))
    assert (code, named.read_bytes()) == (0, b"")


def test_our_own_file_of_rejects_is_there_only_with_rejects(with_engine, feed, source, ready):
    own = ready.home / "rejects" / f"{source}.feed.jsonl.rejects.jsonl"
    assert with_engine.run("load", str(feed), "--source", source)[0] == 0
    assert not own.exists()
    feed.write_bytes(ANN + b"\n" + BAD)
    assert with_engine.run("load", str(feed), "--source", source)[0] == 3
    assert [orjson.loads(line)["row"] for line in own.read_bytes().splitlines()] == [2]


def test_every_line_of_a_batch_is_answered(with_engine, tmp_path):
    deep = b"[" * 300 + b"]" * 300
    lines = [
        b'{"id": %s, "name": "ann kelly"}' % deep,
        b'{"id": "q2", "name": %s}' % deep,
        b"[" * 100_000,
        b'{"id": true, "name": "ann kelly"}',
        b'{"id": "q5", "name": "\xff"}',
        b'{"id": "q6", "shoe": "7"}',
        b'{"id": 7, "name": "ann kelly"}',
    ]
    batch = tmp_path / "questions.jsonl"
    batch.write_bytes(b"\n".join(lines))
    code, out, said = with_engine.run("search", "--batch", str(batch), *PERSON)
    answers = [orjson.loads(line) for line in out.splitlines()]
    assert (code, said) == (0, "")
    assert [one["id"] for one in answers] == [None, "q2", None, None, None, "q6", 7]
    assert ["error" in one for one in answers] == [True] * 6 + [False]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("load feed.jsonl --source census", "Interrupted; run the same command again to finish it"),
        ("show 999999999999 --as pat --reason test", "interrupted"),
    ],
)
def test_ctrl_c_ends_in_one_sentence(without_engine, feed, words, said):
    stopped = f"""
import os, signal, indexer.clients, webapp.commands
signal.signal(signal.SIGINT, signal.default_int_handler)  # who started the tests may ignore it
os.chdir({str(feed.parent)!r})
indexer.clients.make_client = lambda *_: os.kill(os.getpid(), signal.SIGINT)
webapp.commands.main()
"""
    assert without_engine.run(*words.split(), code=stopped) == (4, "", f"contactpoint: {said}\n")


def test_alarm_reaches_the_log_and_not_the_one_who_asks(without_engine, tmp_path):
    alarmed = """
import webapp.search.gate, webapp.commands.show, webapp.commands
webapp.commands.show.is_contactpoint_number = lambda _: (
    webapp.search.gate.log.error("shielded_child_in_build", children=1)
)
webapp.commands.main()
"""
    assert without_engine.run("show", "1", *PERSON, code=alarmed) == (2, "", NOT_THERE)
    log = tmp_path / "home" / "logs" / "commands.log"
    line = orjson.loads(log.read_bytes())
    assert (line["event"], line["level"], line["children"]) == (
        "shielded_child_in_build",
        "error",
        1,
    )
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_log_that_cannot_be_written_changes_nothing_of_an_answer(tmp_path):
    (tmp_path / "home").write_text("no folder")
    code = (
        "import structlog, webapp.commands\n"
        "webapp.commands._set_up_log()\n"
        "structlog.get_logger().error('alarm')"
    )
    assert Commands(tmp_path / "home").run(code=code) == (0, "", "")


def test_command_without_anything_to_log_makes_no_home(without_engine, tmp_path):
    assert without_engine.run("--help")[0] == 0
    assert not (tmp_path / "home").exists()
