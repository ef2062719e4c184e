"""A register that cannot be believed shows nobody anything, until it is put right."""

from contextlib import contextmanager
from dataclasses import replace
from shutil import copytree

import pytest

from indexer.clients import make_client
from indexer.errors import Unavailable
from indexer.shields.journal_copy import copy_journal
from indexer.shields.marks import SENTINEL, all_marks, mark_id, remove_mark
from indexer.shields.register import Register
from mappings.names import SHIELD_MARKS
from tests.shields import PAT, Office
from webapp.search.gate import Gate
from webapp.search.question import parse_question


@pytest.fixture(scope="module")
def office(shield_engine):
    return Office(shield_engine)


@contextmanager
def closed(office, _child, _folder):
    """No credential of ours may close an index; to a reader a block is the same."""
    operator_client = make_client(office.settings, "operator")

    def block(is_on):
        settings = {"index.blocks.read": is_on}
        operator_client.indices.put_settings(index=SHIELD_MARKS, settings=settings)

    block(True)
    try:
        yield office.settings
    finally:
        block(None)


@contextmanager
def emptied(office, _child, _folder):
    for name in (*all_marks(office.client), SENTINEL):
        office.client.options(ignore_status=404).delete(index=SHIELD_MARKS, id=name)
    yield office.settings


@contextmanager
def restored_from_before_the_shield(office, child, _folder):
    key = office.register.key
    remove_mark(office.client, key, child)
    document = {"sequence": 1, "key_check": mark_id(key.encode(), SENTINEL)}
    office.client.index(index=SHIELD_MARKS, id=SENTINEL, document=document)
    yield office.settings


@contextmanager
def asked_with_another_key(office, _child, folder):
    secrets = copytree(office.settings.secrets, folder / "secrets")
    (secrets / "register.key").write_text("k" * 44)
    yield replace(office.settings, secrets=secrets)


HARMS = [closed, emptied, restored_from_before_the_shield, asked_with_another_key]


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
def test_register_that_cannot_be_believed_shows_nobody(office, source, tmp_path, harm):
    family = office.family()
    child = office.add(source, family)
    office.set(child)
    question = parse_question(f"ann {family}", today=office.world.today())
    with harm(office, child, tmp_path) as settings:
        for gate in (office.gate, Gate(settings, office.world)):
            if gate is office.gate and settings is not office.settings:
                continue
            with pytest.raises(Unavailable):
                gate.is_ready()
            with pytest.raises(Unavailable):
                gate.find(question, PAT)
            with pytest.raises(Unavailable):
                gate.open_record(child, PAT, "test")
    assert office.verify().faults == []
    assert office.found(family) == []
    assert office.is_hidden(child)


def test_register_and_journal_come_back_from_a_copy_of_the_journal(office, source, tmp_path):
    family = office.family()
    child = office.add(source, family)
    office.set(child)
    journal, copy = office.register.journal, tmp_path / "copy.jsonl"
    copy_journal(journal, copy)
    journal.path.unlink()
    copy.rename(journal.path)
    with emptied(office, child, tmp_path):
        assert office.verify().repaired["marks written"] > 0
    assert Register.for_worker(office.settings, office.world).journal.read()
    assert office.found(family) == []
    assert office.set(child).is_new is False
