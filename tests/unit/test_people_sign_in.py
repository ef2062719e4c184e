"""Who gets in with what, how long guesses are held, and when sessions end: with time at hand."""

from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import pytest

from indexer.errors import Busy, NotAllowed, NotSignedIn, Refused
from indexer.people import passwords, sign_in
from indexer.people.actor import Actor
from indexer.people.codes import code_at, current_step
from indexer.people.enrolment import Ticket
from indexer.people.failures import BY_NAME, BY_PLACE, Place, count_failure
from indexer.people.imports import Joining, invite_all
from indexer.people.sessions import end_session, find_stay, open_session
from indexer.people.sign_in import (
    REFUSAL,
    Admitted,
    Typed,
    check_sign_in,
    finish_enrolment,
)
from indexer.people.staff import Staff
from mappings.names import DESK_ENROLMENTS, ENROLMENTS, SESSIONS, USERS
from tests.people import PASSWORD, SECRET, Town

HOME, OFFICE = Place("192.0.2.1"), Place("198.51.100.7")
OWN = "three words of one's own"
MANAGER = Actor("mona", "data-manager", "359")


@pytest.fixture
def town(monkeypatch):
    made = Town(monkeypatch)
    made.set_up("amira")
    return made


def enter(town, name="amira", password=PASSWORD, code=None, **where):
    typed = Typed(name, password, town.clock.code() if code is None else code)
    place, door = where.get("place", HOME), where.get("door") or town.door()
    return check_sign_in(door, typed, place)


def is_refused(town, *args, **named):
    """Say if a sign-in is refused; in other words than the one answer is a fault."""
    try:
        enter(town, *args, **named)
    except NotSignedIn as error:
        return str(error) == REFUSAL
    return False


def test_right_password_and_code_admit(town):
    assert isinstance(enter(town), Admitted)
    assert town.trail.events == ["sign-in"]


@pytest.mark.parametrize(
    ("name", "password", "code"),
    [
        ("amira", "wrong", None),
        ("amira", PASSWORD, "000000"),
        ("amira", PASSWORD, ""),
        ("nobody", PASSWORD, None),
        ("gone", PASSWORD, None),
        ("waiting", PASSWORD, None),
        ("é\x00", "x", None),
    ],
    ids=["password", "code", "no code", "unknown", "deactivated", "invitation over", "odd letters"],
)
def test_every_failure_says_and_writes_the_same(town, name, password, code):
    town.set_up("gone", active=False)
    town.add("waiting")
    if name == "waiting":
        town.clock.pass_by(days=15)
    before = town.documents.writes
    assert is_refused(town, name, password, code)
    assert town.documents.writes - before == 2  # by name and place, and by place
    assert town.trail.events == ["sign-in-refused"]


def test_code_works_once(town):
    code = town.clock.code()
    assert enter(town, code=code)
    assert is_refused(town, code=code)
    assert is_refused(town, code=town.clock.code(-1)), "older than one that was used"
    town.clock.pass_by(seconds=30)
    assert enter(town)


def test_code_used_at_one_door_is_used_at_the_other(town):
    town.set_up("mona", "data-manager")
    desk = town.door(("data-manager", "auditor"), desk=True)
    assert enter(town, "mona", door=desk)
    assert is_refused(town, "mona")


def test_step_of_a_code_is_stored_before_anyone_is_admitted(town, monkeypatch):
    monkeypatch.setattr(sign_in, "forget_failures", fail)
    with pytest.raises(ZeroDivisionError):
        enter(town)
    assert len(town.documents.sessions("step-")) == 1


def fail(*_args):
    raise ZeroDivisionError


def test_two_who_send_the_same_code_at_one_moment_are_not_both_admitted(town, monkeypatch):
    read = town.documents.read_all
    seen = {}

    def read_stale(client, places):
        """What both read before either wrote."""
        key = tuple(places)
        if len(places) == 1 and places[0][1].startswith("step-"):
            return seen.setdefault(key, read(client, places))
        return read(client, places)

    monkeypatch.setattr("indexer.people.documents.read_all", read_stale)
    assert enter(town)
    assert is_refused(town)


