"""What happens to customers rings the phones of who answers: once, when it may, and as long as somebody waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.extensions import db
from app.flows import (
    moderation,
    staff_push,
    voice,
    voice_care,
)
from app.kit.refusals import Invalid
from app.messages.models import Message
from app.voices import threads
from tests import factories, warranties
from tests.factories import ACustomer, AShop
from tests.flows.ringing import a_ringing_shop
from tests.flows.staff_phones import ring, rings, rung_on, says, told
from tests.flows.test_board import a_regular, asked
from tests.flows.test_review import an_ask, leave
from tests.flows.test_voice import answered, opened
from tests.messages.push_service import Service
from tests.world import Clock


@pytest.fixture
def service(app: Flask) -> Iterator[Service]:
    with a_ringing_shop(app) as running:
        yield running


def hands(shop: AShop, voice_id: int, to_staff: int) -> None:
    voice_care.hand_over(
        shop_id=shop.id, staff_id=shop.owner_id, role="owner", voice_id=voice_id, to_staff=to_staff,
        now=factories.now(),
    )  # fmt: skip


def test_a_complaint_rings_the_owner_alone_and_once_more_before_its_time_is_over(
    shop: AShop, jiwoo: ACustomer, service: Service, clock: Clock
) -> None:
    phone, _ = rung_on(service, shop, shop.owner_id)
    for role in ("manager", "staff"):
        rung_on(service, shop, factories.a_staff(shop, role=role), role)
    voice_id = opened(shop, jiwoo, text="화장실이 추워요")
    assert ring() == {"sent": 1}
    assert ring() == {}
    ((path, headers, _),) = service.taken
    assert (path, headers["urgency"]) == ("/own", "high")
    first = told(phone, service)
    assert first == {
        "title": "불편 말씀이 왔어요",
        "lang": "ko",
        "body": "봄날커피 · 11월 24일(화) 오후 2:49까지 답해 주세요",
        "navigate": f"https://dangol.test/owner/voices/{voice_id}",
        "tag": f"staff-{shop.id}-voice-{voice_id}",
        "renotify": True,
    }
    clock.advance(hours=22, minutes=59)
    assert ring() == {}
    clock.advance(minutes=1)
    assert ring() == {"sent": 1}
    assert told(phone, service) == {**first, "title": "답할 시간이 얼마 남지 않았어요"}
    assert ring() == {}
    assert rings(shop) == [("complaint", "sent", ""), ("due", "sent", "")]


def test_who_answers_hears_of_more_and_nobody_of_what_was_answered(
    shop: AShop, jiwoo: ACustomer, service: Service, clock: Clock
) -> None:
    phone, _ = rung_on(service, shop, shop.owner_id)
    voice_id = opened(shop, jiwoo)
    answered(shop, voice_id)
    assert ring() == {}
    assert rings(shop, kind="complaint") == [("complaint", "skipped", "settled")]
    clock.advance(hours=1)
    says(jiwoo, voice_id)
    says(jiwoo, voice_id)
    assert ring() == {"sent": 1}  # two lines of one thread ring together
    assert told(phone, service)["title"] == "손님이 더 남긴 말씀이 있어요"
    # The clock counts from the newest wait: the first one's hour passes in silence.
    clock.advance(hours=22, minutes=30)
    assert ring() == {}
    clock.advance(minutes=30)
    assert ring() == {"sent": 1}
    answered(shop, voice_id)
    settled = {"shop_id": shop.id, "customer_id": jiwoo.id, "voice_id": voice_id, "is_settled": False}
    voice.settle(**settled, now=clock())
    voice.settle(**settled, now=clock())
    assert ring() == {"sent": 1}  # 아직이요
    assert len(service.taken) == 3
    assert [kind for kind, state, _ in rings(shop) if state == "sent"] == ["line", "due", "line", "line"]


def test_what_was_settled_without_an_answer_and_comes_again_has_its_whole_time(
    shop: AShop, jiwoo: ACustomer, service: Service, clock: Clock
) -> None:
    phone, _ = rung_on(service, shop, shop.owner_id)
    voice_id = opened(shop, jiwoo)
    whose = {"shop_id": shop.id, "customer_id": jiwoo.id, "voice_id": voice_id}
    voice.settle(**whose, is_settled=True, now=clock())
    clock.advance(days=10)
    says(jiwoo, voice_id)
    assert ring() == {"sent": 1}
    assert told(phone, service)["title"] == "손님이 더 남긴 말씀이 있어요"
    thread = threads.thread(shop_id=shop.id, voice_id=voice_id, customer_id=jiwoo.id, now=clock())
    assert thread is not None
    assert thread.due == clock() + timedelta(days=1)


def test_a_question_rings_whose_hands_it_is_in(shop: AShop, jiwoo: ACustomer, service: Service) -> None:
    alba = factories.a_staff(shop)
    phone, _ = rung_on(service, shop, alba, "alba")
    rung_on(service, shop, shop.owner_id)
    voice_id = opened(shop, jiwoo, kind="question", text="주차되나요?")
    assert ring() == {}  # a new question rings who switched it on
    assert rings(shop) == [("question", "skipped", "switched_off")]
    hands(shop, voice_id, alba)
    hands(shop, voice_id, alba)
    assert ring() == {"sent": 1}
    assert service.taken[-1][0] == "/alba"
    assert told(phone, service)["title"] == "맡은 말씀이 있어요"
    says(jiwoo, voice_id)
    assert ring() == {"sent": 1}
    assert service.taken[-1][0] == "/alba"
    hands(shop, voice_id, shop.owner_id)  # taken back before the next line: the owner knows of it
    says(jiwoo, voice_id)
    assert ring() == {"sent": 1}
    assert service.taken[-1][0] == "/own"
    assert len(rings(shop, kind="handed")) == 1
    opened(shop, jiwoo, kind="praise")
    opened(shop, jiwoo, kind="idea")
    assert ring() == {}


def test_the_switches_and_what_else_rings(shop: AShop, jiwoo: ACustomer, service: Service) -> None:
    phone, _ = rung_on(service, shop, shop.owner_id)
    mine = {"shop_id": shop.id, "staff_id": shop.owner_id, "role": "owner", "now": factories.now()}
    staff_push.choose(**mine, kinds=["question", "repair", "report"])
    opened(shop, jiwoo)
    assert ring() == {}
    kind_id = warranties.a_kind(shop)
    warranties.asked(shop, jiwoo, warranties.issued(shop, jiwoo, kind_id))
    assert ring() == {"sent": 1}
    assert told(phone, service)["title"] == "AS 요청이 왔어요"
    question_id = asked(a_regular(shop))
    for _ in range(2):
        reporter = a_regular(shop)
        moderation.report(
            shop_id=shop.id, customer_id=reporter.id, what="question", row_id=question_id, cause="abuse",
            now=factories.now(),
        )  # fmt: skip
    assert ring() == {"sent": 1}  # the thing, not each who says so
    assert told(phone, service)["navigate"] == "https://dangol.test/owner/reported"
    staff_push.choose(**mine, kinds=["complaint"])
    leave(an_ask(shop, jiwoo), mood="bad", text="아쉬웠어요")
    voice_care.write_down(
        shop_id=shop.id, staff_id=shop.owner_id, customer_id=None, kind="complaint", text="옆집에서 들었어요",
        source="spoken", said_on="", once=factories.once(), now=factories.now(),
    )  # fmt: skip
    assert ring() == {"sent": 1}  # what the owner wrote down themselves rings nobody
    assert [state for _, state, _ in rings(shop, kind="complaint")].count("sent") == 1


def test_the_night_is_quiet_and_the_morning_rings_once(
    shop: AShop, jiwoo: ACustomer, minho: ACustomer, service: Service, clock: Clock
) -> None:
    phone, _ = rung_on(service, shop, shop.owner_id)
    clock.set(datetime(2026, 11, 23, 14, 30, tzinfo=UTC))  # 23:30
    opened(shop, jiwoo)
    opened(shop, minho)
    assert ring() == {}
    hours = {"shop_id": shop.id, "staff_id": shop.owner_id, "begins": "22:00", "ends": "09:00"}
    staff_push.set_quiet(**hours, complaints_wait=True, now=clock())
    clock.set(datetime(2026, 11, 23, 23, 10, tzinfo=UTC))  # 8:10: the hours were made longer meanwhile
    assert ring() == {}
    clock.advance(minutes=50)
    assert ring() == {"sent": 1}
    assert told(phone, service)["title"] == "불편 말씀 2건이 기다려요"
    assert told(phone, service)["navigate"] == "https://dangol.test/owner/voices"
    clock.set(datetime(2026, 11, 24, 12, 0, tzinfo=UTC))  # 21:00, an hour before the night in which it is due
    assert ring() == {"sent": 1}
    staff_push.set_quiet(**hours, complaints_wait=False, now=clock())
    clock.set(datetime(2026, 11, 24, 15, 0, tzinfo=UTC))
    opened(shop, jiwoo)
    assert ring() == {"sent": 1}
    with pytest.raises(Invalid):
        staff_push.set_quiet(**hours | {"ends": "아침"}, complaints_wait=True, now=clock())


def test_another_shop_and_a_demo_ring_nobody_here(shop: AShop, jiwoo: ACustomer, service: Service) -> None:
    other, demo = factories.a_shop("달빛커피"), factories.a_shop("체험가게", is_demo=True)
    rung_on(service, other, other.owner_id, "other")
    rung_on(service, demo, demo.owner_id, "demo")
    opened(shop, jiwoo)
    opened(demo, factories.a_customer(demo))
    assert ring() == {}
    assert (rings(other), rings(demo), service.taken) == ([], [], [])
    assert rings(shop, kind="complaint") == [("complaint", "skipped", "no_phone")]


def test_what_was_read_in_the_thread_needs_no_text_by_hand(shop: AShop, jiwoo: ACustomer) -> None:
    voice_id = opened(shop, jiwoo)
    answered(shop, voice_id)

    def by_hand() -> list[str]:
        db.session.rollback()
        waits = (Message.kind == "voice_reply", Message.channel == "own_phone", Message.state == "ready")
        return list(db.session.scalars(db.select(Message.cause).where(*waits)))

    assert len(by_hand()) == 1
    voice.mark_read(shop_id=shop.id, customer_id=jiwoo.id, voice_id=voice_id, now=factories.now())
    assert by_hand() == []
    card = db.select(Message.state).where(Message.kind == "voice_reply", Message.channel == "card")
    assert list(db.session.scalars(card)) == ["sent"]  # on the card it stays
