"""The gate on the real server: who is found, who never is, and that all of it is remembered."""

from dataclasses import replace

import pytest

from indexer.children.load import Loader
from indexer.clients import make_client
from indexer.errors import AuditUnavailable, NotAllowed, NotFound, Refused, RegisterUnavailable
from indexer.health.alarms import Alarms
from indexer.people.actor import Actor
from indexer.shields.marks import Marks
from indexer.world import REAL
from mappings.names import AUDIT, CHILDREN, SHIELD_MARKS
from tests.rows import entries, plain_row
from tests.shields import add_mark
from webapp.search.answer import FRESH_SECONDS, is_fresh
from webapp.search.gate import Gate
from webapp.search.question import parse_question

PAT = Actor("pat", "practitioner", "359")
OPERATOR = Actor("tester", "operator", "")
BIRTHDAY = "2014-03-09"


@pytest.fixture
def family(world):
    """A family name of eight letters that no other test and no other child has."""
    return "".join("bdfgklmnprstvz"[world.below(14)] + "aeiou"[world.below(5)] for _ in range(5))


@pytest.fixture
def gate(ready, world):
    return Gate(ready, world)


@pytest.fixture
def load(ready, world, source):
    """Loads rows and makes them searchable at once."""

    def load_rows(*rows):
        Loader(ready, world).load(entries(*rows), source, OPERATOR)
        make_client(ready, "worker").indices.refresh(index=CHILDREN)

    return load_rows


@pytest.fixture
def find(gate, world):
    def find_children(typed, **fields):
        return gate.find(parse_question(typed, fields, today=world.today()), PAT)

    return find_children


def given_names(answer):
    return [one.given_names for one in answer.found]


def test_child_whose_letters_are_like_the_typed_ones_by_chance_ends_no_search(load, find, family):
    """Luna shares *una* with Unha, and Ann *an* with Han: both words are met, and nothing is."""
    day = "2009-10-25"
    load(
        plain_row("1", "Bonnie Luna Ann", family, day),
        plain_row("2", "Junhao", "Han", day),
    )
    assert given_names(find("unha Han 25 10 2009")) == ["Junhao"]


def test_child_is_found_by_a_misspelled_name_and_the_why_is_said(load, find, family):
    load(plain_row("1", "Jonathan", family.title(), BIRTHDAY))
    (found,) = find(f"jon {family[:3]}x{family[4:]} 2014").found
    assert found.given_names == "Jonathan"
    assert any("Jon is short for Jonathan" in why for why in found.whys)


@pytest.mark.parametrize("typed", ["{f} ann", "ann {f}", "ANN {f}", "{f}", "an {f}", "a {f}"])
def test_order_case_and_missing_parts_of_a_name_do_not_matter(load, find, family, typed):
    load(plain_row("1", "Ann Marie", family, BIRTHDAY))
    assert given_names(find(typed.format(f=family))) == ["Ann Marie"]


def test_former_and_known_as_names_find_like_current_ones(load, find, family):
    former = [{"given_names": "Ann", "family_name": family}]
    load(plain_row("1", "Zoë", "Nowell", BIRTHDAY, known_as="Bluebell", former_names=former))
    assert given_names(find(f"bluebell {family}")) == ["Zoë"]


def test_exact_match_goes_before_a_tolerant_one(load, find, family):
    load(
        plain_row("1", "Steven", family, BIRTHDAY),
        plain_row("2", "Stephen", family, BIRTHDAY),
        plain_row("3", "Stephan", family, BIRTHDAY),
    )
    assert given_names(find(f"stephen {family}"))[0] == "Stephen"


def test_wrong_date_never_hides_an_exact_name(load, find, family):
    load(plain_row("1", "Ann", family, BIRTHDAY))
    assert given_names(find(f"ann {family} 2009-12-31")) == ["Ann"]


def test_namesake_does_not_hide_who_was_born_that_day_or_lives_there(load, find, family):
    near = {"postcode": "WN7 1BB"}
    load(
        plain_row("1", "Margaret", family, "2010-03-09"),
        plain_row("2", "Xanthippe", family, BIRTHDAY, address=near),
    )
    answer = find(f"margaret {family} {BIRTHDAY}")
    assert set(given_names(answer)) == {"Margaret", "Xanthippe"}
    answer = find(f"margaret {family} wn7 1bb")
    assert set(given_names(answer)) == {"Margaret", "Xanthippe"}


