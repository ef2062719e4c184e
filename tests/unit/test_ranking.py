"""The order of candidates: the child who was meant is first, whoever else is there."""

import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from analyzers.fold import fold
from analyzers.tables import read_table
from indexer.children.child import (
    Address,
    Child,
    Contribution,
    Facts,
    FormerName,
    Involvement,
)
from indexer.people.actor import Actor
from webapp.search.question import Question, parse_question
from webapp.search.rank import Named, how_named, rank

TODAY = date(2026, 11, 1)
READER = Actor("amira", "practitioner", "359")
ELSEWHERE = "302"
GIVEN = ("Niamh", "Oliver", "Muhammad", "Katarzyna", "Siobhan", "Jonathan", "Abdul Rahman", "Zoe")
FAMILY = (
    "Kelly",
    "Smith",
    "Khan",
    "Wisniewska",
    "O'Brien",
    "Thwaites",
    "van den Berg",
    "Smith-Fox",
)
POSTCODES = ("WN1 1AA", "WN1 1AB", "WN7 2BB", "LS1 4DY", "")

# For one typed word, a family name that meets it in each tolerant kind of the table.
TOLERANT = {
    "joined": ("smithfox", "Smith Fox"),
    "form": ("smyth", "Smith"),
    "short": ("alex", "Alexander"),
    "nearly_joined": ("vandenburg", "van den Berg"),
    "prefix": ("thwai", "Thwaites"),
    "edit": ("thwaitez", "Thwaites"),
    "edit_heard": ("thwaitess", "Thwaites"),
    "sounds": ("fillmore", "Philmore"),
    "initial": ("t", "Thwaites"),
    "begins": ("christopherson", "Christopher"),
    "two_edits": ("katarxyma", "Katarzyna"),
    "nearly_heard": ("gwovatsky", "Głowacki"),
    "missing": ("thwaites", "Quigley"),
}
EXACT = ("exact", "written", "known_as", "former")


def child(number, given_names, family, born, **more):
    postcode = more.pop("postcode", "")
    facts = Facts(
        family,
        born,
        more.pop("authority", ELSEWHERE),
        given_names=given_names,
        address=Address((), "Wigan", postcode) if postcode else None,
        **more,
    )
    return Child(f"{number:012d}", facts, ())


def asked(text, **fields):
    return parse_question(text, fields, today=TODAY)


def first_of(question, children):
    return rank(question, children, READER, TODAY)[0].child


def slip(rng, word):
    """One letter left out, doubled, changed, or in its neighbour's place."""
    while fold(slipped := _slip(rng, word)) == fold(word):
        pass
    return slipped


def _slip(rng, word):
    at = rng.randrange(1, len(word))
    return rng.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + rng.choice("aeioubst") + word[at + 1 :],
            word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
        )
    )


def look_alikes(rng, meant):
    """Children near the one who is meant: none has both the name and the date."""
    facts = meant.facts
    day, given_names, family = facts.date_of_birth, facts.given_names, facts.family_name
    others = [
        (given_names, family, day + timedelta(days=rng.randint(1, 5000))),  # a namesake
        (slip(rng, given_names), family, day),
        (given_names, slip(rng, family), day),
        (rng.choice([name for name in GIVEN if name != given_names]), family, day),  # a twin
        (rng.choice(GIVEN), family, day - timedelta(days=rng.randint(300, 2000))),  # a sibling
        (given_names[:1], family, day),
        (given_names, rng.choice([name for name in FAMILY if name != family]), day),
        (given_names, f"{family}-Quigley", day),
    ]
    return [
        # All that was typed beside name and date is theirs, not the meant child's.
        child(100 + i, *other, sex="female", postcode="WN1 1AA", authority=READER.organisation)
        for i, other in enumerate(others)
    ]


