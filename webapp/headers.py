"""What every answer carries: the browser's orders, and the half second in which it may leave; and
which bodies are not read at all."""

from flask import Flask, Response, g, request
from werkzeug.exceptions import BadRequest, LengthRequired

from indexer.errors import AnswerTooLate
from webapp.pages.errors import error_page
from webapp.search.answer import is_fresh
from webapp.service import service

ONE_YEAR = 365 * 24 * 3600
POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def refuse_unreadable_body() -> None:
    """Raise LengthRequired for a body that comes in chunks, BadRequest for a field without a name.

    No browser sends either. A form in chunks that is over the limit would be cut off there in
    silence; a field without a name is None where the form's seal is looked for. What leads to no
    page of ours is answered for that.
    """
    if request.routing_exception is not None:
        return
    if "Transfer-Encoding" in request.headers:
        raise LengthRequired
    if request.method == "POST" and None in {*request.form, *request.files}:
        raise BadRequest


def refuse_late_answer(response: Response) -> Response:
    """Answer 503 instead if the register was asked too long ago: a shield may have been set since.

    A view that shows children keeps the gate's `checked_at` in `g.checked_at`.
    """
    checked_at = g.get("checked_at")
    if checked_at is None or is_fresh(checked_at, service().world):
        return response
    return error_page(AnswerTooLate("the answer took too long after the register was asked"))


def set_headers(response: Response) -> Response:
    """Set what keeps pages out of caches, frames and other sites."""
    response.headers.update(HEADERS)
    response.headers["X-Request-ID"] = g.request_id
    if request.endpoint == "pages.sign_out":  # cookies stay: one tells that this browser is known
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    if request.endpoint == "static" and response.status_code < 400:  # noqa: PLR2004
        response.cache_control.no_cache = None
        response.cache_control.public = True
        response.cache_control.max_age = ONE_YEAR  # the address changes with the content
    else:
        response.headers["Cache-Control"] = "no-store"
    return response


def set_transport_header(app: Flask) -> None:
    """Tell browsers to come back by https only; called where they come by https already."""

    @app.after_request
    def _(response: Response) -> Response:
        response.headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}"
        return response
