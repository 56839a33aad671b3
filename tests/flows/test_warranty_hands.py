"""A package's certificate is claimed once, handed on by both, and mended in a thread."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.cards import queries as cards
from app.customers.models import Customer
from app.extensions import db
from app.flows import repair, voice, warranty, warranty_days, warranty_move, warranty_package
from app.kit.refusals import Invalid, NotHere
from app.kit.signing import token_hash
from app.messages.models import Message
from app.voices.models import Voice, VoiceLine
from app.warranties import hands, queries, repairs
from app.warranties.models import Warranty
from app.warranties.repair_rules import RepairCameAlong, RepairMoved, RepairOpen
from app.warranties.rules import AlreadyClaimed, MoveOver, OwnMove, TakenBack
from tests import factories, world
from tests import warranties as given
from tests.factories import ACustomer, AShop
from tests.flows.test_warranty import letters
from tests.world import Clock


def people() -> int:
    """Return how many people the shops have."""
    db.session.rollback()
    return int(db.session.scalar(db.select(db.func.count(Customer.id))) or 0)


def test_a_sheet_is_made_once_and_keeps_only_hashes(shop: AShop) -> None:
    kind_id = given.a_kind(shop)
    settings: dict[str, Any] = {
        "shop_id": shop.id,
        "staff_id": shop.owner_id,
        "kind_id": kind_id,
        "pieces": "3",
        "once": factories.once(),
        "master": factories.master(),
        "now": factories.now(),
    }
    sheet_id = warranty_package.make_sheet(**settings)
    assert warranty_package.make_sheet(**settings) == sheet_id
    kept = {row.claim_hash for row in db.session.scalars(db.select(Warranty))}
    secrets = {
        warranty_package.secret_on(factories.master(), shop_id=shop.id, sheet_id=sheet_id, place=place)
        for place in (1, 2, 3)
    }
    assert kept == {token_hash(secret) for secret in secrets}
    for wrong in ("0", "97", "많이"):
        with pytest.raises(Invalid):
            warranty_package.make_sheet(**settings | {"pieces": wrong, "once": factories.once()})


def test_a_buyer_without_a_card_gets_both_in_one_tap(shop: AShop, clock: Clock) -> None:
    secret = given.a_secret(shop, given.a_kind(shop))
    first = given.claimed(shop, secret, "phone-a")
    assert first.is_new_card
    again = given.claimed(shop, secret, "phone-a")
    assert (again.repeated, again.serial) == (True, first.serial)
    assert cards.holder(shop_id=shop.id, browser_token="phone-a") is not None
    assert letters("warranty_issued") == [first.customer_id]
    before = people()
    with pytest.raises(AlreadyClaimed) as refused:
        given.claimed(shop, secret, "phone-b")
    assert "11월 23일(월)에 다른 분이 먼저 담으셨어요" in refused.value.sentence
    assert people() == before, "who comes too late gets no card either"
    with pytest.raises(NotHere):
        given.claimed(factories.a_shop("다른가게"), secret, "phone-a")


def test_who_came_first_is_named_with_a_covered_name(shop: AShop, jiwoo: ACustomer) -> None:
    secret = given.a_secret(shop, given.a_kind(shop))
    named = factories.a_customer(shop, name="김민지")
    given.claimed(shop, secret, named.browser)
    with pytest.raises(AlreadyClaimed) as refused:
        given.claimed(shop, secret, jiwoo.browser)
    assert "김*지 님이" in refused.value.sentence


def test_two_phones_at_once_are_one_claim(app: Flask, shop: AShop) -> None:
    secret = given.a_secret(shop, given.a_kind(shop))
    results = world.all_at_once(
        app, [lambda browser=f"phone-{n}": given.claimed(shop, secret, browser) for n in range(4)]
    )
    won = [each for each in results if isinstance(each, warranty_package.Claimed)]
    assert len(won) == 1
    assert all(isinstance(each, AlreadyClaimed) for each in results if each not in won)
    assert given.row(won[0].serial).customer_id == won[0].customer_id
    assert people() == 1


def test_a_code_that_was_taken_back_gives_nothing(shop: AShop, clock: Clock) -> None:
    secret = given.a_secret(shop, given.a_kind(shop))
    found = queries.of_package(shop_id=shop.id, secret=secret)
    assert found is not None
    warranty.take_back(shop_id=shop.id, staff_id=shop.owner_id, serial=found.serial, now=clock())
    with pytest.raises(TakenBack):
        given.claimed(shop, secret, "phone-a")
    assert people() == 0


class TestHandingOn:
    def test_both_agree_and_both_are_told(self, shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
        serial = given.issued(shop, jiwoo, given.a_kind(shop))
        token = given.offered(shop, jiwoo, serial)
        assert given.offered(shop, jiwoo, serial) == token, "the link that is open stays the one"
        with pytest.raises(OwnMove):
            given.taken(shop, token, jiwoo.browser)
        assert given.row(serial).customer_id == jiwoo.id
        taken = given.taken(shop, token, "phone-b")
        assert given.taken(shop, token, "phone-b") == taken
        assert given.row(serial).customer_id == taken.customer_id
        assert sorted(letters("warranty_moved")) == sorted([jiwoo.id, taken.customer_id])
        with pytest.raises(MoveOver):
            given.taken(shop, token, "phone-c")
        with pytest.raises(NotHere):
            given.offered(shop, jiwoo, serial)
        found = queries.certificate(shop_id=shop.id, serial=serial)
        assert found is not None
        assert found.moved == 1
        assert [hand.giver for hand in hands.hands(shop_id=shop.id, warranty_id=found.id)] == ["한지우"]

    def test_who_does_not_want_it_says_so_and_nothing_else_changes(
        self, app: Flask, shop: AShop, jiwoo: ACustomer, clock: Clock
    ) -> None:
        serial = given.issued(shop, jiwoo, given.a_kind(shop))
        token = given.offered(shop, jiwoo, serial)
        own: dict[str, Any] = {"shop_id": shop.id, "token": token, "customer_id": None, "now": clock()}
        with pytest.raises(OwnMove):
            warranty_move.decline(**own | {"customer_id": jiwoo.id})
        with pytest.raises(NotHere):
            warranty_move.decline(**own | {"shop_id": factories.a_shop("다른가게").id})
        assert world.all_at_once(app, [lambda: warranty_move.decline(**own)] * 3) == [None] * 3
        assert letters("warranty_moved") == [jiwoo.id]
        [text] = db.session.scalars(
            db.select(Message.text).where(Message.kind == "warranty_moved", Message.channel == "card")
        )
        assert "원목 의자 보증서를 받으실 분이 사양하셔서 카드에 그대로 있어요" in text
        with pytest.raises(MoveOver):
            given.taken(shop, token, "phone-b")
        assert given.row(serial).customer_id == jiwoo.id
        again = given.offered(shop, jiwoo, serial)
        given.taken(shop, again, "phone-b")
        with pytest.raises(MoveOver):
            warranty_move.decline(**own | {"token": again})

    def test_what_was_about_to_be_told_does_not_go_to_who_gave_it(
        self, shop: AShop, jiwoo: ACustomer, clock: Clock
    ) -> None:
        serial = given.issued(shop, jiwoo, given.a_kind(shop, months="2"))
        clock.advance(days=30)
        assert (
            warranty_days.plan_ends(shop_id=shop.id, now=clock().replace(hour=16)) == 1
        )  # at night: due at ten
        waiting = db.select(Message.id).where(Message.kind == "warranty_expiry", Message.state == "ready")
        assert db.session.scalars(waiting).all()
        given.taken(shop, given.offered(shop, jiwoo, serial), "phone-b")
        assert not db.session.scalars(waiting).all()

    def test_two_at_once_one_takes_it(self, app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
        serial = given.issued(shop, jiwoo, given.a_kind(shop))
        token = given.offered(shop, jiwoo, serial)
        results = world.all_at_once(
            app, [lambda browser=f"phone-{n}": given.taken(shop, token, browser) for n in range(3)]
        )
        won = [each for each in results if isinstance(each, warranty_move.Taken)]
        assert len(won) == 1
        assert given.row(serial).customer_id == won[0].customer_id
        assert people() == 2

    def test_called_off_expired_or_taken_back_it_stays(
        self, shop: AShop, jiwoo: ACustomer, clock: Clock
    ) -> None:
        serial = given.issued(shop, jiwoo, given.a_kind(shop))
        mine: dict[str, Any] = {"shop_id": shop.id, "customer_id": jiwoo.id, "serial": serial}
        first = given.offered(shop, jiwoo, serial)
        for _twice in range(2):
            warranty_move.call_off(**mine, now=clock())
        second = given.offered(shop, jiwoo, serial)
        assert second != first
        with pytest.raises(MoveOver):
            given.taken(shop, first, "phone-b")
        clock.advance(days=3)
        with pytest.raises(MoveOver):
            given.taken(shop, second, "phone-b")
        third = given.offered(shop, jiwoo, serial)
        with pytest.raises(NotHere):
            given.taken(factories.a_shop("다른가게"), third, "phone-b")
        warranty.take_back(shop_id=shop.id, staff_id=shop.owner_id, serial=serial, now=clock())
        with pytest.raises(MoveOver):
            given.taken(shop, third, "phone-b")
        with pytest.raises(TakenBack):
            warranty_move.offer(**mine, master=factories.master(), now=clock())
        assert given.row(serial).customer_id == jiwoo.id
        assert people() == 1


class TestRepairs:
    def test_from_asked_to_done(self, shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
        serial, once = given.issued(shop, jiwoo, given.a_kind(shop)), factories.once()
        voice_id = given.asked(shop, jiwoo, serial, once=once)
        assert given.asked(shop, jiwoo, serial, once=once) == voice_id
        with pytest.raises(RepairOpen):
            given.asked(shop, jiwoo, serial)
        assert repairs.waiting(shop.id) == 1
        opening = db.session.scalars(db.select(VoiceLine.text)).one()
        assert f"{serial[:4]}-{serial[4:]} · 2027년 11월 23일(화)까지 보증" in opening
        [line] = repairs.under_way(shop.id)
        own: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "request_id": line.id}
        key = factories.once()
        for _twice in range(2):
            repair.step(**own, state="got", note="", once=key, now=clock())
        with pytest.raises(RepairMoved):
            repair.step(**own, state="got", note="", once=factories.once(), now=clock())
        with pytest.raises(Invalid):
            repair.step(**own, state="refused", note="", once=factories.once(), now=clock())
        clock.advance(hours=5)
        repair.step(**own, state="ready", note="다리를 새로 끼웠어요", once=factories.once(), now=clock())
        assert letters("repair_step") == [jiwoo.id], "only where it is now lies on the card"
        text = db.session.scalar(
            db.select(Message.text).where(Message.kind == "repair_step", Message.state == "sent")
        )
        assert text == "한지우 님, 원목 의자 AS 소식이에요. 다 됐어요. 찾으러 와 주세요. 다리를 새로 끼웠어요"
        repair.step(**own, state="done", note="", once=factories.once(), now=clock())
        assert repairs.under_way(shop.id) == []
        assert db.session.scalars(db.select(Voice.closed_at)).one() is not None
        told = [step.state for step in repairs.steps(shop_id=shop.id, request_id=line.id)]
        assert told == ["got", "ready", "done"]
        assert given.asked(shop, jiwoo, serial) != voice_id, "it may break again"

    def test_only_its_holder_asks_and_only_its_shop_answers(
        self, shop: AShop, jiwoo: ACustomer, clock: Clock
    ) -> None:
        serial = given.issued(shop, jiwoo, given.a_kind(shop))
        stranger, other = factories.a_customer(shop), factories.a_shop("다른가게")
        for who, where in ((stranger, shop), (jiwoo, other)):
            with pytest.raises(NotHere):
                given.asked(where, who, serial)
        with pytest.raises(Invalid):
            given.asked(shop, jiwoo, serial, text=" ")
        given.asked(shop, jiwoo, serial)
        [line] = repairs.under_way(shop.id)
        with pytest.raises(NotHere):
            repair.step(
                shop_id=other.id,
                staff_id=other.owner_id,
                request_id=line.id,
                state="got",
                note="",
                once=factories.once(),
                now=clock(),
            )

    def test_it_goes_along_with_the_piece_without_a_word_of_who_asked(
        self, shop: AShop, jiwoo: ACustomer, clock: Clock
    ) -> None:
        serial = given.issued(shop, jiwoo, given.a_kind(shop))
        given.asked(shop, jiwoo, serial)
        clock.advance(hours=1)
        taken = given.taken(shop, given.offered(shop, jiwoo, serial), "phone-b")
        mina = ACustomer(taken.customer_id, 0, shop.id, "phone-b")
        which: dict[str, Any] = {"shop_id": shop.id, "warranty_id": given.row(serial).id}
        theirs = {**which, "customer_id": mina.id}
        assert [each.words for each in repairs.come_along(**theirs)] == ["확인을 기다려요"]
        assert repairs.of_certificate(**theirs) == []
        assert repairs.come_along(**which, customer_id=jiwoo.id) == []
        with pytest.raises(RepairCameAlong):
            given.asked(shop, mina, serial)
        [line] = repairs.under_way(shop.id)
        step: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "request_id": line.id}
        clock.advance(hours=1)
        repair.step(**step, state="ready", note="한지우 님 다리예요", once=factories.once(), now=clock())
        told = {
            row.customer_id: row.text
            for row in db.session.scalars(
                db.select(Message).where(Message.kind == "repair_step", Message.channel == "card")
            )
        }
        assert set(told) == {jiwoo.id, mina.id}
        assert "한지우" in told[jiwoo.id]
        assert "한지우" not in told[mina.id]
        repair.step(**step, state="done", note="", once=factories.once(), now=clock())
        assert [each.goes for each in repairs.come_along(**theirs)] == [False], "they see it end"
        assert given.asked(shop, mina, serial), "it may break again"
        third = given.taken(shop, given.offered(shop, mina, serial), "phone-c")
        later = repairs.come_along(**which, customer_id=third.customer_id)
        assert [each.words for each in later] == ["확인을 기다려요"], "what was over before is nobody's news"

    def test_two_phones_at_once_ask_once(self, app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
        serial = given.issued(shop, jiwoo, given.a_kind(shop))
        results = world.all_at_once(app, [lambda: given.asked(shop, jiwoo, serial)] * 3)
        assert len([each for each in results if isinstance(each, int)]) == 1
        assert all(isinstance(each, int | RepairOpen) for each in results)

    def test_the_talk_goes_on_in_its_thread(self, shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
        serial = given.issued(shop, jiwoo, given.a_kind(shop))
        voice_id = given.asked(shop, jiwoo, serial)
        mine: dict[str, Any] = {"shop_id": shop.id, "customer_id": jiwoo.id, "voice_id": voice_id}
        voice.say(**mine, text="소리도 나요", once=factories.once(), now=clock())
        found = repairs.of_voice(shop_id=shop.id, voice_id=voice_id)
        assert found is not None
        assert found.serial == serial
        assert repairs.of_voice(shop_id=factories.a_shop("다른가게").id, voice_id=voice_id) is None
