"""“I am working with this child”: what a practitioner says, to stand on the record.

Nothing here asks for the child: the answer is the same whether it can be shown by now or not.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from indexer.children.wishes import Wish, add_wish
from indexer.feeds.rows import Reject, read_row
from webapp.pages import pages
from webapp.pages.words import service_choices
from webapp.service import service
from webapp.tokens import Asked

FIELDS = ("service", "practitioner", "role", "organisation", "phone", "email")
LONGEST = 200  # characters; the feed's own limits are below
SAYS_NOTHING = {
    "service": "Choose your service",
    "practitioner": "Enter your name",
    "phone": "Enter a phone number or an email address, or nobody can reach you",
}
REFUSED = {
    "practitioner": "Check your name: it is too long, or has characters that names have not",
    "role": "Check your job title: it is too long, or has characters that it cannot have",
    "organisation": "Check where you work: it is too long, or has characters that it cannot have",
    "phone": "Check the phone number: it is too long, or has characters that it cannot have",
    "email": "Check the email address: it is too long, or has characters that it cannot have",
}
PLACE = "involvements.1."
# A row needs a child; which one plays no part here.
ANY_CHILD = {"source_record_id": "1", "family_name": "A", "date_of_birth": "", "authority": "000"}


@dataclass(frozen=True)
class Said:
    """What was filled in; `errors` names fields and what to do."""

    values: Mapping[str, str]
    is_sensitive: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)

    def involvement(self) -> dict[str, Any]:
        """Return it with the fields of a feed's involvement."""
        said: dict[str, Any] = {name: value for name, value in self.values.items() if value}
        return said | ({"sensitive": True} if self.is_sensitive else {})


@dataclass(frozen=True)
class WorkingPage:
    """`error` is there to say in the title that there is one; `back` is the record's address."""

    said: Said
    error: bool
    services: dict[str, str]
    back: str


@pages.route("/working/<token>", methods=["GET", "POST"])
def working(token: str) -> ResponseReturnValue:
    asked = service().tokens.open("working", g.reader.name, token)
    if request.method == "POST":
        said = parse_said(request.form)
        if said.errors:
            return redirect(_again(asked, said), 303)
        record_wish(asked, said.involvement())
        return redirect(recorded_address(asked), 303)
    said = parse_said(json.loads(asked.form)) if asked.form else Said({})
    page = WorkingPage(said, bool(said.errors), service_choices(), record_address(asked))
    return render_template("working.html", page=page), 422 if said.errors else 200


def parse_said(form: Mapping[str, str]) -> Said:
    """Return what was filled in, judged as a feed's row would be."""
    values = {name: " ".join(form.get(name, "").split())[: LONGEST + 1] for name in FIELDS}
    is_sensitive = bool(form.get("sensitive"))
    said = Said(values, is_sensitive)
    return replace(said, errors=_missing(said) or _refused(said))


def _missing(said: Said) -> dict[str, str]:
    """A sensitive service needs no name and no way to reach it: neither would be kept."""
    wanted = {"service": said.values["service"] in service_choices()}
    if not said.is_sensitive:
        wanted["practitioner"] = bool(said.values["practitioner"])
        wanted["phone"] = bool(said.values["phone"] or said.values["email"])
    return {name: SAYS_NOTHING[name] for name, is_there in wanted.items() if not is_there}


def _refused(said: Said) -> dict[str, str]:
    today = service().world.today()
    row = ANY_CHILD | {"date_of_birth": today.isoformat(), "involvements": [said.involvement()]}
    read = read_row(1, row, "", today)
    wrong = read.errors if isinstance(read, Reject) else {}
    return {name: REFUSED[name] for name in FIELDS if f"{PLACE}{name}" in wrong}


def record_wish(asked: Asked, involvement: dict[str, Any] | None) -> None:
    """Keep what was said of the child, once it is in the audit. Raises Unavailable."""
    door, reader = service().door, g.reader
    event = "working" if involvement else "no-longer-working"
    door.trail.write(event, reader, children=[asked.number], reason=asked.reason)
    said_at = door.world.now().isoformat()
    add_wish(door.client, Wish(asked.number, reader.name, said_at, involvement), door.world)


def _again(asked: Asked, said: Said) -> str:
    """Return the address of the form as it was filled in: a page that answers a POST cannot be
    gone back to."""
    form = dict(said.values) | ({"sensitive": "yes"} if said.is_sensitive else {})
    return working_address(replace(asked, form=json.dumps(form, ensure_ascii=False)))


def working_address(asked: Asked) -> str:
    sealed = service().tokens.seal("working", g.reader.name, asked)
    return url_for("pages.working", token=sealed)


def record_address(asked: Asked) -> str:
    """Return the way back to the record, which is looked at anew."""
    sealed = service().tokens.seal("record", g.reader.name, replace(asked, form=""))
    return url_for("pages.record", token=sealed)


def recorded_address(asked: Asked) -> str:
    sealed = service().tokens.seal("recorded", g.reader.name, replace(asked, form=""))
    return url_for("pages.recorded", token=sealed)
