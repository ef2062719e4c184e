"""What `contactpoint user` stores and says, with people in memory."""

import pytest
from click.testing import CliRunner

from indexer.errors import ClusterUnavailable, Refused
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


@pytest.fixture
def files(tmp_path):
    """A file of three people, and where their passwords are to be written."""
    (tmp_path / "staff.csv").write_text("name,trained_on\nfirst,\nsecond,\nthird,\n")
    return tmp_path / "staff.csv", tmp_path / "passwords.csv"


def load(files):
    return run("import", files[0], "--organisation", "359", "--passwords", files[1])


def break_at(monkeypatch, name):
    """Let Elasticsearch be gone when this user is written."""
    write = documents.write

    def fail(client, place, document, over):
        if place == (USERS, name):
            raise ClusterUnavailable("writing about people: ConnectionError")
        return write(client, place, document, over)

    monkeypatch.setattr(documents, "write", fail)


def test_import_that_breaks_off_keeps_the_passwords_made_and_names_the_lines_left(
    town, files, monkeypatch
):
    break_at(monkeypatch, "second")
    said = load(files)
    assert said.exit_code == user_command.SOME_REJECTED
    name, password = files[1].read_text().strip().split(",")
    stored = town.documents.stored[USERS, name].source["password_hash"]
    assert passwords.is_password(password, stored)
    assert "Line 3: writing about people: ConnectionError. It is not known" in said.stderr
    assert "Line 4: was not reached" in said.stderr
    assert (USERS, "third") not in town.documents.stored


def test_import_never_writes_over_passwords_of_the_time_before(town, files):
    load(files)
    before = files[1].read_text()
    assert isinstance(load(files).exception, Refused)
    assert files[1].read_text() == before


def test_file_that_is_no_text_further_down_invites_nobody(town, files):
    rest = b"".join(b"user-%d,\n" % number for number in range(3_000))
    files[0].write_bytes(b"name,trained_on\n" + rest + b"\xff,\n")
    assert isinstance(load(files).exception, UnicodeDecodeError)
    assert (USERS, "user-0") not in town.documents.stored
