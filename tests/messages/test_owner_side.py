"""What the owner does and sees: switches, words, the by-hand queue, history, the home screen's counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from app.customers.models import Customer
from app.extensions import db
from app.flows import automation, deliver, letters, own_phone
from app.flows.unit import write
from app.kit.refusals import Invalid, NotHere, Refused
from app.kit.text import placeholders
from app.messages import by_hand, examples, forms, history, inbox, previews, queries, recall, registry
from app.messages.contract import Wire
from app.messages.models import AdGrant, Message
from tests.messages.accounts import change
from tests.messages.world import a_consent, a_customer, a_shop, rows, thank
from tests.world import Clock


@pytest.fixture
def wire(town: Flask) -> Wire:
    return replace(town.config["WIRE"], public_url="https://dangol.test")


def stage(town: Flask, clock: Clock, wire: Wire, people: int = 1) -> int:
    """A real shop with thank-yous that wait for the owner's tap; returns the shop."""
    shop = a_shop("한빛미용실", is_demo=False)
    for number in range(people):
        person = a_customer(shop, f"손님{number}", phone=f"+8210555566{number:02d}")
        with write() as session:
            session.query(Customer).filter_by(id=person).update({"visit_count": number})
        thank(shop, person, clock, f"visit:{number}")
    clock.advance(hours=2)
    deliver.drain(wire=wire, clock=clock)
    return shop


def test_the_best_five_wait_for_a_tap(town: Flask, clock: Clock, wire: Wire) -> None:
    shop = stage(town, clock, wire, people=7)
    lines = by_hand.by_hand(shop, wire=wire, now=clock())
    assert [line.customer_name for line in lines] == ["손님6", "손님5", "손님4", "손님3", "손님2"]
    first = lines[0]
    assert first.phone == "010-••••-6606"
    assert first.text.startswith("(광고)한빛미용실\n")
    assert first.sms_link.startswith("sms:+821055556606?&body=%28%EA%B4%91%EA%B3%A0%29")
    assert "https://dangol.test/o/" in first.text
    assert queries.outlook(shop, now=clock()).by_hand == 7


def test_sent_by_hand_counts_once_and_can_be_taken_back(town: Flask, clock: Clock, wire: Wire) -> None:
    shop = stage(town, clock, wire)
    (line,) = by_hand.by_hand(shop, wire=wire, now=clock())
    for _ in range(2):
        own_phone.mark_sent(shop_id=shop, message_id=line.id, wire=wire, now=clock())
    assert rows(id=line.id)[0].state == "sent"
    assert db.session.query(AdGrant).count() == 1
    assert by_hand.by_hand(shop, wire=wire, now=clock()) == []
    assert [done.id for done in by_hand.sent_by_hand_today(shop, now=clock())] == [line.id]
    own_phone.undo_sent(shop_id=shop, message_id=line.id, now=clock())
    assert db.session.query(AdGrant).count() == 0
    assert [again.id for again in by_hand.by_hand(shop, wire=wire, now=clock())] == [line.id]


def test_an_opt_out_between_tap_and_confirmation_is_told(town: Flask, clock: Clock, wire: Wire) -> None:
    shop = stage(town, clock, wire)
    (line,) = by_hand.by_hand(shop, wire=wire, now=clock())
    with write() as session:
        person = session.query(Customer).one()
        session.add(a_consent(person, "ads", "withdraw"))
    with pytest.raises(own_phone.MustNotGo, match="문자를 보내지 마세요"):
        own_phone.mark_sent(shop_id=shop, message_id=line.id, wire=wire, now=clock())
    with write() as session:
        assert (
            recall.cancel_unconsented(session, shop_id=shop, customer_id=line.customer_id, now=clock()) == 1
        )
    with pytest.raises(own_phone.MustNotGo, match="동의를 거두셨어요"):
        own_phone.mark_sent(shop_id=shop, message_id=line.id, wire=wire, now=clock())
    assert [row.state for row in rows(channel="card")] == ["sent"]


def test_night_hides_the_queue_but_not_what_just_went(town: Flask, clock: Clock, wire: Wire) -> None:
    shop = stage(town, clock, wire)
    (line,) = by_hand.by_hand(shop, wire=wire, now=clock())
    clock.advance(hours=5)
    assert by_hand.by_hand(shop, wire=wire, now=clock()) == []
    own_phone.mark_sent(shop_id=shop, message_id=line.id, wire=wire, now=clock())
    assert rows(id=line.id)[0].state == "sent"


