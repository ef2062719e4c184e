"""Where people start: the search, how the service is, or what is not here yet for them."""

from dataclasses import dataclass

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from indexer.people.actor import SEARCHERS
from webapp.pages import pages
from webapp.pages.words import in_words
from webapp.service import service

MISSING = {
    "auditor": "The pages for reading who searched, and who opened which record and why, are not "
    "in this version.",
}


@dataclass(frozen=True)
class HomePage:
    title: str
    missing: str
    helpdesk: str


@pages.get("/")
def home() -> ResponseReturnValue:
    if g.reader.role in SEARCHERS:
        return redirect(url_for("pages.search"), 303)
    if g.reader.role == "operator":
        return redirect(url_for("pages.health"), 303)
    role = g.reader.role
    page = HomePage(in_words(role, "role"), MISSING[role], service().helpdesk)
    return render_template("home.html", page=page)
