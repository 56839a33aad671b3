"""Refusals by a number, a carrier's list, or said to the shop: the same effect as the link, and kept for good."""

from __future__ import annotations

import pytest
from flask import Flask

from app.customers import evidence
from app.customers.models import Consent, Suppression
from app.extensions import db
from app.flows import join, privacy, refusing
from app.flows.privacy import Refusal
from app.flows.unit import after_a_race, write
from app.kit.phone import korean_mobile
from app.kit.refusals import Invalid, NotHere
from app.messages import gather, registry
from app.messages.models import Message
from tests import factories, world
from tests.factories import ACustomer, AShop

JIWOO = "+821023456789"


def by_number(shop: AShop, phone: str = JIWOO, source: str = "solapi") -> Refusal:
    """A provider says that this number refused."""
    now = factories.now()

    def flow() -> Refusal:
        with write() as session:
            return privacy.opt_out_number(session, shop_id=shop.id, phone=phone, source=source, now=now)

    return after_a_race(flow)


def by_list(shop: AShop, *numbers: str) -> int:
    """Put a list in and say yes."""
    read = refusing.read_list("\n".join(numbers))
    return refusing.take_list(
        shop_id=shop.id, numbers=read.numbers, staff_id=shop.owner_id, now=factories.now()
    )


def is_refused(shop: AShop, customer_id: int) -> bool:
    """Ask what the gate is told."""
    db.session.rollback()
    return gather.look_up(
        db.session, shop_id=shop.id, customer_id=customer_id, now=factories.now()
    ).person.refused


def states(who: ACustomer, kind: str, channel: str) -> list[str]:
    """Return the states of a person's messages of a kind."""
    db.session.rollback()
    query = db.select(Message.state).where(
        Message.customer_id == who.id, Message.kind == kind, Message.channel == channel
    )
    return list(db.session.scalars(query.order_by(Message.id)))


@pytest.mark.parametrize("way", ["number", "list", "counter"])
def test_each_way_ends_all_ads_and_is_answered_once(shop: AShop, jiwoo: ACustomer, way: str) -> None:
    factories.a_stamp(shop, jiwoo.card_id)
    for time in range(2):
        if way == "number":
            assert by_number(shop) == Refusal(is_new=time == 0, is_known=True)
        elif way == "list":
            assert by_list(shop, "010-2345-6789") == (time == 0)
        else:
            said = refusing.said_to_shop(
                shop_id=shop.id, customer_id=jiwoo.id, staff_id=shop.owner_id, now=factories.now()
            )
            assert said is (time == 0)
    assert is_refused(shop, jiwoo.id)
    gone = db.select(Consent.kind, Consent.source).where(Consent.action == "withdraw").order_by(Consent.id)
    source = {"number": "solapi", "list": "080", "counter": "staff"}[way]
    assert [tuple(row) for row in db.session.execute(gone)] == [("ads", source), ("ads_night", source)]
    assert states(jiwoo, "thank_you", "own_phone") == ["cancelled"]
    assert states(jiwoo, "optout_result", "card") == ["sent"]


def test_a_number_nobody_has_is_kept_as_a_hash_and_waits_for_its_person(shop: AShop) -> None:
    assert by_number(shop) == Refusal(is_new=True, is_known=False)
    assert by_number(shop) == Refusal(is_new=False, is_known=False)
    rows = db.session.execute(db.select(Suppression.address_key, Suppression.customer_id)).all()
    assert [tuple(row) for row in rows] == [(join.phone_key(factories.master(), JIWOO), None)]
    late = factories.a_customer(shop, name="한지우", phone="010-2345-6789", agrees="all")
    assert is_refused(shop, late.id), "a typed number is nobody's word"
    privacy.change_consent(
        shop_id=shop.id, customer_id=late.id, kind="ads", grant=False, ip="", user_agent="",
        master=factories.master(), now=factories.now(),
    )  # fmt: skip
    privacy.change_consent(
        shop_id=shop.id, customer_id=late.id, kind="ads", grant=True, ip="", user_agent="",
        master=factories.master(), now=factories.now(),
    )  # fmt: skip
    assert is_refused(shop, late.id)


def test_a_refusal_outlives_its_person_and_ends_by_their_own_new_yes(shop: AShop, jiwoo: ACustomer) -> None:
    by_number(shop)
    privacy.change_consent(
        shop_id=shop.id, customer_id=jiwoo.id, kind="ads", grant=True, ip="", user_agent="",
        master=factories.master(), now=factories.now(),
    )  # fmt: skip
    assert not is_refused(shop, jiwoo.id)
    by_number(shop)
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=factories.now())
    assert by_number(shop) == Refusal(is_new=False, is_known=False)
    back = factories.a_customer(shop, name="한지우", phone="010-2345-6789", agrees="all")
    assert is_refused(shop, back.id)


def test_shops_do_not_hear_each_other(shop: AShop, other_shop: AShop, jiwoo: ACustomer) -> None:
    assert by_number(other_shop) == Refusal(is_new=True, is_known=False)
    assert not is_refused(shop, jiwoo.id)
    assert evidence.refused_total(shop.id) == 0
    with pytest.raises(NotHere):
        refusing.said_to_shop(
            shop_id=other_shop.id, customer_id=jiwoo.id, staff_id=other_shop.owner_id, now=factories.now()
        )


@pytest.mark.parametrize("known", [True, False])
def test_twenty_at_once_are_one(app: Flask, shop: AShop, jiwoo: ACustomer, known: bool) -> None:
    phone = JIWOO if known else "+821055554444"
    found = world.all_at_once(app, [lambda: by_number(shop, phone)] * 20)
    assert [each for each in found if not isinstance(each, Refusal)] == []
    assert sum(each.is_new for each in found) == 1
    assert db.session.scalar(db.select(db.func.count(Suppression.id))) == 1


def test_what_a_list_would_bring_is_told_first(shop: AShop, jiwoo: ACustomer) -> None:
    by_list(shop, "010-9999-8888")
    read = refusing.read_list(
        "\ufeff번호,날짜\n010-2345-6789,2026-11-20 10:00\n+82 10 9999 8888\n"
        "1077776666\n010 7777 6666\n02-123-4567\n이상한 줄\n"
    )
    assert read.numbers == (JIWOO, "+821099998888", "+821077776666")
    assert read.unread == ("02-123-4567", "이상한 줄")
    assert refusing.count(
        shop_id=shop.id, numbers=read.numbers, master=factories.master()
    ) == refusing.Counted(known=1, strange=1, refused=1)
    assert not is_refused(shop, jiwoo.id)


@pytest.mark.parametrize("typed", ["", "이름\n김단골", "02-123-4567", "010-1234-5678\n" * 2001])
def test_a_list_that_cannot_be_read_says_what_to_do(typed: str) -> None:
    with pytest.raises(Invalid) as refusal:
        refusing.read_list(typed)
    assert refusal.value.fields["list"].endswith(("요.", "010-1234-5678"))


def test_a_date_or_an_order_beside_it_is_no_number() -> None:
    read = refusing.read_list("20261120,010-2345-6789,주문 2026112000017\n2026-11-20 09:12;01022223333")
    assert read.numbers == (JIWOO, korean_mobile("01022223333"))


def test_every_consent_is_a_kind_the_result_can_name() -> None:
    words = registry.kind("consent_result").words
    for kind in ("ads", "ads_night", "ads_email"):
        assert words({"consent": kind, "granted": True, "day": "2026-11-23"})["처리"].endswith("동의하셨어요")
