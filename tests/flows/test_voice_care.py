"""What a shop does about voices: coupons taken inside the thread, causes and what was fixed, hands, endings, what was heard."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from app.coupons.models import Coupon, CouponKind
from app.customers.models import Customer
from app.extensions import db
from app.flows import form_photo, photo, privacy, undo, voice, voice_care, voice_fix, voice_offer
from app.flows import voice_results as night
from app.flows.unit import write
from app.flows.voice_care import OwnersAlone
from app.kit.refusals import Invalid, NotHere
from app.messages.models import Message
from app.reviews.models import Review
from app.voices import care_rules, desk, listing, queries, results, threads
from app.voices.care_models import VoiceFix, VoiceOffer
from app.voices.care_rules import NoCouponLeft, OfferOver, TooManyOffers
from app.voices.models import Voice, VoiceLine
from app.voices.rules import TooLateToReopen
from tests import coupons, factories
from tests.asks import a_jpeg
from tests.factories import ACustomer, AShop
from tests.flows.test_merge import join_two, part
from tests.flows.test_review import an_ask, leave
from tests.flows.test_voice import answered, opened
from tests.world import Clock, all_at_once


def own(shop: AShop, voice_id: int, **changes: Any) -> dict[str, Any]:
    return {"shop_id": shop.id, "staff_id": shop.owner_id, "role": "owner", "voice_id": voice_id} | changes


def offered(shop: AShop, voice_id: int, kind_id: int) -> int:
    """Answer with a coupon; returns the offer."""
    answered(shop, voice_id, offer_kind=kind_id)
    return int(db.session.scalar(db.select(db.func.max(VoiceOffer.id))) or 0)


def take(shop: AShop, who: ACustomer, voice_id: int, offer_id: int, clock: Clock) -> str:
    return voice_offer.take(
        shop_id=shop.id, customer_id=who.id, voice_id=voice_id, offer_id=offer_id, now=clock()
    )


def the(voice_id: int) -> Voice:
    db.session.rollback()
    found = db.session.get(Voice, voice_id, populate_existing=True)
    assert found is not None
    return found


# --- coupons ----------------------------------------------------------------------------------------


def test_two_taps_and_two_phones_take_one_coupon(
    app: Flask, shop: AShop, jiwoo: ACustomer, minho: ACustomer, clock: Clock
) -> None:
    kind_id = coupons.a_kind(shop, "recovery")
    voice_id = opened(shop, jiwoo)
    offer_id = offered(shop, voice_id, kind_id)
    told = db.session.scalars(db.select(Message.kind).where(Message.customer_id == jiwoo.id)).all()
    assert "voice_recovery" in told
    assert "coupon_earned" not in told, "nothing is given before it is asked for"
    assert db.session.scalar(db.select(db.func.count(Coupon.id))) == 0
    with pytest.raises(NotHere):
        take(shop, minho, voice_id, offer_id, clock)
    refs = all_at_once(app, [lambda: take(shop, jiwoo, voice_id, offer_id, clock)] * 6)
    assert len(set(refs)) == 1
    db.session.rollback()
    assert db.session.scalar(db.select(db.func.count(Coupon.id))) == 1
    thread = threads.thread(shop_id=shop.id, voice_id=voice_id, customer_id=jiwoo.id, now=clock())
    assert thread is not None
    assert thread.lines[-1].offer is not None
    assert (thread.lines[-1].offer.state, thread.lines[-1].offer.ref) == ("taken", refs[0])


def test_offers_have_their_limits(shop: AShop, other_shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    kinds = [coupons.a_kind(shop, "recovery", name=name) for name in ("차 한 잔", "빵", "떡")]
    voice_id = opened(shop, jiwoo)
    for wrong in (coupons.a_kind(shop), coupons.a_kind(other_shop, "recovery")):
        with pytest.raises(NotHere):
            offered(shop, voice_id, wrong)
    first = offered(shop, voice_id, kinds[0])
    with pytest.raises(NoCouponLeft):
        offered(shop, voice_id, kinds[0])
    offered(shop, voice_id, kinds[1])
    with pytest.raises(TooManyOffers):
        offered(shop, voice_id, kinds[2])
    assert db.session.scalar(db.select(db.func.count(VoiceLine.id))) == 3, "what was refused was not said"
    clock.advance(days=15)
    with pytest.raises(OfferOver):
        take(shop, jiwoo, voice_id, first, clock)
    third = offered(shop, voice_id, kinds[2])  # what nobody took is over and counts no more
    stop_giving(shop, kinds[2])
    with pytest.raises(NoCouponLeft):
        take(shop, jiwoo, voice_id, third, clock)


def stop_giving(shop: AShop, kind_id: int) -> None:
    with write() as session:
        session.query(CouponKind).filter_by(shop_id=shop.id, id=kind_id).update({"ended_at": factories.now()})


# --- causes, and what was fixed ---------------------------------------------------------------------


def test_what_was_fixed_is_told_once_to_everyone_who_said_it(
    app: Flask, shop: AShop, jiwoo: ACustomer, minho: ACustomer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voice_fix, "_AT_ONCE", 1)
    nameless = voice_care.write_down(
        shop_id=shop.id, staff_id=shop.owner_id, customer_id=None, kind="complaint", text="오래 기다렸대요",
        source="sns", said_on="", once=factories.once(), now=clock(),
    )  # fmt: skip
    said = [opened(shop, jiwoo), opened(shop, jiwoo), opened(shop, minho), nameless]
    for voice_id in said:
        voice_care.mark(**own(shop, voice_id), causes=["기다림"], new_cause="", now=clock())
    (line,) = desk.cause_counts(shop.id, since=clock() - timedelta(days=1))
    assert (line.name, line.lately, line.people) == ("기다림", 4, 2)
    fixed = {
        "shop_id": shop.id, "staff_id": shop.owner_id, "cause_id": line.id, "text": "한 사람 더 두었어요",
        "once": factories.once(), "now": clock(),
    }  # fmt: skip
    assert len(set(all_at_once(app, [lambda: voice_fix.fixed(**fixed)] * 4))) == 1
    clock.advance(minutes=1)
    late = opened(shop, factories.a_customer(shop))
    voice_care.mark(**own(shop, late), causes=["기다림"], new_cause="", now=clock())
    all_at_once(app, [lambda: voice_fix.tell_waiting(clock=clock)] * 3)
    db.session.rollback()
    where = db.session.scalars(
        db.select(VoiceLine.voice_id)
        .where(VoiceLine.text == "한 사람 더 두었어요")
        .order_by(VoiceLine.voice_id)
    ).all()
    assert where == [said[1], said[2]], "in the newest thread of each, once"
    row = db.session.scalars(db.select(VoiceFix)).one()
    assert (row.told, row.nameless, row.done_at) == (2, 1, clock())
    told = db.session.scalars(db.select(Message.customer_id).where(Message.kind == "voice_recovery")).all()
    assert set(told) == {jiwoo.id, minho.id}
    assert voice_fix.tell_waiting(clock=clock) == 0


def test_causes_are_the_shops_own(shop: AShop, other_shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    voice_id = opened(shop, jiwoo)
    voice_care.mark(**own(shop, voice_id), causes=["기다림"], new_cause="  주차 ", now=clock())
    assert set(desk.causes_of(shop.id, voice_id)) == {"기다림", "주차"}
    voice_care.mark(**own(shop, voice_id), causes=["주차"], new_cause="", now=clock())
    assert desk.causes_of(shop.id, voice_id) == ["주차"]
    voice_care.end_cause(shop_id=shop.id, name="맛", now=clock())
    assert "맛" not in desk.causes(shop.id)
    assert "맛" in desk.causes(other_shop.id)
    with pytest.raises(Invalid):
        voice_care.mark(**own(shop, voice_id), causes=[str(n) for n in range(7)], new_cause="", now=clock())
    with pytest.raises(NotHere):
        voice_care.mark(
            **own(other_shop, voice_id, staff_id=other_shop.owner_id), causes=[], new_cause="x", now=clock()
        )


# --- whose hands ------------------------------------------------------------------------------------


def test_staff_answer_what_was_handed_to_them(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    staff_id, other = factories.a_staff(shop), factories.a_staff(shop)
    question, complaint = opened(shop, jiwoo, kind="question", text="주차되나요?"), opened(shop, jiwoo)
    with pytest.raises(OwnersAlone):
        voice_care.hand_over(**own(shop, complaint), to_staff=staff_id, now=clock())
    with pytest.raises(Invalid):
        voice_care.hand_over(**own(shop, question), to_staff=None, now=clock())
    as_staff = {"staff_id": staff_id, "role": "staff"}
    with pytest.raises(NotHere):
        answered(shop, question, **as_staff)
    for _twice in range(2):
        voice_care.hand_over(**own(shop, question), to_staff=staff_id, now=clock())
    seen = listing.threads(shop.id, **as_staff).open  # type: ignore[arg-type]
    assert [line.id for line in seen] == [question]
    assert queries.waiting(shop.id, role="staff", staff_id=staff_id).others == 1
    answered(shop, question, **as_staff)
    voice_care.hand_over(**own(shop, question), to_staff=other, now=clock())
    for voice_id in (question, complaint):
        assert threads.thread(shop_id=shop.id, voice_id=voice_id, now=clock(), **as_staff) is None  # type: ignore[arg-type]
        with pytest.raises(NotHere):
            answered(shop, voice_id, **as_staff)


# --- endings ----------------------------------------------------------------------------------------


def test_either_side_ends_and_opens_a_matter(
    shop: AShop, jiwoo: ACustomer, minho: ACustomer, clock: Clock
) -> None:
    voice_id = opened(shop, jiwoo)
    answered(shop, voice_id)
    mine = {"shop_id": shop.id, "customer_id": jiwoo.id, "voice_id": voice_id}
    with pytest.raises(NotHere):
        voice.settle(**mine | {"customer_id": minho.id}, is_settled=True, now=clock())
    for _twice in range(2):
        voice.settle(**mine, is_settled=True, now=clock())
    assert (the(voice_id).closed_at, the(voice_id).closed_by) == (clock(), None)
    for _twice in range(2):
        voice.settle(**mine, is_settled=False, now=clock())
    assert (the(voice_id).closed_at, the(voice_id).reopened_at) == (None, clock())
    assert queries.waiting(shop.id, role="owner").complaints == 1
    voice_care.close(**own(shop, voice_id), note="전화로 사과드림", now=clock())
    assert the(voice_id).closed_note == "전화로 사과드림"
    voice_care.reopen(**own(shop, voice_id), now=clock())
    assert (the(voice_id).closed_at, the(voice_id).closed_note) == (None, "")
    voice_care.close(**own(shop, voice_id), note="", now=clock())
    clock.advance(days=31)
    for late in (
        lambda: voice_care.reopen(**own(shop, voice_id), now=clock()),
        lambda: voice.settle(**mine, is_settled=False, now=clock()),
        lambda: voice.say(**mine, text="또 그래요", once=factories.once(), now=clock()),
    ):
        with pytest.raises(TooLateToReopen):
            late()


# --- heard elsewhere, and from a review -------------------------------------------------------------


def test_what_was_heard_is_under_the_same_clock(
    app: Flask, shop: AShop, other_shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    heard: dict[str, Any] = {
        "shop_id": shop.id, "staff_id": shop.owner_id, "customer_id": jiwoo.id, "kind": "complaint",
        "text": "쇼핑몰에 별 하나", "source": "market", "said_on": "", "once": factories.once(), "now": clock(),
    }  # fmt: skip
    (voice_id,) = set(all_at_once(app, [lambda: voice_care.write_down(**heard)] * 4))
    row = the(voice_id)
    assert (row.source, row.heard_by, row.due_at) == ("market", shop.owner_id, clock() + timedelta(hours=24))
    answered(shop, voice_id)
    assert "voice_reply" in db.session.scalars(db.select(Message.kind)).all(), "who is known is told"
    nobody = voice_care.write_down(**heard | {"customer_id": None, "once": factories.once()})
    answered(shop, nobody)
    assert listing.threads(shop.id, role="owner").open[0].id == nobody
    for wrong in ({"source": "card"}, {"text": ""}, {"said_on": "2030-01-01"}, {"said_on": "어제"}):
        with pytest.raises(Invalid):
            voice_care.write_down(**heard | wrong | {"once": factories.once()})
    with pytest.raises(NotHere):
        voice_care.write_down(**heard | {"shop_id": other_shop.id, "once": factories.once()})


def test_a_low_review_becomes_a_thread_and_stays(
    app: Flask, shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    leave(an_ask(shop, jiwoo), stars="2", mood="", text="좀 짰어요")
    review_id = int(db.session.scalar(db.select(Review.id)) or 0)
    ask = {"shop_id": shop.id, "role": "owner", "review_id": review_id, "now": clock()}
    with pytest.raises(NotHere):
        voice_care.open_from_review(**ask | {"role": "manager"})
    (voice_id,) = set(all_at_once(app, [lambda: voice_care.open_from_review(**ask)] * 4))
    assert (the(voice_id).kind, the(voice_id).source) == ("complaint", "review")
    assert db.session.scalars(db.select(Review.text)).one() == "좀 짰어요"


# --- photos, what became of it, who leaves ----------------------------------------------------------


def test_photos_go_with_the_words_and_with_the_person(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    once = factories.once()
    ref = form_photo.add(
        shop_id=shop.id, customer_id=jiwoo.id, form="voice", once=once, upload=BytesIO(a_jpeg()), now=clock()
    )
    voice_id = opened(shop, jiwoo, picks_once=once)
    photo.make_waiting(clock=clock)
    clock.advance(days=4)
    assert photo.drop_old_drafts(shop_id=shop.id, now=clock()) == 0
    thread = threads.thread(shop_id=shop.id, voice_id=voice_id, role="owner", now=clock())
    assert thread is not None
    assert [each.ref for each in thread.lines[0].photos] == [ref]
    assert threads.photo(shop.id, opened(shop, jiwoo), ref) is None, "of another thread"
    voice_care.mark(**own(shop, voice_id), causes=["기다림"], new_cause="", now=clock())
    take(shop, jiwoo, voice_id, offered(shop, voice_id, coupons.a_kind(shop, "recovery")), clock)
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=clock())
    assert db.session.scalar(db.select(db.func.count(Voice.id))) == 0


def test_who_leaves_after_two_were_parted_leaves_whole(
    shop: AShop, jiwoo: ACustomer, minho: ACustomer, clock: Clock
) -> None:
    voice_id = opened(shop, minho)
    with write() as session:
        session.query(Customer).filter_by(id=minho.id).update({"memo": "단골"})
    merge_id = join_two(shop, jiwoo, minho)
    once = factories.once()
    form_photo.add(
        shop_id=shop.id, customer_id=jiwoo.id, form="voice", once=once, upload=BytesIO(a_jpeg()), now=clock()
    )
    voice.say(
        shop_id=shop.id, customer_id=jiwoo.id, voice_id=voice_id, text="사진이에요", once=factories.once(),
        picks_once=once, now=clock(),
    )  # fmt: skip
    part(shop, merge_id)
    assert the(voice_id).customer_id == minho.id
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=clock())
    thread = threads.thread(shop_id=shop.id, voice_id=voice_id, role="owner", now=clock())
    assert thread is not None
    assert [line.photos for line in thread.lines] == [[], []]


def test_answers_at_hand_can_be_changed_when_there_are_as_many_as_may_be(
    shop: AShop, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(care_rules, "MOST_READY", 1)
    voice_care.put_ready(shop_id=shop.id, name="주차", text="뒷마당이에요", now=clock())
    voice_care.put_ready(shop_id=shop.id, name="주차", text="앞마당이에요", now=clock())
    assert [each.text for each in desk.ready_answers(shop.id)] == ["앞마당이에요"]
    with pytest.raises(Invalid):
        voice_care.put_ready(shop_id=shop.id, name="영업", text="열 시부터예요", now=clock())


def test_two_who_become_one_have_all_they_said(
    shop: AShop, jiwoo: ACustomer, minho: ACustomer, clock: Clock
) -> None:
    voice_id = opened(shop, minho)
    offer_id = offered(shop, voice_id, coupons.a_kind(shop, "recovery"))
    join_two(shop, jiwoo, minho)
    take(shop, jiwoo, voice_id, offer_id, clock)
    assert the(voice_id).customer_id == jiwoo.id


def test_who_came_back_is_counted_in_the_night(
    shop: AShop, jiwoo: ACustomer, minho: ACustomer, clock: Clock
) -> None:
    was_answered, silent = opened(shop, jiwoo), opened(shop, minho)
    answered(shop, was_answered)
    clock.advance(days=10)
    given = factories.a_stamp(shop, jiwoo.card_id, at=clock())
    night.count_back(shop_id=shop.id, now=clock())
    assert (the(was_answered).came_back_at, the(silent).came_back_at) == (clock(), None)
    young = results.results(shop.id, since=clock() - timedelta(days=30), now=clock())
    assert (young.complaints, young.answered, young.in_time, young.young, young.young_came) == (2, 1, 1, 2, 1)
    old = results.results(shop.id, since=clock() - timedelta(days=30), now=clock() + timedelta(days=80))
    assert (old.answered_back.people, old.answered_back.came) == (1, 1)
    assert (old.silent_back.people, old.silent_back.came) == (1, 0)
    undo.undo_stamp(shop_id=shop.id, staff_id=shop.owner_id, entry_id=given.entry_id, now=clock())
    night.count_back(shop_id=shop.id, now=clock())
    assert the(was_answered).came_back_at is None