@pytest.mark.parametrize("seed", range(100))
def test_exact_name_with_exact_date_is_first_whoever_else_is_there(seed):
    rng = random.Random(seed)
    born = date(2012, 1, 1) + timedelta(days=rng.randrange(4000))
    given_names, family = rng.choice(GIVEN), rng.choice(FAMILY)
    meant = child(999, given_names, family, born, sex="male", postcode="LS1 4DY")
    children = [*look_alikes(rng, meant), meant]
    rng.shuffle(children)
    words = f"{given_names} {family}".split()
    rng.shuffle(words)
    for more in ({}, {"postcode": "WN1 1AA", "sex": "female", "authority": READER.organisation}):
        question = asked(" ".join(words), date_of_birth=born.isoformat(), **more)
        assert first_of(question, children) == meant.number


def test_a_tolerant_case_is_held_for_every_kind_of_the_table():
    kinds = {row["kind"] for row in read_table("compare/weights.csv") if row["about"] == "word"}
    assert kinds == {*TOLERANT, *EXACT}


def exact_child(how, typed, born, number=999):
    """The child whose record holds the typed word, as the kind `how` says."""
    if how == "known_as":
        return child(number, "Zoe", "Quigley", born, known_as=f"Zoe {typed}")
    if how == "former":
        former = (FormerName("Zoe", typed.title()),)
        return child(number, "Zoe", "Quigley", born, former_names=former)
    if how == "written":
        return child(number, "Zoe", f"Mac{typed}", born)
    return child(number, "Zoe", typed.title(), born)


@given(
    st.sampled_from([kind for kind in TOLERANT if kind != "initial"]),
    st.sampled_from(EXACT),
    st.sampled_from(["", "2014-03-09", "2014", "2014-09-03", "2009-01-30"]),
    st.booleans(),
)
def test_tolerance_never_outranks_an_exact_match(kind, how, typed_date, comes_first):
    typed, family = TOLERANT[kind]
    if how == "written":
        typed, family = f"mc{typed}", f"Mac{family}"
    born = date(2014, 3, 9)
    exact = exact_child(how, typed.removeprefix("mc") if how == "written" else typed, born)
    other = child(1, "Zoe", family, born, authority=READER.organisation)
    question = asked(f"zoe {typed}", **({"date_of_birth": typed_date} if typed_date else {}))
    children = [exact, other] if comes_first else [other, exact]
    assert first_of(question, children) == exact.number


@given(st.data())
def test_order_does_not_depend_on_the_order_in_which_candidates_come(data):
    seed = data.draw(st.integers(0, 10_000))
    rng = random.Random(seed)
    meant = child(999, rng.choice(GIVEN), rng.choice(FAMILY), date(2014, 3, 9))
    children = [*look_alikes(rng, meant), meant]
    question = asked(f"{slip(rng, 'niamh')} {meant.facts.family_name} 2014")
    shuffled = data.draw(st.permutations(children))
    assert rank(question, shuffled, READER, TODAY) == rank(question, children, READER, TODAY)


@given(st.integers(0, 10_000), st.integers(0, 8))
def test_order_of_the_others_does_not_depend_on_any_one_candidate(seed, left_out):
    """A hidden child is not among the candidates: nobody can tell by the rest."""
    rng = random.Random(seed)
    meant = child(999, rng.choice(GIVEN), rng.choice(FAMILY), date(2014, 3, 9))
    children = [*look_alikes(rng, meant), meant]
    question = asked(f"{meant.facts.given_names} {meant.facts.family_name} 2014")
    gone = children[left_out].number
    rest = [one for one in children if one.number != gone]
    found = [(one.child, one.score) for one in rank(question, children, READER, TODAY)]
    alone = [(one.child, one.score) for one in rank(question, rest, READER, TODAY)]
    assert alone == [one for one in found if one[0] != gone]


