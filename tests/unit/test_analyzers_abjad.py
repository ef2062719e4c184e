"""Names in Arabic and Hebrew letters are read as somebody would write them in Latin ones."""

import pytest

from analyzers.compare.relation import relation
from analyzers.fold import fold
from analyzers.sounds import sound_alike

# The left as an Arabic, Persian, Urdu or Hebrew speaker writes it; the right as English records do.
SAME = [
    ("محمد", "Mohammed"),
    ("أحمد", "Ahmed"),
    ("يوسف", "Yusuf"),
    ("عثمان", "Osman"),
    ("ياسمين", "Yasmin"),
    ("شاهين", "Shaheen"),
    ("رانيا", "Rania"),
    ("صبري", "Sabri"),
    ("خديجة", "Khadija"),
    ("إبراهيم", "Ibrahim"),
    ("مريم", "Maryam"),
    ("حسين", "Hussein"),
    ("سلیمان", "Suleman"),
    ("پریسا", "Parisa"),
    ("رحیمی", "Rahimi"),
    ("مصطفى", "Mustafa"),
    ("אברהם", "Abraham"),
    ("יוסף", "Yosef"),
    ("שרה", "Sarah"),
]


@pytest.mark.parametrize(("written", "latin"), SAME)
def test_name_in_its_own_script_is_heard_as_in_latin_letters(written, latin):
    assert sound_alike(fold(written), fold(latin))
    assert relation(fold(written), fold(latin)) is not None


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("ﻣﺤﻤﺪ", "mahmad"),  # shapes of letters, as old files and PDFs have them
        ("حسن،علي", "hasan ali"),
        ("בן־דוד", "ban dod"),
        ("Johnعلي", "johnali"),
        ("هێمن", "heman"),
        ("ئاراس", "aras"),
    ],
)
def test_whatever_stands_around_the_letters(written, folded):
    assert fold(written) == folded


def test_vowel_signs_and_stretched_letters_make_no_difference():
    assert fold("مُحَمَّد") == fold("محمد") == fold("محـمد")


@pytest.mark.parametrize(
    "text", ["ݐ", "ا", "ء", "و", "ه", "א", "يي", "ووو", "محمدX", "Xمحمد", "ٱلرحمن"]
)
def test_folding_is_of_plain_letters_and_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)
    assert all("a" <= letter <= "z" or letter == " " for letter in fold(text))
