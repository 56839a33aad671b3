"""A shop's own account with the small SOLAPI, for whoever needs one that works."""

from __future__ import annotations

from typing import Any

from app.extensions import db
from app.flows import channel_account, talk_template
from app.flows.channel_account import Tried
from app.messages.contract import Wire
from app.shops.models import Staff
from tests import factories
from tests.messages.solapi_desk import KEY, PROFILE, SECRET, Desk
from tests.messages.world import NOON

PHONE = "010-9876-5432"
TYPED = {"api_key": KEY, "api_secret": SECRET, "sender": "02-1234-5678", "profile": PROFILE}


def wire_to(desk: Desk) -> Wire:
    """Return what a deployment says that sends to that desk."""
    return Wire(solapi_url=desk.url, public_url="https://dangol.test", base_url="https://dangol.test")


def owner_of(shop_id: int) -> Any:
    """Return the staff id of a shop's owner."""
    return db.session.scalar(db.select(Staff.id).where(Staff.shop_id == shop_id).order_by(Staff.id))


def save(shop_id: int, **changes: str) -> None:
    """Type the keys in."""
    channel_account.save_keys(
        shop_id=shop_id, staff_id=owner_of(shop_id), provider="solapi", typed={**TYPED, **changes}, now=NOON
    )


def try_it(shop_id: int, wire: Wire, *, once: str = "", phone: str = PHONE) -> Tried:
    """Send one text to the owner's phone."""
    return channel_account.test(
        shop_id=shop_id,
        staff_id=owner_of(shop_id),
        provider="solapi",
        phone=phone,
        once=once or factories.once(),
        wire=wire,
        now=NOON,
    )


def ask(shop_id: int, wire: Wire, kind: str = "reward_ready") -> Tried:
    """Lay a text before the inspectors."""
    return talk_template.ask(
        shop_id=shop_id, staff_id=owner_of(shop_id), provider="solapi", kind=kind, wire=wire, now=NOON
    )
