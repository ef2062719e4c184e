"""Sealed tokens: for one page, one user and half an hour; nothing in them can be read."""

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet

from indexer.people.enrolment import Ticket, Tickets
from indexer.world import REAL
from webapp.tokens import LASTS, Asked, LinkEnded, Tokens

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
ASKED = Asked(text="niamh kelly 9/3/2014", page=2, number="100000000017", reason="meeting")


def tokens_at(moment: datetime, key: str) -> Tokens:
    return Tokens(key, replace(REAL, now=lambda: moment))


@pytest.fixture
def key():
    return Fernet.generate_key().decode()


@pytest.fixture
def token(key):
    return tokens_at(NOON, key).seal("reason", "amira", ASKED)


def test_token_opens_for_its_user_on_its_page(key, token):
    assert tokens_at(NOON + LASTS, key).open("reason", "amira", token) == ASKED


@pytest.mark.parametrize(
    ("page", "user", "later"),
    [
        ("reason", "bo", timedelta()),
        ("record", "amira", timedelta()),
        ("reason", "amira", LASTS + timedelta(seconds=1)),
    ],
    ids=["another user", "another page", "after it ended"],
)
def test_token_is_refused(key, token, page, user, later):
    with pytest.raises(LinkEnded):
        tokens_at(NOON + later, key).open(page, user, token)


def test_token_of_another_key_is_refused(token):
    other = Fernet.generate_key().decode()
    with pytest.raises(LinkEnded):
        tokens_at(NOON, other).open("reason", "amira", token)


def test_ticket_of_setting_up_is_no_token(key):
    world = replace(REAL, now=lambda: NOON)
    ticket = Tickets(key, world).seal(Ticket("amira", "invitation", "secret"))
    with pytest.raises(LinkEnded):
        tokens_at(NOON, key).open("record", "amira", ticket)


@pytest.mark.parametrize("text", ["", "x", "é", "gAAAAA=="])
def test_text_that_is_no_token_is_refused(key, text):
    with pytest.raises(LinkEnded):
        tokens_at(NOON, key).open("reason", "amira", text)


def test_token_shows_nothing_of_what_it_holds(token):
    decoded = base64.urlsafe_b64decode(token)
    assert not any(word in decoded for word in (b"niamh", b"kelly", b"2014", b"amira"))
