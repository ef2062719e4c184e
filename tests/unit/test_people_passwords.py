"""Passwords: made, hashed and checked."""

import re

import pytest

from indexer.errors import Refused
from indexer.people.passwords import (
    SHORTEST,
    common_passwords,
    hash_password,
    is_password,
    make_password,
    weakness,
)

PASSWORD = "correct horse battery"


def test_made_password_is_four_groups_of_five_and_never_the_same():
    made = {make_password() for _ in range(50)}
    assert len(made) == 50
    assert all(re.fullmatch(r"[a-z2-9]{5}(-[a-z2-9]{5}){3}", one) for one in made)


def test_made_password_is_accepted():
    made = make_password()
    assert is_password(made, hash_password(made))


def test_hash_is_argon2id_and_differs_each_time():
    first, second = hash_password(PASSWORD), hash_password(PASSWORD)
    assert first.startswith("$argon2id$")
    assert first != second


@pytest.mark.parametrize("typed", ["", "correct horse batterY", f"{PASSWORD} ", "x" * 500])
def test_wrong_password_is_refused(typed):
    assert not is_password(typed, hash_password(PASSWORD))


@pytest.mark.parametrize("stored", [None, "", "not a hash"])
def test_nothing_is_right_where_there_is_no_hash(stored):
    assert not is_password(PASSWORD, stored)


@pytest.mark.parametrize("password", ["short", "x" * 129])
def test_password_too_short_or_too_long_is_refused(password):
    with pytest.raises(Refused):
        hash_password(password)


@pytest.mark.parametrize(
    "password",
    ["password1234", "Pass word, 1234!", "QWERTY-QWERTY", "liverpool12345", "111111111111"],
)
def test_password_that_many_people_use_is_not_to_be_chosen(password):
    assert "many people" in weakness(password, "amira")


@pytest.mark.parametrize("password", ["amira-amira-1", "Contactpoint-7", "contactpoint amira"])
def test_password_of_one_s_own_name_is_not_to_be_chosen(password):
    assert "less of your user name" in weakness(password, "amira")


@pytest.mark.parametrize("password", [PASSWORD + "s", "ünusual wörds here", "9f3k-2m7q-x8w1"])
def test_long_password_of_one_s_own_will_do_whatever_it_is_made_of(password):
    assert weakness(password, "amira") == ""


def test_made_password_will_do():
    assert weakness(make_password(), "amira") == ""


def test_list_of_common_passwords_has_none_that_its_length_refuses_anyhow():
    assert len(common_passwords()) > 500
    assert min(map(len, common_passwords())) >= SHORTEST
