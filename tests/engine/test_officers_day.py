"""One day of shield officers on their pages, on the real server: the worker takes its turn while a
page waits, and all of it stands in `audit-sealed` and nothing in the ordinary audit."""

from dataclasses import replace

import pytest
from msgspec import structs

from indexer.audit.trail import Trail
from indexer.clients import make_client
from indexer.people.codes import make_code_secret
from indexer.people.demo import SignIn, set_up_with
from indexer.people.enrolment import read_person
from indexer.people.organisations import switch_on
from indexer.people.sessions import open_session
from indexer.people.users import NewUser, add_user
from indexer.shields.orders import Orders, order_of
from indexer.shields.work import Worker
from indexer.world import REAL
from mappings.names import AUDIT_MONTHS, AUDIT_SEALED
from tests.conftest import OPERATOR
from tests.rows import plain_row
from tests.shields import BIRTHDAY, OLGA, Office
from tests.unit.test_pages_officers import follow, send, shields_of, text_of
from webapp.app import create_app
from webapp.processes import DESK
from webapp.search.gate import Gate
from webapp.site import Site

PEOPLE = {"olga": "359", "omar": "359", "noor": "383", "nell": "383", "ivy": "359"}


@pytest.fixture(scope="module")
def office(shield_engine):
    return Office(shield_engine)


@pytest.fixture(scope="module")
def names(office):
    """Officers of two authorities and an inspector: who each is → user name of this run."""
    client = make_client(office.settings, "desk")
    trail, run = Trail(client, office.settings, REAL), office.world.below(10**9)
    secret, made = make_code_secret(REAL), {}
    for who, authority in PEOPLE.items():
        switch_on(client, authority, OPERATOR, trail)
        role = "inspector" if who == "ivy" else "shield-officer"
        made[who] = f"{who}-{run}"
        new = NewUser(made[who], role, authority, "a horse, a battery and a staple", REAL.today())
        add_user(client, new, OPERATOR, trail, REAL)
        set_up_with(office.settings, SignIn(new.name, role, new.password), secret)
    return made


@pytest.fixture(scope="module")
def app(office):
    worker = Worker(office.settings, office.world)
    world = replace(office.world, sleep=lambda _: worker.run())
    gate = Gate(office.settings, world, "desk")
    made = create_app(office.settings, gate, world, Site(process=DESK))
    made.config["WTF_CSRF_ENABLED"] = False
    return made


@pytest.fixture
def browse(office, app, names):
    """What gives the browser of somebody who has signed in."""

    def signed_in(who):
        client, name = make_client(office.settings, "desk"), names[who]
        mark = read_person(client, name).enrolment.mark
        browser = app.test_client()
        with browser.session_transaction() as cookie:
            cookie["_user_id"] = open_session(client, DESK.name, name, mark, office.world)
            cookie["user"] = name
        return browser

    return signed_in


def act(browser, family, words, **form):
    """Find the shield by the child's name, choose what to do about it, and send the form."""
    found = send(browser, shields_of(browser), text=f"ann {family}")
    return send(browser, follow(browser, follow(browser, found, family), words), **form)


def decide(browser, name, choice, why="compared"):
    listed = follow(browser, shields_of(browser), "What may be a shielded child")
    return send(browser, follow(browser, listed, name), choice=choice, why=why)


def events_of(office, index, actors):
    """The events of these people, in their order."""
    client = make_client(office.settings, "desk")
    client.indices.refresh(index=index)
    query = {"terms": {"actor": actors}}
    found = client.search(index=index, query=query, size=1_000, sort=["at"])["hits"]["hits"]
    return [one["_source"] for one in found]


def test_officers_day(office, source, browse, names):
    family = office.family()
    ann, near = shield_ann(office, source, family, browse("olga"))
    decide_about_the_near(office, source, family, browse, (ann, near))
    hand_over(office, family, browse, ann)
    lift(office, family, browse, names, ann)
    assert office.verify().faults == []
    check_audits(office, names)
    form = {"person": names["noor"], "child": ann}
    read = text_of(browse("ivy").post("/sealed", data=form, follow_redirects=True))
    assert "Took over a shield" in read
    assert "Reviewed a shield" not in read


def shield_ann(office, source, family, olga):
    """Ann is shielded, with who may be her; her brother is named, and can be found."""
    home = {"lines": [f"{office.world.below(10**6)} Long Row"], "town": "Wigan"}
    home["postcode"] = f"WN{office.world.below(90) + 10} {office.world.below(10)}QQ"
    ann = office.add(source, family, address=home)
    brother = plain_row("2", "Bartholomew", family, "2010-01-01", address=home)
    office.load(f"{source}-b", plain_row("1", "Anne", f"{family}e", BIRTHDAY), brother)
    near = office.number_of(f"{source}-b")
    form = {"number": ann, "why": "court order"}
    done = text_of(olga.post("/shield-set", data=form, follow_redirects=True))
    for words in ("from now on", f"Anne {family}e", "decide about them", f"Bartholomew {family}"):
        assert words in done
    assert office.found(family) == []
    assert office.is_hidden(ann)
    assert office.is_hidden(near)
    return ann, near


