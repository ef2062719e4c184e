"""The search: one box, whatever is known of the child."""

from dataclasses import dataclass

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.pages import pages
from webapp.search.question import LONGEST_TEXT
from webapp.service import service
from webapp.tokens import Asked


@dataclass(frozen=True)
class SearchPage:
    text: str = ""
    error: str = ""


@pages.route("/search", methods=["GET", "POST"])
def search() -> ResponseReturnValue:
    if request.method == "GET":
        return render_template("search.html", page=SearchPage())
    # Also where the question will be refused: a page that answers a POST cannot be gone back to.
    text = " ".join(request.form.get("text", "").split())[: LONGEST_TEXT + 1]
    token = service().tokens.seal("results", g.reader.name, Asked(text))
    return redirect(url_for("pages.results", token=token), 303)