def test_given_name_that_the_record_lacks_hides_nobody(load, find, family):
    load(plain_row("1", "Eva", family, BIRTHDAY), plain_row("2", "Ana Iva", family, BIRTHDAY))
    assert set(given_names(find(f"ana eva {family}"))) == {"Eva", "Ana Iva"}


def test_child_is_found_by_a_name_of_which_one_sound_was_misheard(load, find):
    load(plain_row("1", "Ziemowit", "Głowacki", BIRTHDAY))
    (found,) = find("ziemowit gwovatsky").found
    assert "Gwovatsky sounds a little like Głowacki" in found.whys
    assert not find("yatzek gwovatsky").found


def test_child_whose_initial_is_met_by_chance_ends_no_search(load, find):
    load(
        plain_row("1", "Ptolemy R", "Bardsleywood", BIRTHDAY),
        plain_row("2", "Ptolemy", "Rodelhurst", BIRTHDAY),
    )
    assert set(given_names(find("ptolemy rodelhydst 2014"))) == {"Ptolemy R", "Ptolemy"}


def test_child_is_found_by_a_joined_name_typed_in_one_and_with_a_slip(load, find):
    load(plain_row("1", "Zuleikha", "Al-Khalifi", BIRTHDAY))
    (found,) = find("zuleikha alkhaleefy").found
    assert "Alkhaleefy for Al Khalifi, nearly the same when joined up" in found.whys


def test_child_called_what_no_record_says_is_found_by_the_rest_of_its_name(load, find, family):
    load(plain_row("1", "Angharad", family, BIRTHDAY))
    (found,) = find(f"bunny {family} 2014").found
    assert found.doubts == ("no Bunny in this record",)
    assert not find(f"bunny {family} 2011").found


def test_of_very_many_with_one_of_two_names_none_is_listed(load, find, family):
    rows = [plain_row(str(n), "Ann", family, f"2014-03-{n % 28 + 1:02}") for n in range(26)]
    load(*rows)
    assert not find(f"bunny {family} 2014").found
    assert len(find(f"ann {family} 2014").found) == len(rows)


def test_rare_one_of_two_names_is_listed_where_very_many_have_the_other(load, find, family):
    letters = "abcdefghijklmnopqrstuvwxyz"
    crowd = [plain_row(one, "James", f"{one}x{one}x", BIRTHDAY) for one in letters]
    load(*crowd, plain_row("meant", "Angharad", family, BIRTHDAY))
    assert "Angharad" in given_names(find(f"james {family} 2014"))


def test_child_is_found_by_both_names_without_the_space(load, find, family):
    load(plain_row("1", "Ptolemy Jude", family, BIRTHDAY))
    assert given_names(find(f"ptolemy{family}"))[0] == "Ptolemy Jude"
    assert given_names(find(f"{family}ptolemy 2014"))[0] == "Ptolemy Jude"


def test_name_typed_twice_finds_who_bears_it_twice_among_many(load, find, family):
    crowd = [plain_row(str(n), family, f"Fox{'abcdefgh'[n % 8]}", BIRTHDAY) for n in range(210)]
    load(*crowd, plain_row("meant", family, family, BIRTHDAY))
    (found,) = find(f"{family} {family} 2014").found[:1]
    assert found.family_name == family


def test_digit_typed_for_a_letter_hides_nobody(load, find, family):
    load(plain_row("1", "Emilia", family, BIRTHDAY))
    assert given_names(find(f"Emi1ia {family}2014"))[0] == "Emilia"


def test_child_is_found_by_its_name_in_arabic_letters(load, find, family):
    load(plain_row("1", "Yusuf", family, BIRTHDAY))
    assert given_names(find(f"يوسف {family}")) == ["Yusuf"]


def test_child_is_found_by_number(load, find, gate, family, ready):
    load(plain_row("1", "Ann", family, BIRTHDAY))
    (found,) = find(family).found
    assert [one.child for one in find(found.child).found] == [found.child]


