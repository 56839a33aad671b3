"""A card moved at the counter, and one whose old codes must die."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.cards.rules import ForeignCode, OldCode, OldPrint
from app.customers.models import Device, NewPhone
from app.extensions import db
from app.flows import merge, reissue, restore, spending, stamp
from app.flows.own_card import OwnCard
from app.flows.restore import NotWaiting, OtherCardHere
from app.flows.spending import NotProven
from app.flows.unit import write
from app.kit.refusals import Invalid, NotHere
from app.messages.models import Message
from app.shops.models import AccessLog, AuditLine
from tests import factories, world
from tests.factories import ACustomer, AShop
from tests.security.full_shop import balance_of
from tests.world import Clock


def wait(shop: AShop, browser: str = "new phone") -> int:
    """Let a browser wait; returns its row."""
    restore.wait_here(shop_id=shop.id, browser_token=browser, user_agent="test", now=factories.now())
    db.session.rollback()
    return int(db.session.scalar(db.select(db.func.max(NewPhone.id))) or 0)


def move(shop: AShop, who: ACustomer, waiting_id: int | None, **changes: Any) -> None:
    """Move a card as the owner, who knows the person."""
    settings: dict[str, Any] = {
        "shop_id": shop.id,
        "customer_id": who.id,
        "waiting_id": waiting_id,
        "checked": "known",
        "old_out": False,
        "staff_id": shop.owner_id,
        "ip": "",
        "now": factories.now(),
    }
    restore.at_counter(**settings | changes)


def browsers(who: ACustomer) -> int:
    """Return how many browsers hold a card."""
    db.session.rollback()
    return int(db.session.scalar(db.select(db.func.count()).where(Device.customer_id == who.id)) or 0)


def test_the_staff_moves_a_card_and_it_is_told_and_written_down(shop: AShop, jiwoo: ACustomer) -> None:
    move(shop, jiwoo, wait(shop), checked="number")
    assert browsers(jiwoo) == 2
    line = db.session.scalars(db.select(AuditLine).order_by(AuditLine.id.desc()).limit(1)).one()
    assert (line.what, line.staff_id, line.subject, line.detail) == (
        "card_moved", shop.owner_id, f"customer:{jiwoo.id}", "number",
    )  # fmt: skip
    assert db.session.scalar(db.select(AccessLog.action)) == "move"
    letter = db.session.scalars(db.select(Message).where(Message.kind == "card_moved")).first()
    assert letter is not None and letter.text == (
        "11월 23일에 가게에서 새 휴대폰으로 카드를 옮겨 드렸어요. 손님이 하신 일이 아니면 가게에 바로 알려 주세요."
    )


def test_stamps_of_the_new_phone_come_along_and_the_old_one_is_out(shop: AShop, jiwoo: ACustomer) -> None:
    factories.a_card_with(3, shop, jiwoo)
    here = factories.a_card_with(2, shop, factories.a_customer(shop, browser="new phone"))
    move(shop, jiwoo, wait(shop), old_out=True)
    assert (balance_of(jiwoo), balance_of(here)) == (5, 0)
    held = db.session.scalars(db.select(Device.customer_id)).all()
    assert held == [jiwoo.id]  # the new phone alone


@pytest.mark.parametrize("which", ["late", "nobody", "other shop", "word", "check"])
def test_refused(shop: AShop, other_shop: AShop, jiwoo: ACustomer, clock: Clock, which: str) -> None:
    row = wait(shop)
    if which == "late":
        clock.advance(minutes=15)
        with pytest.raises(NotWaiting):
            move(shop, jiwoo, row)
    elif which == "nobody":
        with pytest.raises(NotHere):
            move(shop, factories.a_customer(other_shop), row)
    elif which == "other shop":
        with pytest.raises(NotWaiting):
            move(other_shop, factories.a_customer(other_shop), row)
    elif which == "word":
        with pytest.raises(Invalid, match="보이는 말"):
            move(shop, jiwoo, None)
    else:
        with pytest.raises(Invalid, match="어떻게 확인"):
            move(shop, jiwoo, row, checked="")
    assert browsers(jiwoo) == 1


def test_a_browser_with_a_numbered_card_does_not_wait(shop: AShop, jiwoo: ACustomer) -> None:
    with pytest.raises(OtherCardHere):
        wait(shop, jiwoo.browser)


def test_two_staff_at_once_move_one_card(app: Flask, shop: AShop, jiwoo: ACustomer, minho: ACustomer) -> None:
    row = wait(shop)
    results = world.all_at_once(app, [lambda: move(shop, jiwoo, row), lambda: move(shop, minho, row)])
    assert sorted(type(each).__name__ for each in results) == ["NoneType", "NotWaiting"]
    assert browsers(jiwoo) + browsers(minho) == 3


def test_staff_who_get_a_card_at_the_counter_do_not_stamp_it(shop: AShop, jiwoo: ACustomer) -> None:
    staff_id = factories.a_staff(shop)
    restore.wait_here(
        shop_id=shop.id, browser_token="new phone", user_agent="", now=factories.now(),
        staff_token=factories.a_session(shop, staff_id),
    )  # fmt: skip
    move(shop, jiwoo, wait(shop))
    with pytest.raises(OwnCard):
        factories.a_stamp(shop, jiwoo.card_id, staff_id=staff_id)


def test_the_second_tap_changes_nothing(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    row = wait(shop)
    move(shop, jiwoo, row)
    move(shop, jiwoo, row)
    assert browsers(jiwoo) == 2
    lines = db.select(db.func.count(AuditLine.id)).where(AuditLine.what == "card_moved")
    assert db.session.scalar(lines) == 1


def test_twenty_phones_that_wait_at_once_have_words_of_their_own(app: Flask, shop: AShop) -> None:
    words = world.all_at_once(
        app,
        [
            lambda n=n: restore.wait_here(
                shop_id=shop.id, browser_token=f"b{n}", user_agent="", now=factories.now()
            )
            for n in range(6)
        ],
    )
    assert len({word for word in words if isinstance(word, str)}) >= 5


def test_a_lost_cards_codes_die_and_its_stamps_stay(shop: AShop, jiwoo: ACustomer) -> None:
    factories.a_card_with(3, shop, jiwoo)
    paper, live = factories.a_printed_code(jiwoo), factories.a_code(jiwoo)
    spoken = factories.a_card(jiwoo.card_id).spoken
    reissue.reissue(
        shop_id=shop.id, customer_id=jiwoo.id, staff_id=shop.owner_id, but_browser=None, now=factories.now()
    )
    card = factories.a_card(jiwoo.card_id)
    assert (card.balance, card.key_version, card.print_version) == (3, 2, 2)
    assert card.spoken != spoken and browsers(jiwoo) == 0
    for code, refusal in ((paper, OldPrint), (live, (OldCode, ForeignCode))):
        with pytest.raises(refusal):
            stamp.give(
                shop_id=shop.id, staff_id=shop.owner_id, once=factories.once(), now=factories.now(),
                master=factories.master(), how="scan", code=code,
            )  # fmt: skip
    assert (
        db.session.scalar(db.select(AuditLine.what).order_by(AuditLine.id.desc()).limit(1)) == "card_reissued"
    )


def test_the_phone_in_the_hand_keeps_the_card(shop: AShop, jiwoo: ACustomer) -> None:
    move(shop, jiwoo, wait(shop))
    reissue.reissue(
        shop_id=shop.id, customer_id=jiwoo.id, staff_id=None, but_browser="new phone", now=factories.now()
    )
    assert browsers(jiwoo) == 1


def test_the_paper_of_a_card_that_went_in_dies_too(shop: AShop, jiwoo: ACustomer, minho: ACustomer) -> None:
    paper = factories.a_printed_code(minho)
    merge.merge_people(
        shop_id=shop.id, kept_id=jiwoo.id, gone_id=minho.id, staff_id=shop.owner_id, now=factories.now()
    )
    reissue.reissue(
        shop_id=shop.id, customer_id=jiwoo.id, staff_id=None, but_browser=None, now=factories.now()
    )
    with pytest.raises(OldPrint):
        factories.a_stamp(shop, None, how="scan", code=paper)  # type: ignore[arg-type]


def test_a_printed_cards_scan_is_no_proof_of_its_holder(shop: AShop, jiwoo: ACustomer) -> None:
    factories.a_stamp(shop, None, how="scan", code=factories.a_printed_code(jiwoo))  # type: ignore[arg-type]
    with pytest.raises(NotProven), write() as session:
        spending.proof(
            session, shop_id=shop.id, card_id=jiwoo.card_id, staff_id=shop.owner_id, now=factories.now()
        )
