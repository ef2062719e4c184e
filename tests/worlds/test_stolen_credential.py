"""The front's own password, used straight at the server: nothing of a shielded child comes back.

At the acknowledgement no document does, by any route; after the purge no term is left either, and
nothing of it stands in the build's files.
"""

import pytest

from indexer.builds import purge
from indexer.builds.init import init
from indexer.shields.purge import purge_builds
from indexer.world import REAL
from mappings.names import CHILDREN
from tests.conftest import OPERATOR
from tests.rows import nhs_number, plain_row
from tests.shields import BIRTHDAY, Office
from tests.worlds.files import files_of_builds, words_in
from tests.worlds.namespace import sweep
from tests.worlds.thief import ROUTES, Thief, Wanted

GIVEN, FAMILY = "Zephyrina", "Quillibrandt"
OTHERS = 300


@pytest.fixture
def office(theatre):
    sweep(theatre.settings, theatre.broom)
    init(theatre.settings, OPERATOR, REAL)
    return Office(theatre.settings)


@pytest.fixture
def child(office):
    """One among three hundred."""
    nhs = nhs_number(REAL)
    rows = [plain_row(f"o{n}", f"Tom{n}", "Ordinary", BIRTHDAY) for n in range(OTHERS)]
    office.load("census", *rows, plain_row("1", GIVEN, FAMILY, BIRTHDAY, nhs_number=nhs))
    office.store.refresh()
    return Wanted(office.number_of("census"), nhs, GIVEN, FAMILY)


def found_in_files(office, *words):
    """The words that stand in any file of any build."""
    files = files_of_builds(office.settings, office.client)
    assert files, "the build's files are not where they were looked for"
    return set().union(*(words_in(path, words) for path in files))


def test_front_password_shows_nothing_of_the_child_from_the_acknowledgement_on(
    office, child, theatre, monkeypatch
):
    thief = Thief(office.settings, child)
    office.client.indices.flush(index=CHILDREN)
    assert thief.shown(), "before the shield a search shows the child"
    assert thief.hinted(), "and a suggestion its name"
    # Terms that begin alike are written with their beginning once: an end always stands there.
    end = child.number[4:]
    assert found_in_files(office, FAMILY, end) == {FAMILY, end}
    office.set(child.number)
    assert thief.shown() == []
    refused = [asked for asked, (status, _) in thief.answers().items() if status in {401, 403}]
    assert len(refused) > len(ROUTES), "most routes are closed to this password"
    with monkeypatch.context() as impatient:
        impatient.setattr(purge, "ROUNDS", 1)
        assert purge_builds(office.settings, REAL, OPERATOR), "a scroll holds the files"
    theatre.broom.clear_scroll(scroll_id="_all")  # as ten minutes would
    assert purge_builds(office.settings, REAL, OPERATOR) == 0
    words = (FAMILY, FAMILY[2:-2], GIVEN, child.number, end, child.nhs)
    assert found_in_files(office, *words) == set()
    assert thief.shown() == []
    assert thief.hinted() == []
    assert office.is_hidden(child.number)