def test_another_shop_cannot_touch_it(town: Flask, clock: Clock, wire: Wire) -> None:
    shop = stage(town, clock, wire)
    other = a_shop("옆집", is_demo=False)
    (line,) = by_hand.by_hand(shop, wire=wire, now=clock())
    with pytest.raises(NotHere):
        own_phone.mark_sent(shop_id=other, message_id=line.id, wire=wire, now=clock())
    with pytest.raises(NotHere):
        own_phone.undo_sent(shop_id=other, message_id=line.id, now=clock())
    with pytest.raises(NotHere):
        own_phone.leave_out(shop_id=other, message_id=line.id, now=clock())
    assert history.waiting(other, now=clock()) == history.sent(other, now=clock()).lines == []
    assert by_hand.by_hand(other, wire=wire, now=clock()) == []


def test_the_owner_may_leave_one_out(town: Flask, clock: Clock, wire: Wire) -> None:
    shop = stage(town, clock, wire)
    (line,) = by_hand.by_hand(shop, wire=wire, now=clock())
    own_phone.leave_out(shop_id=shop, message_id=line.id, now=clock())
    assert by_hand.by_hand(shop, wire=wire, now=clock()) == []
    with pytest.raises(Refused):
        own_phone.mark_sent(shop_id=shop, message_id=line.id, wire=wire, now=clock())


def test_without_a_public_address_home_says_why(town: Flask, clock: Clock) -> None:
    wire: Wire = town.config["WIRE"]
    shop = stage(town, clock, wire)
    assert by_hand.by_hand(shop, wire=wire, now=clock()) == []
    assert "PUBLIC_URL" in queries.outlook(shop, now=clock()).blocked_reason


def test_automations_as_sentences(town: Flask, clock: Clock) -> None:
    shop = a_shop()
    lines = {line.kind: line for line in queries.automations(shop)}
    assert lines["thank_you"].sentence == "방문 2시간 뒤에 감사 인사를 보내요"
    assert lines["thank_you"].is_on
    assert not lines["consent_result"].can_switch
    automation.switch(shop_id=shop, kind="thank_you", is_on=False, now=clock())
    automation.save(shop_id=shop, kind="thank_you", text="고마워요, {이름} 님", delay_minutes=90, now=clock())
    line = queries.automation(shop, "thank_you")
    assert line is not None
    assert (line.is_on, line.text) == (False, "고마워요, {이름} 님")
    assert line.sentence == "방문 1시간 30분 뒤에 감사 인사를 보내요"
    assert queries.automation(shop, "nothing") is None
    assert queries.automation(a_shop("옆집"), "thank_you") != line


def test_a_kind_that_is_off_plans_nothing(town: Flask, clock: Clock) -> None:
    shop = a_shop()
    automation.switch(shop_id=shop, kind="thank_you", is_on=False, now=clock())
    assert thank(shop, a_customer(shop), clock) is None
    assert rows() == []


