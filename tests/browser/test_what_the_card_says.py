"""What the customer's phone says while the counter works, without a network, and on a short screen."""

from __future__ import annotations

import pytest

from app.cards.models import LedgerEntry, Reward
from app.extensions import db
from app.flows import redeem
from app.flows.undo import undo_stamp
from tests import factories
from tests.browser.conftest import NewHandset
from tests.browser.handset import Handset
from tests.factories import AShop

SAVED = "caches.keys().then((names) => names.some((name) => name.startsWith('card-')))"


def _last_stamp(card_id: int) -> int:
    db.session.rollback()
    found = db.session.scalars(
        db.select(LedgerEntry.id)
        .where(LedgerEntry.card_id == card_id, LedgerEntry.kind == "earn")
        .order_by(LedgerEntry.id.desc())
    ).first()
    assert found is not None
    return found


def _ready(card_id: int) -> int:
    db.session.rollback()
    found = db.session.scalar(
        db.select(Reward.id).where(
            Reward.card_id == card_id, Reward.used_at.is_(None), Reward.withdrawn_at.is_(None)
        )
    )
    assert found is not None
    return found


def _hears(phone: Handset, sentence: str) -> None:
    phone.page.locator("#toasts").get_by_text(sentence).wait_for()


def test_the_phone_says_what_the_counter_did(handset: NewHandset, shop: AShop) -> None:
    holder = factories.a_card_with(9, shop)
    phone = handset(card=holder)
    page = phone.open(f"/c/{shop.code}")
    assert page.title() == "도장 한 개만 더 모으면 아메리카노 한 잔을 드려요 · 달빛커피"
    own = {"shop_id": shop.id, "staff_id": shop.owner_id}

    factories.a_stamp(shop, holder.card_id)
    _hears(phone, "카드를 다 채웠어요! 혜택이 생겼어요")
    assert page.title() == "아메리카노 한 잔, 지금 쓸 수 있어요 · 달빛커피"

    undo_stamp(**own, entry_id=_last_stamp(holder.card_id), now=factories.now())
    _hears(phone, "가게에서 적립을 취소했어요")
    assert page.locator("[data-stamps] .new").count() == 0

    factories.a_stamp(shop, holder.card_id)
    _hears(phone, "카드를 다 채웠어요! 혜택이 생겼어요")
    used = redeem.use_reward(
        **own,
        reward_id=_ready(holder.card_id),
        once=factories.once(),
        how="staff_check",
        now=factories.now(),
    )
    _hears(phone, "혜택을 사용했어요")
    redeem.undo_use(**own, redemption_id=used.redemption_id, now=factories.now())
    _hears(phone, "혜택을 다시 쓸 수 있어요")


def test_a_stamp_that_lands_is_seen_from_below(handset: NewHandset, shop: AShop) -> None:
    holder = factories.a_card_with(4, shop)
    small = {"width": 320, "height": 640}
    for motion in ("reduce", "no-preference"):
        phone = handset(card=holder, viewport=small, reduced_motion=motion)
        page = phone.open(f"/c/{shop.code}")
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        phone.until("document.querySelector('[data-stamps]').getBoundingClientRect().bottom < 0")
        factories.a_stamp(shop, holder.card_id)
        _hears(phone, "도장이 찍혔어요")
        phone.until(
            "(({ top, bottom }) => top >= 0 && bottom <= document.querySelector('.thumb').getBoundingClientRect().top)"
            "(document.querySelector('[data-stamps]').getBoundingClientRect())"
        )


def test_nothing_said_covers_the_matching_word(handset: NewHandset, shop: AShop) -> None:
    holder = factories.a_customer(shop)
    phone = handset(card=holder)
    page = phone.open(f"/c/{shop.code}")
    phone.press("도장 받기")
    page.locator(".slip .word").wait_for()
    page.evaluate("document.dispatchEvent(new CustomEvent('dangol:say', { detail: '카드에 적어 두었어요' }))")
    said, slip = page.locator(".toast").bounding_box(), page.locator(".slip").bounding_box()
    assert said is not None
    assert slip is not None
    assert said["y"] < 40
    assert said["y"] + said["height"] < slip["y"]


def test_every_page_without_a_network_leads_back_to_the_card(handset: NewHandset, shop: AShop) -> None:
    phone = handset(card=factories.a_card_with(3, shop), quiet=False)
    page = phone.open(f"/c/{shop.code}")
    phone.code()
    phone.until(SAVED)
    phone.until("caches.open('files-1').then((cache) => cache.keys()).then((files) => files.length >= 4)")
    phone.open(f"/c/{shop.code}/details")
    phone.context.set_offline(True)
    phone.press("저장하기")
    page.get_by_text("연결되면 뒤로 가서 다시 눌러 주세요").wait_for()
    phone.context.set_offline(False)
    page.get_by_text("인터넷이 다시 연결됐어요. 뒤로 가서 다시 눌러 주세요.").wait_for()
    phone.context.set_offline(True)
    for path in ("me", "visits"):
        phone.open(f"/c/{shop.code}/{path}")
        assert page.locator("h1").inner_text() == "인터넷이 잠깐 끊겼어요"
        page.get_by_role("link", name="카드로 돌아가기").click()
        page.wait_for_url(f"**/c/{shop.code}")
        assert page.locator("#saved").inner_text() == "인터넷이 끊겼어요 · 저장해 둔 카드예요"
    phone.press("도장 받기")
    page.get_by_text("인터넷이 끊겼어요. 계산대에서 카드 번호를 불러 주세요.").wait_for()
    phone.context.set_offline(False)
    page.locator("#saved").wait_for(state="hidden")
    phone.context.set_offline(True)
    phone.open(f"/c/{shop.code}/visits")
    phone.context.set_offline(False)  # nobody touches anything: the page that was wanted opens by itself
    page.get_by_role("heading", name="적립·사용 내역").wait_for()


@pytest.mark.parametrize("size", ["normal", "xlarge"])
def test_a_short_screen_keeps_the_code_in_sight_while_waiting(
    handset: NewHandset, shop: AShop, size: str
) -> None:
    holder = factories.a_customer(shop)
    factories.a_claim(shop, holder)
    phone = handset(card=holder, viewport={"width": 320, "height": 640}, service_workers="block")
    page = phone.open(f"/c/{shop.code}")
    page.evaluate("(size) => { document.documentElement.dataset.text = size }", size)
    page.locator("button[data-qr]").scroll_into_view_if_needed()
    slip = page.locator(".slip").bounding_box()
    assert slip is not None
    assert slip["height"] < 115
    page.locator("p.code").first.evaluate("(code) => code.scrollIntoView({ block: 'end' })")
    seen = page.locator("button[data-qr]").bounding_box(), page.locator("p.code").first.bounding_box()
    for box in seen:
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= slip["y"] + 20


def test_a_pinned_button_covers_no_field_of_a_short_screen(handset: NewHandset, shop: AShop) -> None:
    phone = handset(
        card=factories.a_customer(shop), viewport={"width": 360, "height": 560}, service_workers="block"
    )
    page = phone.open(f"/c/{shop.code}/details")
    assert page.locator(".form > .thumb").evaluate("(thumb) => getComputedStyle(thumb).position") == "static"
