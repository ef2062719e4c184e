"""The same names in PostgreSQL with pg_trgm and fuzzystrmatch, in a cluster of this run's own.

Debian's package; the cluster lives in a folder of its own, is spoken to on 127.0.0.1 alone, runs
as the account that runs Elasticsearch, and is ended by its own process id.
"""

import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from indexer.engine.account import Account, server_account
from tests.benchmarks.evaluation.cases import Case
from tests.benchmarks.evaluation.feed_rows import Meant
from tests.conftest import is_free

PROGRAMS = Path("/usr/lib/postgresql")
NO_CLUSTER = Path("/etc/postgresql-common/createcluster.d/contactpoint-evaluation.conf")
START_SECONDS = 60
END = "--end of answer--"
FOUND = 25
TUNED = {
    "shared_buffers": "1GB",
    "work_mem": "64MB",
    "maintenance_work_mem": "1GB",
    "effective_cache_size": "4GB",
    "random_page_cost": "1.1",
    "max_wal_size": "8GB",
    "jit": "off",
    "fsync": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
}
TABLES = """
CREATE EXTENSION pg_trgm;
CREATE EXTENSION fuzzystrmatch;
CREATE UNLOGGED TABLE child (record text, given text, family text, year smallint, born date);
"""
INDICES = (
    "CREATE INDEX ON child USING gin (given gin_trgm_ops, family gin_trgm_ops)",
    "CREATE INDEX ON child (year)",
    "CREATE INDEX ON child (born)",
    "VACUUM ANALYZE child",
)


def programs() -> Path:
    """Return the folder of PostgreSQL's programs, after installing them if they are missing."""
    if not list(PROGRAMS.glob("*/bin/initdb")):
        # Debian would make and start a cluster for everybody; nobody here asked for one.
        NO_CLUSTER.parent.mkdir(parents=True, exist_ok=True)
        NO_CLUSTER.write_text("create_main_cluster = false\n")
        subprocess.run(["/usr/bin/apt-get", "install", "-y", "-q", "postgresql"], check=True)
    return max(PROGRAMS.glob("*/bin/initdb")).parent


def quoted(text: str) -> str:
    """Return a text as SQL writes it; NUL cannot be in one."""
    return "'" + text.replace("\x00", "").replace("'", "''") + "'"


def copied(text: str) -> str:
    """Return a text as a cell of COPY."""
    for sign, written in (("\\", "\\\\"), ("\t", " "), ("\n", " "), ("\r", " ")):
        text = text.replace(sign, written)
    return text


def rows(meant: Meant) -> Iterator[str]:
    """Yield a line for each name that a child bears, so that every name is found alike."""
    given, born = " ".join(meant.given), meant.born
    named = {(given, meant.family), (meant.known_as or given, meant.family)}
    named |= {(given, one.family_name) for one in meant.former}
    for one, family in sorted(named):
        yield "\t".join((copied(meant.row), copied(one), copied(family), born[:4], born)) + "\n"


def question(given: str, family: str, born: str) -> str:
    """Return the query: trigrams find, and trigrams, sounds and edits rank.

    `least`: PostgreSQL's levenshtein refuses texts of more than 255 bytes.
    """
    g, f = quoted(given), quoted(family)
    near = f"given % {g} AND family % {f}" if given else f"(given % {f} OR family % {f})"
    sounds = "".join(
        f" + 0.2 * (dmetaphone({column}) = dmetaphone({text}))::int"
        f" - 0.05 * levenshtein(left(lower({column}), 60), left(lower({text}), 60))"
        for column, text in (("given", g), ("family", f))
        if text != quoted("")
    )
    return (
        "SELECT record FROM (SELECT record, max(similarity(given, "  # noqa: S608 - quoted above
        f"{g}) + similarity(family, {f}){sounds}) AS score FROM child WHERE {near}{born} "
        f"GROUP BY record) AS found ORDER BY score DESC, record LIMIT {FOUND};"
    )


def born_clause(case: Case) -> str:
    span = case.beside.typed
    if not span.since:
        return ""
    if span.since.endswith("-01-01") and span.until == f"{span.since[:4]}-12-31":
        return f" AND year = {int(span.since[:4])}"
    since, sign = span.since.rstrip("~"), ">" if span.since.endswith("~") else ">="
    if since == span.until:
        return f" AND born = {quoted(since)}"
    return f" AND born {sign} {quoted(since)} AND born <= {quoted(span.until)}"


