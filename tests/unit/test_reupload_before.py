"""Children who are shielded before anything of them comes: by name, NHS number or row; half of the
changed rows come before their own, and half after."""

from datetime import date
from random import Random

from indexer.shields.subject import parse_subject
from tests.benchmarks.reupload import MAY_BE_FOUND, awaited, make_story
from tests.memory import Memory

CHILDREN = 6


def keys_awaited(story):
    for place in range(CHILDREN):
        whom = awaited(story, place)
        born = whom.get("born")
        yield parse_subject(
            whom.get("child", ""), whom.get("row", ""), whom.get("name", ""), _day(born)
        ).waits_under


def _day(born):
    return date.fromisoformat(born) if born else None


def without_id(row):
    return {name: value for name, value in row.items() if name != "source_record_id"}


def test_no_promised_row_is_found_in_the_end():
    story, index = make_story("before", 80, CHILDREN), Memory()
    index.awaited.keys |= {key: f"s-{n}" for n, key in enumerate(keys_awaited(story))}
    names = Random(3).sample(sorted(story.again), len(story.again))
    half = len(names) // 2

    def load_again(some):
        index.load(story.second, *((name, without_id(story.again[name].row)) for name in some))

    load_again(names[:half])
    first = [(f"s{n}", without_id(one)) for n, one in enumerate(story.families.shielded)]
    first += [(f"o{n}", without_id(one)) for n, one in enumerate(story.families.others)]
    index.load(story.first, *first)
    load_again(names[half:])
    found = {record for group in index.groups for source, record in group if source == story.second}
    promised = {name for name in names if story.again[name].kind not in MAY_BE_FOUND}
    assert len(promised) > 25 * CHILDREN
    assert found & promised == set()
    assert not any((story.first, f"s{n}") in group for group in index.groups for n in range(6))