def test_the_shops_delay_counts_from_the_visit(town: Flask, clock: Clock) -> None:
    shop = a_shop()
    automation.save(shop_id=shop, kind="thank_you", text="", delay_minutes=30, now=clock())
    thank(shop, a_customer(shop), clock)
    assert {row.due_at for row in rows()} == {clock() + timedelta(minutes=30)}


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("thank_you", "{주소}로 오세요", "{주소}라는 칸은 없어요"),
        ("thank_you", "{이름 님", "{이름}처럼 앞뒤를 모두 닫아"),
        ("thank_you", "(광고) 안녕", "(광고) 표시"),
        ("thank_you", "[광 고] 안녕", "(광고) 표시"),
        ("thank_you", "가" * 900, "너무 길어요"),
        ("stamp_receipt", "오늘만 10% 할인", "홍보하는 말"),
    ],
)
def test_words_that_cannot_be_saved(town: Flask, clock: Clock, kind: str, text: str, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        automation.save(shop_id=a_shop(), kind=kind, text=text, now=clock())
    assert words in refused.value.fields["text"]


def test_what_the_law_asks_for_stays(town: Flask, clock: Clock) -> None:
    shop = a_shop()
    with pytest.raises(automation.AskedForByLaw):
        automation.switch(shop_id=shop, kind="optout_result", is_on=False, now=clock())
    with pytest.raises(NotHere):
        automation.switch(shop_id=shop, kind="nothing", is_on=False, now=clock())
    with pytest.raises(Invalid):
        automation.save(shop_id=shop, kind="thank_you", text="", delay_minutes=-1, now=clock())


def test_a_preview_is_a_real_persons_message(town: Flask, clock: Clock, wire: Wire) -> None:
    shop = a_shop(is_demo=False)
    assert previews.preview(shop, "thank_you", wire=wire, now=clock()) is None
    a_customer(shop, "박새봄", phone="+821099990001", agreed=("age14", "required"))
    a_customer(shop, "김단골")
    seen = previews.preview(shop, "thank_you", wire=wire, now=clock(), text="{이름} 님 😀")
    assert seen is not None
    assert seen.customer_name == "김단골"
    assert seen.channel_label == "내 휴대폰 문자"
    assert seen.text.startswith("(광고)달빛커피\n\n김단골 님 😀\n\n문의 02-123-4567\n무료수신거부 https://")
    assert (seen.answer, seen.code) == ("지금 보내도 돼요.", "")
    assert seen.not_carried == ("😀",)
    clock.advance(hours=8)
    later = previews.preview(shop, "thank_you", wire=wire, now=clock())
    assert later is not None
    assert later.code == "night"
    for kind in ("stamp_receipt", "consent_result", "optout_result"):
        assert previews.preview(shop, kind, wire=wire, now=clock()) is not None


_LACKING = "좋아하는 것이 없으면 그 문장을 빼고 보내요."
_BARE = "좋아하는 것이 없으면 기본 글을 보내요."


@pytest.mark.parametrize(
    ("words", "shown", "lacking"),
    [
        ("{이름} 님, 잘 지내시죠? {좋아하는 것}, 기억해요.", "라떼, 기억해요.", _LACKING),
        ("{좋아하는 것}을(를) 드세요. {좋아하는 것}이(가) 그립죠?", "라떼를 드세요. 라떼가 그립죠?", _BARE),
        ("{이름} 님, 잘 지내시죠?", "김단골 님, 잘 지내시죠?", ""),
    ],
    ids=["one sentence", "nothing else", "not named"],
)
def test_the_preview_shows_who_has_it_and_says_what_others_get(
    town: Flask, clock: Clock, wire: Wire, words: str, shown: str, lacking: str
) -> None:
    shop = a_shop()
    knows = a_customer(shop, "김단골")
    no_yes = a_customer(shop, "박새봄", phone="+821099990001", agreed=("age14", "required", "ads"))
    remark = a_customer(shop, "이가을", phone="+821099990002")
    a_customer(shop, "정겨울", phone="+821099990003")  # seen last of all, nothing is known of them
    with write() as session:
        likes = {knows: "라떼", no_yes: "유자차", remark: "오이 싫어함"}
        for customer_id, liked in likes.items():
            person = session.get(Customer, customer_id)
            assert person is not None
            person.likes = liked
    seen = previews.preview(shop, "come_back", wire=wire, now=clock(), text=words)
    assert seen is not None
    assert (seen.customer_name, seen.lacking) == ("김단골", lacking)
    assert shown in seen.text


def test_without_anybody_who_has_it_the_preview_leaves_it_out(town: Flask, clock: Clock, wire: Wire) -> None:
    shop = a_shop()
    person = a_customer(shop, "박새봄", agreed=("age14", "required", "ads"))
    with write() as session:
        row = session.get(Customer, person)
        assert row is not None
        row.likes = "유자차"  # known, but not agreed to be used for offers
    seen = previews.preview(shop, "come_back", wire=wire, now=clock())
    assert seen is not None
    assert ("유자차" in seen.text, seen.lacking) == (
        False,
        "좋아하는 것, 추천 상품이 없으면 그 문장을 빼고 보내요.",
    )


@pytest.mark.databases("sqlite")
def test_every_kind_can_be_looked_at(town: Flask, clock: Clock, wire: Wire) -> None:
    """Filled with what is true of this shop: what it does not have is left out, not made up."""
    shop = a_shop("봄날꽃집")
    a_customer(shop, "한지우")
    for key in (line.kind for line in queries.automations(shop)):
        kind = registry.kind(key)
        seen = previews.preview(shop, key, wire=wire, now=clock())
        assert seen is not None, key
        assert not placeholders(seen.text) and "None" not in seen.text, (key, seen.text)
        assert kind.is_ad or forms.promotion_word(seen.text) is None or kind.quoted, (key, seen.text)
    for key, absent in (("birthday", "선물"), ("thank_you", "드릴게요"), ("come_back", "권해")):
        seen = previews.preview(shop, key, wire=wire, now=clock())
        assert seen is not None and absent not in seen.text


def test_examples_are_the_shops_own(town: Flask, clock: Clock) -> None:
    shop = a_shop("봄날꽃집")
    assert examples.examples(shop, registry.kind("satisfaction")) == {"이름": "김단골", "가게": "봄날꽃집"}
    assert all(
        not {"달빛커피", "라떼 연하게"} & set(kind.placeholders.values())
        for kind in registry.kinds().values()
    )


def test_what_was_put_off_is_one_statement_and_stands_where_its_time_is(
    town: Flask, clock: Clock, wire: Wire
) -> None:
    shop = a_shop()
    one, other = a_customer(shop, "김단골"), a_customer(shop, "박새봄", phone="+821099990001")
    thank(shop, one, clock)
    clock.advance(hours=3)
    deliver.drain(wire=wire, clock=clock)
    thank(shop, one, clock, "silence:1", kind="come_back")
    clock.advance(minutes=1)
    thank(shop, other, clock, "visit:3")
    coming = [line for line in history.waiting(shop, now=clock()) if line.channel == "demo_phone"]
    assert [(line.customer_name, line.state_words, line.reason) for line in coming] == [
        ("박새봄", "오후 7:50에 보내요", ""),
        ("김단골", "11월 26일(목)로 미뤘어요", "이 손님께 요즘 보낸 광고가 있어요."),
    ]
    seen = queries.outlook(shop, now=clock())
    assert (seen.today, seen.today_by) == (1, "문자"), "the card and what was put off are not counted"


def test_what_nobody_will_ever_know_is_spoken_of_for_a_week(town: Flask, clock: Clock) -> None:
    shop = a_shop()
    thank(shop, a_customer(shop), clock)
    change(Message, state="unknown")
    clock.advance(days=7)
    assert queries.outlook(shop, now=clock()).unclear > 0
    clock.advance(days=1)
    assert queries.outlook(shop, now=clock()).unclear == 0
    assert history.sent(shop, now=clock(), pick="unclear").lines


def test_history_tells_state_and_reason_page_by_page(town: Flask, clock: Clock, wire: Wire) -> None:
    shop = a_shop()
    for number in range(5):
        thank(shop, a_customer(shop, f"손님{number}", phone=None), clock, f"visit:{number}")
    coming = history.waiting(shop, now=clock())
    assert [line.customer_name for line in coming] == ["손님0", "손님1", "손님2", "손님3", "손님4"]
    assert {line.state_words for line in coming} == {"오후 4:49에 카드에 남겨요"}
    assert {line.reason for line in coming} == {"카드에만 남겨요. 전화번호가 없는 손님이에요."}
    assert history.sent(shop, now=clock()).lines == []
    clock.advance(hours=3)
    deliver.drain(wire=wire, clock=clock)
    first = history.sent(shop, now=clock(), limit=3)
    rest = history.sent(shop, now=clock(), limit=3, after=first.after)
    names = [line.customer_name for line in (*first.lines, *rest.lines)]
    assert names == ["손님4", "손님3", "손님2", "손님1", "손님0"]
    assert rest.after is None
    assert {line.state_words for line in first.lines} == {"카드에 남겼어요"}
    assert history.waiting(shop, now=clock()) == []
    assert set(history.STATE_WORDS) >= {row.state for row in rows()}


def test_the_letter_and_the_text_of_one_cause_are_one_line(town: Flask, clock: Clock, wire: Wire) -> None:
    shop = a_shop()
    thank(shop, a_customer(shop, "김단골"), clock)
    (line,) = history.waiting(shop, now=clock())
    assert (line.channel, line.also) == ("demo_phone", "카드에도 남겨요")
    clock.advance(hours=3)
    deliver.drain(wire=wire, clock=clock)
    (line,) = history.sent(shop, now=clock()).lines
    assert (line.channel, line.also) == ("demo_phone", "카드에도 남겼어요")


def test_the_inbox_and_what_is_new(town: Flask, clock: Clock) -> None:
    shop = a_shop()
    person = a_customer(shop)
    thank(shop, person, clock, "stamp:1", kind="stamp_receipt")
    clock.advance(minutes=1)
    thank(shop, person, clock, "stamp:2", kind="stamp_receipt")
    assert [letter.is_new for letter in inbox.letters(shop, person, now=clock())] == [True, True]
    assert inbox.unread(shop, person, now=clock()) == 2
    assert letters.mark_read(shop_id=shop, customer_id=person, now=clock()) == 2
    assert inbox.unread(shop, person, now=clock()) == 0
    with write() as session:
        recall.cancel(session, shop_id=shop, cause="stamp:2", reason="적립 취소", now=clock())
    assert len(inbox.letters(shop, person, now=clock())) == 1


def test_forgetting_blanks_the_words_and_keeps_the_fact(town: Flask, clock: Clock) -> None:
    shop = a_shop()
    person = a_customer(shop)
    thank(shop, person, clock, "stamp:1", kind="stamp_receipt")
    with write() as session:
        recall.forget(session, shop_id=shop, customer_id=person)
    (row,) = rows()
    assert (row.text, row.facts, row.state) == ("", {}, "sent")


def test_the_lists_read_a_fixed_number_of_rows(town: Flask, clock: Clock, wire: Wire) -> None:
    shop = stage(town, clock, wire, people=9)
    counted: list[str] = []

    def count(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        counted.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        for read in (
            lambda: history.waiting(shop, now=clock()),
            lambda: history.sent(shop, now=clock()),
            lambda: queries.automations(shop),
            lambda: inbox.letters(shop, 1, now=clock()),
            lambda: queries.outlook(shop, now=clock()),
        ):
            db.session.rollback()
            counted.clear()
            read()
            assert len([one for one in counted if one.lstrip().startswith("SELECT")]) <= 3
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    assert db.session.query(Message).count() == 18
