"""What became of an order: the page waits a moment for the worker, and then says how it stands."""

from dataclasses import dataclass

from flask import g, render_template, url_for

from indexer.shields.orders import Order
from webapp.pages import pages
from webapp.pages.desk.shield_act import Act, acts
from webapp.pages.desk.shield_reason import shields_address
from webapp.pages.desk.shields import shield_address
from webapp.service import service
from webapp.tokens import Asked

LOOKS, LOOKS_EVERY_SECONDS = 12, 0.25


@dataclass(frozen=True)
class ShieldOrderPage:
    """`again` is the address of this page, `shield` that of the shield, "" where there is none;
    `is_late` says that the worker seems not to run."""

    order: Order
    act: Act
    title: str
    again: str
    back: str
    shield: str
    held_address: str
    is_late: bool
    helpdesk: str


@pages.get("/shield/order/<token>")
def shield_order(token: str) -> str:
    asked = service().tokens.open("order", g.reader.name, token)
    order = _settled(asked.text)
    return render_template("desk/shield_order.html", page=build_order_page(order, asked))


def _settled(name: str) -> Order:
    """Return the order once it is carried out, or as it stands after three seconds; at once where
    it is late already."""
    officers, world = service().officers, service().world
    order = officers.order(name, g.reader)
    for _ in range(LOOKS):
        if order.state != "waiting" or order.is_late(world.now()):
            break
        world.sleep(LOOKS_EVERY_SECONDS)
        order = officers.order(name, g.reader)
    return order


def build_order_page(order: Order, asked: Asked) -> ShieldOrderPage:
    """Return the page, as of now."""
    act = acts()[order.kind]
    title = {"waiting": act.doing, "done": act.done, "refused": "That could not be done"}
    sealed = service().tokens.seal("order", g.reader.name, asked)
    held = service().tokens.seal("held", g.reader.name, Asked("", reason=asked.reason))
    return ShieldOrderPage(
        order=order,
        act=act,
        title=title[order.state],
        again=url_for("pages.shield_order", token=sealed),
        back=shields_address(Asked("", reason=asked.reason)),
        shield=_shield(order, asked),
        held_address=url_for("pages.held", token=held),
        is_late=order.is_late(service().world.now()),
        helpdesk=service().helpdesk,
    )


def _shield(order: Order, asked: Asked) -> str:
    """The shield it was about, unless that is no more, or another authority's."""
    name = order.said if order.kind == "set" else order.about
    is_there = order.state == "done" and order.kind in {
        "set",
        "review",
        "hand-over",
        "accept",
        "ask-lift",
    }
    return shield_address(name, asked.reason) if is_there else ""
