"""Inviting many people from a CSV file."""

from dataclasses import dataclass
from itertools import islice

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from indexer.errors import NotAllowed, Refused
from indexer.people.imports import Invited, Joining, invite_all
from webapp.pages import pages
from webapp.pages.desk.people import staff

MOST_LINES = 100  # each costs some 50 ms for its password


@dataclass(frozen=True)
class PeopleImportPage:
    """`invited` were added, `refused` not; both empty before a file was sent."""

    most: int
    invited: tuple[Invited, ...] = ()
    refused: tuple[Invited, ...] = ()
    error: str = ""


@pages.route("/people/import", methods=["GET", "POST"])
def people_import() -> ResponseReturnValue:
    """The answer shows passwords, so it is no redirect."""
    if request.method == "GET":
        return render_template("desk/people_import.html", page=PeopleImportPage(MOST_LINES))
    try:
        done = _invite(_lines())
    except NotAllowed:
        raise
    except Refused as error:
        page = PeopleImportPage(MOST_LINES, error=str(error))
        return render_template("desk/people_import.html", page=page), error.status
    invited = tuple(one for one in done if not one.error)
    refused = tuple(one for one in done if one.error)
    page = PeopleImportPage(MOST_LINES, invited, refused)
    return render_template("desk/people_import.html", page=page)


def _invite(lines: list[str]) -> list[Invited]:
    return list(invite_all(staff(), lines, Joining(g.reader.organisation)))


def _lines() -> list[str]:
    """Return the lines of the file that was sent. Raises Refused."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Refused("Choose a CSV file")
    try:
        text = sent.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("Save the file as CSV in UTF-8") from None
    lines = list(islice(text.splitlines(), MOST_LINES + 2))
    if len(lines) > MOST_LINES + 1:
        raise Refused(f"The file has more than {MOST_LINES} people: send it in parts")
    return lines