@pytest.mark.parametrize(
    ("typed", "meant", "other"),
    [
        ("jon smyth 2014", ("Jonathan", "Smith"), ("Josephine", "Smithson")),
        ("neve kelly 2014", ("Niamh", "Kelly"), ("Eve", "Kelley")),
        ("kasia wisniewski 2014", ("Katarzyna", "Wisniewska"), ("Kasim", "Wisner")),
        ("khan mohamed 2014", ("Muhammad", "Khan"), ("Mohamed", "Khatun")),
        ("abdul rahman khan 2014", ("Abdulrahman", "Khan"), ("Abdul", "Khan")),
        ("e wood 2014", ("Ella", "Wood"), ("Thomas", "Wood")),
        ("thomas james 2014", ("Thomas", "James"), ("James", "Thomas")),
        ("james thomas 2014", ("James", "Thomas"), ("James Owen", "Thomas")),
        ("xanthe smith 2014", ("Xanthe", "Jones"), ("Ann", "Smith")),
        ("margret reed 2014", ("Margaret", "Reed"), ("Margo", "Reed")),
        ("vandenburg eva 2014", ("Eva", "van den Berg"), ("Eva", "Vance")),
    ],
)
def test_child_who_is_meant_stands_before_one_who_is_only_near(typed, meant, other):
    born = date(2014, 3, 9)
    children = [child(1, *other, born), child(2, *meant, born)]
    assert first_of(asked(typed), children) == children[1].number


def test_equal_children_are_in_the_order_of_own_authority_then_number():
    born = date(2014, 3, 9)
    children = [
        child(3, "Zoe", "Kelly", born),
        child(1, "Zoe", "Kelly", born),
        child(2, "Zoe", "Kelly", born, authority=READER.organisation),
    ]
    found = rank(asked("zoe kelly"), children, READER, TODAY)
    assert [int(one.child) for one in found] == [2, 1, 3]
    assert all(one.is_double for one in found)


def test_child_of_whose_name_no_word_speaks_is_left_out():
    assert rank(asked("zoe kelly"), [child(1, "Ann", "Fox", TODAY)], READER, TODAY) == ()


def test_child_whose_names_only_sound_a_little_like_those_typed_is_left_out():
    far, near = (child(n, name, "Głowacki", TODAY) for n, name in ((1, "Kamil"), (2, "Adam")))
    both = {far.number, near.number}
    found = rank(asked("adam gwovatsky"), [far, near], READER, TODAY, by_ear=both)
    assert [one.child for one in found] == [near.number]
    assert "Gwovatsky sounds a little like Głowacki" in found[0].whys


@pytest.mark.parametrize("typed", ["martha fox", "lily van wood"])
def test_nothing_is_taken_for_nearly_heard_unless_nobody_else_was_found(typed):
    """A doubt must stay a doubt, and a small word that records leave out no doubt at all."""
    children = [child(1, "Morris", "Fox", TODAY), child(2, "Lily Bowen", "Wood", TODAY)]
    (found,) = rank(asked(typed), children, READER, TODAY)
    assert not any("a little like" in why for why in found.whys)
    assert found.doubts == (("no Martha in this record",) if "martha" in typed else ())


def test_only_who_was_found_by_ear_is_judged_by_it():
    others = [child(n, "Martha", "Głowacki", TODAY) for n in (1, 2)]
    found = rank(asked("martha gwovatsky"), others, READER, TODAY, by_ear={others[0].number})
    assert [one.child for one in found] == [one.number for one in others]
    assert [bool(one.doubts) for one in found] == [False, True]


