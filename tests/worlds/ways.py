"""Every way in which a world answers: what is done, and all that comes back, to the last byte.

Which routes and commands each of them goes through is in cases.csv.
"""

import json
import re
from collections.abc import Callable
from typing import Any

import msgspec
from werkzeug.test import TestResponse

from indexer.errors import ContactPointError
from tests.worlds.script import PEOPLE, Step
from tests.worlds.stage import PASSWORD, REASON, Stage
from webapp.search.question import parse_question

Way = Callable[[Stage, Step], list[str]]
_SEAL = re.compile(r'name="csrf_token" value="([^"]+)"')
_COOKIE_END = re.compile(r"(?<=; )Expires=[^;]+; (?=Max-Age=)")
_REASON_ADDRESS = re.compile(r'href="(/reason/[^"]+)"')
PLACES = ("/", "/search", "/livez", "/readyz", "/static/app.css", "/nothing-here")
NO_SEAL = ("/results/x", "/reason/x", "/record/x")


def page(answer: TestResponse) -> str:
    """Status, headers and body; the date is the web server's own in any case, and a cookie's end
    is that date and its Max-Age, which stands beside it."""
    answer.headers.remove("Date")
    headers = _COOKIE_END.sub("", f"{answer.headers}")
    said = f"{answer.status}\n{headers}\n{answer.text}"
    answer.close()
    return said


def said_by(ask: Callable[[], Any]) -> str:
    """What a function returned or raised, but for the moment at which the register was asked."""
    try:
        answer = ask()
    except ContactPointError as error:
        return f"{type(error).__name__} {error.status} {error}"
    return repr({name: one for name, one in vars(answer).items() if name != "checked_at"})


def find(stage: Stage, step: Step) -> list[str]:
    def ask() -> Any:
        question = parse_question(step.text, today=stage.world.today())
        return stage.gate.find(question, stage.readers[step.user], REASON)

    return [said_by(ask)]


def opens_by_number(stage: Stage, step: Step) -> list[str]:
    reader, number = stage.readers[step.user], stage.numbers[step.person]
    return [said_by(lambda: stage.gate.open_record(number, reader, REASON))]


def searches(stage: Stage, step: Step) -> list[str]:
    browser = stage.browsers[step.user]
    sent = browser.post("/search", data={"text": step.text, "csrf_token": stage.seals[step.user]})
    return [page(sent), page(browser.get(sent.headers.get("Location", "/")))]


def searches_and_reads_on(stage: Stage, step: Step) -> list[str]:
    """The second page and the ninth, whether there is one or not."""
    browser = stage.browsers[step.user]
    addresses = [f"/results/{stage.sealed('results', step, page=n)}" for n in (1, 2, 9)]
    return [page(browser.get(address)) for address in addresses]


def opens_a_found_one(stage: Stage, step: Step) -> list[str]:
    """Without a reason, and then with one."""
    browser, seal = stage.browsers[step.user], stage.seals[step.user]
    results = browser.get(f"/results/{stage.sealed('results', step)}")
    found = _REASON_ADDRESS.search(results.text)
    if not found:
        return [page(results)]
    said = [results, browser.get(found[1])]
    for form in ({}, {"reason": "other", "details": "to call the school"}):
        sent = browser.post(found[1], data={"csrf_token": seal, **form})
        said += [sent, browser.get(sent.headers["Location"])]
    return [page(one) for one in said]


def opens_by_seal(stage: Stage, step: Step) -> list[str]:
    """By addresses from when the child could be seen."""
    browser = stage.browsers[step.user]
    kinds = ("reason", "record")
    return [page(browser.get(f"/{kind}/{stage.sealed(kind, step)}")) for kind in kinds]


def works_with(stage: Stage, step: Step) -> list[str]:
    """Says of a hidden child, by addresses from when it could be seen, that they work with it, and
    that they do no longer; first with a form that lacks something."""
    browser, seal = stage.browsers[step.user], {"csrf_token": stage.seals[step.user]}
    whole = {"service": "school", "practitioner": "P. Brown", "phone": "01942 000000"}
    said = []
    for kind, forms in (("working", ({}, whole)), ("no-longer", ({},))):
        address = f"/{kind}/{stage.sealed(kind, step)}"
        said.append(browser.get(address))
        for form in forms:
            sent = browser.post(address, data=seal | form)
            said += [sent, browser.get(sent.headers.get("Location", "/"))]
    return [
        page(one) for one in (*said, browser.get(f"/recorded/{stage.sealed('recorded', step)}"))
    ]


