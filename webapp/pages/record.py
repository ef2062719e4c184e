"""One child's record: who they are and, first of all, who is in contact with them."""

from dataclasses import dataclass
from datetime import date, datetime

from flask import g, render_template

from indexer.age import age_in_years
from indexer.errors import NotFound
from indexer.people.organisations import Organisation
from webapp.pages import pages
from webapp.pages.contacts import Contacts, build_contacts
from webapp.pages.results import results_address
from webapp.pages.told import Death, Told, build_death, build_disagreements, build_told
from webapp.pages.words import authority_words
from webapp.search.answer import OpenRecord
from webapp.service import service
from webapp.tokens import Asked


@dataclass(frozen=True)
class RecordPage:
    """`team` is whom to call about this child at its authority, `helpdesk` where it has no phone;
    `is_double` says that the results had another child of this name and date of birth; `age` is
    that on `aged_on`: today, or the day of the death."""

    opened: OpenRecord
    contacts: Contacts
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
    opened = service().gate.open_record(asked.number, g.reader, asked.reason)
    g.checked_at = opened.checked_at
    return render_template("record.html", page=build_record_page(opened, asked))


def build_record_page(opened: OpenRecord, asked: Asked) -> RecordPage:
    """Return what the page shows, as of now."""
    facts, today = opened.child.facts, service().world.today()
    aged_on = facts.date_of_death or today
    return RecordPage(
        opened=opened,
        contacts=build_contacts(facts.involvements, today),
        told=build_told(opened.child),
        disagreements=build_disagreements(opened.child),
        death=build_death(opened.child),
        age=age_in_years(facts.date_of_birth, aged_on),
        aged_on=aged_on,
        team=_team(facts.authority),
        helpdesk=service().helpdesk,
        is_double=asked.is_double,
        reason=asked.reason,
        read_at=service().world.now(),
        back=results_address(asked, asked.page),
    )


def _team(authority: str) -> Organisation:
    try:
        return service().people.organisation(authority)
    except NotFound:
        return Organisation(authority, authority_words(authority), "authority")