@pytest.mark.parametrize(
    ("typed", "given", "family", "how"),
    [
        ("zoe kelly", "Ann", "Fox", Named.NOT),
        ("zoe kelly", "Zoe", "Kelly", Named.CLOSELY),
        ("zoe kely", "Zoe", "Kelly", Named.CLOSELY),
        ("zowey kelly", "Zoe", "Kelly", Named.CLOSELY),
        ("z kelly", "Zoe", "Kelly", Named.CLOSELY),  # an initial was typed
        ("zoe kelly", "Z", "Kelly", Named.LOOSELY),  # one is stored, as of very many
        ("zoe rodelhydst", "Zoe", "Rodelhurst", Named.LOOSELY),
        ("zoe marianne", "Zoe", "Mari", Named.LOOSELY),
        ("zoe fox", "Zoe", "Kelly", Named.LOOSELY),
        ("zoe fox 2014", "Zoe", "Kelly", Named.LOOSELY),
        ("zoe fox 9 3 2014", "Zoe", "Kelly", Named.CLOSELY),  # on that very day
        ("zoe fox WN1 1AA", "Zoe", "Kelly", Named.CLOSELY),  # at that address
        ("zoe fox WN1", "Zoe", "Kelly", Named.LOOSELY),
        ("fox 9 3 2014", "Zoe", "Fawkes", Named.CLOSELY),
        # two words, each by one letter or a sound of a short or unlike word
        ("maks cao 2014", "Macs", "Caio", Named.LOOSELY),
        ("maks cao 9/3/2014", "Macs", "Caio", Named.CLOSELY),
        ("maks brown 2014", "Macs", "Brown", Named.CLOSELY),
        ("leo kiaan sodha 2014", "Leo Chen", "Xu", Named.LOOSELY),
        ("iona robinzon 2014", "Jonah", "Robinson", Named.CLOSELY),
        ("philomeena braithwait 2014", "Filomina", "Brathwaight", Named.CLOSELY),
    ],
)
def test_who_is_named_by_chance_is_told_from_who_is_meant(typed, given, family, how):
    one = child(1, given, family, date(2014, 3, 9), postcode="WN1 1AA")
    assert how_named(asked(typed).identity(), one) is how


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("zoekelly", "Zoekelly is Zoe Kelly in one word"),
        ("KellyZoe", "KellyZoe is Kelly Zoe in one word"),
        ("zoemckay", "Zoemckay is Zoe McKay in one word (another name on the record)"),
        ("zoemackay", "Zoemackay is Zoe McKay in one word (another name on the record)"),
        ("zozokelly", "Zozokelly is Zozo Kelly in one word (known as)"),
    ],
)
def test_both_names_typed_without_the_space_are_told(typed, why):
    known = child(1, "Zoe", "Kelly", date(2014, 3, 9))
    former = (FormerName("Zoe", "McKay"),)
    facts = replace(known.facts, known_as="Zozo", former_names=former)
    one = replace(known, facts=facts)
    (found,) = rank(asked(typed), [one], READER, TODAY)
    assert found.whys[0] == why
    assert how_named(asked(typed).identity(), one) is Named.CLOSELY


def test_initial_is_not_enough_beside_a_name_that_sounds_a_little_like_another():
    one = child(1, "James", "Głowacki", TODAY)
    assert rank(asked("j gwovatsky"), [one], READER, TODAY, by_ear={one.number}) == ()


def test_number_finds_alone_and_what_else_was_typed_is_told():
    one = child(1, "Ann", "Fox", date(2014, 3, 9))
    (found,) = rank(Question("zoe", number="9434765919"), [one], READER, TODAY)
    assert found.score == 1
    assert (found.whys, found.doubts) == (("the number is the same",), ("no Zoe in this record",))


def test_data_manager_sees_the_rows_of_no_sensitive_service_and_of_no_practitioner():
    """Its name alone would tell that the child is known there, and to whom."""
    born, said = date(2014, 3, 9), Facts("Kelly", date(2014, 3, 9), "359", given_names="Niamh")
    secret = replace(said, involvements=(Involvement("sexual_health", "Clinic", sensitive=True),))
    rows = [("school-census", "S-1", said), ("sexual-health-wn", "X-1", secret)]
    rows.append(("practitioners", "0a1b", said))
    told = tuple(Contribution(source, record, "", facts) for source, record, facts in rows)
    known = Child("000000000001", child(1, "Niamh", "Kelly", born).facts, told)
    manager = Actor("dana", "data-manager", "359")
    (found,) = rank(asked("niamh kelly"), [known], manager, TODAY)
    assert found.sources == ("school-census:S-1",)
