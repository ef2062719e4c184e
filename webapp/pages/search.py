"""The search: one box, whatever is known of the child."""

from dataclasses import dataclass

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from indexer.errors import QuestionRefused
from webapp.pages import pages
from webapp.search.question import parse_question
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
    text = " ".join(request.form.get("text", "").split())
    try:
        parse_question(text, today=service().world.today())
    except QuestionRefused as error:
        return render_template("search.html", page=SearchPage(text, str(error))), error.status
    token = service().tokens.seal("results", g.reader.name, Asked(text))
    return redirect(url_for("pages.results", token=token), 303)
