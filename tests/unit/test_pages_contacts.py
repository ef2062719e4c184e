"""Who is in contact: in which order, ended ones apart, sensitive ones unnamed."""

from datetime import date

import pytest

from indexer.children.child import Involvement
from webapp.pages.contacts import MISSING, build_contacts, what_is_missing

TODAY = date(2026, 3, 9)
SCHOOL = Involvement("school", "St Mary's", start=date(2018, 9, 1))
GP = Involvement("gp", "Poolstock Surgery")
LEAD = Involvement("social_worker", "Social care", start=date(2015, 1, 1), lead=True)
POLICE = Involvement("police", "Station", start=date(2026, 1, 1))


def test_lead_professional_comes_first_then_the_newest_then_those_without_a_date():
    contacts = build_contacts([GP, SCHOOL, LEAD, POLICE], TODAY)
    assert contacts.current == (LEAD, POLICE, SCHOOL, GP)


def test_ended_contact_is_apart_the_latest_first():
    early = Involvement("health_visitor", end=date(2016, 1, 1))
    late = Involvement("school", end=date(2025, 1, 1))
    contacts = build_contacts([early, SCHOOL, late], TODAY)
    assert (contacts.current, contacts.ended) == ((SCHOOL,), (late, early))


def test_contact_that_ends_today_is_still_current():
    last_day = Involvement("school", end=TODAY)
    assert build_contacts([last_day], TODAY).current == (last_day,)


def test_sensitive_service_is_told_of_but_not_listed():
    sensitive = Involvement("other", "Clinic", sensitive=True)
    contacts = build_contacts([sensitive, GP], TODAY)
    assert contacts.has_sensitive
    assert contacts.current == (GP,)


def test_sensitive_service_that_ended_is_not_told_of():
    over = Involvement("other", sensitive=True, end=date(2025, 1, 1))
    contacts = build_contacts([over], TODAY)
    assert not contacts.has_sensitive
    assert contacts.ended == ()


def test_contact_that_a_practitioner_ended_today_is_over_at_once():
    own_word = Involvement("school", "St Mary's", end=TODAY, source="practitioners")
    assert build_contacts([own_word], TODAY).ended == (own_word,)


@pytest.mark.parametrize(
    ("age", "there", "missing"),
    [
        (0, (), ["gp", "health_visitor", "lead"]),
        (4, (GP,), ["health_visitor", "lead"]),
        (5, (), ["school", "gp", "lead"]),
        (16, (LEAD, GP), ["school"]),
        (17, (LEAD, GP), []),
    ],
)
def test_who_would_be_expected_at_that_age_and_is_not_there_is_said(age, there, missing):
    found = what_is_missing(build_contacts(there, TODAY), age)
    assert found == tuple(MISSING[one] for one in missing)


def test_school_that_is_over_is_missing_again():
    over = Involvement("school", end=date(2025, 1, 1))
    assert MISSING["school"] in what_is_missing(build_contacts([over], TODAY), 12)
