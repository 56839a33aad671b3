"""A tap is a card; a name and a number may follow; nobody learns whose number it is."""

from __future__ import annotations

import hashlib

import pytest
from flask import Flask

from app.cards.models import Card
from app.customers.actions import suppress
from app.customers.models import Consent, Customer, Device, PhoneClaim, Suppression
from app.customers.rules import CONSENT_KINDS, Details
from app.customers.texts import CONSENT_TEXTS, TEXT_VERSION
from app.extensions import db
from app.flows import join
from app.flows.join import Joined
from app.flows.unit import write
from app.kit.refusals import Invalid
from app.kit.signing import new_token
from app.messages import gather, registry
from app.messages.contract import Wire
from app.messages.models import Message
from tests import factories, world
from tests.factories import AShop


def tap(shop: AShop, browser: str) -> Joined:
    """Join without a word."""
    return join.join_anonymous(
        shop_id=shop.id, browser_token=browser, source="qr", user_agent="test", now=factories.now()
    )


def tell(
    shop: AShop, browser: str, *, name: str = "", phone: str = "", ticked: tuple[str, ...] = CONSENT_KINDS
) -> Joined:
    """Leave details."""
    return join.add_details(
        shop_id=shop.id,
        browser_token=browser,
        details=Details(name=name, phone_raw=phone, **{kind: kind in ticked for kind in CONSENT_KINDS}),
        source="qr",
        ip="203.0.113.7",
        user_agent="test",
        master=factories.master(),
        now=factories.now(),
    )


def gather_key(shop: AShop, who: Joined) -> str:
    """Return the address that this person's opt-out link would suppress."""
    around = gather.look_around(
        db.session,
        shop_id=shop.id,
        customer_id=who.customer_id,
        kind=registry.kind("thank_you"),
        wire=Wire(public_url=None),
        now=factories.now(),
    )
    return around.address_key


def count(model: type) -> int:
    """Return how many rows a table has."""
    db.session.rollback()
    return int(db.session.scalar(db.select(db.func.count()).select_from(model)) or 0)


def test_a_tap_is_a_card_and_a_second_tap_the_same(shop: AShop) -> None:
    browser = new_token()
    first, again = tap(shop, browser), tap(shop, browser)
    assert (first.is_new, again.is_new, again.card_id) == (True, False, first.card_id)
    assert factories.a_card(first.card_id).balance == 0
    person = factories.a_person(first.customer_id)
    assert (person.name, person.phone, person.visit_count) == ("", None, 0)


def test_twenty_taps_at_once_are_one_card(app: Flask, shop: AShop) -> None:
    browser = new_token()
    found = world.all_at_once(app, [lambda: tap(shop, browser)] * 20)
    assert [each for each in found if not isinstance(each, Joined)] == []
    assert len({each.card_id for each in found}) == 1
    assert (count(Customer), count(Card), count(Device)) == (1, 1, 1)


def test_details_keep_the_evidence_of_each_answer(shop: AShop) -> None:
    joined = tell(
        shop, new_token(), name=" 한지우 ", phone="010 2345 6789", ticked=("age14", "required", "marketing")
    )
    person = factories.a_person(joined.customer_id)
    assert (person.name, person.phone, person.phone_tail) == ("한지우", "+821023456789", "6789")
    rows = list(db.session.scalars(db.select(Consent).order_by(Consent.id)))
    said = {row.kind: row.action for row in rows}
    assert said == {
        "age14": "grant", "required": "grant", "marketing": "grant", "ads": "decline", "ads_night": "decline",
    }  # fmt: skip
    for row in rows:
        assert row.text_version == TEXT_VERSION
        assert row.text_hash == hashlib.sha256(CONSENT_TEXTS[row.kind].encode()).hexdigest()
        assert (row.ip, row.source, row.at) == ("203.0.113.7", "qr", factories.now())
        assert len(row.phone_key) == 64


def test_a_double_submit_adds_no_evidence(shop: AShop) -> None:
    browser = new_token()
    for _ in range(3):
        tell(shop, browser, name="한지우", phone="010-2345-6789")
    assert (count(Customer), count(Consent)) == (1, 5)
    results = db.session.scalar(
        db.select(db.func.count())
        .select_from(Message)
        .where(Message.kind == "consent_result", Message.channel == "card")
    )
    assert results == 2, "one for ads, one for ads at night"


def test_a_name_alone_asks_for_its_consent_too(shop: AShop) -> None:
    with pytest.raises(Invalid) as refused:
        tell(shop, new_token(), name="지우", ticked=())
    assert set(refused.value.fields) == {"age14", "required"}
    tell(shop, new_token(), name="지우", ticked=("age14", "required"))
    assert count(Consent) == 5


