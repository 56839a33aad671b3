"""What an owner writes to one person: kept, looked at, sent once, and its picture seen by nobody else."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask

from app.extensions import db, files_dir
from app.flows import hand_day, own_phone, personal, photo, privacy, voice, work_done
from app.flows.personal import NoLongerWanted, PhotoNotReady, Sent
from app.flows.unit import write
from app.kit.files import Place
from app.kit.refusals import Invalid, NotHere
from app.messages import inbox, letter_photos
from app.messages import personal as reads
from app.messages.letter_models import DoneRequest, PersonalLetter
from app.messages.models import Message
from app.reviews.photos import LETTER
from app.shops import actions as shops
from tests import factories
from tests.asks import a_jpeg
from tests.factories import ACustomer, AShop
from tests.world import Clock, all_at_once


def keep(shop: AShop, who: ACustomer, text: str = "우산을 두고 가셨어요", **more: object) -> int:
    """The owner writes; returns the draft's number."""
    fits = {"shop_id": shop.id, "staff_id": shop.owner_id, "customer_id": who.id, "now": factories.now()}
    return personal.save(**{**fits, "text": text, **more})  # type: ignore[arg-type]


def send(shop: AShop, letter_id: int) -> Sent:
    return personal.send(
        shop_id=shop.id,
        staff_id=shop.owner_id,
        role="owner",
        letter_id=letter_id,
        ip="203.0.113.7",
        now=factories.now(),
    )


def rows(shop: AShop) -> list[tuple[str, str, str]]:
    """Return (kind, channel, state) of everything written by hand."""
    db.session.rollback()
    kinds = ("personal", "personal_answer", "work_done")
    found = db.session.execute(
        db.select(Message.kind, Message.channel, Message.state)
        .where(Message.shop_id == shop.id, Message.kind.in_(kinds))
        .order_by(Message.id)
    )
    return [(row.kind, row.channel, row.state) for row in found]


def offers_news(shop: AShop) -> None:
    work_done.switch(shop_id=shop.id, staff_id=shop.owner_id, is_on=True, now=factories.now())


def ask(shop: AShop, who: ACustomer, what: str = "콩이", **more: object) -> int:
    fits = {"shop_id": shop.id, "customer_id": who.id, "once": factories.once(), "now": factories.now()}
    return work_done.ask(**{**fits, "what": what, **more})  # type: ignore[arg-type]


