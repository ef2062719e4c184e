"""One child's record: who they are and, first of all, who is in contact with them."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from flask import g, render_template, url_for

from indexer.age import age_in_years
from indexer.children.child import Child
from indexer.children.wishes import own_row
from indexer.errors import NotFound
from indexer.people.organisations import Organisation
from webapp.access import access_table
from webapp.pages import pages
from webapp.pages.contacts import Contacts, build_contacts, last_told, what_is_missing
from webapp.pages.no_longer import no_longer_address
from webapp.pages.results import results_address
from webapp.pages.told import Death, Told, build_death, build_disagreements, build_told
from webapp.pages.words import authority_words
from webapp.pages.working import working_address
from webapp.search.answer import OpenRecord, Sibling
from webapp.service import service
from webapp.tokens import Asked


@dataclass(frozen=True)
class Relative:
    """A possible brother, sister or twin, and the address of the page that asks for the reason."""

    sibling: Sibling
    address: str


@dataclass(frozen=True)
class Own:
    """Where the reader says that they work with the child, or no longer do; `is_said` that they
    have said the first, and not the second since."""

    working: str
    no_longer: str
    is_said: bool


@dataclass(frozen=True)
class RecordPage:
    """`missing` are sentences on whom one would expect to find; `last_told` says when each source
    last said something new; `own` is None for a role that works with no child.

    `team` is whom to call about this child at its authority, `helpdesk` where it has no phone;
    `is_double` says that the results had another child of this name and date of birth; `age` is
    that on `aged_on`: today, or the day of the death."""

    opened: OpenRecord
    contacts: Contacts
    missing: tuple[str, ...]
    last_told: dict[str, str]
    siblings: tuple[Relative, ...]
    own: Own | None
    told: tuple[Told, ...]
    disagreements: tuple[str, ...]
    death: Death | None
    age: int
    aged_on: date
    team: Organisation
    helpdesk: str
    is_double: bool
    reason: str
    read_at: datetime
    back: str


@pages.get("/record/<token>")
def record(token: str) -> str:
    asked = service().tokens.open("record", g.reader.name, token)
    opened = service().gate_for(g.reader).open_record(asked.number, g.reader, asked.reason)
    g.checked_at = opened.checked_at
    return render_template("record.html", page=build_record_page(opened, asked))


def build_record_page(opened: OpenRecord, asked: Asked) -> RecordPage:
    """Return what the page shows, as of now."""
    facts, today = opened.child.facts, service().world.today()
    aged_on = facts.date_of_death or today
    contacts = build_contacts(facts.involvements, today)
    age = age_in_years(facts.date_of_birth, aged_on)
    return RecordPage(
        opened=opened,
        contacts=contacts,
        missing=() if facts.date_of_death else what_is_missing(contacts, age),
        last_told=last_told(opened.child),
        siblings=tuple(_relative(one, asked) for one in opened.siblings),
        own=_own(opened.child, asked),
        told=build_told(opened.child),
        disagreements=build_disagreements(opened.child),
        death=build_death(opened.child),
        age=age,
        aged_on=aged_on,
        team=_team(facts.authority),
        helpdesk=service().helpdesk,
        is_double=asked.is_double,
        reason=asked.reason,
        read_at=service().world.now(),
        back=results_address(asked, asked.page),
    )


def _relative(sibling: Sibling, asked: Asked) -> Relative:
    carried = replace(asked, number=sibling.child, reason="", is_double=False, form="")
    sealed = service().tokens.seal("reason", g.reader.name, carried)
    return Relative(sibling, url_for("pages.reason", token=sealed))


def _own(child: Child, asked: Asked) -> Own | None:
    """A sensitive service of one's own is not told apart here, so both ways are always open."""
    access = access_table(service().process.name)["/working/<token>"]
    if g.reader.role not in access.roles:
        return None
    row = own_row(child, g.reader.name)
    said = row.facts.involvements if row else ()
    works = any(one.end is None and not one.sensitive for one in said)
    return Own(working_address(asked), no_longer_address(asked), works)


def _team(authority: str) -> Organisation:
    try:
        return service().people.organisation(authority)
    except NotFound:
        return Organisation(authority, authority_words(authority), "authority")
