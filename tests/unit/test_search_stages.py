"""Which stages of a search are asked: a close child ends it, a distant one never does."""

from datetime import date

import pytest
from msgspec.structs import replace

from analyzers.clauses import BORN_SCORES, WORD_SCORE
from analyzers.identity import Born, Identity, PersonName
from analyzers.stages import enough_score
from analyzers.tiers import TIERS
from indexer.children.child import Child, Facts
from webapp.search.query import STAGES, Candidates, asked_by
from webapp.search.question import Question
from webapp.search.rank import Named

SOMEBODY = Child("000000000001", Facts("Kelly", date(2014, 3, 9), "359"), ())
DAY = Born(date(2014, 3, 9), date(2014, 3, 9))
YEAR = Born(date(2014, 1, 1), date(2014, 12, 31))
SCORES = {tier.name: tier.score for tier in TIERS}


def asked(text, born=None):
    return Identity(names=(PersonName(text, use="typed"),), born=born)


def met(*tiers, born=None):
    """What the engine makes of a child whose words are met by these tiers."""
    found = sum(WORD_SCORE + SCORES[tier] for tier in tiers)
    return Candidates((), more=False, best=found + (BORN_SCORES[born] if born else 0))


@pytest.mark.parametrize("tiers", [("exact", "exact"), ("exact", "edits"), ("edits", "edits")])
def test_nobody_who_only_sounds_alike_is_looked_for_beside_a_close_child(tiers):
    assert not met(*tiers).need("strict", asked("jon smyth"))
    assert not met(*tiers, born="same").need("strict", asked("jon smyth", DAY))
    assert not met(*tiers, born="within").need("strict", asked("jon smyth", YEAR))


@pytest.mark.parametrize(
    ("tiers", "born"),
    [
        ((), None),
        (("edits", "initial"), "within"),
        (("edits", "edits"), "next_year"),
        (("prefix", "edits"), "next_year"),
    ],
)
def test_sounds_are_asked_while_nobody_is_close(tiers, born):
    assert met(*tiers, born=born).need("strict", asked("jon smyth", YEAR))


def test_a_word_more_than_the_record_has_is_no_reason_to_look_further_on_the_day():
    found = met("exact", "edits", born="same")
    assert not found.need("strict", asked("jon adam smyth", DAY))
    assert found.need("strict", asked("jon adam smyth", YEAR))


def test_those_who_lack_a_word_are_looked_for_unless_all_words_are_the_same():
    three = asked("jon adam smyth")
    assert met("exact", "exact", "edits").need("fewer", three)
    assert not met("exact", "exact", "exact").need("fewer", three)


def test_a_particle_need_not_be_met():
    assert enough_score(asked("jan van der berg"), "strict") == 2 * (WORD_SCORE + 4)


def test_more_than_can_be_listed_are_not_looked_beyond():
    found = Candidates((), more=True, best=1.0)
    needed = [stage for stage in STAGES if found.need(stage, asked("jo"))]
    assert needed == ["close", "strict"]


def test_own_authority_counts_where_none_is_asked_for():
    assert asked_by(Question(name="jon"), "359").authority == "359"
    assert asked_by(Question(name="jon", authority="350"), "359").authority == "350"


def among(*scored, more=False):
    """Children of one question, by who they are and what the engine makes of them."""
    children, scores = zip(*scored, strict=True)
    return Candidates(children, more, ("1", "2"), scores[0], scores)


def how_named(child):
    how = {"meant": Named.CLOSELY, "a little": Named.LOOSELY}
    return how.get(child, Named.NOT)


def test_child_who_will_be_left_out_ends_no_search():
    found = among(("by chance", 28.0), ("meant", 20.0)).of_named(how_named)
    assert (found.children, found.best) == (("by chance", "meant"), 20.0)


@pytest.mark.parametrize("more", [True, False])
def test_nobody_but_children_who_will_be_left_out_is_nobody(more):
    found = among(("by chance", 28.0), ("too", 20.0), more=more).of_named(how_named)
    assert found == Candidates((), more=False, seen=("1", "2"))  # still asked of the register
    assert all(found.need(stage, asked("jo an")) for stage in STAGES)


def test_too_many_to_list_stay_too_many():
    found = Candidates((), more=True, best=28.0)
    assert found.of_named(how_named) == found
    assert found.are_too_many


def test_child_who_meets_a_word_by_chance_ends_no_search():
    """At eleven million there is always a George R., born that year."""
    found = among(("a little", 28.0), ("by chance", 20.0)).of_named(how_named)
    assert found.best == 0
    two, three = asked("jo rodelhydst"), asked("jo ann rodelhydst")
    assert found.need("strict", two)
    assert found.need("rescue", two)
    assert found.need("heard", two)
    assert found.need("fewer", three)
    close = replace(found, best=20.0)
    assert not close.need("strict", two)
    assert not close.need("rescue", two)
    assert not close.need("heard", two)
    assert close.need("fewer", three)  # while they are few
    assert not replace(close, children=("meant",) * 10).need("fewer", three)


def test_close_child_of_one_stage_is_close_with_what_the_next_finds():
    close, later = Candidates((), more=False, best=20.0), Candidates((), more=False)
    assert close.and_wider(later, "strict").best == later.and_wider(close, "strict").best == 20.0
    assert later.and_wider(later, "strict").best == 0


def test_that_there_are_more_stays_true_whatever_a_later_stage_finds():
    some = Candidates((), more=True, best=20.0)
    assert some.and_wider(Candidates((), more=False), "fewer").more
    assert not some.and_wider(Candidates((), more=False), "strict").more  # it found these again


@pytest.mark.parametrize("stage", ["rescue", "heard", "either", "rarer"])
def test_too_many_beside_somebody_are_nobody(stage):
    one = replace(among(("a little", 28.0)), children=(SOMEBODY,), best=0.0)
    found = one.and_wider(Candidates((), more=True, best=30.0), stage)
    assert (len(found.children), found.more, found.best) == (1, False, 0.0)


def test_too_many_where_nobody_else_was_found_are_too_many():
    found = Candidates((), more=False).and_wider(Candidates((), more=True, best=30.0), "rescue")
    assert found.are_too_many
