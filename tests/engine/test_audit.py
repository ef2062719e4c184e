"""The audit on the real server: nothing is shown without an entry, and what is there is proved."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime

import orjson
import pytest
from click.testing import CliRunner
from elastic_transport import ConnectionTimeout

from indexer.audit.months import make_months
from indexer.audit.pages import hits
from indexer.audit.proof import EVERYTHING, Part, prove
from indexer.audit.trail import CHAIN_KEY, Trail
from indexer.audit.witness import witness_path
from indexer.children.load import Loader
from indexer.clients import make_client
from indexer.errors import AuditUnavailable, BudgetSpent, Refused
from indexer.people import budgets as budgets_module
from indexer.people.actor import Actor
from indexer.people.budgets import Budgets
from indexer.people.organisations import switch_on
from indexer.people.users import NewUser, add_user
from indexer.world import REAL
from mappings.names import AUDIT, AUDIT_MONTHS, AUDIT_SEALED, CHILDREN, audit_index
from tests.audits import Killed
from tests.conftest import OPERATOR
from tests.rows import entries, plain_row
from webapp.commands import contactpoint
from webapp.search import gate as gate_module
from webapp.search.gate import Gate
from webapp.search.question import parse_question

PAT = Actor("pat", "practitioner", "359")
BLOCKS = ["read_only_allow_delete", "write", "read_only"]  # the first is that of a full disk
FAR = 2031  # a year of this module's own: no other test writes an entry there


class Clock:
    """A world of this module's own, at a moment that tests set."""

    def __init__(self, moment):
        self.moment = moment
        self.world = replace(REAL, now=lambda: self.moment)


@pytest.fixture
def month(ready, world):
    """A month of this test's own, with its index and the three after it."""
    day = date(FAR + world.below(900), 1 + world.below(12), 15)
    make_months(make_client(ready, "operator"), day)
    return day


@pytest.fixture
def clock(month):
    return Clock(datetime(month.year, month.month, month.day, 12, tzinfo=UTC))


@pytest.fixture
def family(ready, world, source):
    """A family name of one child alone, loaded."""
    name = "".join("bdfgklmnprstvz"[world.below(14)] + "aeiou"[world.below(5)] for _ in range(5))
    Loader(ready, world).load(entries(plain_row("1", "Ann", name, "2014-03-09")), source, OPERATOR)
    make_client(ready, "worker").indices.refresh(index=CHILDREN)
    return name


@pytest.fixture
def gate(ready, clock):
    return Gate(ready, clock.world)


def show(gate, family):
    """Search and open, as a person does; return how many answers were shown."""
    question = parse_question(f"ann {family}", today=REAL.today())
    found = gate.find(question, PAT).found
    gate.open_record(found[0].child, PAT, "test")
    return 2


def events(settings, index):
    return [
        hit["_source"]["event"] for hit in hits(make_client(settings, "desk"), index, EVERYTHING)
    ]


def proved(settings, index):
    part = Part(index, (witness_path(settings, AUDIT),))
    # The witness has the lines of other months too: what is proved are the chains of this one.
    verdict = prove(make_client(settings, "desk"), settings.secret(CHAIN_KEY), part)
    chains = {head.chain for head in verdict.heads}
    return replace(verdict, faults=tuple(one for one in verdict.faults if one.chain in chains))


def block(settings, index, kind, *, on):
    make_client(settings, "operator").indices.put_settings(
        index=index, settings={f"index.blocks.{kind}": on or None}
    )


def after_answer(gate, raised):
    """Let the trail's entries be stored, and then end otherwise than in an answer."""
    transport = gate._trail._client.transport
    send = transport.perform_request

    def perform_request(method, target, **named):
        answer = send(method, target, **named)
        if target.startswith(f"/{AUDIT}-"):
            raise raised
        return answer

    transport.perform_request = perform_request
    return lambda: setattr(transport, "perform_request", send)


