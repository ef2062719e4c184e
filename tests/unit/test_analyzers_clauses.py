"""Clauses: a question becomes constant scores, and nothing typed matches everyone."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.clauses import TWICE_SCORE, name_clauses, number_clause, postcode_clause
from analyzers.fields import search_fields
from analyzers.fold import words
from analyzers.identity import Born, Identity, PersonName
from analyzers.sounds import sounds
from analyzers.stages import build_query
from analyzers.tiers import TIERS

BORN = Born(date(2014, 3, 9), date(2014, 3, 9))
YEAR = Born(date(2014, 1, 1), date(2014, 12, 31))


def asked(text, **more):
    return Identity(names=(PersonName(text, use="typed"),), **more)


STAGES = ("close", "strict", "fewer", "rescue", "heard", "either", "rarer")


def keys_in(clause):
    if isinstance(clause, dict):
        return set(clause).union(*(keys_in(value) for value in clause.values()))
    if isinstance(clause, list):
        return set().union(*(keys_in(value) for value in clause))
    return set()


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("text", ["", " ", "*", "?", "12", "' -", "😀"])
def test_question_without_a_word_is_refused(text, stage):
    with pytest.raises(ValueError, match="needs a word"):
        build_query(asked(text, born=BORN, postcodes=("WN1 1AA",)), stage)


def test_question_of_nine_words_is_refused():
    with pytest.raises(ValueError, match="at most 8"):
        build_query(asked("a b c d f g h i j"), "strict")


@given(st.text(min_size=1, max_size=300))
def test_nothing_typed_matches_everyone(text):
    count = len(words(text))
    if not 1 <= count <= 8:
        return
    for stage in STAGES:
        query = build_query(asked(text), stage)
        if query is None and stage in ("fewer", "heard", "either", "rarer"):
            continue
        assert query["bool"]["must"]
        assert keys_in(query).isdisjoint({"match_all", "wildcard", "regexp", "query_string"})


def test_every_word_and_the_year_must_match_when_asked_strictly():
    query = build_query(asked("jon smyth", born=YEAR), "strict")["bool"]
    assert (len(query["must"]), query["should"]) == (3, [])


@pytest.mark.parametrize("more", [{"born": BORN}, {"postcodes": ("WN1 1AA",)}])
def test_one_word_may_be_missing_on_the_day_or_at_the_postcode(more):
    (best,) = build_query(asked("jon smyth", **more), "strict")["bool"]["must"]
    everything, on_the_day = (one["bool"] for one in best["dis_max"]["queries"])
    assert len(everything["must"]) == (3 if "born" in more else 2)
    assert least_of(on_the_day["must"][0]) == 1
    assert [list(one) for one in on_the_day["filter"][0]["bool"]["should"]] == [["terms"]]


@pytest.mark.parametrize(("text", "least"), [("smyth", 1), ("jon smyth", 2), ("jon a smyth", 2)])
def test_on_the_day_one_of_three_words_need_not_be_close(text, least):
    (best,) = build_query(asked(text, born=BORN), "close")["bool"]["must"]
    on_the_day, slipped = (one["bool"] for one in best["dis_max"]["queries"])
    assert least_of(on_the_day["must"][0]) == least
    assert len(slipped["must"]) == len(text.split())  # on a day near it all must be the same


def test_sounds_and_two_letters_are_not_asked_of_close_ones():
    fields = {"sounds", "nearly joined", "two edits", "two edits common", "initial stored"}
    left_out = {tier.name for tier in TIERS if tier.reach not in ("same", "close")}
    assert left_out == {*fields, "halves", "fuzzy", "sounds joined", "begins", "nearly heard"}
    assert "sounds" not in keys_in(build_query(asked("jon smyth"), "close"))
    assert "sounds" in keys_in(build_query(asked("jon smyth"), "strict"))


def test_one_word_alone_is_not_left_out():
    assert len(build_query(asked("smyth", born=BORN), "strict")["bool"]["must"]) == 2


def test_outward_postcode_sex_and_authority_only_score():
    more = {"postcodes": ("WN1",), "sex": "male", "authority": "359"}
    query = build_query(asked("jon smyth", **more), "strict")["bool"]
    assert (len(query["must"]), len(query["should"])) == (2, 3)


def test_particle_before_another_word_only_scores():
    query = build_query(asked("jan van der berg"), "strict")["bool"]
    assert (len(query["must"]), len(query["should"])) == (2, 2)


def test_particle_alone_must_match():
    assert len(build_query(asked("van"), "strict")["bool"]["must"]) == 1


@pytest.mark.parametrize("text", ["smyth", "jon smyth", "jan van berg"])
def test_fewer_words_are_only_asked_of_three(text):
    assert build_query(asked(text), "fewer") is None


def test_of_three_words_one_may_be_missing_when_few_are_found():
    assert least_words(build_query(asked("jon adam smyth"), "fewer")) == 2


def least_words(query):
    return least_of(query["bool"]["must"][0])


def least_of(clause):
    return clause["bool"]["minimum_should_match"]


@pytest.mark.parametrize(("text", "least"), [("smith", 1), ("jon smyth", 2), ("jon adam smyth", 2)])
def test_rescue_leaves_out_one_word_of_three_or_more(text, least):
    assert least_words(build_query(asked(text), "rescue")) == least


@pytest.mark.parametrize(
    ("more", "least"),
    [
        ({"born": BORN}, 1),
        ({"postcodes": ("WN1 1AA",)}, 1),
        ({"postcodes": ("WN1",)}, 2),
        ({"born": Born(date(2014, 1, 1), date(2014, 12, 31))}, 2),
    ],
)
def test_rescue_leaves_out_one_word_of_two_only_where_a_day_or_postcode_narrows(more, least):
    query = build_query(asked("jon smyth", **more), "rescue")
    assert least_words(query) == least
    assert bool(query["bool"]["filter"]) == (least == 1)


def test_fuzzy_is_only_asked_in_the_rescue():
    assert "fuzzy" not in keys_in(build_query(asked("smith"), "strict"))
    assert "fuzzy" in keys_in(build_query(asked("smith"), "rescue"))


def test_one_sound_may_be_wrong_in_the_last_stage_alone():
    codes = set(sounds("glowacki"))
    asked_of = {stage: terms_of(build_query(asked("adam gwovatsky"), stage)) for stage in STAGES}
    assert [stage for stage, terms in asked_of.items() if codes & terms] == ["heard"]


@pytest.mark.parametrize("text", ["gwovatsky", "j gwovatsky", "al gwovatsky", "a b c d e"])
def test_name_of_one_telling_word_is_not_asked_by_ear(text):
    assert build_query(asked(text), "heard") is None


def test_either_of_two_words_may_be_missing_where_nothing_else_narrows():
    query = build_query(asked("bunny teague", born=YEAR), "either")["bool"]
    one, born = query["must"]
    assert (len(one["bool"]["should"]), least_of(one)) == (2, 1)
    assert "born" in keys_in(born)
    assert "edits" not in keys_in(query)


@pytest.mark.parametrize("text", ["teague", "b teague", "bunny ann teague"])
def test_of_one_word_or_three_or_an_initial_none_is_asked_alone(text):
    assert build_query(asked(text, born=YEAR), "either") is None


def test_of_a_name_alone_neither_word_is_asked_alone():
    assert build_query(asked("bunny teague"), "either") is None


def test_where_a_day_narrows_the_rescue_has_found_who_bears_one_word():
    assert build_query(asked("bunny teague", born=BORN), "either") is None


def test_rare_name_of_two_must_be_met_where_those_with_the_common_one_are_too_many():
    query = build_query(asked("james hawtrey", born=YEAR), "rarer")["bool"]
    _, _, rare = query["must"]
    assert terms_of(rare, "names") == {"hawtrey"}


@pytest.mark.parametrize("text", ["james smith", "ptolemy hawtrey", "james li", "james bint"])
def test_two_common_names_or_two_rare_ones_are_not_asked_again(text):
    """A word of three letters is mostly a beginning, and no rare name."""
    assert build_query(asked(text, born=YEAR), "rarer") is None


def test_name_typed_twice_is_asked_as_one_that_stands_twice_in_the_record():
    [clause] = build_query(asked("mohamed muhammad"), "close")["bool"]["should"]
    tokens = terms_of(clause, "joined")
    assert clause["constant_score"]["boost"] == TWICE_SCORE == 8
    twice = Identity(names=(PersonName("Mohammad", "Mohamud"),))
    once = Identity(names=(PersonName("Mohammad", "Smith"), PersonName("", "Mohamud", "former")))
    assert tokens & set(search_fields(twice)["joined"])
    assert not tokens & set(search_fields(once)["joined"])


@pytest.mark.parametrize("text", ["j j smyth", "al amin al hassan"])
def test_letters_and_small_words_typed_twice_are_no_name_twice(text):
    found = build_query(asked(text), "close")["bool"]["should"]
    assert "twice" not in json.dumps(found)


def test_word_typed_alone_may_be_both_names_without_the_space():
    assert not pairs_of(build_query(asked("annsmith"), "close"))
    pairs = pairs_of(build_query(asked("annsmith"), "strict"))
    assert pairs == [{"ann", "smith"}, {"anns", "mith"}, {"annsm", "ith"}]
    assert not pairs_of(build_query(asked("annsmith fox"), "strict"))
    assert not pairs_of(build_query(asked("smith"), "strict"))
    assert {"ann", "macdonald"} in pairs_of(build_query(asked("annmcdonald"), "strict"))


def test_another_word_must_be_met_in_a_usual_way_where_one_is_nearly_heard():
    [usual] = build_query(asked("adam gwovatsky"), "heard")["bool"]["filter"]
    codes = set(sounds("glowacki"))
    assert least_of(usual) == 1
    assert not codes & terms_of(usual)


def terms_of(clause, field="sounds"):
    """All terms that a query asks of the field, in lists."""
    if isinstance(clause, list):
        return {term for one in clause for term in terms_of(one, field)}
    if not isinstance(clause, dict):
        return set()
    found = {term for value in clause.values() for term in terms_of(value, field)}
    return found | set(clause.get("terms", {}).get(field, ()))


def pairs_of(clause):
    """The names that a query asks two by two."""
    if isinstance(clause, list):
        return [pair for one in clause for pair in pairs_of(one)]
    if not isinstance(clause, dict):
        return []
    filters = clause.get("bool", {}).get("filter", [])
    if len(filters) == 2 and all("term" in one for one in filters):
        return [{one["term"]["names"] for one in filters}]
    return [pair for value in clause.values() for pair in pairs_of(value)]


@pytest.mark.parametrize("text", ["ann", "x" * 21])
def test_fuzzy_is_not_asked_of_very_short_or_very_long_words(text):
    assert "fuzzy" not in keys_in(build_query(asked(text), "rescue"))


def test_every_clause_that_scores_is_constant():
    for clause in name_clauses(("mary", "jane", "j"), "rescue"):
        assert all(list(tier) == ["constant_score"] for tier in clause["dis_max"]["queries"])


def test_outward_postcode_scores_less_than_a_whole_one():
    whole, outward = postcode_clause("WN1 1AA"), postcode_clause("WN1")
    boosts = [q["constant_score"]["boost"] for q in whole["dis_max"]["queries"]]
    assert boosts == sorted(boosts, reverse=True)
    assert outward["dis_max"]["queries"] == whole["dis_max"]["queries"][1:]
    assert postcode_clause("nowhere") is None


@pytest.mark.parametrize(
    ("kind", "fields"),
    [("nhs", ["nhs_numbers"]), ("upn", ["upns"]), ("child", ["number", "former_numbers"])],
)
def test_number_is_asked_in_its_own_fields(kind, fields):
    clauses = [{"term": {field: "1"}} for field in fields]
    assert number_clause("1", kind) == {"bool": {"should": clauses}}


def test_same_question_gives_the_same_bytes():
    one, other = (
        json.dumps(build_query(asked("Jon  SMYTH", born=BORN), "strict")) for _ in range(2)
    )
    assert one == other
