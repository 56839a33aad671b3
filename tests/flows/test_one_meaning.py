"""What several places say of the same people is one thing: who is silent, who is dormant, where 단골 begins."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.cards.models import Card
from app.customers.models import Customer
from app.extensions import db
from app.flows import come_back
from app.flows import groups as flow
from app.flows.unit import write
from app.insights import groups, moves, rhythms, rules
from app.insights import queries as insights
from app.insights.models import PersonStat
from app.messages.models import Message
from tests import factories
from tests.factories import ACustomer, AShop
from tests.flows.coming import counted
from tests.flows.grouping import is_gone, members
from tests.world import Clock


def _weekly(shop: AShop, last: int, *, visits: int = 4, name: str = "한지우") -> ACustomer:
    """Somebody who came every week, until so many days ago."""
    who = factories.a_customer(shop, name=name, phone=factories.a_number(), agrees="all")
    for days in range(last + 7 * (visits - 1), last - 1, -7):
        factories.a_stamp(shop, who.card_id, at=factories.now() - timedelta(days=days))
    return who


def _change(model: Any, which: Any, **facts: Any) -> None:
    with write() as session:
        session.execute(db.update(model).where(which).values(**facts))


def _lost_their_card(who: ACustomer) -> None:
    _change(Card, Card.id == who.card_id, closed_at=factories.now())


def _just_came(who: ACustomer) -> None:
    _change(Customer, Customer.id == who.id, stale_at=factories.now())


def _has_no_name(who: ACustomer) -> None:
    _change(Customer, Customer.id == who.id, name="")


def _has_no_own_rhythm(who: ACustomer) -> None:
    _change(PersonStat, PersonStat.customer_id == who.id, has_own_rhythm=False)


SILENT: list[tuple[int, Callable[[ACustomer], None] | None, bool]] = [
    (12, None, False),
    (13, None, True),
    (20, None, True),
    (21, None, False),  # dormant
    (15, _lost_their_card, False),
    (15, _just_came, False),
    (15, is_gone, False),
    (15, _has_no_own_rhythm, False),
    (15, _has_no_name, True),  # a card is somebody
]


def test_list_page_and_message_mean_the_same_silent_people(app: Flask, shop: AShop, clock: Clock) -> None:
    people = [(_weekly(shop, last), change, silent) for last, change, silent in SILENT]
    counted(shop)
    for who, change, _silent in people:
        if change is not None:
            change(who)
    meant = [who.id for who, _change, silent in people if silent]
    asked: dict[str, Any] = {"shop_id": shop.id, "now": clock()}
    assert members(shop, "silent") == meant
    many, quiet = rhythms.quiet_ones(**asked, limit=50)
    assert (many, sorted(one.customer_id for one in quiet)) == (len(meant), meant)
    assert [one.customer_id for one in insights.silent_ones(**asked, after_id=0, limit=50)[0]] == meant
    assert come_back.plan_for(**asked) == len(meant)
    written = db.select(Message.customer_id).where(Message.kind == "come_back").distinct()
    assert sorted(db.session.scalars(written)) == meant


@pytest.mark.parametrize(
    ("last", "visits", "asked"),
    [(20, 4, False), (21, 4, True), (89, 1, False), (90, 1, True), (81, 4, True), (82, 4, False)],
)
def test_who_gets_the_later_greeting_is_dormant(
    app: Flask, shop: AShop, clock: Clock, last: int, visits: int, asked: bool
) -> None:
    """Of the dormant those are left out with whom it is over."""
    who = _weekly(shop, last, visits=visits)
    counted(shop)
    found, _on = insights.dormant_ones(shop_id=shop.id, now=clock(), after_id=0, limit=9)
    assert [each.customer_id for each in found] == ([who.id] if asked else [])
    assert members(shop, "dormant") == ([who.id] if last in (21, 90, 81, 82) else [])


@pytest.mark.parametrize("begins", [None, 2, 5, 10])
def test_regulars_begin_where_the_shop_says(
    app: Flask, shop: AShop, clock: Clock, begins: int | None
) -> None:
    if begins is not None:
        flow.set_regular_from(shop_id=shop.id, staff_id=shop.owner_id, visits=str(begins), now=clock())
    least = begins or rules.REGULAR_VISITS
    people = {many: _weekly(shop, 7, visits=many, name=f"손님{many}") for many in (1, 2, 3, 4, 5, 9, 10)}
    counted(shop)
    flow.see_to(shop_id=shop.id, now=clock())
    meant = [who.id for many, who in people.items() if many >= least]
    assert groups.regular_from(shop.id) == least
    assert members(shop, "regular") == meant
    assert members(shop, "again") == [who.id for many, who in people.items() if 2 <= many < least]
    assert f"{least}번 이상" in str(groups.lines(shop_id=shop.id, now=clock()))
    greeted = {one.customer_id for one in insights.to_greet(shop_id=shop.id, now=clock(), limit=50)}
    assert greeted == {who.id for many, who in people.items() if many >= max(least, rules.RHYTHM_VISITS)}
    # Who falls silent now is told as a regular only if they were one.
    counted(shop, clock.advance(days=8))
    flow.see_to(shop_id=shop.id, now=clock())
    faded = moves.page(shop_id=shop.id, name="faded", now=clock())
    assert faded is not None
    own = {who.id for many, who in people.items() if many >= max(least, rules.RHYTHM_VISITS)}
    assert own <= {one.id for one in faded[1].lines} <= set(meant)