class Postgres:
    """Finds rows, by their `source:source_record_id`, over one connection that stays open."""

    def __init__(self, psql: "subprocess.Popen[str]") -> None:
        self._psql = psql

    def find(self, case: Case) -> list[str]:
        """Ask in the order typed, and the other way round only if nobody is found."""
        *given, family = case.name.words.replace(",", " ").split()
        born = born_clause(case)
        found = self.ask(question(" ".join(given), family, born))
        if not found and given:
            found = self.ask(question(" ".join((family, *given[1:])), given[0], born))
        return found

    def ask(self, sql: str) -> list[str]:
        """Send statements and return the lines of their answer."""
        asking, answering = self._psql.stdin, self._psql.stdout
        if asking is None or answering is None:
            raise SystemExit("psql has no pipes")
        asking.write(f"{sql}\n\\echo {END}\n")
        asking.flush()
        found: list[str] = []
        for line in answering:
            if line.rstrip("\n") == END:
                return found
            found.append(line.rstrip("\n"))
        raise SystemExit("PostgreSQL ended in the middle of an answer")

    def fill(self, children: Iterable[Meant]) -> None:
        asking = self._psql.stdin
        if asking is None:
            raise SystemExit("psql has no pipes")
        asking.write("COPY child FROM STDIN;\n")
        for meant in children:
            asking.writelines(rows(meant))
        asking.write("\\.\n")
        self.ask("")


@contextmanager
def postgres(children: Iterable[Meant], say: Callable[[str], None]) -> Iterator[Postgres]:
    """A cluster that holds all children, indexed; gone at the end with all it held."""
    folder, account = programs(), server_account()
    home = Path(tempfile.mkdtemp(prefix="evaluation-postgres-"))
    try:
        account.give(home)
        with running(folder, home, account) as port, connected(folder, port) as finder:
            finder.ask(TABLES)
            finder.fill(children)
            say("postgres: filled")
            for statement in INDICES:
                finder.ask(f"{statement};")
            say("postgres: indexed")
            yield finder
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def running(folder: Path, home: Path, account: Account) -> Iterator[int]:
    """Yield the port of a running server, ended with the block by its own id."""
    data, port = home / "data", free_port()
    make = f"{folder}/initdb -U prover -A trust -E UTF8 --locale=C.UTF-8 -D".split()
    subprocess.run(
        [*make, str(data)],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=home,
        **account.popen_options(),
    )
    options = [word for name, value in TUNED.items() for word in ("-c", f"{name}={value}")]
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [
                folder / "postgres",
                "-D",
                data,
                "-h",
                "127.0.0.1",
                "-p",
                str(port),
                "-k",
                home,
                *options,
            ],
            cwd=home,
            stdout=log,
            stderr=log,
            start_new_session=True,
            **account.popen_options(),
        )
    try:
        wait_until_ready(folder, port, server)
        yield port
    finally:
        server.send_signal(signal.SIGINT)  # fast: connections end, nothing is kept waiting
        server.wait()


def free_port() -> int:
    while not is_free(port := random.randrange(30_000, 32_000)):
        pass
    return port


def wait_until_ready(folder: Path, port: int, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    asking = f"{folder}/pg_isready -q -h 127.0.0.1 -p {port}".split()
    while subprocess.run(asking, check=False).returncode:
        if server.poll() is not None or time.monotonic() > deadline:
            raise SystemExit("PostgreSQL did not start: its folder's server.log says why")
        time.sleep(0.2)


@contextmanager
def connected(folder: Path, port: int) -> Iterator[Postgres]:
    """Yield one connection: psql, whose pipes cost a tenth of a millisecond a question."""
    words = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(
        [folder / "psql", *words, "-U", "prover", "-d", "postgres"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={"PATH": os.defpath, "PGCLIENTENCODING": "UTF8"},
    ) as psql:
        try:
            yield Postgres(psql)
        finally:
            if psql.stdin:
                psql.stdin.close()
            psql.wait()
