"""That what a practitioner said was recorded: always these words, whatever became of the child."""

from dataclasses import dataclass

from flask import g, render_template

from webapp.pages import pages
from webapp.pages.results import results_address
from webapp.pages.working import record_address
from webapp.service import service


@dataclass(frozen=True)
class RecordedPage:
    """`back` is the record's address, `results` that of the search it came from."""

    back: str
    results: str


@pages.get("/recorded/<token>")
def recorded(token: str) -> str:
    asked = service().tokens.open("recorded", g.reader.name, token)
    page = RecordedPage(record_address(asked), results_address(asked, asked.page))
    return render_template("recorded.html", page=page)
