"""Codes that change with time, and the secrets behind them."""

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from cryptography.fernet import Fernet

from indexer.errors import Unavailable
from indexer.people.codes import (
    CodeKeeper,
    code_at,
    current_step,
    enrolment_address,
    make_code_secret,
    matching_step,
    qr_code,
)
from indexer.world import REAL
from tests.people import SECRET

NOW = datetime(2026, 3, 9, 9, 0, 5, tzinfo=UTC)
KEY = Fernet.generate_key().decode()


# RFC 6238, appendix B, the rows of SHA-1: the last six of its eight digits.
@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(seconds, code):
    assert code_at(SECRET, current_step(datetime.fromtimestamp(seconds, UTC))) == code


@pytest.mark.parametrize(
    ("steps_away", "is_right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_code_is_right_in_its_step_and_in_those_beside_it(steps_away, is_right):
    typed = code_at(SECRET, current_step(NOW) + steps_away)
    found = matching_step(SECRET, typed, NOW)
    assert found == (current_step(NOW) + steps_away if is_right else None)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "0" * 2000])
def test_what_is_no_code_is_not_right(typed):
    assert matching_step(SECRET, typed, NOW) is None


def test_code_may_be_typed_with_the_space_that_apps_show():
    code = code_at(SECRET, current_step(NOW))
    assert matching_step(SECRET, f" {code[:3]} {code[3:]}", NOW) == current_step(NOW)


def test_secrets_have_160_bits_and_are_never_the_same():
    made = {make_code_secret(REAL) for _ in range(50)}
    assert len(made) == 50
    assert {len(one) for one in made} == {32}


def test_sealed_secret_is_not_to_be_read_and_opens_for_its_user_alone():
    keeper = CodeKeeper(KEY)
    sealed = keeper.seal("amira", SECRET)
    assert SECRET not in sealed
    assert keeper.open("amira", sealed) == SECRET
    with pytest.raises(Unavailable):
        keeper.open("bo", sealed)


def test_secret_sealed_with_another_key_does_not_open():
    sealed = CodeKeeper(Fernet.generate_key().decode()).seal("amira", SECRET)
    with pytest.raises(Unavailable):
        CodeKeeper(KEY).open("amira", sealed)


def test_nobody_has_a_secret_too_so_that_the_work_is_the_same():
    assert len(CodeKeeper(KEY).open("nobody", None)) == len(SECRET)


def test_qr_code_stands_in_a_page_without_script_or_style():
    svg = qr_code(enrolment_address("amira", SECRET))
    root = ET.fromstring(svg)  # noqa: S314 - we made it
    assert root.tag == "svg"
    assert "style" not in svg
    assert "script" not in svg


def test_app_is_told_whose_code_it_is_and_for_what():
    address = enrolment_address("amira", SECRET)
    assert address.startswith("otpauth://totp/ContactPoint:amira?")
    assert f"secret={SECRET}" in address
