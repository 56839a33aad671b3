"""What the tests of 단체 문자 share: a draft, its confirmation, what was written for it."""

from __future__ import annotations

from typing import Any

from app.extensions import db
from app.flows import campaign, campaign_start
from app.messages import campaign_rules, campaigns
from app.messages.campaigns import CampaignView
from app.messages.contract import Wire
from app.messages.models import Message
from tests import factories
from tests.factories import ACustomer, AShop

TEXT = "{이름} 님, {가게}에 햇귤이 들어왔어요."


def a_draft(
    shop: AShop, *, group: str = "all", text: str = TEXT, text_b: str = "", kind: int | None = None
) -> int:
    """Write a campaign as far as its confirmation; returns its id."""
    made = campaign.begin(
        shop_id=shop.id, staff_id=shop.owner_id, group=group, once=factories.once(), now=factories.now()
    )
    campaign.word(
        shop_id=shop.id,
        campaign_id=made,
        text=text,
        text_b=text_b,
        compares=bool(text_b),
        coupon_kind_id=kind,
    )
    return made


def confirm(shop: AShop, campaign_id: int, wire: Wire, typed: str, **more: Any) -> None:
    """Send a draft to so many."""
    asked: dict[str, Any] = {"seen": None, "compares": True, **more}
    campaign_start.confirm(
        shop_id=shop.id,
        staff_id=shop.owner_id,
        campaign_id=campaign_id,
        typed=typed,
        wire=wire,
        now=factories.now(),
        **asked,
    )


def the(shop: AShop, campaign_id: int) -> CampaignView:
    """Return a campaign as it is now."""
    db.session.rollback()
    found = campaigns.campaign(shop.id, campaign_id)
    assert found is not None
    return found


def letters(campaign_id: int) -> list[Message]:
    """Return what was written for a campaign."""
    db.session.rollback()
    mine = db.select(Message).where(Message.cause == f"campaign:{campaign_id}").order_by(Message.id)
    return list(db.session.scalars(mine))


def people_who_agreed(shop: AShop, many: int) -> list[ACustomer]:
    """Let so many join who agreed to everything."""
    return [
        factories.a_customer(shop, name=f"손님{n}", phone=factories.a_number(), agrees="all")
        for n in range(many)
    ]


def due() -> Any:
    """Return when the ten minutes are over."""
    return factories.now() + campaign_rules.WAITS
