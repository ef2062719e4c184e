"""Signing out: the session ends in the index before the page says so."""

from dataclasses import dataclass

from flask import g, render_template

from webapp.pages import pages
from webapp.service import service


@dataclass(frozen=True)
class SignOutPage:
    helpdesk: str


@pages.post("/sign-out")
def sign_out() -> str:
    service().people.sign_out()
    g.reader = None
    return render_template("sign_out.html", page=SignOutPage(service().helpdesk))