def searches_at_the_keyboard(stage: Stage, step: Step) -> list[str]:
    words = ("search", "--as", step.user, "--reason", REASON)
    return [stage.run(*words, "--", step.text), stage.run(*words, "--json", "--", step.text)]


def answers_a_batch(stage: Stage, step: Step) -> list[str]:
    person = stage.cast.hidden[step.person]
    questions = [
        {"name": step.text},
        {"name": person.given, "date_of_birth": person.born.isoformat()},
        {"name": person.family, "postcode": person.postcode, "authority": "359"},
    ]
    lines = [json.dumps({"id": f"q{n}", **one}) for n, one in enumerate(questions)]
    file = stage.write("questions.jsonl", "\n".join(lines))
    return [stage.run("search", "--batch", file, "--as", step.user, "--reason", REASON)]


def shows_at_the_keyboard(stage: Stage, step: Step) -> list[str]:
    number = stage.numbers[step.person]
    return [stage.run("show", number, "--as", step.user, "--reason", REASON)]


def loads(stage: Stage, step: Step) -> list[str]:
    """First as a dry run, then in earnest, then once more; and what was rejected."""
    file = stage.write("feed.jsonl", "".join(f"{json.dumps(row)}\n" for row in step.rows))
    rejects = stage.folder / "rejects.jsonl"
    words = ("load", file, "--source", step.source, "--rejects", str(rejects))
    said = []
    for more in (("--dry-run",), ("--json",), ()):
        rejects.unlink(missing_ok=True)
        said += [stage.run(*words, *more), rejects.read_text() if rejects.exists() else "none"]
    stage.store.refresh()
    return said


def comes_in(stage: Stage, _step: Step) -> list[str]:
    said = []
    for user in sorted(set(PEOPLE)):
        browser = stage.browsers[user]
        before = browser.get("/sign-in")
        seal = _SEAL.search(before.text)
        form = {"name": user, "password": PASSWORD, "csrf_token": seal[1] if seal else ""}
        form["code"] = stage.code()
        said += [before, browser.post("/sign-in", data=form)]
        inside = browser.get("/search")
        found = _SEAL.search(inside.text)
        stage.seals[user] = found[1] if found else ""
        said.append(inside)
    return [page(one) for one in said]


def comes_in_wrongly(stage: Stage, _step: Step) -> list[str]:
    browser = stage.app.test_client()
    seal = _SEAL.search(browser.get("/sign-in").text)
    form = {"name": "nobody", "password": PASSWORD, "csrf_token": seal[1] if seal else ""}
    return [page(browser.post("/sign-in", data=form)), page(browser.get("/search"))]


def looks_around(stage: Stage, step: Step) -> list[str]:
    browser = stage.browsers[step.user]
    said = [page(browser.get(address)) for address in (*PLACES, *NO_SEAL)]
    return [*said, stage.run("expire", "--dry-run")]


def goes_out(stage: Stage, _step: Step) -> list[str]:
    said = []
    for user in sorted(set(PEOPLE)):
        browser = stage.browsers[user]
        said += [page(browser.post("/sign-out", data={"csrf_token": stage.seals[user]}))]
        said += [page(browser.get("/search"))]
    return said


def builds_anew(stage: Stage, _step: Step) -> list[str]:
    """What a reindex, and going back, leave to be read; not how long they took."""
    stage.run("reindex")
    listed = stage.run("builds", "--json")
    stage.run("rollback")
    return [listed, stage.run("builds", "--json")]


WAYS: dict[str, Way] = {
    function.__name__.replace("_", "-"): function
    for function in (
        *(find, opens_by_number, searches, searches_and_reads_on, opens_a_found_one),
        *(
            opens_by_seal,
            works_with,
            searches_at_the_keyboard,
            answers_a_batch,
            shows_at_the_keyboard,
        ),
        *(loads, comes_in, comes_in_wrongly, looks_around, goes_out, builds_anew),
    )
}


def act(stage: Stage, step: Step, place: int) -> bytes:
    """Do one step; return all that it said, to people and to the log."""
    stage.clock.turn(step.name, place)
    said = WAYS[step.way](stage, step)
    return msgspec.json.encode([*said, *stage.logged()])