def test_a_typed_number_moves_nobody_elses_opt_out(shop: AShop) -> None:
    owner_of_it = tell(shop, new_token(), name="한지우", phone="010-2345-6789")
    browser = new_token()
    stranger = tell(shop, browser, name="누군가", phone="010-9876-5432")
    tell(shop, browser, name="누군가", phone="010-2345-6789")
    people = {each: factories.a_person(each.customer_id) for each in (owner_of_it, stranger)}
    assert people[stranger].phone_key != people[owner_of_it].phone_key
    assert gather_key(shop, stranger) == people[stranger].phone_key


def test_another_persons_number_is_answered_like_a_free_one(shop: AShop) -> None:
    first = tell(shop, new_token(), name="한지우", phone="010-2345-6789")
    second = tell(shop, new_token(), name="누군가", phone="010-2345-6789")
    assert second.is_new
    assert factories.a_person(first.customer_id).phone == "+821023456789"
    assert factories.a_person(second.customer_id).phone is None
    assert count(PhoneClaim) == 1


def test_two_people_with_one_number_at_once(app: Flask, shop: AShop) -> None:
    browsers = [new_token() for _ in range(8)]
    found = world.all_at_once(
        app, [lambda b=b: tell(shop, b, name="한지우", phone="010-2345-6789") for b in browsers]
    )
    assert [each for each in found if not isinstance(each, Joined)] == []
    assert len({each.customer_id for each in found}) == 8
    with_number = db.session.scalar(db.select(db.func.count(Customer.id)).where(Customer.phone.is_not(None)))
    assert (with_number, count(PhoneClaim)) == (1, 7)


def test_the_same_number_in_two_shops_is_two_people(shop: AShop, other_shop: AShop) -> None:
    browser = new_token()
    here = tell(shop, browser, name="한지우", phone="010-2345-6789")
    there = tell(other_shop, browser, name="지우 씨", phone="010-2345-6789")
    assert here.customer_id != there.customer_id
    assert factories.a_person(here.customer_id).name == "한지우"


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("phone", "ticked", "field"),
    [
        ("010-123-4567", ("age14", "required"), "phone"),
        ("02-123-4567", ("age14", "required"), "phone"),
        ("070-1234-5678", ("age14", "required"), "phone"),
        ("+1 415 555 0100", ("age14", "required"), "phone"),
        ("없어요", ("age14", "required"), "phone"),
        ("010-2345-6789", ("required",), "age14"),
        ("010-2345-6789", ("age14",), "required"),
        ("", ("age14", "required"), "phone"),
    ],
)
def test_bad_details_change_nothing(shop: AShop, phone: str, ticked: tuple[str, ...], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        tell(shop, new_token(), phone=phone, ticked=ticked)
    assert set(refused.value.fields) == {field}
    assert (count(Customer), count(Consent)) == (0, 0)


def test_unticking_a_box_later_withdraws(shop: AShop) -> None:
    browser = new_token()
    joined = tell(shop, browser, name="한지우", phone="010-2345-6789")
    factories.a_stamp(shop, joined.card_id)
    tell(shop, browser, name="한지우", phone="010-2345-6789", ticked=("age14", "required"))
    later = db.session.execute(db.select(Consent.kind, Consent.action).order_by(Consent.id)).all()[5:]
    assert {row.kind: row.action for row in later} == dict.fromkeys(
        ("marketing", "ads", "ads_night"), "withdraw"
    )
    waiting = db.select(Message.channel).where(Message.kind == "thank_you", Message.state == "ready")
    assert "own_phone" not in set(db.session.scalars(waiting))


def test_a_new_number_needs_evidence_of_its_own(shop: AShop) -> None:
    browser = new_token()
    tell(shop, browser, name="한지우", phone="010-2345-6789")
    tell(shop, browser, name="한지우", phone="010-9999-6789")
    keys = db.session.execute(db.select(Consent.phone_key, db.func.count()).group_by(Consent.phone_key)).all()
    assert sorted(row[1] for row in keys) == [5, 5]


def test_typing_somebody_elses_number_does_not_lift_their_opt_out(shop: AShop) -> None:
    first = tell(shop, new_token(), name="한지우", phone="010-2345-6789")
    key = join.phone_key(factories.master(), "+821023456789")
    with write() as session:
        suppress(
            session,
            shop_id=shop.id,
            customer_id=first.customer_id,
            address_key=key,
            source="link",
            now=factories.now(),
        )
    tell(shop, new_token(), name="누군가", phone="010-2345-6789")
    assert db.session.scalars(db.select(Suppression.lifted_at)).all() == [None]
    assert first.is_new
