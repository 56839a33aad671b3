"""An event on three phones: the owner opens it, a customer enters, the owner draws, and a stranger draws again."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from app.board import draw_rules
from app.board.event_models import Event
from app.extensions import db
from app.flows import event
from app.flows.unit import write
from app.kit.clock import kst_day
from tests import factories
from tests.browser.conftest import NewHandset
from tests.factories import AShop


def test_an_event_is_drawn_and_anybody_draws_it_again(
    handset: NewHandset, shop: AShop, tmp_path: Path
) -> None:
    holder = factories.a_customer(shop, name="한지우", phone=factories.a_number())
    owner, customer, stranger = handset(staff=shop), handset(card=holder), handset()
    page = owner.open("/owner/events/new")
    page.fill("#title", "여름 사진전")
    page.fill("#last_day", kst_day(factories.now()).isoformat())
    owner.press("저장하고 미리 보기")  # what it is for is missing: the form comes back into the page
    page.get_by_text("한 가지만 고쳐 주세요").wait_for()
    assert page.input_value("#title") == "여름 사진전"
    page.fill("#prize", "수제청 한 병")
    page.fill("#winners", "2")
    owner.press("저장하고 미리 보기")
    owner.press("이벤트 열기")
    page.get_by_text("참여 받는 중").wait_for()
    number = int(page.url.rsplit("/", 1)[1])

    card = customer.open(f"/c/{shop.code}")
    card.get_by_role("link", name="이벤트").click()
    card.get_by_role("link", name="여름 사진전").click()
    card.get_by_role("checkbox").check()
    customer.press("참여하기")
    card.get_by_text("내 추첨 번호").wait_for()
    ticket = card.locator(".code").inner_text()
    promised = card.locator("#seed-hash").text_content()
    for _each in range(4):
        other = factories.a_customer(shop, name="박민호", phone=factories.a_number())
        event.enter(
            shop_id=shop.id, customer_id=other.id, event_id=number, may_name=False, now=factories.now()
        )
    with write() as session:  # the running product's own clock can't be moved: the event ends now
        session.get_one(Event, number).ends_at = factories.now() - timedelta(seconds=1)

    page.goto(f"{owner.base_url}/owner")
    page.get_by_role("link", name="추첨할 이벤트").click()
    owner.press("지금 뽑기")
    page.get_by_text("2명을 뽑았어요").wait_for()

    seen = stranger.open(f"/s/{shop.code}/events/{number}")
    assert seen.locator("#seed-hash").text_content() == promised
    seen.get_by_text("직접 다시 뽑아 보기").click()
    with seen.expect_download() as waiting:
        seen.get_by_role("link", name="확인 파일 내려받기").click()
    file, script = tmp_path / "draw.txt", tmp_path / "check.py"
    waiting.value.save_as(file)
    seen.get_by_text("파이썬 열 줄로 확인하기").click()
    script.write_text(seen.locator("pre.sample").inner_text(), "utf-8")
    told = subprocess.run(
        [sys.executable, "-I", str(script), str(file)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert told.stdout.strip() == "fair", told.stderr
    text = file.read_text("utf-8")
    assert (f"ticket: {ticket}\n" in text, f"seed_hash: {promised}\n" in text, "한지우" in text) == (
        True,
        True,
        False,
    )
    db.session.rollback()
    won = draw_rules.draw(
        _seed_of(number), [line[8:] for line in text.splitlines() if line[:7] == "ticket:"], 2
    )
    card.goto(f"{customer.base_url}/c/{shop.code}/events/{number}")
    assert ("축하해요" in customer.words) == (ticket in won)


def _seed_of(number: int) -> str:
    """Return the seed as it lies in the database."""
    seed: str = db.session.scalars(db.select(Event.seed).where(Event.id == number)).one()
    return seed
