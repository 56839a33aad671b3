"""A person changes their mind, refuses messages, or leaves: at once, with evidence, for good."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.cards.models import Card, LedgerEntry
from app.cards.rules import ForeignCode
from app.customers.models import Consent, Device, OptOutLink, Suppression
from app.customers.reaching import opt_out_link
from app.extensions import db
from app.flows import join, privacy, repair, stamp
from app.flows.privacy import OptedOut
from app.flows.unit import write
from app.kit.refusals import Invalid, NotHere
from app.messages.models import Message
from app.voices import queries as voices
from app.voices.models import VoiceLine
from app.warranties import repairs
from app.warranties.repair_rules import LEFT
from tests import factories, world
from tests import warranties as given
from tests.factories import ACustomer, AShop
from tests.flows import books
from tests.world import Clock


def change(shop: AShop, who: ACustomer, kind: str, grant: bool) -> None:
    """Change one consent from 내 정보."""
    privacy.change_consent(
        shop_id=shop.id, customer_id=who.id, kind=kind, grant=grant, ip="203.0.113.7", user_agent="test",
        master=factories.master(), now=factories.now(),
    )  # fmt: skip


def link_of(shop: AShop, who: ACustomer) -> str:
    """Return the opt-out token a message would carry."""
    person = factories.a_person(who.id)
    key = join.phone_key(factories.master(), person.phone or "")
    with write() as session:
        return opt_out_link(
            session, shop_id=shop.id, customer_id=who.id, address_key=key, now=factories.now()
        )


def actions(who: ACustomer) -> list[tuple[str, str]]:
    """Return a person's consent lines after the first five."""
    db.session.rollback()
    query = db.select(Consent.kind, Consent.action).where(Consent.customer_id == who.id).order_by(Consent.id)
    return [(row.kind, row.action) for row in db.session.execute(query)][5:]


def waiting(who: ACustomer) -> set[str]:
    """Return the channels of a person's thank-yous that still wait."""
    db.session.rollback()
    query = db.select(Message.channel).where(
        Message.customer_id == who.id, Message.kind == "thank_you", Message.state == "ready"
    )
    return set(db.session.scalars(query))


def test_withdrawing_takes_what_stands_on_it_and_what_was_planned(shop: AShop, jiwoo: ACustomer) -> None:
    factories.a_stamp(shop, jiwoo.card_id)
    assert waiting(jiwoo) == {"card", "own_phone"}
    change(shop, jiwoo, "marketing", False)
    assert actions(jiwoo) == [("marketing", "withdraw"), ("ads", "withdraw"), ("ads_night", "withdraw")]
    assert "own_phone" not in waiting(jiwoo)


def test_nothing_is_given_along_with_what_stands_on_it(shop: AShop) -> None:
    who = factories.a_customer(shop, name="박민호", phone=factories.a_number())
    before = actions(who)
    for kind in ("ads", "ads_night"):
        with pytest.raises(Invalid) as refusal:
            change(shop, who, kind, True)
        assert set(refusal.value.fields) == {kind}
    assert actions(who) == before
    for kind in ("marketing", "ads", "ads_night"):
        change(shop, who, kind, True)
    assert actions(who)[len(before) :] == [(kind, "grant") for kind in ("marketing", "ads", "ads_night")]


def test_asking_twice_is_one_line(shop: AShop, jiwoo: ACustomer) -> None:
    for _ in range(3):
        change(shop, jiwoo, "ads_night", False)
    assert actions(jiwoo) == [("ads_night", "withdraw")]


def test_what_cannot_be_changed_here(shop: AShop, jiwoo: ACustomer, minho: ACustomer) -> None:
    for kind in ("age14", "required", "nothing", ""):
        with pytest.raises(Invalid):
            change(shop, jiwoo, kind, False)
    with pytest.raises(Invalid):
        change(shop, minho, "ads", True)


def test_another_shops_person_does_not_exist(shop: AShop, other_shop: AShop, jiwoo: ACustomer) -> None:
    with pytest.raises(NotHere):
        change(other_shop, jiwoo, "ads", False)
    with pytest.raises(NotHere):
        privacy.erase(shop_id=other_shop.id, customer_id=jiwoo.id, now=factories.now())
    assert actions(jiwoo) == []


def test_one_tap_opts_out_and_the_second_changes_nothing(shop: AShop, jiwoo: ACustomer) -> None:
    factories.a_stamp(shop, jiwoo.card_id)
    token = link_of(shop, jiwoo)
    first = privacy.opt_out(token=token, source="link", now=factories.now())
    again = privacy.opt_out(token=token, source="link", now=factories.now())
    assert (first, again) == (OptedOut(shop.name, True), OptedOut(shop.name, False))
    assert actions(jiwoo) == [("ads", "withdraw"), ("ads_night", "withdraw")]
    assert "own_phone" not in waiting(jiwoo)
    told = db.session.scalars(db.select(Message.channel).where(Message.kind == "optout_result"))
    assert "card" in set(told)


