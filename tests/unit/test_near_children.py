"""Whom the clause asks for when a shield is set: everybody the full comparison would call near."""

from functools import cache
from random import Random

from analyzers.compare.nearness import nearness
from analyzers.fields import search_fields
from indexer.children.child import Contribution
from indexer.children.combine import combine
from indexer.children.document import build_document, build_identity
from indexer.children.profile import build_profile
from indexer.feeds.rows import read_row
from indexer.shields.near_children import near_clause
from tests.benchmarks.invented_rows import SOURCE, TODAY, households, plain
from tests.benchmarks.reuploads import FORMS, doubles, single

CHILDREN = 120


def fits(clause, fields):
    """Is the clause true of stored tokens? As Elasticsearch reads filters."""
    if "terms" in clause:
        [(field, values)] = clause["terms"].items()
        return not set(values).isdisjoint(fields[field])
    if "prefix" in clause:
        [(field, value)] = clause["prefix"].items()
        return any(token.startswith(value) for token in fields[field])
    if "constant_score" in clause:
        return fits(clause["constant_score"]["filter"], fields)
    said = clause["bool"]
    is_all = all(fits(one, fields) for kind in ("must", "filter") for one in said.get(kind, ()))
    least = said.get("minimum_should_match", 0)
    return is_all and sum(fits(one, fields) for one in said.get("should", ())) >= least


def worth(clause, fields):
    """What the clause counts for a child whom it finds."""
    if not fits(clause, fields):
        return 0
    if "constant_score" in clause:
        return clause["constant_score"]["boost"]
    said = clause["bool"]
    return sum(worth(one, fields) for kind in ("must", "should") for one in said.get(kind, ()))


def child_of(row):
    """The row as a child, None if a load would reject it."""
    facts = getattr(read_row(1, plain(row), "", TODAY), "facts", None)
    return combine("1", [Contribution(SOURCE, "1", "", facts)]) if facts else None


def fields_of(child):
    """What the child is found by in a build."""
    derived = search_fields(build_identity(child))
    return {
        **derived,
        "blocks": build_document(child).get("blocks", ()),
        "nhs_numbers": child.nhs_numbers,
        "upns": child.upns,
    }


@cache
def rows():
    return [row for home in households(3) for row in home][:CHILDREN]


def planted(rng):
    """Children who are there already under every form and every two, and whom they should be."""
    for one, other in [*((name, "") for name in FORMS), *doubles()]:
        for row in rng.sample(rows(), 4):
            changed = single(row, one, rng)
            changed = single(changed, other, rng) if changed and other else changed
            if changed and (child := child_of(changed)):
                yield (one, other), child, child_of(row)


def test_clause_finds_everybody_who_is_near():
    seen = 0
    for forms, child, shielded in planted(Random(5)):
        profile = build_profile(shielded.contributions)
        if not nearness(build_profile(child.contributions), profile).is_near:
            continue
        seen += 1
        assert fits(near_clause(profile), fields_of(child)), forms
    assert seen > 600


def test_who_is_near_stands_before_all_who_only_live_at_the_same_address():
    """Of thousands at one hostel 3,000 are compared, and those with most in common first."""
    seen = 0
    strangers = [row for home in households(9) for row in home][:30]
    for forms, child, shielded in planted(Random(7)):
        profile = build_profile(shielded.contributions)
        if nearness(build_profile(child.contributions), profile).is_near:
            clause, address = near_clause(profile), shielded.facts.address
            home = {"lines": address.lines, "town": address.town, "postcode": address.postcode}
            stranger = child_of(strangers[seen % 30] | {"address": home})
            if not nearness(build_profile(stranger.contributions), profile).is_near:
                seen += 1
                strange, near = fields_of(stranger), fields_of(child)
                assert worth(clause, near) > min(worth(clause, strange), 10), forms
    assert seen > 500


def test_same_number_counts_most_and_a_namesake_elsewhere_nothing():
    row = rows()[0]
    clause = near_clause(build_profile(child_of(row).contributions))
    named = {one: row[one] for one in ("given_names", "family_name")}
    other = next(one for home in households(9) for one in home if one.get("nhs_number"))
    assert not fits(clause, fields_of(child_of(other | named)))
    numbered = child_of(other | {"nhs_number": row["nhs_number"]})
    at_home = child_of(other | {"address": row["address"]})
    assert worth(clause, fields_of(numbered)) > worth(clause, fields_of(at_home)) > 0


def test_unnamed_baby_of_an_address_without_postcode_is_asked_for_on_any_day():
    """Neither name nor date nor postcode: the address alone leads there."""
    row = rows()[0] | {"given_names": "Baby", "nhs_number": None, "upn": None, "carers": []}
    home = {**row["address"], "postcode": ""}
    shielded = child_of({**row, "address": home, "date_of_birth": "2025-09-13"})
    planted = child_of({**row, "address": home, "date_of_birth": "2021-01-01"})
    profile = build_profile(shielded.contributions)
    assert fits(near_clause(profile), fields_of(planted))
    elsewhere = {**home, "lines": ["1 Some Other Road"]}
    moved = child_of({**row, "address": elsewhere, "date_of_birth": "2021-01-01"})
    assert not fits(near_clause(profile), fields_of(moved))


def test_clause_finds_few_others():
    shielded = build_profile(child_of(rows()[0]).contributions)
    others = [child_of(row) for home in households(9) for row in home]
    found = [one for one in others if fits(near_clause(shielded), fields_of(one))]
    assert len(found) < len(others) / 100
