"""The by-hand queue and what stands still: nothing of it is offered, marked as sent, or put back."""

from __future__ import annotations

import pytest
from flask import Flask

from app.extensions import db
from app.flows import campaign_run, deliver, going_on, own_phone
from app.flows.unit import write
from app.messages import by_hand, queries, today
from app.messages.contract import Wire
from app.messages.models import Automation, Message
from tests import factories
from tests.factories import AShop
from tests.flows.campaigning import a_draft, confirm, letters, people_who_agreed
from tests.world import Clock


@pytest.fixture
def wire(app: Flask) -> Wire:
    found: Wire = app.config["WIRE"]
    return found


def staged(shop: AShop, wire: Wire, clock: Clock) -> tuple[int, int]:
    """Let a campaign to one lie in the owner's queue; returns (campaign, message)."""
    people_who_agreed(shop, 1)
    made = a_draft(shop)
    confirm(shop, made, wire, "1")
    campaign_run.go_on_all(now=clock.advance(minutes=20))
    deliver.drain(wire=wire, clock=clock)
    (row,) = [each for each in letters(made) if each.channel == "own_phone"]
    return made, row.id


def offered(shop: AShop, wire: Wire, clock: Clock) -> list[int]:
    db.session.rollback()
    return [line.id for line in by_hand.by_hand(shop.id, wire=wire, now=clock())]


def test_a_paused_campaign_offers_nothing_until_it_goes_on(shop: AShop, wire: Wire, clock: Clock) -> None:
    made, message = staged(shop, wire, clock)
    assert offered(shop, wire, clock) == [message]
    campaign_run.pause(shop_id=shop.id, campaign_id=made)
    assert offered(shop, wire, clock) == []
    assert by_hand.waiting_now(shop.id, wire=wire, now=clock()) == 0
    assert queries.outlook(shop.id, now=clock()).by_hand == 0
    assert today.today(shop.id, now=clock()).by_hand == []
    with pytest.raises(own_phone.MustNotGo, match="사장님이 멈춰 두셨어요"):
        own_phone.mark_sent(shop_id=shop.id, message_id=message, wire=wire, now=clock())
    going_on.campaign(shop_id=shop.id, campaign_id=made, now=clock())
    assert offered(shop, wire, clock) == [message]
    assert queries.outlook(shop.id, now=clock()).by_hand == 1
    assert [line.count for line in today.today(shop.id, now=clock()).by_hand] == [1]
    own_phone.mark_sent(shop_id=shop.id, message_id=message, wire=wire, now=clock())


def test_a_paused_automation_offers_nothing(shop: AShop, wire: Wire, clock: Clock) -> None:
    who = factories.a_customer(shop, phone=factories.a_number(), agrees="all")
    factories.a_stamp(shop, who.card_id)
    clock.advance(hours=2)
    deliver.drain(wire=wire, clock=clock)
    (message,) = offered(shop, wire, clock)
    with write() as session:
        kind = session.get_one(Message, message).kind
        session.query(Automation).filter_by(shop_id=shop.id, kind=kind).delete()
        session.add(
            Automation(
                shop_id=shop.id,
                kind=kind,
                text="",
                is_on=True,
                changed_at=clock(),
                paused_at=clock(),
                paused_why="너무 많이 가지 못했어요.",
            )
        )
    assert offered(shop, wire, clock) == []
    with pytest.raises(own_phone.MustNotGo, match="너무 많이"):
        own_phone.mark_sent(shop_id=shop.id, message_id=message, wire=wire, now=clock())


def test_what_is_taken_back_of_a_cancelled_campaign_ends(shop: AShop, wire: Wire, clock: Clock) -> None:
    made, message = staged(shop, wire, clock)
    own_phone.mark_sent(shop_id=shop.id, message_id=message, wire=wire, now=clock())
    campaign_run.cancel(shop_id=shop.id, staff_id=shop.owner_id, campaign_id=made, now=clock())
    own_phone.undo_sent(shop_id=shop.id, message_id=message, now=clock())
    assert [each.state for each in letters(made) if each.channel == "own_phone"] == ["cancelled"]
    assert offered(shop, wire, clock) == []