def test_twenty_opt_outs_at_once_are_one(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    token, now = link_of(shop, jiwoo), factories.now()
    found = world.all_at_once(app, [lambda: privacy.opt_out(token=token, source="link", now=now)] * 20)
    assert [each for each in found if not isinstance(each, OptedOut)] == []
    assert sum(each.is_new for each in found) == 1
    assert db.session.scalar(db.select(db.func.count(Suppression.id))) == 1


def test_an_unknown_link_says_so(app: Flask) -> None:
    with pytest.raises(NotHere):
        privacy.opt_out(token="A" * 22, source="link", now=factories.now())


def test_consenting_again_lifts_the_opt_out(shop: AShop, jiwoo: ACustomer) -> None:
    privacy.opt_out(token=link_of(shop, jiwoo), source="link", now=factories.now())
    change(shop, jiwoo, "ads", True)
    assert db.session.scalars(db.select(Suppression.lifted_at)).all() == [factories.now()]


def test_leaving_takes_everything_that_names_a_person(shop: AShop, jiwoo: ACustomer) -> None:
    factories.a_stamp(shop, jiwoo.card_id)
    code = factories.a_code(jiwoo)
    token = link_of(shop, jiwoo)
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=factories.now())
    person = factories.a_person(jiwoo.id)
    assert (person.name, person.memo, person.likes, person.phone, person.phone_tail) == (
        "",
        "",
        "",
        None,
        None,
    )
    assert person.erased_at == factories.now()
    assert db.session.scalar(db.select(db.func.count(Device.id))) == 0
    everything = " ".join(
        str(tuple(row))
        for table in db.metadata.sorted_tables
        if table.name not in ("shops", "staff")
        for row in db.session.execute(db.select(table))
    )
    # Whole words: a random key may well hold four digits in a row.
    for word in ("한지우", r"\b2345\b", r"\b6789\b", "1023456789", "10-2345-6789"):
        assert not re.search(word, everything), word
    # What the law and the shop's own sums need stays.
    assert db.session.scalar(db.select(db.func.count(Consent.id))) == 5
    assert db.session.scalar(db.select(db.func.sum(LedgerEntry.delta))) == 1
    with pytest.raises(NotHere):
        privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=factories.now())
    with pytest.raises((NotHere, ForeignCode)):
        stamp.give(
            shop_id=shop.id, staff_id=shop.owner_id, once=factories.once(), now=factories.now(),
            master=factories.master(), how="scan", code=code,
        )  # fmt: skip
    assert privacy.opt_out(token=token, source="link", now=factories.now()).shop_name == shop.name
    books.check(shop)


def test_who_left_may_come_back_as_somebody_new(shop: AShop, jiwoo: ACustomer) -> None:
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=factories.now())
    back = factories.a_customer(shop, name="한지우", phone="010-2345-6789", browser=jiwoo.browser)
    assert back.id != jiwoo.id
    assert factories.a_card(back.card_id).balance == 0
    assert db.session.scalar(db.select(Card.closed_at).where(Card.id == jiwoo.card_id)) is not None


def test_a_stranger_cannot_lift_the_opt_out_of_one_who_left(shop: AShop, jiwoo: ACustomer) -> None:
    number = factories.a_person(jiwoo.id).phone or ""
    privacy.opt_out(token=link_of(shop, jiwoo), source="link", now=factories.now())
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=factories.now())
    factories.a_customer(shop, name="누군가", phone=number)
    db.session.rollback()
    assert [row.lifted_at for row in db.session.scalars(db.select(Suppression))] == [None]


def test_one_who_refused_may_ask_again(shop: AShop, jiwoo: ACustomer) -> None:
    privacy.opt_out(token=link_of(shop, jiwoo), source="link", now=factories.now())
    change(shop, jiwoo, "ads", True)
    db.session.rollback()
    assert db.session.scalar(db.select(Suppression.lifted_at)) == factories.now()


def test_what_stays_after_erasing_leads_to_nobody(shop: AShop, jiwoo: ACustomer) -> None:
    factories.a_stamp(
        shop, jiwoo.card_id, override_reason="민지 엄마 것", at=factories.now() + timedelta(hours=1)
    )
    link = link_of(shop, jiwoo)
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=factories.now())
    db.session.rollback()
    assert db.session.scalars(db.select(Consent.customer_id)).all() != []
    for table in (Consent, OptOutLink):
        assert jiwoo.id not in set(db.session.scalars(db.select(table.customer_id)))
    assert set(db.session.scalars(db.select(LedgerEntry.reason))) == {""}
    assert factories.a_person(jiwoo.id).phone_key == ""
    assert privacy.opt_out(token=link, source="link", now=factories.now()).is_new, "old links work for years"


def test_a_repair_under_way_stays_for_who_has_the_piece_now(
    shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    kind = given.a_kind(shop)
    own, gift = given.issued(shop, jiwoo, kind), given.issued(shop, jiwoo, kind)
    for serial in (own, gift):
        given.asked(shop, jiwoo, serial, text="한지우예요, 다리가 흔들려요")
    taken = given.taken(shop, given.offered(shop, jiwoo, gift), "phone-b")
    step: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": clock()}
    line = next(each for each in repairs.under_way(shop.id) if each.serial == gift)
    repair.step(**step, request_id=line.id, state="got", note="한지우 님 것", once=factories.once())
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=clock())
    [left] = repairs.under_way(shop.id)
    assert (left.serial, left.customer_id, left.state) == (gift, None, "got")
    said = [row.text for row in db.session.scalars(db.select(VoiceLine))]
    assert said == [LEFT]
    assert [each.note for each in repairs.steps(shop_id=shop.id, request_id=left.id)] == [""]
    assert voices.waiting(shop.id, role="owner").others == 0, "nobody waits for an answer"
    repair.step(**step, request_id=left.id, state="ready", note="", once=factories.once())
    told = db.session.scalars(db.select(Message.customer_id).where(Message.cause.like("repair:%:ready%")))
    assert set(told) == {taken.customer_id}
    privacy.erase(shop_id=shop.id, customer_id=taken.customer_id, now=clock())