def decide_about_the_near(office, source, family, browse, children):
    """The near child is another, and found again; a row that comes later is Ann's, and is not."""
    ann, near = children
    decide(browse("omar"), f"Anne {family}e", "another-child")
    assert office.found(f"{family}e") == [near]
    office.load(f"{source}-c", plain_row("1", "Ann", f"{family}y", BIRTHDAY))
    assert office.found(f"{family}y") == [near]
    assert "It is carried out" in text_of(decide(browse("olga"), f"Ann {family}y", ann))
    assert office.number_of(f"{source}-c") == ann
    assert office.is_hidden(ann)


def hand_over(office, family, browse, ann):
    """Reviewed, offered, and another authority's once accepted: seen by one of the two alone."""
    olga, noor = browse("olga"), browse("noor")
    act(olga, family, "Review", why="still needed")
    act(olga, family, "Hand it over", to="383", why="lives there now")
    [offered] = office.register.find(numbers=[ann]).values()
    assert offered.offered_to == "383"
    shown = follow(noor, shields_of(noor), f"Shield {offered.name}")
    assert family not in shown.text
    send(noor, follow(noor, shown, "Accept"), why="ours now")
    assert family not in shields_of(olga).text
    assert family in shields_of(noor).text


def lift(office, family, browse, names, ann):
    """Asked for by one, who cannot lift it even past the pages; lifted by another."""
    act(browse("noor"), family, "Ask for it to be lifted", why="order ended")
    assert office.is_hidden(ann)
    [shield] = office.register.find(numbers=[ann]).values()
    noor = replace(OLGA, name=names["noor"], organisation="383")
    refused = ordered(office, "lift", noor, about=shield.name)
    assert (refused.state, "a lift takes two" in refused.said) == ("refused", True)
    lifted = act(browse("nell"), family, "Confirm the lift", why="checked")
    assert "can be found again" in text_of(lifted)
    assert ann in office.found(family)


def check_audits(office, names):
    """All that was done and seen is in `audit-sealed`, and nothing of it in the ordinary audit."""
    sealed = events_of(office, AUDIT_SEALED, [*names.values()])
    told = {(one["event"], one["actor"].partition("-")[0]) for one in sealed}
    assert told >= {
        *(("shield-order", one) for one in ("olga", "omar", "noor", "nell")),
        *(("shield-set", "olga"), ("shield-held", "olga"), ("shield-released", "omar")),
        *(("held-view", "omar"), ("held-same-child", "olga"), ("shield-reviewed", "olga")),
        *(("shield-offered", "olga"), ("shield-accepted", "noor"), ("shield-view", "noor")),
        *(("shield-lift-asked", "noor"), ("shield-lifted", "nell"), ("shield-search", "nell")),
    }
    assert all(one["reason"] for one in sealed if one["event"] != "shield-held")
    assert events_of(office, AUDIT_MONTHS, [*names.values()]) == []


def ordered(office, kind, officer, **more):
    """Place an order past the pages, let the worker take its turn; return the order by then."""
    orders = Orders(make_client(office.settings, "desk"))
    order = new_order(office, kind, officer, **more)
    assert orders.write(order)
    Worker(office.settings, office.world).run()
    return orders.read(order.id)


def new_order(office, kind, officer, **more):
    name, now = f"o-{office.world.below(10**12)}", office.world.now()
    return order_of(kind, officer, "by hand", id=name, asked_at=now, **more)


def test_order_of_who_is_no_officer_is_refused_and_one_that_somebody_began_is_left_to_them(
    office, names, source
):
    child = office.add(source, office.family())
    nobody = replace(OLGA, name="nobody-here")
    assert ordered(office, "set", nobody, about=child).state == "refused"
    assert office.opens(child)
    orders, olga = Orders(make_client(office.settings, "desk")), replace(OLGA, name=names["olga"])
    begun = new_order(office, "set", olga, about=child)
    orders.write(structs.replace(begun, taken_at=office.world.now()))
    worker = Worker(office.settings, office.world)
    worker.run()
    assert orders.read(begun.id).state == "waiting"
    orders.write(structs.replace(orders.read(begun.id), taken_at=None))
    worker.run()
    assert orders.read(begun.id).state == "done"
    assert office.is_hidden(child)
