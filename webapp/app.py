"""Makes the Flask application: every page, header and rule in one place."""

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from flask import Flask
from flask.templating import Environment
from flask_wtf import CSRFProtect  # type: ignore[import-untyped]
from jinja2 import ChainableUndefined, ChoiceLoader, PackageLoader, PrefixLoader
from werkzeug.middleware.proxy_fix import ProxyFix

from indexer.audit.reading import AuditReader
from indexer.audit.trail import Trail
from indexer.clients import make_client
from indexer.health.watch import Watch
from indexer.people.budgets import Budgets
from indexer.people.codes import CodeKeeper
from indexer.people.enrolment import Tickets
from indexer.people.sessions import LONGEST
from indexer.people.sign_in import Door
from indexer.settings import Settings
from indexer.shields.desk import OfficersDesk
from indexer.world import REAL, World
from mappings.names import PRACTICE
from webapp.access import access_table, check_access, is_of_another_process, roles_of
from webapp.headers import (
    refuse_late_answer,
    refuse_unreadable_body,
    set_headers,
    set_transport_header,
)
from webapp.health import health
from webapp.pages import pages
from webapp.pages.errors import handle_errors
from webapp.pages.words import FILTERS, asset, helpdesk_words
from webapp.processes import DESK, Process
from webapp.request_log import log_failure, log_request, set_up_log, start_request
from webapp.search.gate import Gate
from webapp.service import KEY, Service
from webapp.sign_in import People, make_login_manager
from webapp.site import USUAL, Site
from webapp.tokens import Tokens

MOST_BYTES = 16 * 1024  # the largest form is a password or a reason


class Templates(Environment):
    """Keeps what all templates share in a plain dictionary. In the chain of dictionaries that is
    usual a page looks each name up, for every macro that it imports: a tenth of its time."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **(d or {})}


class Application(Flask):
    """Has no route that access.csv gives to the other process: it is not there at all."""

    jinja_environment = Templates

    def __init__(self, process: Process) -> None:
        self._process = process.name
        super().__init__(__package__)

    def add_url_rule(self, rule: str, *names: Any, **options: Any) -> None:
        if not is_of_another_process(rule, self._process):
            super().add_url_rule(rule, *names, **options)

    def log_exception(self, exc_info: Any) -> None:
        """Where even the page of an error fails, Flask would write its text and the address."""
        log_failure(exc_info[1])


def make(settings: Settings, site: Site = USUAL) -> Flask:
    """Return the application with a gate of its own; for one process, after the fork."""
    set_up_log()
    credential = site.process.name
    gate = Gate(settings, REAL, credential, Budgets(settings, REAL, credential))
    return create_app(settings, gate, REAL, site)


def create_app(settings: Settings, gate: Gate, world: World, site: Site = USUAL) -> Flask:
    """Return the application. Raises Refused if the secrets were never made."""
    app = Application(site.process)
    _configure(app, settings, site)
    door = _make_door(settings, site.process, world)
    app.extensions[KEY] = Service(
        gate=gate,
        practice=_make_practice(settings, site.process, world),
        tokens=Tokens(settings.secret(site.process.token_key), world),
        people=People(door, site.process),
        door=door,
        world=world,
        helpdesk=helpdesk_words(site.helpdesk, site.helpdesk_phone),
        process=site.process,
        audit=AuditReader(door.client, settings, world),
        watch=Watch(settings, world),
        officers=OfficersDesk.open(door.client, settings, world),
        metrics_key=settings.secret("metrics.key"),
        metrics_folder=site.metrics_folder,
    )
    _register(app, app.extensions[KEY].people)
    if site.is_https:
        set_transport_header(app)
        # The proxy says who asks; it must set X-Forwarded-For, or all people are at one place.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=0)  # type: ignore[method-assign]
    return app


def _make_practice(settings: Settings, process: Process, world: World) -> Gate:
    """Return the gate to the invented children, counted and audited as the other is."""
    counts = Budgets(settings, world, process.name)
    return Gate(settings, world, process.name, counts, PRACTICE)


def _make_door(settings: Settings, process: Process, world: World) -> Door:
    client = make_client(settings, process.name)
    return Door(
        client=client,
        trail=Trail(client, settings, world),
        world=world,
        keeper=CodeKeeper(settings.secret("codes.key")),
        tickets=Tickets(settings.secret(process.token_key), world),
        roles=roles_of(process.name),
        writes_desk=process is DESK,
    )


def _configure(app: Flask, settings: Settings, site: Site) -> None:
    app.config.update(
        SECRET_KEY=settings.secret(site.process.session_key),
        # The prefix lets no other host and no plain page set it; browsers know it by https alone.
        SESSION_COOKIE_NAME=f"{'__Host-' if site.is_https else ''}{site.process.cookie}",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=site.is_https,
        MAX_CONTENT_LENGTH=MOST_BYTES,
        TRUSTED_HOSTS=list(site.hosts),
        WTF_CSRF_TIME_LIMIT=int(LONGEST.total_seconds()),
    )
    macros = PackageLoader("govuk_frontend_jinja")
    app.jinja_options = {
        "undefined": ChainableUndefined,  # the GOV.UK macros ask for fields that are not given
        "loader": ChoiceLoader(
            [PackageLoader("webapp"), PrefixLoader({"govuk_frontend_jinja": macros})]
        ),
    }
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(
        asset=asset(Path(app.static_folder or "")),
        process=site.process.name,
        can_renew=lambda role: role in access_table(site.process.name)["/renew"].roles,
    )


def _register(app: Flask, people: People) -> None:
    """Set what runs around every request. After-functions run last registered first: an answer
    that is late is replaced before it gets its headers and its line in the log."""
    app.before_request(start_request)
    app.before_request(refuse_unreadable_body)
    app.after_request(log_request)
    app.after_request(set_headers)
    app.after_request(refuse_late_answer)
    # Its context processor would ask Elasticsearch who is signed in on the very page that says
    # that Elasticsearch does not answer; templates read g.reader.
    make_login_manager(people).init_app(app, add_context_processor=False)
    app.before_request(check_access)
    CSRFProtect(app)
    app.register_blueprint(health)
    app.register_blueprint(pages)
    handle_errors(app)
