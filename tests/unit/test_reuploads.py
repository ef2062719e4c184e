"""A shielded child's row comes again, changed in every one way: it makes no child to be found."""

from random import Random

import pytest

from tests.benchmarks.invented_rows import households, profile_of
from tests.benchmarks.reuploads import FORMS, single
from tests.memory import Memory

CHILDREN = 12


def shielded_rows():
    """One child of each household, and nobody's brother or sister."""
    rows = [home[0] for home in households(4)]
    return [row for row in rows if profile_of(row)][:CHILDREN]


def changed(rows):
    """Every row in every form, under a record id of its own."""
    rng = Random(3)
    for number, row in enumerate(rows):
        for form, name in enumerate(FORMS):
            again = single(row, name, rng)
            if again and profile_of(again):
                yield f"{number}-{form}", without_id(again)


def without_id(row):
    return {name: value for name, value in row.items() if name != "source_record_id"}


def load_shielded(index, rows):
    index.load("a", *((str(n), without_id(row)) for n, row in enumerate(rows)))


def hide_all(index, rows):
    for number in range(len(rows)):
        index.hide(f"a:{number}")


@pytest.mark.parametrize("when", ["after", "before the first row of the child", "no shield"])
def test_changed_row_is_never_found_whenever_the_shield_was_set(when):
    rows, index = shielded_rows(), Memory()
    again = list(changed(rows))
    if when == "before the first row of the child":
        index.awaited.keys |= {f"a:{n}": f"s-{n}" for n in range(len(rows))}
        index.load("b", *again)
        load_shielded(index, rows)
    else:
        load_shielded(index, rows)
        if when == "after":
            hide_all(index, rows)
        index.load("b", *again)
    found = {record for group in index.groups for source, record in group if source == "b"}
    assert len(again) > CHILDREN * 15
    assert found == ({record for record, _ in again} if when == "no shield" else set())
