"""A script is the same each time, and so is what is said to it; no server is needed to see that."""

import pytest

from indexer.engine.secret_files import make_secrets
from tests.conftest import settings_for
from tests.worlds.cast import MOST_ROWS, make_cast
from tests.worlds.clockwork import Clockwork
from tests.worlds.script import QUESTIONS, make_rounds, make_script
from tests.worlds.ways import page
from webapp.app import create_app

SEED = 3


@pytest.fixture(scope="module")
def cast():
    return make_cast(SEED)


@pytest.mark.parametrize("near", [False, True])
def test_script_of_a_seed_is_the_same_each_time(cast, near):
    first, second = (make_rounds(cast, QUESTIONS, SEED, near=near) for _ in range(2))
    assert first == second
    assert first != make_rounds(cast, QUESTIONS, SEED + 1, near=near)


def test_no_step_has_the_name_of_another(cast):
    """Chance is set by it."""
    names = [step.name for step in make_script(cast, 3 * QUESTIONS, SEED)]
    assert len(set(names)) == len(names)


def test_rounds_speak_of_no_hidden_child_unless_they_are_near(cast):
    hidden = {person.ident for person in cast.hidden} | {person.nhs for person in cast.hidden}
    steps = make_rounds(cast, 10 * QUESTIONS, SEED)
    said = [(row["source_record_id"], row.get("nhs_number")) for one in steps for row in one.rows]
    assert said
    assert hidden.isdisjoint({word for words in said for word in words})


def test_of_the_visible_the_doubles_alone_would_be_taken_for_a_hidden_child(cast):
    taken = {one for one in cast.visible if cast.suspects.has(one.row(upn=one.upn))}
    assert taken == set(cast.doubles)
    assert all(cast.suspects.has(one.row()) for one in cast.hidden)


@pytest.mark.parametrize("near", [False, True])
def test_feeds_say_nothing_by_which_a_row_would_be_held_unless_they_are_near(cast, near):
    doubles = {one.ident for one in cast.doubles}
    steps = make_rounds(cast, 10 * QUESTIONS, SEED, near=near)
    rows = [row for step in steps for row in step.rows if "given_names" in row]
    told = [row for row in rows if row["source_record_id"] not in doubles and is_valid(row)]
    assert any(map(cast.suspects.has, told)) == near


def is_valid(row):
    return "shielded" not in row and row["authority"].isdigit() and row["date_of_birth"] > "2000"


def test_every_load_is_one_batch(cast):
    rows = cast.rows((*cast.hidden, *cast.visible)).values()
    assert all(0 < len(some) < MOST_ROWS for some in rows)


def test_seals_ids_and_cookies_of_pages_are_drawn_from_the_world(tmp_path):
    settings = settings_for(tmp_path, 1)
    make_secrets(settings.secrets)
    said = []
    for step in ("one", "one", "other"):
        clock = Clockwork()
        app = create_app(settings, None, clock.world)
        clock.turn(step, 7)
        with clock.also_for_libraries():
            said.append(page(app.test_client().get("/sign-in")))
    assert "csrf_token" in said[0]
    assert "X-Request-ID" in said[0]
    assert "Set-Cookie" in said[0]
    assert said[0] == said[1] != said[2]
