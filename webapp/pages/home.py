"""Where signed-in people start: the search, or what their role does here."""

from dataclasses import dataclass

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from indexer.people.actor import SEARCHERS
from webapp.pages import pages

DUTIES = {
    "auditor": "You read who searched, who opened which record and why, and you follow up what "
    "should not have happened.",
    "operator": "You keep the service running: loads, reindexes, snapshots and health. This is "
    "done with the contactpoint command on the server.",
}


@dataclass(frozen=True)
class HomePage:
    role: str
    duty: str


@pages.get("/")
def home() -> ResponseReturnValue:
    if g.reader.role in SEARCHERS:
        return redirect(url_for("pages.search"), 303)
    return render_template("home.html", page=HomePage(g.reader.role, DUTIES[g.reader.role]))