def test_nothing_is_shown_without_an_entry_whatever_ails_the_audit(
    ready, gate, family, month, clock
):
    index = audit_index(month)
    shown = show(gate, family)
    for kind in BLOCKS:
        block(ready, index, kind, on=True)
        with pytest.raises(AuditUnavailable):
            show(gate, family)
        block(ready, index, kind, on=False)
        shown += show(gate, family)
    for raised, caught in ((ConnectionTimeout("slow"), AuditUnavailable), (Killed(), Killed)):
        heal = after_answer(gate, raised)
        with pytest.raises(caught):
            show(gate, family)
        heal()
    shown += show(gate, family)
    clock.moment = clock.moment.replace(year=month.year + 2)  # no index is there yet
    with pytest.raises(AuditUnavailable):
        show(gate, family)
    told = [one for one in events(ready, index) if one in {"search", "view"}]
    assert len(told) == shown + 2  # those whose answer was lost are there, and were not shown
    verdict = proved(ready, index)
    assert (verdict.faults, verdict.unseen) == ((), ())
    assert len(verdict.crashed) == 2


def test_month_that_changes_between_two_searches_goes_on_in_the_next_index(
    ready, gate, family, month, clock
):
    show(gate, family)
    year, next_month = month.year + month.month // 12, month.month % 12 + 1
    clock.moment = datetime(year, next_month, 1, tzinfo=UTC)
    show(gate, family)
    assert events(ready, audit_index(clock.moment)) == ["search", "view"]
    both = f"{audit_index(month)},{audit_index(clock.moment)}"
    verdict = proved(ready, both)
    assert (verdict.faults, [one.sequence for one in verdict.heads]) == ((), [5])


def test_months_are_made_once_and_again_without_harm(ready, month):
    assert make_months(make_client(ready, "operator"), month) == []


def test_forged_entry_and_witnessed_one_that_is_gone_are_named(
    spare_engine, clock, month, tmp_path
):
    """On the spare engine: what was forged cannot be taken away again."""
    make_months(make_client(spare_engine, "operator"), month)
    trail = Trail(make_client(spare_engine, "front"), spare_engine, clock.world)
    trail.write("view", PAT, children=["100000000017"])
    index = audit_index(month)
    front_client, desk_client = (make_client(spare_engine, one) for one in ("front", "desk"))
    (begun, _) = hits(desk_client, index, EVERYTHING)
    chain = begun["_source"]["chain"]
    forged = [{"create": {"_id": f"{chain}-00000003-{'0' * 16}"}}, begun["_source"]]
    assert not front_client.bulk(index=index, operations=forged)["errors"]
    witness = tmp_path / "witness"
    witness.write_text(f"{chain} 5 {'1' * 64}\n")
    part = Part(index, (witness,))
    faults = prove(desk_client, spare_engine.secret(CHAIN_KEY), part).faults
    assert [(one.first, one.last, one.kind) for one in faults] == [
        (3, 3, "changed"),
        (4, 5, "missing"),
    ]


@pytest.fixture
def people(ready, world, monkeypatch):
    """An auditor and a shield officer of one authority, and an auditor of another."""
    monkeypatch.setenv("CONTACTPOINT_HOME", str(ready.home))
    monkeypatch.setenv("CONTACTPOINT_PORT_BASE", str(ready.port_base))
    desk_client = make_client(ready, "desk")
    trail = Trail(desk_client, ready, REAL)
    made = {}
    for role, organisation in (("auditor", "359"), ("shield-officer", "359"), ("auditor", "383")):
        name = f"{role}-{organisation}-{world.below(10**9)}"
        switch_on(desk_client, organisation, OPERATOR, trail)
        trained_on = None if role == "auditor" else world.today()
        new = NewUser(name, role, organisation, "correct horse battery", trained_on)
        add_user(desk_client, new, OPERATOR, trail, REAL)
        made[role, organisation] = name
    return made


def run(*words):
    return CliRunner().invoke(contactpoint, ["audit", *words])


def said(*words):
    answer = run("show", "--json", *words)
    assert answer.exit_code == 0
    return [orjson.loads(line) for line in answer.output.splitlines()]


