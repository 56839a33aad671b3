"""What the page 내 정보 needs, whichever of its forms was sent."""

from __future__ import annotations

from typing import Any

from flask import current_app

from app.board import events
from app.customers import known, known_rules
from app.customers import queries as people
from app.customers.rules import ADS_EMAIL, ADS_PUSH, OPTIONAL_KINDS
from app.customers.texts import consent_text
from app.messages import pushes
from app.web import cookies, handover
from app.web.customer import talk
from app.web.days_form import day_lines
from app.web.guards import current_card, current_shop


def my_page() -> dict[str, Any]:
    """Return everything the page shows, as it stands."""
    holder = current_card()
    return {
        "shop": current_shop(),
        "mine": people.my_details(shop_id=holder.shop_id, customer_id=holder.customer_id),
        "optional": [consent_text(kind) for kind in OPTIONAL_KINDS],
        "days": day_lines(shop_id=holder.shop_id, customer_id=holder.customer_id),
        "tags": known.tags_of(shop_id=holder.shop_id, customer_id=holder.customer_id),
        "companions": known.companions_of(shop_id=holder.shop_id, customer_id=holder.customer_id),
        "genders": known_rules.GENDERS,
        "found_by": known_rules.FOUND_BY,
        "talk": talk.for_card(),
        "named": events.named(shop_id=holder.shop_id, customer_id=holder.customer_id),
        "by_mail": sends_mail(),
        "ads_email": consent_text(ADS_EMAIL),
        **_push_form(),
    }


def sends_mail() -> bool:
    """Tell whether this shop can send e-mail at all; only then is an address asked for."""
    wire = current_app.config["WIRE"]
    return wire.carries_mail and wire.public_url is not None and not current_shop().is_demo


def may_ring() -> bool:
    """Tell whether this phone may be asked: a real shop that can push, and no browser inside KakaoTalk."""
    wire = current_app.config["WIRE"]
    reaches = wire.carries_push and wire.public_url is not None
    return reaches and not current_shop().is_demo and not handover.in_kakao()


def _push_form() -> dict[str, Any]:
    holder, token, asks = current_card(), cookies.browser_token(), may_ring()
    rings = asks and token is not None
    return {
        "by_push": asks,
        "push_key": current_app.config["WIRE"].push_public if asks else "",
        "rings": rings
        and pushes.rings(shop_id=holder.shop_id, customer_id=holder.customer_id, browser_token=token or ""),
        "ads_push": consent_text(ADS_PUSH),
        "age14": consent_text("age14"),
    }
