"""What the desk promises: "고쳤어요" is no answer and reaches everyone once, the clock is the shop's, lists go on page by page."""

from __future__ import annotations

import time
from datetime import timedelta
from io import BytesIO
from itertools import count
from typing import Any

import pytest
from flask import Flask

from app.customers.models import Customer
from app.extensions import db
from app.flows import form_photo, voice, voice_care, voice_fix
from app.flows.unit import write
from app.flows.voice_care import BeingTold, NameTaken
from app.kit.refusals import Invalid, NotHere
from app.reviews import pick_rules
from app.reviews.models import Photo
from app.shops.models import AuditLine
from app.voices import care_rules, causing, desk, listing, queries, results, rules, threads
from app.voices.care_models import VoiceCause, VoiceFix
from app.voices.models import VoiceLine
from app.voices.rules import TooMuchSaid
from tests import coupons, factories
from tests.asks import a_jpeg
from tests.factories import ACustomer, AShop
from tests.flows.test_merge import join_two, part
from tests.flows.test_review import an_ask, leave
from tests.flows.test_voice import answered, opened
from tests.flows.test_voice_care import own, the
from tests.world import Clock, all_at_once


def said_slow(shop: AShop, who: ACustomer, clock: Clock) -> int:
    """Let somebody complain of waiting, and mark it so."""
    voice_id = opened(shop, who)
    voice_care.mark(**own(shop, voice_id), causes=["기다림"], new_cause="", now=clock())
    return voice_id


def cause_id(name: str = "기다림") -> int:
    return int(db.session.scalar(db.select(VoiceCause.id).where(VoiceCause.name == name)) or 0)


def fixed(shop: AShop, clock: Clock) -> int:
    return voice_fix.fixed(
        shop_id=shop.id, staff_id=shop.owner_id, cause_id=cause_id(), text="한 사람 더 두었어요",
        once=factories.once(), now=clock(),
    )  # fmt: skip


def told_in() -> list[int]:
    db.session.rollback()
    where = VoiceLine.text == "한 사람 더 두었어요"
    return list(db.session.scalars(db.select(VoiceLine.voice_id).where(where).order_by(VoiceLine.id)))


# --- "고쳤어요" ----------------------------------------------------------------------------------------


def test_what_was_fixed_answers_nobody(shop: AShop, jiwoo: ACustomer, minho: ACustomer, clock: Clock) -> None:
    waits, had = said_slow(shop, jiwoo, clock), said_slow(shop, minho, clock)
    answered(shop, had, now=clock())
    clock.advance(hours=1)
    fixed(shop, clock)
    voice_fix.tell_waiting(clock=clock)
    assert sorted(told_in()) == [waits, had]
    row = the(waits)
    assert (row.answered_at, row.waiting_since is None) == (None, False), "nobody has answered this person"
    clock.advance(hours=24)
    thread = threads.thread(shop_id=shop.id, voice_id=waits, customer_id=jiwoo.id, now=clock())
    assert thread is not None
    assert (thread.due, thread.asks_settled) == (row.due_at, False)
    found = results.results(shop.id, since=clock() - timedelta(days=9), now=clock())
    assert (found.complaints, found.answered, found.in_time) == (2, 1, 1)
    answered(shop, waits, now=clock())
    assert the(waits).answered_at == clock()
    assert results.results(shop.id, since=clock() - timedelta(days=9), now=clock()).in_time == 1


def test_who_becomes_one_meanwhile_is_told_once(
    shop: AShop, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voice_fix, "_AT_ONCE", 1)
    first, second, third, fourth, fifth = (factories.a_customer(shop) for _each in range(5))
    for who in (second, third, fourth, fifth):
        said_slow(shop, who, clock)
    fix_id = fixed(shop, clock)
    voice_fix.step(shop_id=shop.id, fix_id=fix_id, now=clock())
    assert len(told_in()) == 1
    join_two(shop, first, third)  # not told yet, and now of a person with an earlier number
    join_two(shop, fifth, second)  # told, and now of one whose turn is still to come
    voice_fix.tell_waiting(clock=clock)
    threads_told = told_in()
    whose = [the(voice_id).customer_id for voice_id in threads_told]
    assert sorted(filter(None, whose)) == sorted([first.id, fourth.id, fifth.id])
    assert db.session.scalars(db.select(VoiceFix.told)).one() == 3


