"""What `contactpoint user` stores and says, with people in memory."""

import pytest
from click.testing import CliRunner

from indexer.people import documents, passwords
from indexer.people.actor import Actor
from indexer.people.staff import Staff
from mappings.names import USERS
from tests.people import PASSWORD, Town
from webapp.commands import user as user_command

OPERATOR = Actor("root", "operator", "")


@pytest.fixture
def town(monkeypatch):
    made = Town(monkeypatch)
    made.set_up("amira")
    staff = Staff(None, made.trail, made.world, OPERATOR)
    monkeypatch.setattr(user_command, "_staff", lambda: staff)
    return made


def run(*words):
    return CliRunner().invoke(user_command.command, [str(one) for one in words])


def test_new_role_is_never_stored_under_the_old_invitation(town, monkeypatch):
    written, write = [], documents.write

    def spy(client, place, document, over):
        written.extend([document] if place == (USERS, "amira") else [])
        return write(client, place, document, over)

    monkeypatch.setattr(documents, "write", spy)
    said = run("set", "amira", "--role", "shield-officer", "--new-password")
    assert said.exit_code == 0
    assert [one["role"] for one in written] == ["shield-officer"]
    assert written[0]["invitation"] != "first of amira"
    assert town.trail.events == ["codes-reset", "user-changed"]


def test_password_that_is_said_is_that_of_the_new_invitation(town):
    said = run("set", "amira", "--new-password").output
    password = said.split("Password: ")[1].split()[0]
    stored = town.documents.stored[USERS, "amira"].source["password_hash"]
    assert passwords.is_password(password, stored)
    assert not passwords.is_password(PASSWORD, stored)