def test_auditor_reads_their_own_people_and_of_a_child_everybody_on_the_record(
    ready, world, family, people
):
    reader = Actor(f"pat-{world.below(10**9)}", "practitioner", "359")
    gate = Gate(ready)
    question = parse_question(f"ann {family}", today=world.today())
    child = gate.find(question, reader).found[0].child
    gate.open_record(child, reader, "school asked me to")
    own, other = people["auditor", "359"], people["auditor", "383"]
    seen = said("--person", reader.name, "--as", own)
    assert [(one["event"], one["children"]) for one in seen] == [
        ("search", [child]),
        ("view", [child]),
    ]
    assert seen[1]["reason"] == "school asked me to"
    assert said("--person", reader.name, "--as", other) == []
    of_child = said("--child", child, "--as", other)
    assert [one["event"] for one in of_child] == ["search", "view", "audit-read"]
    assert [one["subject"] for one in said("--person", own, "--as", own)][0] == reader.name
    refused = run("show", "--as", people["shield-officer", "359"])
    assert "does not read this audit" in str(refused.exception)


def test_sealed_audit_is_read_by_shield_officers_and_is_no_part_of_the_other(ready, world, people):
    officer = people["shield-officer", "359"]
    sealed = Trail(make_client(ready, "worker"), ready, REAL, AUDIT_SEALED)
    shield = f"s-{world.below(10**9)}"
    before = {head.chain: head.sequence for head in proved(ready, AUDIT_MONTHS).heads}
    sealed.write("shield-set", Actor("olga", "shield-officer", "359"), subject=shield)
    assert shield in [one["subject"] for one in said("--sealed", "--as", officer)]
    after = {head.chain: head.sequence for head in proved(ready, AUDIT_MONTHS).heads}
    assert after == before


def test_audit_of_all_that_other_tests_did_is_whole_by_the_command_and_its_anchor(
    shield_engine, tmp_path, monkeypatch
):
    monkeypatch.setenv("CONTACTPOINT_HOME", str(shield_engine.home))
    monkeypatch.setenv("CONTACTPOINT_PORT_BASE", str(shield_engine.port_base))
    worker_client, anchor = make_client(shield_engine, "worker"), tmp_path / "anchor"
    for index in ("", AUDIT_SEALED):
        Trail(worker_client, shield_engine, REAL, index).write("load", OPERATOR)
    for kind in ([], ["--sealed"]):
        assert run("anchor", "--out", str(anchor), *kind).exit_code == 0
        verified = run("verify", "--anchor", str(anchor), *kind)
        assert verified.exit_code == 0
        assert "none is missing" in verified.output
    with anchor.open("a") as stream:
        stream.write(f"{'f' * 16} 3 {'1' * 64}\n")
    broken = run("verify", "--sealed", "--anchor", str(anchor))
    assert f"chain {'f' * 16}, entry 1 to 3, each: is missing" in broken.output
    assert isinstance(broken.exception, Refused)


@pytest.fixture
def few(monkeypatch):
    """Five searches and one record an hour."""
    table = {"practitioner": {"searches": 5, "records": 1}}
    monkeypatch.setattr(budgets_module, "budgets", lambda: table)
    monkeypatch.setattr(gate_module, "budgets", lambda: table)


@pytest.mark.usefixtures("few")
def test_budget_is_kept_by_two_processes_at_once_and_its_end_is_in_the_audit(ready, world, family):
    reader = Actor(f"pat-{world.below(10**9)}", "practitioner", "359")
    gates = [Gate(ready, REAL, "front", Budgets(ready, REAL, "front")) for _ in range(2)]

    def search(number):
        year = {"date_of_birth": str(2009 + number)}
        question = parse_question(f"ann {family}", year, today=world.today())
        with suppress(BudgetSpent):
            return gates[number % 2].find(question, reader)

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(search, range(10)))
    shown = [number for number, answer in enumerate(answers) if answer]
    assert len(shown) == 5
    assert all(search(number) for number in shown)  # again: a page that is reloaded
    child = answers[shown[0]].found[0].child
    for _ in range(2):
        gates[0].open_record(child, reader, "test")
    with pytest.raises(BudgetSpent, match="1 records"):
        gates[1].open_record("100000000017", reader, "test")
    refusals = [one["said"] for one in of_person(ready, reader) if "-refused" in one["event"]]
    assert sorted(refusals) == ["1 records this hour"] + ["5 searches this hour"] * 5


def of_person(settings, reader):
    clause = {"term": {"actor": reader.name}}
    found = hits(make_client(settings, "desk"), AUDIT_MONTHS, clause)
    return [hit["_source"] for hit in found]