def test_who_is_parted_meanwhile_is_told_once(
    shop: AShop, jiwoo: ACustomer, minho: ACustomer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voice_fix, "_AT_ONCE", 1)
    mine, theirs = said_slow(shop, jiwoo, clock), said_slow(shop, minho, clock)
    with write() as session:
        session.query(Customer).filter_by(id=minho.id).update({"memo": "단골"})
    merge_id = join_two(shop, jiwoo, minho)
    fix_id = fixed(shop, clock)
    voice_fix.step(shop_id=shop.id, fix_id=fix_id, now=clock())
    assert told_in() == [theirs], "in the newest thread of the one they are"
    part(shop, merge_id)
    voice_fix.tell_waiting(clock=clock)
    assert told_in() == [theirs]
    assert the(mine).customer_id == jiwoo.id


# --- causes --------------------------------------------------------------------------------------------


def test_causes_are_as_many_as_somebody_reads(
    shop: AShop, jiwoo: ACustomer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    voice_id = said_slow(shop, jiwoo, clock)
    monkeypatch.setattr(care_rules, "MOST_OF_SHOP", len(care_rules.STARTING_CAUSES) + 1)
    voice_care.add_cause(shop_id=shop.id, name="주차", now=clock())
    with pytest.raises(Invalid) as refusal:
        voice_care.add_cause(shop_id=shop.id, name="소음", now=clock())
    assert set(refusal.value.fields) == {"name"}
    with pytest.raises(Invalid):
        voice_care.mark(**own(shop, voice_id), causes=["기다림"], new_cause="소음", now=clock())
    voice_care.end_cause(shop_id=shop.id, name="기다림", now=clock())
    voice_care.add_cause(shop_id=shop.id, name="소음", now=clock())
    voice_care.mark(**own(shop, voice_id), causes=["기다림", "주차"], new_cause="", now=clock())
    assert set(desk.causes_of(shop.id, voice_id)) == {"기다림", "주차"}
    assert "기다림" not in desk.causes(shop.id), "what a voice carries is not offered again by that"


def test_causes_are_called_anew_and_become_one(
    app: Flask, shop: AShop, other_shop: AShop, jiwoo: ACustomer, minho: ACustomer, clock: Clock
) -> None:
    first, second = said_slow(shop, jiwoo, clock), said_slow(shop, minho, clock)
    voice_care.mark(**own(shop, second), causes=["기다림"], new_cause="줄", now=clock())
    ask = {"shop_id": shop.id, "cause_id": cause_id(), "name": "오래 기다림", "joins": False, "now": clock()}
    with pytest.raises(NotHere):
        voice_care.rename_cause(**ask | {"shop_id": other_shop.id})
    with pytest.raises(Invalid):
        voice_care.rename_cause(**ask | {"name": " "})
    assert set(all_at_once(app, [lambda: voice_care.rename_cause(**ask)] * 4)) == {ask["cause_id"]}
    assert desk.causes_of(shop.id, first) == ["오래 기다림"]
    assert "기다림" not in desk.causes(shop.id), "it does not come back among those every shop begins with"
    with pytest.raises(NameTaken):
        voice_care.rename_cause(**ask | {"name": "줄"})
    fix_id = voice_fix.fixed(
        shop_id=shop.id, staff_id=shop.owner_id, cause_id=ask["cause_id"], text="늘렸어요",
        once=factories.once(), now=clock(),
    )  # fmt: skip
    with pytest.raises(BeingTold):
        voice_care.rename_cause(**ask | {"name": "줄", "joins": True})
    voice_fix.tell_waiting(clock=clock)
    kept = cause_id("줄")
    assert voice_care.rename_cause(**ask | {"name": "줄", "joins": True}) == kept
    assert desk.causes_of(shop.id, first) == desk.causes_of(shop.id, second) == ["줄"]
    assert [each.id for each in desk.fixes(shop.id, kept)] == [fix_id]
    (line,) = desk.cause_counts(shop.id, since=clock() - timedelta(days=1))
    assert (line.name, line.ever) == ("줄", 2)
    stands = voice_care.rename_cause(**ask | {"cause_id": kept, "name": "맛", "joins": True})
    assert desk.causes_of(shop.id, first) == ["맛"], "also one that nobody had used yet"
    assert stands == cause_id("맛")
    assert causing.is_being_told(db.session, shop_id=shop.id, cause_ids=[stands]) is False


def test_a_cause_called_anew_twice_at_once_does_not_go_into_itself(
    app: Flask, shop: AShop, jiwoo: ACustomer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, real, calls = said_slow(shop, jiwoo, clock), causing.cause, count()

    def asked(*args: Any, **facts: Any) -> Any:
        found = real(*args, **facts)
        time.sleep(0 if next(calls) else 0.3)  # the other one is through meanwhile, where nothing holds it
        return found

    monkeypatch.setattr(causing, "cause", asked)
    ask = {"shop_id": shop.id, "cause_id": cause_id(), "name": "줄", "joins": True, "now": clock()}
    assert all_at_once(app, [lambda: voice_care.rename_cause(**ask)] * 2) == [ask["cause_id"]] * 2
    assert desk.causes_of(shop.id, first) == ["줄"]


# --- lists ---------------------------------------------------------------------------------------------


def test_the_list_goes_on_page_by_page(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    kinds = ("complaint", "question", "praise", "idea", "complaint", "question")
    ids = []
    for place, kind in enumerate(kinds * 2):
        clock.advance(minutes=1)
        ids.append(opened(shop, jiwoo, kind=kind, text=f"말씀 {place}", now=clock()))
    for voice_id in (*ids[:2], *ids[7:9]):
        answered(shop, voice_id, now=clock())
    for voice_id in (ids[0], ids[5]):
        voice_care.close(**own(shop, voice_id), note="", how="silent", now=clock())
    whole = listing.threads(shop.id, role="owner", limit=100)
    assert whole.after is None
    waiting = [line.id for line in whole.open if line.waiting_since]
    assert waiting == [ids[4], ids[6], ids[10], ids[2], ids[3], ids[9], ids[11]]
    want = [line.id for line in (*whole.open, *whole.done)]
    assert want == [*waiting, ids[8], ids[7], ids[1], ids[5], ids[0]]
    for limit in (1, 2, 5):
        seen, after = [], None
        while True:
            page = listing.threads(shop.id, role="owner", after=after, limit=limit)
            seen += [line.id for line in (*page.open, *page.done)]
            if (after := page.after) is None:
                break
        assert seen == want, limit
    unanswered = listing.threads(shop.id, role="owner", unanswered=True, limit=3)
    assert [line.id for line in unanswered.open] == waiting[:3]
    rest = listing.threads(shop.id, role="owner", unanswered=True, after=unanswered.after)
    assert [line.id for line in rest.open] == waiting[3:]
    asked = listing.threads(shop.id, role="owner", kind="question", unanswered=True)
    assert [line.id for line in asked.open] == [ids[11]]
    for unreadable in ("x", "cv", "zv1.1", "d", "cn9"):
        found = listing.threads(shop.id, role="owner", after=unreadable, limit=1).open
        assert [line.id for line in found] == waiting[:1]
    assert not listing.threads(shop.id, role="staff", staff_id=shop.owner_id).open


def test_what_the_shop_writes_down_is_not_the_persons_day(
    shop: AShop, jiwoo: ACustomer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_A_DAY", 2)
    for number in range(3):
        heard = voice_care.write_down(
            shop_id=shop.id, staff_id=shop.owner_id, customer_id=jiwoo.id, kind="idea", text=f"들은 말 {number}",
            source="spoken", said_on="", once=factories.once(), now=clock(),
        )  # fmt: skip
    leave(an_ask(shop, jiwoo), stars="1", mood="bad", text="아쉬웠어요")
    mine = {"shop_id": shop.id, "customer_id": jiwoo.id, "voice_id": heard, "now": clock()}
    for text in ("네, 제가 그랬어요", "고마워요"):
        voice.say(**mine, text=text, once=factories.once())
    with pytest.raises(TooMuchSaid):
        voice.say(**mine, text="하나 더", once=factories.once())


# --- the clock -----------------------------------------------------------------------------------------


def test_the_shop_decides_how_soon_it_answers(
    shop: AShop, other_shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    before = opened(shop, jiwoo, now=clock())
    for wrong in (None, 5):
        with pytest.raises(Invalid):
            voice_care.set_hours(shop_id=shop.id, staff_id=shop.owner_id, hours=wrong, now=clock())
    for _twice in range(2):
        voice_care.set_hours(shop_id=shop.id, staff_id=shop.owner_id, hours=3, now=clock())
    assert db.session.scalars(db.select(AuditLine.detail).where(AuditLine.what == "voice_hours")).all() == [
        "3"
    ]
    assert (desk.answer_hours(shop.id), desk.answer_hours(other_shop.id)) == (3, 24)
    assert the(before).due_at == clock() + timedelta(hours=24), "what was promised stays"
    voice_id = opened(shop, jiwoo, now=clock())
    assert the(voice_id).due_at == clock() + timedelta(hours=3)
    answered(shop, voice_id, now=clock())
    clock.advance(hours=1)
    voice.say(
        shop_id=shop.id,
        customer_id=jiwoo.id,
        voice_id=voice_id,
        text="또요",
        once=factories.once(),
        now=clock(),
    )
    voice_care.set_hours(shop_id=shop.id, staff_id=shop.owner_id, hours=48, now=clock())
    again = clock() + timedelta(hours=3)
    due = {line.id: line.due for line in listing.threads(shop.id, role="owner").open}
    assert due[voice_id] == again
    assert queries.waiting(shop.id, role="owner").complaint_due == again
    thread = threads.thread(shop_id=shop.id, voice_id=voice_id, role="owner", now=clock())
    assert thread is not None
    assert thread.due == again


# --- what an answer says and shows ---------------------------------------------------------------------


def test_an_answer_buys_no_review(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    voice_id, kind_id = opened(shop, jiwoo), coupons.a_kind(shop, "recovery")
    with pytest.raises(Invalid):
        answered(shop, voice_id, text="네이버에 리뷰를 남겨 주시면 음료를 드릴게요")
    with pytest.raises(Invalid):
        answered(shop, voice_id, text="죄송해요. 네이버 후기는 내려 주세요.", offer_kind=kind_id)
    assert the(voice_id).answered_at is None
    answered(shop, voice_id, text="네이버에 남겨 주신 후기 보고 알았어요. 죄송해요.", offer_kind=kind_id)
    with pytest.raises(Invalid):
        voice_care.put_ready(
            shop_id=shop.id, name="리뷰", text="별점 다섯 개 주시면 쿠폰을 드려요", now=clock()
        )


def test_the_shops_photos_go_with_the_answer(
    shop: AShop, other_shop: AShop, jiwoo: ACustomer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pick_rules, "MOST_A_DAY", 1)
    voice_id, once = opened(shop, jiwoo), factories.once()
    pick = {"shop_id": shop.id, "customer_id": jiwoo.id, "form": "answer", "once": once, "now": clock()}
    ref = form_photo.add(**pick, upload=BytesIO(a_jpeg()))
    with pytest.raises(NotHere):
        form_photo.add(**pick | {"shop_id": other_shop.id}, upload=BytesIO(a_jpeg()))
    # The shop's picks are not the person's.
    form_photo.add(**pick | {"form": "voice"}, upload=BytesIO(a_jpeg()))
    for _twice in range(2):
        answered(shop, voice_id, once=once, picks_once=once)
    db.session.execute(db.update(Photo).values(state="ready"))
    db.session.commit()
    thread = threads.thread(shop_id=shop.id, voice_id=voice_id, customer_id=jiwoo.id, now=clock())
    assert thread is not None
    assert [[each.ref for each in line.photos] for line in thread.lines] == [[], [ref]]