def test_more_equal_children_than_fit_are_too_many_and_the_hint_says_what_to_add(
    load, find, family
):
    load(*(plain_row(str(i), "Ann", family, BIRTHDAY) for i in range(201)))
    answer = find(f"ann {family}")
    assert (answer.too_many, answer.more, answer.found) == (True, True, ())
    assert "date" in answer.hint


def test_two_hundred_equal_children_are_all_there(load, find, family):
    load(*(plain_row(str(i), "Ann", family, BIRTHDAY) for i in range(200)))
    answer = find(f"ann {family}")
    assert (answer.total, answer.more) == (200, False)
    numbers = [one.child for one in answer.found]
    assert numbers == sorted(numbers)


def test_group_in_which_the_cut_falls_is_left_out(load, find, family):
    load(
        *(plain_row(str(i), "Ann", family, BIRTHDAY) for i in range(150)),
        *(plain_row(f"x{i}", "Anna", family, BIRTHDAY) for i in range(100)),
    )
    answer = find(f"ann {family}")
    assert (answer.total, answer.more, set(given_names(answer))) == (150, True, {"Ann"})


def test_marked_child_is_not_found_even_while_its_document_is_in_the_build(
    load, find, gate, ready, family
):
    load(*(plain_row(str(i), f"Ann {i}", family, BIRTHDAY) for i in range(3)))
    hidden = find(f"ann {family}").found[1].child
    mark(ready, hidden)
    answer = find(f"ann {family}")
    assert answer.total == 2
    assert hidden not in [one.child for one in answer.found]
    with pytest.raises(NotFound):
        gate.open_record(hidden, PAT, "test")


def test_search_that_meets_a_marked_child_raises_an_alarm_that_tells_of_nobody(
    load, find, ready, family, world
):
    load(plain_row("1", "Ann", family, BIRTHDAY))
    hidden = find(f"ann {family}").found[0].child
    mark(ready, hidden)
    find(f"ann {family}")
    alarms = Alarms(make_client(ready, "monitor"), world).open_alarms()
    assert [one.kind for one in alarms] == ["register"]
    assert hidden not in str(alarms)


def test_marked_child_makes_no_difference_to_what_counts_as_too_many(load, find, ready, family):
    load(*(plain_row(str(i), "Ann", family, BIRTHDAY) for i in range(201)))
    mark(ready, a_child_of(ready, family))
    answer = find(f"ann {family}")
    assert (answer.too_many, answer.total) == (False, 200)


def test_row_for_a_marked_child_leaves_nothing_searchable(load, find, ready, family):
    load(plain_row("1", "Ann", family, BIRTHDAY))
    hidden = find(f"ann {family}").found[0].child
    mark(ready, hidden)
    load(plain_row("1", "Annabel", family, BIRTHDAY))
    assert find(f"annabel {family}").total == 0
    worker_client = make_client(ready, "worker")
    assert worker_client.mget(index=CHILDREN, ids=[hidden])["docs"][0]["found"] is False


def test_record_of_nobody_and_of_a_hidden_child_are_refused_in_the_same_words(
    load, find, gate, ready, family
):
    load(plain_row("1", "Ann", family, BIRTHDAY))
    hidden = find(f"ann {family}").found[0].child
    mark(ready, hidden)
    said = []
    for number in (hidden, "100000000017", "no number"):
        with pytest.raises(NotFound) as refusal:
            gate.open_record(number, PAT, "test")
        said.append(str(refusal.value))
    assert len(set(said)) == 1


def test_record_needs_a_reason(load, find, gate, family):
    load(plain_row("1", "Ann", family, BIRTHDAY))
    child = find(f"ann {family}").found[0].child
    with pytest.raises(Refused, match="reason"):
        gate.open_record(child, PAT, "  ")


@pytest.mark.parametrize("role", ["auditor", "operator"])
def test_role_that_does_not_search_is_refused(gate, world, role):
    with pytest.raises(NotAllowed):
        gate.find(parse_question("ann kelly", today=world.today()), Actor("al", role, "359"))


