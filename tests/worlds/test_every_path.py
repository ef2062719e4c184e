"""Whatever happens to a shielded child's rows, to builds or to the register: nothing, or a 503."""

from dataclasses import replace

import pytest

from indexer.builds.bench import open_bench
from indexer.builds.builds import published_build
from indexer.builds.init import init
from indexer.builds.publication import rollback
from indexer.builds.reindex import reindex
from indexer.children.document import build_document
from indexer.children.expire import Expiry
from indexer.errors import AnswerTooLate, NotFound, RegisterUnavailable
from indexer.shields.marks import SENTINEL
from indexer.shields.shielding import ACKNOWLEDGED_AFTER_SECONDS, Shielding
from indexer.shields.subject import parse_number
from indexer.world import REAL
from mappings.names import SHIELD_MARKS
from mappings.reader import index_body
from tests.builds import leaving_one_build
from tests.conftest import OPERATOR
from tests.rows import nhs_number, plain_row
from tests.shields import BIRTHDAY, OLGA, PAT, REASON, Office, add_mark
from tests.worlds.clockwork import Clockwork
from tests.worlds.namespace import sweep
from webapp.app import create_app
from webapp.search.gate import Gate
from webapp.search.question import parse_question


@pytest.fixture(scope="module")
def office(theatre):
    sweep(theatre.settings, theatre.broom)
    init(theatre.settings, OPERATOR, REAL)
    return Office(theatre.settings)


@pytest.fixture
def family(office):
    return office.family()


def is_shown(office, family, *numbers):
    """Is anybody found by the name, or by one of the numbers, or opened?"""
    found = office.found(family)
    for number in numbers:
        question = parse_question(number, today=office.world.today())
        found += [one.child for one in office.gate.find(question, PAT).found]
        found += [number] if len(number) == 12 and office.opens(number) else []
    return bool(found)


def things_that_happen(office, source, row):
    """Each thing that may happen to a shielded child, with its name."""
    other = row | {"source_record_id": "2"}
    bench = open_bench(office.settings, office.world)
    return {
        "update": lambda: office.load(source, row | {"known_as": "Bee"}),
        "another name": lambda: office.load(source, row | {"given_names": "Zoe"}),
        "withdrawn": lambda: office.load(source, {"source_record_id": "1", "withdrawn": True}),
        "added again": lambda: office.load(source, row),
        "duplicate in the source": lambda: office.load(source, other),
        "duplicate in another": lambda: office.load(f"{source}-b", row),
        "duplicate withdrawn": lambda: office.load(
            f"{source}-b", {"source_record_id": "1", "withdrawn": True}
        ),
        "reindex": lambda: reindex(bench, OPERATOR),
        "update of two builds": lambda: office.load(source, row | {"known_as": "Jay"}),
        "rollback": lambda: rollback(bench, OPERATOR),
        "expire": lambda: Expiry(office.settings, office.world).run(OPERATOR),
        "verify": office.verify,
    }


def test_shielded_child_is_never_shown_whatever_happens(office, source, family):
    nhs = nhs_number(office.world)
    row = plain_row("1", "Ann", family, BIRTHDAY, nhs_number=nhs)
    office.load(source, row)
    number = office.number_of(source)
    assert is_shown(office, family, number, nhs)
    with leaving_one_build(office.settings):
        before = published_build(office.client)
        reindex(open_bench(office.settings, office.world), OPERATOR)
        rollback(open_bench(office.settings, office.world), OPERATOR)
        assert published_build(office.client) == before, "a build older than the shield"
        office.set(number)
        for what, happens in things_that_happen(office, source, row).items():
            happens()
            assert not is_shown(office, family, number, nhs), what
            assert office.is_hidden(number), what
    verdict = office.verify()
    assert (verdict.faults, dict(verdict.repaired)) == ([], {})


