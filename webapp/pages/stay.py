"""Staying signed in: asking for this page is what does it, as asking for any page is."""

from dataclasses import dataclass
from datetime import datetime

from flask import g, render_template

from webapp.pages import pages


@dataclass(frozen=True)
class StayPage:
    """Until when the session lasts if nothing is done, and if it can be made longer again."""

    ends_at: datetime
    is_last: bool


@pages.get("/stay")
def stay() -> str:
    page = StayPage(g.stay.ends_at, g.stay.ends_at >= g.stay.latest)
    return render_template("stay.html", page=page)
