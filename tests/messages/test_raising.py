"""A shop may send a notice as an ad: then it is one in everything. Never the other way round."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from app.customers.models import Customer
from app.extensions import db
from app.flows import automation, deliver, own_phone
from app.flows.automation import AskedForByLaw, CannotBeRaised
from app.flows.unit import write
from app.kit.refusals import Invalid, NotHere
from app.messages import by_hand, history, queries, raising, recall, registry
from app.messages.contract import Kind, Wire
from app.messages.models import AdGrant, Automation
from tests import world
from tests.messages.world import a_consent, a_customer, a_shop, rows, thank
from tests.world import Clock

KIND = "reward_ready"
WORDS = "{이름} 님, 도장을 다 모으셨어요. 이번 주는 10% 할인이에요."


@pytest.fixture
def wire(town: Flask) -> Wire:
    return replace(town.config["WIRE"], public_url="https://dangol.test")


def raise_it(shop: int, clock: Clock, *, kind: str = KIND, as_ad: bool = True) -> None:
    """Tap the switch."""
    automation.send_as_ad(shop_id=shop, kind=kind, as_ad=as_ad, now=clock())


@pytest.mark.parametrize("kind", registry.kinds().values(), ids=lambda kind: kind.key)
def test_an_ad_is_never_lowered_and_a_raised_notice_is_an_ad_in_all(kind: Kind) -> None:
    sent = raising.as_sent(kind, True)
    assert raising.as_sent(kind, False) == kind
    if raising.may_be_raised(kind):
        assert not kind.is_ad
        assert sent.is_ad
        assert not sent.any_hour, "nobody's ad goes out at night"
    else:
        assert sent == kind


def test_what_may_not_be_raised(town: Flask, clock: Clock) -> None:
    shop = a_shop()
    for kind, refusal in [
        ("thank_you", CannotBeRaised),
        ("consent_result", AskedForByLaw),
        ("phone_code", AskedForByLaw),
        ("nothing", NotHere),
    ]:
        for as_ad in (True, False):
            with pytest.raises(refusal):
                raise_it(shop, clock, kind=kind, as_ad=as_ad)


def test_a_raised_notice_goes_to_who_agreed_with_label_and_opt_out(
    town: Flask, clock: Clock, wire: Wire
) -> None:
    shop = a_shop(is_demo=False)
    agreed = a_customer(shop, "김단골")
    silent = a_customer(shop, "박무응", phone="+821099998888", agreed=("age14", "required"))
    other = a_shop("별빛찻집", is_demo=False)
    theirs = a_customer(other, "최손님", phone="+821099997777", agreed=("age14", "required"))
    automation.save(shop_id=shop, kind=KIND, text=WORDS, as_ad=True, now=clock())
    for number, (where, who) in enumerate([(shop, agreed), (shop, silent), (other, theirs)]):
        thank(where, who, clock, f"fill:{number}", KIND)
    assert {row.customer_id for row in rows(kind=KIND, channel="own_phone")} == {agreed, theirs}
    deliver.drain(wire=wire, clock=clock)
    (staged,) = rows(kind=KIND, channel="own_phone", customer_id=agreed)
    assert staged.text.startswith("(광고)달빛커피\n")
    assert "무료수신거부 https://dangol.test/o/" in staged.text.split("\n")[-1]
    (line,) = by_hand.by_hand(shop, wire=wire, now=clock())
    own_phone.mark_sent(shop_id=shop, message_id=line.id, wire=wire, now=clock())
    assert db.session.query(AdGrant).count() == 1
    assert history.sent(shop, now=clock(), customer_id=agreed).lines[0].is_ad
    (card,) = history.sent(shop, now=clock(), customer_id=silent).lines
    assert card.reason == "카드에만 남겨요. 광고 문자에 동의하지 않은 손님이에요."
    (plain,) = rows(kind=KIND, channel="own_phone", customer_id=theirs)
    assert plain.text.startswith("[별빛찻집] ")
    thank(shop, agreed, clock, "fill:9", KIND)
    clock.advance(minutes=1)
    deliver.drain(wire=wire, clock=clock)
    assert rows(kind=KIND, channel="own_phone", cause="fill:9")[0].code == "cap"


def test_what_lies_in_the_owners_hand_is_worded_anew(town: Flask, clock: Clock, wire: Wire) -> None:
    shop = a_shop(is_demo=False)
    thank(shop, a_customer(shop), clock, "fill:1", KIND)
    deliver.drain(wire=wire, clock=clock)
    assert by_hand.by_hand(shop, wire=wire, now=clock())[0].text.startswith("[달빛커피]")
    raise_it(shop, clock)
    assert by_hand.by_hand(shop, wire=wire, now=clock()) == []
    deliver.drain(wire=wire, clock=clock)
    assert by_hand.by_hand(shop, wire=wire, now=clock())[0].text.startswith("(광고)달빛커피")


def test_a_withdrawn_consent_takes_back_raised_notices_alone(town: Flask, clock: Clock) -> None:
    shop = a_shop(is_demo=False)
    who = a_customer(shop)
    raise_it(shop, clock)
    thank(shop, who, clock, "fill:1", KIND)
    thank(shop, who, clock, "fill:2", "stage_ready")
    with write() as session:
        person = session.get_one(Customer, who)
        session.add(a_consent(person, "ads", "withdraw"))
        session.flush()
        recall.cancel_unconsented(session, shop_id=shop, customer_id=who, now=clock())
    assert [row.state for row in rows(channel="own_phone", kind=KIND)] == ["cancelled"]
    assert [row.state for row in rows(channel="own_phone", kind="stage_ready")] == ["ready"]


def test_words_of_an_ad_offer_the_way_out_and_keep_it_an_ad(town: Flask, clock: Clock) -> None:
    shop = a_shop()
    with pytest.raises(Invalid) as refusal:
        automation.save(shop_id=shop, kind=KIND, text=WORDS, now=clock())
    assert refusal.value.fields["text"] == (
        "안내 글에는 홍보하는 말(‘10%’)을 쓸 수 없어요. 이 글은 광고로 보내야 해요."
    )
    assert automation.is_an_ads(registry.kind(KIND), WORDS)
    assert not automation.is_an_ads(registry.kind(KIND), WORDS + " (광고)"), "something else is wrong as well"
    assert not automation.is_an_ads(registry.kind("thank_you"), WORDS)
    automation.save(shop_id=shop, kind=KIND, text=WORDS, as_ad=True, now=clock())
    automation.save(shop_id=shop, kind=KIND, text=WORDS + " 꼭 오세요.", now=clock())
    line = queries.automation(shop, KIND)
    assert line is not None
    assert line.is_raised
    with pytest.raises(Invalid) as kept:
        raise_it(shop, clock, as_ad=False)
    assert "10%" in kept.value.fields["as_ad"]
    automation.save(shop_id=shop, kind=KIND, text="도장을 다 모으셨어요.", now=clock())
    for _ in range(2):
        raise_it(shop, clock, as_ad=False)
    db.session.rollback()
    assert [row.as_ad for row in db.session.query(Automation).filter_by(shop_id=shop)] == [False]


def test_twenty_taps_are_one_change(town: Flask, clock: Clock) -> None:
    shop, now = a_shop(), clock()
    done = world.all_at_once(
        town, [lambda: automation.send_as_ad(shop_id=shop, kind=KIND, as_ad=True, now=now)] * 20
    )
    assert done == [None] * 20
    db.session.rollback()
    assert [row.as_ad for row in db.session.query(Automation).filter_by(shop_id=shop)] == [True]