@pytest.fixture
def spoil(theatre):
    """Lets the register's marks be what they must not be; puts them back after the test."""
    broom, before = theatre.broom, {}

    def spoil_now(how):
        broom.indices.refresh(index=SHIELD_MARKS)
        hits = broom.search(index=SHIELD_MARKS, size=1_000)["hits"]["hits"]
        before.update({hit["_id"]: hit["_source"] for hit in hits})
        spoil_marks(broom, how)

    yield spoil_now
    broom.indices.delete(index=SHIELD_MARKS, ignore_unavailable=True)
    write_marks(broom, before)


def write_marks(broom, documents):
    broom.indices.create(index=SHIELD_MARKS, **index_body(SHIELD_MARKS))
    for name, document in documents.items():
        broom.index(index=SHIELD_MARKS, id=name, document=document, refresh=True)


def spoil_marks(broom, how):
    if how == "closed":
        broom.indices.close(index=SHIELD_MARKS)
        return
    sentinel = broom.get(index=SHIELD_MARKS, id=SENTINEL)["_source"]
    contents = {
        "emptied": {},
        "restored older": {SENTINEL: sentinel | {"sequence": sentinel["sequence"] - 1}},
        "of another key": {SENTINEL: sentinel | {"key_check": "0" * 32}},
    }
    broom.indices.delete(index=SHIELD_MARKS)
    if how != "gone":
        write_marks(broom, contents[how])


@pytest.mark.parametrize("how", ["emptied", "gone", "closed", "restored older", "of another key"])
def test_register_that_cannot_be_believed_is_a_503_and_nothing_visible(
    office, spoil, source, family, how
):
    """The child is in the build yet, as after a crash right behind the mark."""
    number = office.add(source, family)
    Shielding(office.settings, office.world).enter(parse_number(number), OLGA, REASON)
    assert office.found(family) == []
    app = create_app(office.settings, office.gate, office.world)
    spoil(how)
    row = plain_row("1", "Ann", family, BIRTHDAY, known_as="Bee")
    for ask in (
        lambda: office.found(family),
        lambda: office.gate.open_record(number, PAT, REASON),
        lambda: Office(office.settings).found(family),  # a process that has just started
        lambda: office.load(source, row),
    ):
        with pytest.raises(RegisterUnavailable):
            ask()
    assert app.test_client().get("/readyz").status_code == 503


@pytest.mark.parametrize("flag", [{"shielded": True}, {}], ids=["shielded", "no flag"])
def test_document_that_does_not_say_that_it_may_be_seen_is_not(office, source, family, flag):
    number = office.add(source, family)
    assert office.found(family) == [number]
    stored = office.store.read([number])[number]
    document = {k: v for k, v in build_document(stored.child).items() if k != "shielded"}
    build = published_build(office.client)
    office.client.bulk(
        operations=[{"index": {"_index": build, "_id": number}}, document | flag], refresh=True
    )
    assert office.found(family) == []
    with pytest.raises(NotFound):
        office.gate.open_record(number, PAT, REASON)


def test_answer_whose_audit_was_slow_is_asked_about_again(office, source, family, monkeypatch):
    """A shield is set while the audit is written: the answer must not leave."""
    number, clock = office.add(source, family), Clockwork()
    gate = Gate(office.settings, replace(REAL, monotonic=clock.world.monotonic))
    write = gate._trail.write

    def write_slowly(*words, **details):
        write(*words, **details)
        clock.world.sleep(2 * ACKNOWLEDGED_AFTER_SECONDS)
        add_mark(office.client, office.register.key, number)

    monkeypatch.setattr(gate._trail, "write", write_slowly)
    office.store.refresh()
    with pytest.raises(AnswerTooLate):
        gate.find(parse_question(f"ann {family}", today=REAL.today()), PAT)


def test_set_is_acknowledged_half_a_second_after_the_mark(office, source, family):
    number, clock = office.add(source, family), Clockwork()
    world = replace(REAL, monotonic=clock.world.monotonic, sleep=clock.world.sleep)
    Shielding(office.settings, world).shield(parse_number(number), OLGA, REASON)
    assert clock.slept >= ACKNOWLEDGED_AFTER_SECONDS