@pytest.mark.parametrize(
    ("role", "organisation", "trained", "words"),
    [
        ("practitioner", "201", 0, "not switched on"),
        ("practitioner", "359", 367, "has lapsed"),
        ("practitioner", "359", None, "No ContactPoint training"),
        ("auditor", "359", None, "Your role does not sign in here"),
    ],
)
def test_right_code_of_one_who_may_not_enter_is_told_why(town, role, organisation, trained, words):
    day = None if trained is None else town.world.today() - timedelta(days=trained)
    town.set_up("someone", role, organisation, trained_on=day)
    with pytest.raises(NotAllowed, match=words):
        enter(town, "someone")
    assert town.trail.entries[-1][:2] == ("sign-in-refused", "someone")


def test_training_counts_for_a_year_to_the_day(town):
    day = town.world.today() - timedelta(days=366)
    town.set_up("someone", trained_on=day)
    assert enter(town, "someone")


# Holding those who guess.


def test_hundred_guesses_at_one_account_come_to_few_that_count(town):
    tried = 0
    for guess in range(100):
        before = town.documents.writes
        assert is_refused(town, code=f"{guess:06}")
        tried += town.documents.writes > before
        town.clock.pass_by(seconds=10)
    assert tried <= 10
    assert enter(town, place=OFFICE), "the person gets in meanwhile, from elsewhere"


def test_pause_doubles_from_half_a_minute_to_a_quarter_of_an_hour():
    holds = [BY_NAME.hold_after(count).total_seconds() for count in (4, 5, 6, 7, 9, 10, 99_999)]
    assert holds == [0, 30, 60, 120, 480, 900, 900]


def test_right_password_is_held_too_and_not_for_long(town):
    for _ in range(5):
        assert is_refused(town, password="wrong")
    assert is_refused(town)
    town.clock.pass_by(seconds=30)
    assert enter(town)


def test_tries_during_a_pause_do_not_make_it_longer(town):
    for _ in range(5):
        assert is_refused(town, password="wrong")
    for _ in range(29):
        town.clock.pass_by(seconds=1)
        assert is_refused(town, password="wrong")
    town.clock.pass_by(seconds=1)
    assert enter(town)


def test_who_is_held_takes_no_turn_from_others(town, monkeypatch):
    monkeypatch.setattr(passwords, "WAIT_SECONDS", 0.01)
    for _ in range(5):
        assert is_refused(town, password="wrong")
    with passwords.turn(), passwords.turn():
        assert is_refused(town)


def test_guess_that_waited_while_a_hold_began_is_refused_unseen(town, monkeypatch):
    @contextmanager
    def turn_after_others():
        for _ in range(BY_NAME.free):
            count_failure(None, "amira", HOME, town.world)
        yield

    monkeypatch.setattr(sign_in, "turn", turn_after_others)
    assert is_refused(town)
    assert town.documents.sessions("step-") == [], "the right code was not looked at"


@pytest.mark.parametrize("name", ["amira", "nobody"])
def test_try_that_begins_a_hold_is_audited_and_those_during_it_are_not(town, name):
    for _ in range(20):
        assert is_refused(town, name, "wrong")
    said = [details.get("said", "") for _, _, details in town.trail.entries]
    assert said == ["", "", "", "", "held"]


def test_guesses_elsewhere_hold_nobody_up(town):
    for _ in range(50):
        assert is_refused(town, password="wrong", place=OFFICE)
    assert enter(town, place=HOME)


def test_guesses_at_the_same_place_do_not_hold_up_a_browser_that_is_known(town):
    for number in range(40):
        assert is_refused(town, f"user-{number}", "wrong", place=OFFICE)
    assert is_refused(town, place=OFFICE)
    assert enter(town, place=Place("browser 1", is_known=True))


def test_known_browser_is_held_for_its_own_guesses(town):
    stolen = Place("browser 1", is_known=True)
    for _ in range(5):
        assert is_refused(town, password="wrong", place=stolen)
    assert is_refused(town, place=stolen)


def test_ten_thousand_guesses_over_many_accounts_come_to_few_that_count(town):
    tried = 0
    for guess in range(10_000):
        before = town.documents.writes
        assert is_refused(town, f"user-{guess}", "wrong")
        tried += town.documents.writes > before
        town.clock.pass_by(seconds=0.36)  # an hour in all
    assert tried <= 4 * BY_PLACE.free
    assert len(town.documents.sessions("failures-")) <= tried + 1
    assert enter(town, place=OFFICE)