def test_what_a_shop_writes_is_an_ad_and_goes_once(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    letter = keep(shop, jiwoo)
    assert keep(shop, jiwoo, "우산을 두고 가셨어요!") == letter  # the same draft
    first = send(shop, letter)
    assert first == send(shop, letter) == Sent("personal", "own_phone", "ready")
    assert rows(shop) == [("personal", "card", "sent"), ("personal", "own_phone", "ready")]
    line = inbox.letters(shop.id, jiwoo.id, now=clock())[0]
    assert line.text == "우산을 두고 가셨어요!"
    assert keep(shop, jiwoo) != letter  # what was sent is no draft any more


def test_two_taps_at_once_send_one(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    letter = keep(shop, jiwoo)
    done = all_at_once(app, [lambda: send(shop, letter)] * 3)
    assert {each.kind for each in done} == {"personal"}
    assert len(rows(shop)) == 2


def test_an_answer_is_a_notice_until_it_promotes(shop: AShop, jiwoo: ACustomer) -> None:
    voice.open_voice(
        shop_id=shop.id,
        customer_id=jiwoo.id,
        kind="question",
        text="우산 거기 있나요?",
        once="q1",
        now=factories.now(),
    )
    assert send(shop, keep(shop, jiwoo, "네, 잘 두었어요")).kind == "personal_answer"
    assert send(shop, keep(shop, jiwoo, "네, 오시면 쿠폰도 드려요")).kind == "personal"


def test_without_consent_it_lies_on_the_card_alone(shop: AShop, minho: ACustomer) -> None:
    assert send(shop, keep(shop, minho)) == Sent("personal", "card", "")
    assert rows(shop) == [("personal", "card", "sent")]


def test_another_shop_or_colleague_touches_nothing(shop: AShop, other_shop: AShop, jiwoo: ACustomer) -> None:
    letter = keep(shop, jiwoo)
    with pytest.raises(NotHere):
        send(other_shop, letter)
    with pytest.raises(NotHere):
        keep(other_shop, jiwoo)
    personal.discard(shop_id=shop.id, staff_id=factories.a_staff(shop), letter_id=letter)
    assert reads.draft(shop.id, staff_id=shop.owner_id, letter_id=letter) is not None
    assert reads.draft(other_shop.id, staff_id=shop.owner_id, letter_id=letter) is None
    for _ in range(2):
        personal.discard(shop_id=shop.id, staff_id=shop.owner_id, letter_id=letter)
    assert reads.draft(shop.id, staff_id=shop.owner_id, letter_id=letter) is None


@pytest.mark.parametrize(
    ("text", "said"), [("", "한 줄이라도"), ("가" * 900, "너무 길어요"), ("(광고) 오세요", "표시는 저절로")]
)
def test_words_that_cannot_go(shop: AShop, jiwoo: ACustomer, text: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        send(shop, keep(shop, jiwoo, text))
    assert said in refused.value.fields["text"]
    assert rows(shop) == []


def test_a_photo_goes_along_and_only_its_card_shows_it(
    shop: AShop, other_shop: AShop, jiwoo: ACustomer, minho: ACustomer, clock: Clock
) -> None:
    letter = keep(shop, jiwoo, upload=BytesIO(a_jpeg()))
    with pytest.raises(PhotoNotReady):
        send(shop, letter)
    photo.make_waiting(clock=clock)
    send(shop, letter)
    line = inbox.letters(shop.id, jiwoo.id, now=clock())[0]
    file = letter_photos.open_for_card(shop.id, jiwoo.id, line.id)
    assert file is not None
    with file:
        assert file.read(4) == b"RIFF"
    assert letter_photos.open_for_card(shop.id, minho.id, line.id) is None
    assert letter_photos.open_for_card(other_shop.id, jiwoo.id, line.id) is None
    by_phone = db.session.scalar(db.select(Message.id).where(Message.channel == "own_phone"))
    jpeg = letter_photos.open_for_phone(shop.id, by_phone)
    assert jpeg is not None
    with jpeg:
        assert jpeg.read(3) == b"\xff\xd8\xff"
    assert letter_photos.open_for_phone(other_shop.id, by_phone) is None
    kept = Place(LETTER, shop.id, line.photo).below(files_dir())
    assert kept.stat().st_size <= 200_000
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=clock())
    assert not kept.exists()
    assert db.session.scalar(db.select(db.func.count(PersonalLetter.id))) == 0


def test_another_photo_takes_the_firsts_place(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    letter = keep(shop, jiwoo, upload=BytesIO(a_jpeg()))
    first = reads.draft(shop.id, staff_id=shop.owner_id, letter_id=letter)
    keep(shop, jiwoo, upload=BytesIO(a_jpeg() + b"again"))
    second = reads.draft(shop.id, staff_id=shop.owner_id, letter_id=letter)
    assert first and first.photo and second and second.photo
    assert first.photo.ref != second.photo.ref
    keep(shop, jiwoo, drops_photo=True)
    without = reads.draft(shop.id, staff_id=shop.owner_id, letter_id=letter)
    assert without is not None and without.photo is None
    assert personal.tidy(shop_id=shop.id, now=clock() + timedelta(days=8)) == 1
    assert reads.draft(shop.id, staff_id=shop.owner_id, letter_id=letter) is None


def test_news_is_asked_for_once_and_told_once(shop: AShop, jiwoo: ACustomer) -> None:
    with pytest.raises(NotHere):
        ask(shop, jiwoo)  # not offered here
    offers_news(shop)
    done = ask(shop, jiwoo)
    assert ask(shop, jiwoo, staff_id=shop.owner_id) == done
    assert [line.what for line in reads.waiting_for_news(shop.id)] == ["콩이"]
    letter = keep(shop, jiwoo, "콩이 오늘 미용 예쁘게 잘 받았어요", done_id=done)
    assert send(shop, letter) == send(shop, letter) == Sent("work_done", "own_phone", "ready")
    assert reads.waiting_for_news(shop.id) == []
    with pytest.raises(NoLongerWanted):
        keep(shop, jiwoo, done_id=done)


def test_three_taps_at_once_are_one_wish(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    offers_news(shop)
    assert len(set(all_at_once(app, [lambda: ask(shop, jiwoo)] * 3))) == 1
    assert len(reads.waiting_for_news(shop.id)) == 1


def test_news_promotes_nothing(shop: AShop, jiwoo: ACustomer) -> None:
    offers_news(shop)
    done = ask(shop, jiwoo)
    with pytest.raises(Invalid) as refused:
        send(shop, keep(shop, jiwoo, "다 됐어요. 오시면 할인해 드려요", done_id=done))
    assert "‘할인’" in refused.value.fields["text"]
    assert len(reads.waiting_for_news(shop.id)) == 1


def test_who_takes_the_wish_back_is_told_nothing(
    app: Flask, shop: AShop, other_shop: AShop, jiwoo: ACustomer, minho: ACustomer, clock: Clock
) -> None:
    offers_news(shop)
    done = ask(shop, jiwoo)
    for wrong in ({"shop_id": other_shop.id}, {"shop_id": shop.id, "customer_id": minho.id}):
        with pytest.raises(NotHere):
            work_done.withdraw(done_id=done, now=clock(), **wrong)
    letter = keep(shop, jiwoo, done_id=done)
    send(shop, letter)
    work_done.withdraw(shop_id=shop.id, done_id=done, customer_id=jiwoo.id, now=clock())
    with write() as session:
        row = session.scalars(db.select(Message).where(Message.channel == "own_phone")).one()
        row.staged_at, message_id = clock(), row.id
    with pytest.raises(own_phone.MustNotGo):
        own_phone.mark_sent(shop_id=shop.id, message_id=message_id, wire=app.config["WIRE"], now=clock())


def test_a_wish_nobody_answered_is_over_after_a_week(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    offers_news(shop)
    ask(shop, jiwoo)
    assert personal.tidy(shop_id=shop.id, now=clock() + timedelta(days=6)) == 0
    assert personal.tidy(shop_id=shop.id, now=clock() + timedelta(days=8)) == 1
    assert reads.waiting_for_news(shop.id) == []
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=clock())
    assert db.session.scalar(db.select(db.func.count(DoneRequest.id))) == 0


def test_the_day_by_hand_is_the_shops_own(shop: AShop, other_shop: AShop, clock: Clock) -> None:
    from app.messages import by_hand

    hand_day.save(shop_id=shop.id, staff_id=shop.owner_id, time="14:30", most="40", now=clock())
    for _ in range(2):
        hand_day.end_today(shop_id=shop.id, is_ended=True, now=clock())
    day = by_hand.hand_day(shop.id, now=clock())
    assert (day.opens, day.most, day.is_ended, day.is_quiet) == (870, 40, True, True)
    assert by_hand.hand_day(other_shop.id, now=clock()).is_ended is False
    assert by_hand.hand_day(shop.id, now=clock() + timedelta(days=1)).is_ended is False
    hand_day.end_today(shop_id=shop.id, is_ended=False, now=clock())
    assert by_hand.hand_day(shop.id, now=clock()).is_quiet is False
    with pytest.raises(Invalid) as refused:
        hand_day.save(shop_id=shop.id, staff_id=shop.owner_id, time="23:00", most="0", now=clock())
    assert set(refused.value.fields) == {"time", "most"}
    with write() as session:
        assert shops.uses(session, shop_id=shop.id) == frozenset()
