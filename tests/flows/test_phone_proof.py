"""A number is proven by who reads its phone: the same for everybody who asks, counted before it is looked at."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from app.customers import actions as people
from app.customers.actions import suppress
from app.customers.models import Customer, PhoneCode, Suppression
from app.customers.rules import code_of
from app.extensions import db
from app.flows import deliver, own_phone, phone_proof, privacy, restore
from app.flows.phone_proof import NoSender, TooManyCodes, WrongCode
from app.flows.restore import OtherCardHere
from app.flows.unit import write
from app.kit.refusals import Invalid
from app.messages import by_hand
from app.messages.models import Message
from tests import factories, world
from tests.factories import ACustomer, AShop
from tests.world import Clock

NUMBER = "010-2345-6789"


@pytest.fixture(autouse=True)
def somebody_there(shop: AShop) -> None:
    """The owner has the product open: somebody can send."""
    factories.a_session(shop, shop.owner_id)


def ask(shop: AShop, typed: str = NUMBER, *, browser: str = "new phone", ip: str = "203.0.113.7") -> None:
    """Ask for a code, as a browser does."""
    phone_proof.ask(
        shop_id=shop.id,
        browser_token=browser,
        typed=typed,
        source="link",
        user_agent="test",
        ip=ip,
        master=factories.master(),
        now=factories.now(),
    )


def the_code() -> str:
    """Return the digits asked for last, as the phone that got them shows them."""
    db.session.rollback()
    row = db.session.scalars(db.select(PhoneCode).order_by(PhoneCode.id.desc()).limit(1)).one()
    return code_of(factories.master(), shop_id=row.shop_id, salt=row.salt)


def answer(shop: AShop, digits: str, *, browser: str = "new phone") -> restore.Restored:
    """Type a code."""
    return restore.by_code(
        shop_id=shop.id,
        browser_token=browser,
        typed=digits,
        master=factories.master(),
        now=factories.now(),
    )


def whose(shop: AShop, browser: str) -> int | None:
    """Return whose card a browser holds."""
    with write() as session:
        found = people.customer_of_browser(session, shop_id=shop.id, browser_token=browser)
        return found.id if found else None


def wrong_of(code: str) -> str:
    """Return six digits that are not these."""
    return f"{(int(code) + 1) % 10**6:06d}"


def test_a_new_phone_gets_the_card_of_its_number(shop: AShop, jiwoo: ACustomer) -> None:
    factories.a_card_with(3, shop, jiwoo)
    ask(shop)
    found = answer(shop, the_code())
    assert (found.what, found.customer_id) == ("restored", jiwoo.id)
    assert whose(shop, "new phone") == jiwoo.id
    assert whose(shop, jiwoo.browser) is None  # nobody had proven there that the number was theirs
    assert factories.a_person(jiwoo.id).phone_checked_at == factories.now()
    letter = db.session.scalars(
        db.select(Message).where(Message.kind == "card_moved", Message.channel == "card")
    ).one()
    assert letter.customer_id == jiwoo.id and "11월 23일에 새 휴대폰에서" in letter.text


@pytest.mark.parametrize("is_proven", [True, False])
def test_stamps_of_both_phones_come_together(shop: AShop, jiwoo: ACustomer, is_proven: bool) -> None:
    factories.a_card_with(3, shop, jiwoo)
    if is_proven:
        ask(shop, browser=jiwoo.browser)
        assert answer(shop, the_code(), browser=jiwoo.browser).what == "own"
    here = factories.a_card_with(2, shop, factories.a_customer(shop, browser="new phone"))
    ask(shop)
    assert answer(shop, the_code()).what == "merged"
    kept, gone = (jiwoo, here) if is_proven else (here, jiwoo)
    assert [factories.a_card(each.card_id).balance for each in (kept, gone)] == [5, 0]
    assert whose(shop, "new phone") == kept.id
    assert whose(shop, jiwoo.browser) == (kept.id if is_proven else None)
    assert factories.a_person(kept.id).phone == "+821023456789"


@pytest.mark.parametrize("thief_first", [True, False])
def test_who_typed_your_number_holds_nothing_of_yours(shop: AShop, thief_first: bool, clock: Clock) -> None:
    def joins(name: str, browser: str) -> ACustomer:
        return factories.a_customer(shop, name=name, phone=NUMBER, browser=browser)

    thief = joins("도둑", "thief") if thief_first else None
    mine = factories.a_card_with(7, shop, joins("지우", "mine"))
    thief = thief or joins("도둑", "thief")
    with write() as session:
        people.give_email(session, person=session.get_one(Customer, thief.id), email="a@b.kr", key="key of a")
    ask(shop, browser="mine")
    assert answer(shop, the_code(), browser="mine") == restore.Restored("own", mine.id)
    me = factories.a_person(mine.id)
    assert (me.name, me.phone, me.email, me.phone_checked_at) == ("지우", "+821023456789", None, clock())
    assert factories.a_card(mine.card_id).balance == 7
    assert whose(shop, "mine") == mine.id
    assert whose(shop, "thief") == (None if thief_first else thief.id)
    assert factories.a_person(thief.id).phone is None
    if not thief_first:  # their wish opens nothing either
        clock.advance(days=1)
        factories.a_stamp(shop, thief.card_id)
        assert factories.a_card(mine.card_id).balance == 7


def test_a_number_nobody_has_brings_nothing_and_is_not_kept(shop: AShop) -> None:
    ask(shop, "010-7777-0000")
    assert answer(shop, the_code()).what == "nothing"
    assert db.session.scalar(db.select(db.func.count()).where(Customer.phone.is_not(None))) == 0


def test_asking_does_the_same_work_whoever_has_the_number(shop: AShop, jiwoo: ACustomer) -> None:
    def statements(typed: str, browser: str) -> list[str]:
        ran: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            ran.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            ask(shop, typed, browser=browser)
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return ran

    statements("010-1111-2222", "warms up")
    assert statements(NUMBER, "one") == statements("010-9999-0000", "two")


def test_twenty_guesses_at_once_count_twenty(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    ask(shop)
    code = the_code()
    guesses = [lambda: answer(shop, wrong_of(code)) for _ in range(20)]
    assert all(isinstance(each, WrongCode) for each in world.all_at_once(app, guesses))
    assert db.session.scalar(db.select(PhoneCode.tries)) == 20
    with pytest.raises(WrongCode):  # the right one comes too late
        answer(shop, code)
    assert whose(shop, "new phone") != jiwoo.id


def test_the_right_code_twice_at_once_moves_once(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    ask(shop)
    code = the_code()
    results = world.all_at_once(app, [lambda: answer(shop, code)] * 4)
    assert sum(isinstance(each, restore.Restored) for each in results) == 1
    assert sum(isinstance(each, WrongCode) for each in results) == 3


@pytest.mark.parametrize("how", ["late", "other browser", "older code", "used", "other shop"])
def test_a_code_is_good_once_for_its_browser_for_three_minutes(
    shop: AShop, other_shop: AShop, jiwoo: ACustomer, clock: Clock, how: str
) -> None:
    ask(shop)
    code, browser, at = the_code(), "new phone", shop
    if how == "late":
        clock.advance(minutes=3)
    elif how == "other browser":
        browser = jiwoo.browser
    elif how == "older code":
        ask(shop)
    elif how == "used":
        answer(shop, code)
    else:
        at = other_shop
    with pytest.raises(WrongCode):
        answer(at, code, browser=browser)


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("typed", ["02-123-4567", "+1 202 555 0100", "011-234-5678", "050-1234-5678", ""])
def test_only_korean_mobiles_get_a_code(shop: AShop, typed: str) -> None:
    with pytest.raises(Invalid, match="010"):
        ask(shop, typed)
    assert db.session.scalar(db.select(db.func.count(PhoneCode.id))) == 0


def test_numbers_without_end_from_one_address_get_ten_codes(app: Flask, shop: AShop) -> None:
    refused = 0
    for number in range(60):  # the limit is a count in the database: more of the same shows no more
        try:
            ask(shop, f"010-3000-{number:04d}", browser=f"b{number}")
        except TooManyCodes:
            refused += 1
    sent = db.session.scalar(db.select(db.func.count(Message.id)).where(Message.kind == "phone_code"))
    assert (sent, refused) == (10, 50)
    assert db.session.scalar(db.select(db.func.count(Customer.id))) == 10  # nor a card for each try


def test_many_at_once_stay_within_the_limit_of_a_number(app: Flask, shop: AShop) -> None:
    works = [lambda n=n: ask(shop, browser=f"b{n}", ip=f"203.0.113.{n}") for n in range(12)]
    world.all_at_once(app, works)
    sent = db.session.scalar(db.select(db.func.count(Message.id)).where(Message.kind == "phone_code"))
    assert sent is not None and sent <= 5


def test_the_code_is_in_no_row_and_on_no_page(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    ask(shop)
    code = the_code()
    wire = app.config["WIRE"]
    deliver.drain(wire=wire, clock=factories.now)
    [line] = by_hand.by_hand(shop.id, wire=wire, now=factories.now())
    assert code in line.sms_link and "+821023456789" in line.sms_link
    assert code not in line.text and "••••••" in line.text
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(table.select()):
            assert code not in repr(tuple(row)), table.name
    own_phone.mark_sent(shop_id=shop.id, message_id=line.id, wire=wire, now=factories.now())
    assert answer(shop, code).what == "restored"


def test_codes_stand_first_in_the_queue_and_go_with_their_time(
    app: Flask, shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    factories.a_stamp(shop, jiwoo.card_id)
    clock.advance(hours=2, minutes=1)
    factories.a_session(shop, shop.owner_id)
    wire = app.config["WIRE"]
    ask(shop)
    deliver.drain(wire=wire, clock=factories.now)
    first = by_hand.by_hand(shop.id, wire=wire, now=factories.now(), limit=1)
    assert [line.label for line in first] == ["인증번호"]
    clock.advance(minutes=3, seconds=1)
    labels = [line.label for line in by_hand.by_hand(shop.id, wire=wire, now=factories.now())]
    assert "인증번호" not in labels


def test_where_nobody_can_send_it_says_so(shop: AShop, clock: Clock) -> None:
    clock.advance(hours=3)
    with pytest.raises(NoSender, match="가게에서 옮기기"):
        ask(shop)
    assert db.session.scalar(db.select(Message.state)) == "cancelled"


def test_another_numbered_card_in_the_browser_is_left_alone(shop: AShop, jiwoo: ACustomer) -> None:
    mother = factories.a_customer(shop, name="엄마", phone="010-8888-1111", browser="new phone")
    ask(shop)
    with pytest.raises(OtherCardHere):
        answer(shop, the_code())
    assert whose(shop, "new phone") == mother.id


def test_a_taken_number_typed_on_a_card_joins_the_two_after_the_code(shop: AShop, jiwoo: ACustomer) -> None:
    factories.a_card_with(2, shop, jiwoo)
    twin = factories.a_customer(shop, name="지우", phone=NUMBER, browser="new phone")
    factories.a_card_with(4, shop, twin)
    assert factories.a_person(twin.id).phone is None
    ask(shop)
    assert answer(shop, the_code()).what == "merged"
    assert factories.a_card(twin.card_id).balance == 6
    assert factories.a_person(twin.id).phone == "+821023456789"


def test_one_who_proves_the_number_may_lift_an_old_refusal(
    shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    key = factories.a_person(jiwoo.id).phone_key
    with write() as session:
        suppress(
            session,
            shop_id=shop.id,
            customer_id=jiwoo.id,
            address_key=key,
            source="card",
            now=factories.now(),
        )
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=factories.now())
    clock.advance(days=1)
    factories.a_session(shop, shop.owner_id)
    again = factories.a_customer(shop, name="지우", phone=NUMBER, agrees="all", browser="new phone")
    lifted = db.select(Suppression.lifted_at)
    assert db.session.scalar(lifted) is None  # a typed number frees nothing
    ask(shop)
    assert answer(shop, the_code()) == restore.Restored("own", again.id)
    db.session.rollback()
    assert db.session.scalar(lifted) is not None


def test_a_number_proven_before_it_was_written_down_is_proven(shop: AShop) -> None:
    ask(shop, "010-7777-0000")
    answer(shop, the_code())
    who = factories.a_customer(shop, name="새봄", phone="010-7777-0000", browser="new phone")
    assert factories.a_person(who.id).phone_checked_at is not None