def test_right_sign_in_forgets_the_wrong_ones_before_it(town):
    for _ in range(3):
        for _ in range(4):
            assert is_refused(town, password="wrong", place=HOME)
        assert enter(town)
        town.clock.pass_by(minutes=20)


def test_wrong_ones_of_long_ago_do_not_count(town):
    for _ in range(4):
        assert is_refused(town, password="wrong")
    town.clock.pass_by(hours=24)
    assert is_refused(town, password="wrong")
    assert enter(town)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("2001:db8::1", "2001:db8:0:0:ffff::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("", "?", True),
    ],
)
def test_all_ipv6_addresses_of_a_home_are_one_place(one, other, is_same):
    assert (Place.of_address(one) == Place.of_address(other)) is is_same


def test_third_who_would_check_a_password_waits_and_is_told_to_come_back(monkeypatch):
    monkeypatch.setattr(passwords, "WAIT_SECONDS", 0.01)
    with passwords.turn(), passwords.turn(), pytest.raises(Busy) as busy, passwords.turn():
        pass
    assert busy.value.retry_after_seconds > 0


def test_invitation_waits_for_its_turn_too_and_nobody_is_added_without(town, monkeypatch):
    monkeypatch.setattr(passwords, "WAIT_SECONDS", 0.01)
    staff = Staff(None, town.trail, town.world, MANAGER)
    file = ["name", "first", "second"]
    with passwords.turn(), passwords.turn():
        done = list(invite_all(staff, file, Joining("359")))
    assert [one.line for one in done if one.error] == [2, 3]
    assert "too many people are signing in" in done[0].error
    assert town.trail.events == []
    assert all(one.password for one in invite_all(staff, file, Joining("359")))


@pytest.mark.parametrize("name", ["amira", "nobody", "gone", "waiting"])
def test_every_failure_does_the_same_work(town, monkeypatch, name):
    """One password checked against a hash, though there be none, and one secret's codes."""
    town.set_up("gone", active=False)
    town.add("waiting")
    done = []
    for module, work in ((passwords, "_verifies"), (sign_in, "matching_step")):
        real = getattr(module, work)
        spy = partial(lambda real, work, *args: done.append(work) or real(*args), real, work)
        monkeypatch.setattr(module, work, spy)
    assert is_refused(town, name, "wrong")
    assert sorted(done) == ["_verifies", "matching_step"]


# Setting up.


def start(town, name="newcomer", **more):
    town.add(name, **more)
    ticket = enter(town, name, code="", door=town.door(desk=True))
    assert isinstance(ticket, Ticket)
    return ticket


def set_up(town, ticket, password=OWN, code=None):
    now = code_of(town, ticket) if code is None else code
    return finish_enrolment(town.door(desk=True), ticket, password, now)


def code_of(town, ticket):
    return code_at(ticket.secret, current_step(town.world.now()))


def test_invitation_leads_to_setting_up_and_then_one_s_own_password_counts(town):
    ticket = start(town)
    assert isinstance(set_up(town, ticket), Admitted)
    assert town.trail.events[-2:] == ["codes-set-up", "sign-in"]
    assert is_refused(town, "newcomer", OWN, code_of(town, ticket)), (
        "the code of setting up is used"
    )
    assert is_refused(town, "newcomer", PASSWORD, ""), "the invitation works once"
    stored = town.documents.stored[ENROLMENTS, "newcomer"].source
    assert ticket.secret not in str(stored)
    town.clock.pass_by(seconds=30)
    assert isinstance(enter(town, "newcomer", OWN, code_of(town, ticket)), Admitted)


@pytest.mark.parametrize(
    ("password", "code", "words"),
    [
        (OWN, "000000", "code is not right"),
        ("short", None, "12 to 128"),
        ("x" * 129, None, "12 to 128"),
        ("Password 1234", None, "many people"),
        ("abababababab", None, "many people"),
        ("newcomer-contactpoint", None, "less of your user name"),
    ],
)
def test_setting_up_is_refused_with_what_to_do(town, password, code, words):
    ticket = start(town)
    with pytest.raises(Refused, match=words):
        set_up(town, ticket, password, code)
    assert (ENROLMENTS, "newcomer") not in town.documents.stored


def test_two_cannot_set_up_with_one_invitation(town):
    first, second = start(town), enter(town, "newcomer", code="")
    set_up(town, first)
    with pytest.raises(NotSignedIn):
        set_up(town, second)


