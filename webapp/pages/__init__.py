"""The pages people see: one view a module, one template of the same name a view."""

from flask import Blueprint

pages = Blueprint("pages", __name__)

from webapp.pages import health, home, reason, record, results, search, sign_in, sign_out  # noqa: E402, F401
