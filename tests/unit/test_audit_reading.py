"""What auditors may ask, and what they are told to look at first."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from indexer.audit.reading import Asked, Seen, parse_seen, reading_clause, refuse_reading
from indexer.audit.unusual import Finding, find_unusual, kinds
from indexer.errors import NotAllowed, Refused
from indexer.people.actor import ROLES, Actor
from mappings.names import AUDIT_MONTHS, AUDIT_SEALED

DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
AUDREY = Actor("audrey", "auditor", "359")
OLGA = Actor("olga", "shield-officer", "359")
ENTRY = {
    "at": NOON.isoformat(),
    "event": "search",
    "actor": "pat",
    "role": "practitioner",
    "organisation": "383",
    "children": ["100000000017", "100000000025"],
    "question": {"name": "ann kelly"},
    "chain": "0" * 16,
    "sequence": 1,
    "previous": "0" * 64,
    "hash": "1" * 64,
}


def seen(event="search", actor="pat", *, at=NOON, children=(), name=""):
    question = {"name": name} if name else {}
    return Seen(at, event, actor, "practitioner", "359", tuple(children), question=question)


def terms(clause):
    found = [one["term"] for one in clause["bool"]["filter"] if "term" in one]
    return {name: value for one in found for name, value in one.items()}


@pytest.mark.parametrize("index", [AUDIT_MONTHS, AUDIT_SEALED])
@pytest.mark.parametrize("role", ROLES)
def test_each_audit_is_read_by_its_own_roles_alone(index, role):
    may = {AUDIT_MONTHS: {"auditor"}, AUDIT_SEALED: {"shield-officer", "inspector"}}[index]
    asked = Asked(DAY, DAY, index=index)
    if role in may:
        refuse_reading(asked, Actor("x", role, "359"))
        return
    with pytest.raises(NotAllowed):
        refuse_reading(asked, Actor("x", role, "359"))


def test_everybody_may_be_asked_for_a_month_at_most_and_one_person_for_longer():
    refuse_reading(Asked(DAY - timedelta(days=30), DAY), AUDREY)
    refuse_reading(Asked(DAY - timedelta(days=300), DAY, person="pat"), AUDREY)
    with pytest.raises(Refused, match="31 days"):
        refuse_reading(Asked(DAY - timedelta(days=31), DAY), AUDREY)
    with pytest.raises(Refused, match="before"):
        refuse_reading(Asked(DAY, DAY - timedelta(days=1)), AUDREY)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (Asked(DAY, DAY), {"organisation": "359"}),
        (Asked(DAY, DAY, person="pat"), {"organisation": "359", "actor": "pat"}),
        (Asked(DAY, DAY, child="100000000017"), {"children": "100000000017"}),
        (
            Asked(DAY, DAY, child="100000000017", index=AUDIT_SEALED),
            {"organisation": "359", "children": "100000000017"},
        ),
    ],
)
def test_auditor_sees_their_own_organisation_but_of_a_child_everybody(asked, found):
    assert terms(reading_clause(asked, AUDREY)) == found


def test_last_day_is_part_of_what_is_read():
    (days, *_) = reading_clause(Asked(DAY, DAY), AUDREY)["bool"]["filter"]
    assert days["range"]["at"] == {"gte": "2026-11-20", "lt": "2026-11-21"}


def test_entry_asked_for_by_child_shows_the_number_of_no_other():
    assert parse_seen(ENTRY).children == ("100000000017", "100000000025")
    assert parse_seen(ENTRY, "100000000017").children == ("100000000017",)


@pytest.mark.parametrize(
    ("actor", "name", "is_told"),
    [
        ("niamh.kelly", "ann kelly", True),
        ("n.obrien2", "Ann O'Brien", True),
        ("kelly@wigan", "ann wigan", False),
        ("a.b", "a b", False),
        ("pat", "", False),
        ("jo.smith", "jon smithson", False),
    ],
)
def test_search_for_part_of_the_own_user_name_is_told(actor, name, is_told):
    found = find_unusual([seen(actor=actor, name=name)])
    assert (found == [Finding("own-name", DAY, actor, 1)]) == is_told


def views(people, children, at=NOON):
    return [seen("view", one, at=at, children=[child]) for one in people for child in children]


def test_child_whose_record_many_people_opened_on_one_day_is_told():
    least = kinds()["one-child"].least
    people = [f"person-{number}" for number in range(least)]
    assert find_unusual(views(people[1:] * 2, ["17"])) == []
    assert find_unusual(views(people, ["17"])) == [Finding("one-child", DAY, "17", least)]


def test_invented_children_who_are_practised_on_are_nothing_unusual():
    children = [str(number) for number in range(kinds()["many-records"].least)]
    practised = [replace(one, role="learner") for one in views(["pat"], children)]
    assert find_unusual(practised) == []


def test_person_who_opened_many_records_on_one_day_is_told():
    children = [str(number) for number in range(kinds()["many-records"].least)]
    half = len(children) // 2
    tomorrow = NOON + timedelta(days=1)
    assert find_unusual(views(["pat"], children[1:] * 2)) == []
    assert (
        find_unusual(views(["pat"], children[:half]) + views(["pat"], children[half:], tomorrow))
        == []
    )
    assert find_unusual(views(["pat"], children)) == [
        Finding("many-records", DAY, "pat", len(children))
    ]


def test_refusals_are_told_of_a_person_and_of_nobody_for_unknown_names():
    refused = ["sign-in-refused", "search-refused", "view-refused"] * 2
    found = find_unusual([seen(event, actor) for actor in ("pat", "") for event in refused])
    assert found == [Finding("refusals", DAY, "pat", len(refused))]


@pytest.mark.parametrize(
    ("at", "is_told"),
    [
        ("2026-11-20T21:59:59+00:00", False),
        ("2026-11-20T22:00:00+00:00", True),
        ("2026-11-20T05:59:59+00:00", True),
        ("2026-11-20T06:00:00+00:00", False),
        ("2026-07-20T21:00:00+00:00", True),  # summer time
        ("2026-07-20T05:00:00+00:00", False),
    ],
)
def test_night_is_that_of_england(at, is_told):
    moment = datetime.fromisoformat(at)
    assert ([one.kind for one in find_unusual([seen(at=moment)])] == ["night"]) == is_told
    assert find_unusual([seen("sign-in", at=moment)]) == []


def test_findings_come_by_kind_the_most_striking_first():
    night = NOON + timedelta(hours=11)
    calls = [seen(actor=one, at=night) for one in ("bo", "al", "bo")]
    found = find_unusual([*calls, seen(actor="al.kelly", name="kelly")])
    assert [(one.kind, one.of) for one in found] == [
        ("own-name", "al.kelly"),
        ("night", "bo"),
        ("night", "al"),
    ]