def test_ticket_is_over_after_half_an_hour_and_opens_no_other_door(town):
    door = town.door()
    sealed = door.tickets.seal(start(town))
    assert door.tickets.open(sealed).user == "newcomer"
    town.clock.pass_by(minutes=31)
    for one in (sealed, "", "x"):
        with pytest.raises(NotSignedIn):
            door.tickets.open(one)


def test_who_works_at_the_desk_sets_up_there_and_the_front_writes_nothing(town):
    town.add("mona", "data-manager")
    with pytest.raises(NotAllowed, match="at the desk once"):
        enter(town, "mona", code="", door=town.door(desk=False))
    ticket = enter(town, "mona", code="", door=town.door(desk=True))
    set_up(town, ticket)
    assert (DESK_ENROLMENTS, "mona") in town.documents.stored
    assert (ENROLMENTS, "mona") not in town.documents.stored


def test_codes_that_the_front_wrote_for_an_officer_count_for_nothing(town):
    """What one who broke into the front could do: write into the index that it may write."""
    user = town.add("olga", "shield-officer")
    forged = town.documents.stored[ENROLMENTS, "amira"].source | {
        "user": "olga",
        "invitation": user.invitation,
        "code_secret": town.keeper.seal("olga", SECRET),
    }
    town.documents.write(None, (ENROLMENTS, "olga"), forged, None)
    result = enter(town, "olga", code="", door=town.door(desk=True))
    assert isinstance(result, Ticket), "still only invited"


# Sessions.


def stay(town, token, process="front"):
    return find_stay(None, process, token, "amira", town.world)


@pytest.fixture
def token(town):
    return open_session(None, "front", "amira", enter(town).mark, town.world)


def test_session_of_one_process_is_none_of_the_other(town, token):
    assert stay(town, token).user.name == "amira"
    assert stay(town, token, "desk") is None


def test_index_holds_no_token(town, token):
    assert token not in str(town.documents.stored.keys())


def test_session_ends_after_a_quarter_of_an_hour_without_use(town, token):
    town.clock.pass_by(minutes=14)
    assert stay(town, token) is not None
    town.clock.pass_by(minutes=14)
    assert stay(town, token) is not None, "used in between"
    town.clock.pass_by(minutes=15)
    assert stay(town, token) is None


def test_session_ends_after_eight_hours_in_use(town, token):
    for _ in range(47):
        town.clock.pass_by(minutes=10)
        found = stay(town, token)
        assert found is not None
    assert found.ends_at == found.latest, "the page says when it must end"
    town.clock.pass_by(minutes=10)
    assert stay(town, token) is None


def test_page_is_told_when_the_session_ends(town, token):
    town.clock.pass_by(seconds=59)
    assert stay(town, token).ends_at == town.world.now() + timedelta(minutes=14, seconds=1)
    town.clock.pass_by(seconds=1)
    assert stay(town, token).ends_at == town.world.now() + timedelta(minutes=15)


def test_signing_out_ends_the_session(town, token):
    end_session(None, "front", token)
    assert stay(town, token) is None


@pytest.mark.parametrize(
    "act",
    [
        lambda staff: staff.set_active("amira", is_active=False),
        lambda staff: staff.invite_again("amira", "I have them in front of me"),
    ],
    ids=["deactivated", "invited again"],
)
def test_what_a_data_manager_does_ends_a_session_at_once(town, token, act):
    act(Staff(None, town.trail, town.world, MANAGER))
    assert stay(town, token) is None


def test_one_who_is_let_in_again_signs_in_anew(town, token):
    staff = Staff(None, town.trail, town.world, MANAGER)
    staff.set_active("amira", is_active=True)
    assert stay(town, token) is not None, "was never shut out"
    staff.set_active("amira", is_active=False)
    staff.set_active("amira", is_active=True)
    assert stay(town, token) is None
    town.clock.pass_by(seconds=30)
    assert isinstance(enter(town), Admitted)


def test_new_password_ends_the_sessions_before_it(town, token):
    place = (ENROLMENTS, "amira")
    stored = town.documents.stored[place]
    town.documents.write(None, place, stored.source | {"mark": "another"}, stored)
    assert stay(town, token) is None


def test_session_of_one_who_is_gone_is_over(town, token):
    town.documents.delete(None, USERS, "amira")
    assert stay(town, token) is None
    assert any(index == SESSIONS for index, _ in town.documents.stored)
