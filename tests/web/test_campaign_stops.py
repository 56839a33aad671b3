"""A campaign paused and stopped on the owner's pages: what they say is what was found."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.flows import campaign_run
from app.messages import campaign_reach
from tests import factories
from tests.factories import AShop
from tests.flows.campaigning import a_draft, confirm, people_who_agreed, the
from tests.phone import Phone
from tests.world import Clock


@pytest.fixture
def made(app: Flask, shop: AShop) -> int:
    """A campaign to one, confirmed this moment."""
    people_who_agreed(shop, 1)
    number = a_draft(shop)
    confirm(shop, number, app.config["WIRE"], "1")
    return number


def test_paused_before_its_time_it_waits_for_it_again(
    shop: AShop, made: int, owner_phone: Phone, clock: Clock
) -> None:
    owner_phone.open(f"/owner/campaigns/{made}")
    assert "잠깐 멈췄어요" in owner_phone.tap("잠깐 멈추기").words
    assert "정한 시간에 보내요" in owner_phone.tap("이어서 보내기").words
    assert the(shop, made).state == "waiting"
    owner_phone.tap("잠깐 멈추기")
    assert "아무에게도 보내지 않았어요" in owner_phone.tap("남은 것 그만 보내기").words
    campaign_run.go_on_all(now=clock.advance(minutes=11))
    assert the(shop, made).state == "cancelled"


def test_paused_and_gone_on_with_after_its_time_it_goes(
    shop: AShop, made: int, owner_phone: Phone, clock: Clock
) -> None:
    campaign_run.pause(shop_id=shop.id, campaign_id=made)
    clock.advance(minutes=11)
    owner_phone.open(f"/owner/campaigns/{made}")
    assert "이어서 보내요" in owner_phone.tap("이어서 보내기").words
    assert the(shop, made).state == "going"


def test_what_began_since_the_page_was_drawn_is_not_called_nobody(
    shop: AShop, made: int, owner_phone: Phone, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancel = campaign_run.cancel

    def late(**asked: Any) -> int:
        campaign_run.go_on_all(now=factories.now())
        return cancel(**asked)

    owner_phone.open(f"/owner/campaigns/{made}")
    clock.advance(minutes=11)
    monkeypatch.setattr(campaign_run, "cancel", late)
    words = owner_phone.tap("보내지 않고 취소하기").words
    assert "아직 안 나간 1통은 보내지 않아요" in words
    assert "아무에게도" not in words


def test_over_the_months_budget_the_page_says_what_really_follows(
    app: Flask, shop: AShop, owner_phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    people_who_agreed(shop, 1)
    number = a_draft(shop)
    monkeypatch.setattr(campaign_reach.Reach, "won", property(lambda _reach: 1_000_000))
    words = owner_phone.open(f"/owner/campaigns/{number}/check").words
    assert "이번 달에는 더 나가지 않아요. 한도를 올리면 다시 나가요." in words
