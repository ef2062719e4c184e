"""Who may use which route of which process: the one table, asked before every request."""

import csv
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user  # type: ignore[import-untyped]

from indexer.errors import NotAllowed
from indexer.people.actor import LEARNER, ROLES, Role
from webapp.processes import PROCESSES, ProcessName
from webapp.service import service
from webapp.tokens import Asked

PUBLIC, SIGNED_IN, PRACTICE = "public", "signed-in", "practice"
SCRAPER = "scraper"  # a machine that reads metrics: it shows a secret instead of signing in
FORMS = ("pages.reason", "pages.working", "pages.no_longer")  # sent to the address they stand at
LONGEST_WANTED = 2_000  # characters; a browser drops a cookie of over 4,096


@dataclass(frozen=True)
class Access:
    """`roles` holds role names, or `public`, `signed-in` or `scraper`. `scope` says whose children
    or settings the route reaches: none, own, organisation, national, or practice: invented children
    alone. `menu` is what the start
    page of the desk calls it; empty where a page is reached from another."""

    roles: frozenset[str]
    scope: str
    menu: str = ""


@cache
def access_table(process: ProcessName) -> Mapping[str, Access]:
    """Return what access.csv says of one process: route as Flask writes it → who may use it. Those
    who practise have a table of their own, which reaches no child but invented ones."""
    return {route: row for route, row in _rows(process) if row.scope != PRACTICE}


@cache
def practice_table(process: ProcessName) -> Mapping[str, Access]:
    """Return the routes of one process for those who practise."""
    return {route: row for route, row in _rows(process) if row.scope == PRACTICE}


def _rows(process: ProcessName) -> list[tuple[str, Access]]:
    with Path(__file__).with_name("access.csv").open(newline="", encoding="utf-8") as lines:
        return [
            (row["route"], Access(frozenset(row["role"].split()), row["scope"], row["menu"]))
            for row in csv.DictReader(lines)
            if row["process"] == process
        ]


def roles_of(process: ProcessName) -> frozenset[Role]:
    """Return the roles that may sign in to a process: those for which it has a start page."""
    allowed = access_table(process)["/"].roles
    learners = {LEARNER} if "/" in practice_table(process) else set()
    return frozenset(role for role in ROLES if role in allowed) | learners


def is_of_another_process(route: str, process: ProcessName) -> bool:
    """Say if the table gives the route to other processes and not to this one."""
    others = (access_table(one.name) for one in PROCESSES if one.name != process)
    return route not in access_table(process) and any(route in table for table in others)


def check_access() -> ResponseReturnValue | None:
    """Let a request pass, send it to the sign-in page, or raise NotAllowed.

    A route without a row is open to nobody. Sets `g.reader`, the Actor who asks, and `g.stay`,
    when their session ends: None on public routes and where no route was found.
    """
    g.reader = g.stay = None
    if request.url_rule is None:
        return None
    access = access_table(service().process.name).get(request.url_rule.rule)
    if access is None:
        raise NotAllowed("This page is in no list of who may see it, so nobody may.")
    if SCRAPER in access.roles:
        _check_scraper()
        return None
    return None if PUBLIC in access.roles else _check_reader(access)


def _check_scraper() -> None:
    """Raise NotAllowed without the secret: a count of alarms beside one's own search would tell
    that the child one looked for is shielded."""
    sent = request.headers.get("Authorization", "")
    if not hmac.compare_digest(sent.encode(), f"Bearer {service().metrics_key}".encode()):
        raise NotAllowed("This page is for machines that hold its secret.")


def _check_reader(access: Access) -> ResponseReturnValue | None:
    if not current_user.is_authenticated:
        return _to_sign_in()
    g.reader, g.stay = current_user.actor, current_user.stay
    if SIGNED_IN in access.roles:
        return None
    if g.reader.role == LEARNER:
        access = practice_table(service().process.name).get(str(request.url_rule), access)
    if g.reader.role not in access.roles:
        raise NotAllowed(f"Your role, {g.reader.role}, does not use this page.")
    return None


def _to_sign_in() -> ResponseReturnValue:
    """Remember the page asked for, so that an ended session costs no more than a password.

    The address is kept in the signed cookie, not in the next address; it names no child, and its
    token opens for no other user. Who chose to sign out wants no page and is told of no end.
    """
    answer = redirect(url_for("pages.sign_in"), 303)
    if request.method == "POST" and not session:
        # A form of another site comes without the cookie; one set here would end the live session.
        return answer
    user = session.get("user", "")  # there until its owner signs out, also once the session is over
    session.clear()
    if request.endpoint != "pages.sign_out":
        session["user"], session["wanted"] = user, _wanted(user)
    return answer


def _wanted(user: str) -> str:
    """Return the page that shows what was asked for, empty where no page would.

    A search sent without a session of before is forgotten: another site could have sent it, and
    it would be done and audited in the name of whoever signs in.
    """
    if request.method == "GET" or request.endpoint in FORMS:
        return request.path if _can_be_wanted(request.path) else ""
    if request.endpoint != "pages.search" or not user:
        return ""
    asked = Asked(" ".join(request.form.get("text", "").split()))
    address = url_for("pages.results", token=service().tokens.seal("results", user, asked))
    return address if len(address) <= LONGEST_WANTED else url_for("pages.search")


def _can_be_wanted(path: str) -> bool:
    """Say if a cookie can hold it and a redirect can lead there: not with a new line in it."""
    return len(path) <= LONGEST_WANTED and path.isprintable()