def test_sources_are_for_data_managers_alone(load, find, gate, world, family):
    load(plain_row("1", "Ann", family, BIRTHDAY))
    manager = Actor("dana", "data-manager", "359")
    seen = gate.find(parse_question(family, today=world.today()), manager)
    assert find(family).found[0].sources is None
    assert seen.found[0].sources[0].endswith(":1")


def test_search_and_view_are_in_the_audit_with_the_numbers_that_were_shown(
    load, find, gate, ready, family
):
    load(plain_row("1", "Ann", family, BIRTHDAY))
    child = find(f"ann {family}").found[0].child
    gate.open_record(child, PAT, "school asked me to")
    desk_client = make_client(ready, "desk")
    desk_client.indices.refresh(index=f"{AUDIT}-*")
    hits = desk_client.search(
        index=f"{AUDIT}-*", query={"term": {"children": child}}, sort=["sequence"]
    )["hits"]["hits"]
    entries = [hit["_source"] for hit in hits]
    assert [one["event"] for one in entries] == ["search", "view"]
    assert entries[0]["question"]["name"] == f"ann {family}"
    assert entries[1]["reason"] == "school asked me to"
    assert entries[1]["previous"] == entries[0]["hash"]


def test_nothing_is_shown_when_the_audit_cannot_be_written(load, find, gate, ready, family):
    load(plain_row("1", "Ann", family, BIRTHDAY))
    operator_client = make_client(ready, "operator")
    block(operator_client, f"{AUDIT}-*", on=True)
    try:
        with pytest.raises(AuditUnavailable):
            find(f"ann {family}")
    finally:
        block(operator_client, f"{AUDIT}-*", on=False)
    assert find(f"ann {family}").total == 1


@pytest.fixture
def sentinel(ready):
    """The register's sentinel, put back as it was after a test has spoiled it."""
    client = make_client(ready, "worker")
    before = client.mget(index=SHIELD_MARKS, ids=["sentinel"])["docs"][0]["_source"]
    yield lambda **changes: client.index(
        index=SHIELD_MARKS, id="sentinel", document=before | changes
    )
    client.index(index=SHIELD_MARKS, id="sentinel", document=before)
    ready.register_seen.unlink(missing_ok=True)


@pytest.mark.usefixtures("sentinel")
def test_register_without_its_sentinel_is_an_error_and_never_an_empty_answer(find, gate, ready):
    make_client(ready, "worker").delete(index=SHIELD_MARKS, id="sentinel")
    with pytest.raises(RegisterUnavailable, match="sentinel"):
        find("nobody at all")
    with pytest.raises(RegisterUnavailable):
        gate.is_ready()


def test_register_made_with_another_key_is_an_error(find, sentinel, family):
    sentinel(key_check="0" * 32)
    with pytest.raises(RegisterUnavailable, match="another key"):
        find(f"ann {family}")


def test_register_older_than_one_seen_before_is_an_error(find, sentinel, family, ready):
    sentinel(sequence=10**6)
    find(f"ann {family}")
    sentinel(sequence=10**6 - 1)
    with pytest.raises(RegisterUnavailable, match="older"):
        find(f"ann {family}")
    with pytest.raises(RegisterUnavailable, match="older"):  # a process that has just started
        Marks.for_credential(ready, "front").marked(["1"])


def test_every_process_asks_the_same_marks(ready, world):
    number = f"{world.below(10**12):012}"
    mark(ready, number)
    for credential in ("front", "worker", "desk"):
        assert Marks.for_credential(ready, credential).marked([number, "1"]) == {number}


def test_answer_may_leave_only_within_half_a_second_of_its_check():
    now = 1_000.0
    world = replace(REAL, monotonic=lambda: now)
    assert is_fresh(now, world)
    assert not is_fresh(now - FRESH_SECONDS - 0.01, world)


def mark(settings, number):
    add_mark(make_client(settings, "worker"), settings.secret("register.key"), number)


def block(client, index, *, on):
    client.indices.put_settings(index=index, settings={"index.blocks.write": on or None})


def a_child_of(settings, family):
    hits = make_client(settings, "worker").search(
        index=CHILDREN, query={"term": {"names": family}}, size=1
    )["hits"]["hits"]
    return hits[0]["_id"]
