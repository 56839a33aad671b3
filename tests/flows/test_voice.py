"""What is said to the shop alone: a thread, heard by those it is for, settled and opened again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.extensions import db
from app.flows import voice, voice_care
from app.kit.refusals import Invalid, NotHere
from app.messages.models import Message
from app.voices import listing, queries, results, threads
from app.voices.models import Voice, VoiceLine
from app.voices.rules import TooMuchSaid
from tests import factories, world
from tests.factories import ACustomer, AShop
from tests.flows.test_review import an_ask, leave
from tests.world import Clock


def opened(shop: AShop, holder: ACustomer, **changes: Any) -> int:
    """Let a customer begin a matter."""
    settings: dict[str, Any] = {
        "shop_id": shop.id,
        "customer_id": holder.id,
        "kind": "complaint",
        "text": "화장실이 추워요",
        "once": factories.once(),
        "now": factories.now(),
    }
    return voice.open_voice(**settings | changes)


def answered(shop: AShop, voice_id: int, **changes: Any) -> None:
    """Let the owner answer."""
    settings: dict[str, Any] = {
        "shop_id": shop.id,
        "staff_id": shop.owner_id,
        "role": "owner",
        "voice_id": voice_id,
        "text": "바로 고칠게요",
        "once": factories.once(),
        "now": factories.now(),
    }
    voice.answer(**settings | changes)


def letters() -> int:
    """Return how many 'an answer came' lie on cards."""
    db.session.rollback()
    told = (Message.kind == "voice_reply", Message.channel == "card", Message.state == "sent")
    return int(db.session.scalar(db.select(db.func.count(Message.id)).where(*told)) or 0)


def lines() -> int:
    """Return how many things were said."""
    db.session.rollback()
    return int(db.session.scalar(db.select(db.func.count(VoiceLine.id))) or 0)


def test_a_talk_from_complaint_to_settled_and_back(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    voice_id = opened(shop, jiwoo)
    assert queries.waiting(shop.id, role="owner").complaints == 1
    began = queries.waiting(shop.id, role="owner").complaint_since
    clock.advance(hours=1)
    mine = {"shop_id": shop.id, "customer_id": jiwoo.id, "voice_id": voice_id}
    voice.say(**mine, text="바닥도 미끄러워요", once=factories.once(), now=clock())
    assert queries.waiting(shop.id, role="owner").complaint_since == began, "it waits since it began"
    answered(shop, voice_id)
    answered(shop, voice_id, text="내일 기사님이 오세요")
    assert letters() == 1, "told once until the customer has looked"
    assert queries.waiting(shop.id, role="owner").complaints == 0
    voice.mark_read(**mine, now=clock())
    answered(shop, voice_id, text="고쳤어요")
    assert letters() == 2
    own = {"shop_id": shop.id, "staff_id": shop.owner_id, "role": "owner", "voice_id": voice_id}
    for _twice in range(2):
        voice_care.close(**own, note="", now=clock())
    assert [line.id for line in listing.threads(shop.id, role="owner").done] == [voice_id]
    voice.say(**mine, text="또 추워요", once=factories.once(), now=clock())
    thread = threads.thread(now=factories.now(), shop_id=shop.id, voice_id=voice_id, customer_id=jiwoo.id)
    assert thread is not None
    assert (thread.closed_at, thread.waiting_since) == (None, clock())
    assert [line.by_shop for line in thread.lines] == [False, False, True, True, True, False]


def test_what_was_said_aloud_is_an_answer_and_what_nobody_said_is_none(
    app: Flask, shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    spoken, silent = opened(shop, jiwoo), opened(shop, jiwoo)
    own = {"shop_id": shop.id, "staff_id": shop.owner_id, "role": "owner", "note": "전화드림"}
    with pytest.raises(Invalid) as refused:
        voice_care.close(**own, voice_id=spoken, now=clock())
    assert set(refused.value.fields) == {"how"}
    clock.advance(hours=2)
    closing = {**own, "voice_id": spoken, "how": "spoken", "now": clock()}
    assert world.all_at_once(app, [lambda: voice_care.close(**closing)] * 4) == [None] * 4
    voice_care.close(**own, voice_id=silent, how="silent", now=clock())

    def counted() -> tuple[int, int, int, int]:
        db.session.rollback()
        found = results.results(shop.id, since=clock() - timedelta(days=90), now=clock())
        return found.answered, found.in_time, found.answered_back.people, found.silent_back.people

    def seen(voice_id: int) -> threads.Thread:
        db.session.rollback()
        thread = threads.thread(now=clock(), shop_id=shop.id, voice_id=voice_id, role="owner")
        assert thread is not None
        return thread

    assert counted() == (1, 1, 0, 0)
    assert (seen(spoken).was_told, seen(silent).was_told) == (True, False)
    assert queries.waiting(shop.id, role="owner").complaints == 0, "no clock runs"
    voice.settle(shop_id=shop.id, customer_id=jiwoo.id, voice_id=spoken, is_settled=False, now=clock())
    assert seen(spoken).due == clock() + timedelta(hours=24), "who says 아직이요 waits anew"
    assert counted() == (1, 1, 0, 0)
    again = {k: own[k] for k in ("shop_id", "staff_id", "role")} | {"voice_id": spoken}
    asked = seen(spoken).due
    clock.advance(hours=1)
    voice_care.close(**own, voice_id=spoken, now=clock())
    voice_care.reopen(**again, now=clock())
    assert counted() == (1, 1, 0, 0), "what was said aloud before this closing stays an answer"
    assert (seen(spoken).due, queries.waiting(shop.id, role="owner").complaints) == (asked, 1)
    answered(shop, spoken, now=clock())
    voice_care.close(**own, voice_id=spoken, now=clock())
    voice_care.reopen(**again, now=clock())
    assert counted() == (1, 1, 0, 0)
    assert seen(spoken).waiting_since is None, "and who was answered waits for nothing"
    voice.say(
        shop_id=shop.id,
        customer_id=jiwoo.id,
        voice_id=spoken,
        text="아직 추워요",
        once=factories.once(),
        now=clock(),
    )
    waits = seen(spoken).waiting_since
    clock.advance(hours=1)
    voice_care.close(**own, voice_id=spoken, now=clock())
    voice_care.reopen(**again, now=clock())
    assert seen(spoken).waiting_since == waits, (
        "a word that waits for an answer is not lost by closing and opening"
    )
    voice.settle(shop_id=shop.id, customer_id=jiwoo.id, voice_id=spoken, is_settled=True, now=clock())
    voice_care.reopen(**again, now=clock())
    assert seen(spoken).waiting_since is None, "who said 해결됐어요 waits for nothing"
    clock.advance(days=70)
    assert counted() == (1, 1, 1, 1)


def test_an_answer_said_aloud_by_mistake_is_taken_back(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    voice_id = opened(shop, jiwoo, now=clock())
    due = clock() + timedelta(hours=24)
    clock.advance(hours=2)
    own: dict[str, Any] = {
        "shop_id": shop.id,
        "staff_id": shop.owner_id,
        "role": "owner",
        "voice_id": voice_id,
    }
    voice_care.close(**own, note="", how="spoken", now=clock())
    voice_care.reopen(**own, now=clock.advance(minutes=1))
    thread = threads.thread(now=clock(), shop_id=shop.id, voice_id=voice_id, role="owner")
    assert thread is not None
    assert (thread.answered_at, thread.due) == (None, due), "the first clock goes on"
    answered(shop, voice_id, now=clock())
    voice_care.close(**own, note="", now=clock())
    voice_care.reopen(**own, now=clock())
    db.session.rollback()
    found = results.results(shop.id, since=clock() - timedelta(days=90), now=clock())
    assert (found.answered, found.in_time) == (1, 1), (
        "what is written stays an answer, also in the same moment"
    )


def test_a_second_tap_says_nothing_twice(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    once = factories.once()
    found = world.all_at_once(app, [lambda: opened(shop, jiwoo, once=once)] * 8)
    assert len(set(found)) == 1
    assert lines() == 1
    answer_once = factories.once()
    world.all_at_once(app, [lambda: answered(shop, found[0], once=answer_once)] * 8)
    assert (lines(), letters()) == (2, 1)


def test_other_words_under_one_key_are_another_matter(shop: AShop, jiwoo: ACustomer) -> None:
    once = factories.once()
    first = opened(shop, jiwoo, once=once)
    assert opened(shop, jiwoo, once=once, text="문도 안 닫혀요") != first, "nothing typed is taken for said"
    assert opened(shop, jiwoo, once=once) == first
    assert lines() == 2


def test_a_key_is_its_persons_own(shop: AShop, jiwoo: ACustomer, minho: ACustomer) -> None:
    once = factories.once()
    assert opened(shop, jiwoo, once=once) != opened(shop, minho, once=once)
    answered(shop, opened(shop, minho), once=once)
    assert lines() == 4


def test_a_complaint_that_waits_is_on_top(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    def said(kind: str) -> int:
        clock.advance(minutes=1)
        return opened(shop, jiwoo, kind=kind)

    calm, praise, first, second, idea = [
        said(kind) for kind in ("complaint", "praise", "complaint", "complaint", "idea")
    ]
    thanked = said("praise")
    for voice_id in (calm, thanked):
        answered(shop, voice_id)
    found = [line.id for line in listing.threads(shop.id, role="owner").open]
    assert found == [first, second, praise, idea, thanked, calm]


def test_a_complaint_is_for_the_owner_alone(shop: AShop, jiwoo: ACustomer) -> None:
    complaint, praise = opened(shop, jiwoo), opened(shop, jiwoo, kind="praise", text="늘 친절하세요")
    assert {line.id for line in listing.threads(shop.id, role="owner").open} == {complaint, praise}
    assert [line.id for line in listing.threads(shop.id, role="manager").open] == [praise]
    assert queries.waiting(shop.id, role="manager").complaints == 0
    assert threads.thread(now=factories.now(), shop_id=shop.id, voice_id=complaint, role="manager") is None
    assert threads.thread(now=factories.now(), shop_id=shop.id, voice_id=praise, role="staff") is None
    who = {"shop_id": shop.id, "customer_id": jiwoo.id}
    assert queries.last_words(**who, role="manager").text == "늘 친절하세요"
    manager = factories.a_staff(shop, role="manager")
    with pytest.raises(NotHere):
        answered(shop, complaint, staff_id=manager, role="manager")
    answered(shop, praise, staff_id=manager, role="manager")


def test_what_is_refused(shop: AShop, other_shop: AShop, jiwoo: ACustomer, minho: ACustomer) -> None:
    voice_id = opened(shop, jiwoo)
    for wrong in ({"kind": "rant"}, {"text": "  "}, {"text": "가" * 1001}):
        with pytest.raises(Invalid):
            opened(shop, jiwoo, **wrong)
    stranger = {"shop_id": shop.id, "customer_id": minho.id, "voice_id": voice_id, "now": factories.now()}
    with pytest.raises(NotHere):
        voice.say(**stranger, text="나도", once=factories.once())
    with pytest.raises(NotHere):
        voice.mark_read(**stranger)
    for shop_id in (other_shop.id,):
        with pytest.raises(NotHere):
            answered(other_shop, voice_id)
        with pytest.raises(NotHere):
            voice_care.close(
                shop_id=shop_id, staff_id=other_shop.owner_id, role="owner", voice_id=voice_id, note="",
                now=factories.now(),
            )  # fmt: skip
    assert threads.thread(now=factories.now(), shop_id=other_shop.id, voice_id=voice_id, role="owner") is None
    assert (
        threads.thread(now=factories.now(), shop_id=shop.id, voice_id=voice_id, customer_id=minho.id) is None
    )
    assert lines() == 1


def test_a_flood_is_stopped_until_tomorrow(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    voice_id = opened(shop, jiwoo)
    mine = {"shop_id": shop.id, "customer_id": jiwoo.id, "voice_id": voice_id, "text": "여보세요"}
    for _n in range(29):
        voice.say(**mine, once=factories.once(), now=clock())
    with pytest.raises(TooMuchSaid):
        voice.say(**mine, once=factories.once(), now=clock())
    clock.advance(days=1)
    voice.say(**mine, once=factories.once(), now=clock())


def test_a_word_beside_a_review_joins_its_voice(shop: AShop, jiwoo: ACustomer) -> None:
    token = an_ask(shop, jiwoo)
    said = {"token": token, "text": "자리가 좁았어요", "now": factories.now()}
    with pytest.raises(NotHere):
        voice.say_beside_review(**said, once=factories.once())
    leave(token, mood="bad", text="아쉬워요")
    once = factories.once()
    for _twice in range(2):
        voice.say_beside_review(**said, once=once)
    assert db.session.scalar(db.select(db.func.count(Voice.id))) == 1
    assert lines() == 2
    happy = an_ask(shop, jiwoo, days_ago=3)
    leave(happy)
    voice.say_beside_review(**said | {"token": happy}, once=factories.once())
    kinds = db.session.scalars(db.select(Voice.kind).order_by(Voice.id)).all()
    assert kinds == ["complaint", "praise"]
