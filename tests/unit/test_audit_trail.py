"""What the trail does when nobody takes the entry: an error, soon, and another chain."""

import socket
from datetime import date
from time import monotonic

import pytest

from indexer.audit import trail as trail_module
from indexer.audit.months import month_after
from indexer.audit.trail import Trail
from indexer.clients import make_client
from indexer.engine.secret_files import make_secrets
from indexer.errors import AuditUnavailable
from indexer.people.actor import Actor
from indexer.world import REAL
from tests.conftest import free_port_base, settings_for

PAT = Actor("pat", "practitioner", "359")


@pytest.fixture
def settings(tmp_path):
    settings = settings_for(tmp_path, free_port_base())
    make_secrets(settings.secrets)
    return settings


def test_entry_that_nobody_takes_is_an_error_and_leaves_no_line(settings):
    trail = Trail(make_client(settings, "front"), settings, REAL)
    with pytest.raises(AuditUnavailable):
        trail.write("search", PAT)
    assert not settings.witness.exists()


def test_server_that_takes_the_entry_and_never_answers_is_waited_for_no_longer_than_said(
    settings, monkeypatch
):
    monkeypatch.setattr(trail_module, "TIMEOUT_SECONDS", 0.1)
    began = monotonic()
    with socket.create_server(("127.0.0.1", settings.port_base)):
        trail = Trail(make_client(settings, "front"), settings, REAL)
        with pytest.raises(AuditUnavailable):
            trail.write("search", PAT)
    assert monotonic() - began < 30  # the client's own is twice that
    assert not settings.witness.exists()


@pytest.mark.parametrize(
    ("day", "ahead", "month"),
    [("2026-01-31", 1, "2026-02"), ("2026-12-31", 1, "2027-01"), ("2026-11-22", 3, "2027-02")],
)
def test_months_are_counted_over_the_year_and_short_ones(day, ahead, month):
    assert f"{month_after(date.fromisoformat(day), ahead):%Y-%m}" == month
