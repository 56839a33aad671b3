"""The shop's page: who this is, when it is open, what is new, what people say. Anybody may look; it gives no card itself.

Each part of it is a template of its own with what it reads (PARTS); a part that has nothing to show is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from app.board import notices
from app.cards import queries as cards
from app.kit.clock import kst_day
from app.kit.phone import national
from app.messages import kakao_channel, kakao_rules
from app.reviews import queries as reviews
from app.reviews import sums
from app.shops import calendar_rules, closures
from app.shops.queries import ShopView
from app.testers import queries as testers
from app.web.doors import door, now
from app.web.guards import current_shop, held_card
from app.web.public import board_parts
from app.web.public.blueprint import bp

_SOON = timedelta(days=21)  # closed days that are said beforehand
_FEW = 3
_WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEKDAYS = "월화수목금토일"


@dataclass(frozen=True)
class Part:
    """One part of the page: its template, and what it reads of a shop; None when there is nothing to show."""

    template: str
    read: Callable[[ShopView], Any]


def _news(shop: ShopView) -> Any:
    return notices.for_everybody(shop.id, limit=_FEW + 1) if shop.has("news") else None


def _reviews(shop: ShopView) -> Any:
    standing = sums.standing(shop.id)
    if not standing.count:
        return None
    return {"standing": standing, "lines": reviews.reviews(shop.id, limit=_FEW).lines}


def _testers(shop: ShopView) -> Any:
    return (testers.recruiting(shop.id, now=now()) or None) if shop.has("testers") else None


# In the order they stand on the page. A further part is one line here and one template.
PARTS = (
    Part("public/shop_news.html", _news),
    Part("public/shop_events.html", board_parts.shown_events),
    Part("public/shop_trying.html", _testers),
    Part("public/shop_reviewed.html", _reviews),
    Part("public/shop_stories.html", board_parts.shown_stories),
    Part("public/shop_asked.html", board_parts.shown_questions),
)


def clock(minute: int) -> str:
    """Return minutes after midnight as people read them: "09:00"; past midnight with its day: "다음 날 01:30"."""
    return f"{'다음 날 ' if minute >= 1440 else ''}{minute // 60 % 24:02d}:{minute % 60:02d}"


def hours(shop: ShopView) -> dict[str, Any]:
    """Return when the shop is open: the hours, its weekdays off, and which days soon are different."""
    today = kst_day(now())
    off = sorted(closures.weekly_days_off(shop.id, today))
    coming = [
        (calendar_rules.range_words(line.first, line.last, today), line)
        for line in closures.coming_days(shop.id, today)
        if line.first <= today + _SOON
    ]
    return {
        "opens": clock(shop.open_minute),
        "closes": clock(shop.close_minute),
        "off": "·".join(_WEEKDAYS[day] for day in off),
        "off_days": off,
        "coming": coming,
    }


def described(shop: ShopView, when: dict[str, Any], elsewhere: list[str]) -> dict[str, Any]:
    """Return the shop as schema.org/LocalBusiness: only what the page itself says. No stars: of its own reviews a
    shop is not to speak there."""
    base = str(current_app.config["BASE_URL"])
    facts: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "LocalBusiness",
        "name": shop.name,
        "url": base + url_for("public.shop_page", code=shop.code),
        "image": base + url_for("public.shop_picture", code=shop.code),
        "openingHoursSpecification": {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": [name for day, name in enumerate(_WEEK) if day not in when["off_days"]],
            "opens": _plain(shop.open_minute),
            "closes": _plain(shop.close_minute),
        },
    }
    if shop.story:
        facts["description"] = shop.story
    if shop.phone:
        facts["telephone"] = national(shop.phone)
    if shop.address:
        facts["address"] = {
            "@type": "PostalAddress",
            "streetAddress": shop.address,
            "addressCountry": "KR",
        }
    if elsewhere:
        facts["sameAs"] = elsewhere
    return facts


def _plain(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


@door(bp, "/s/<code>/shop", audience="public", tenant="code")
def shop_page(code: str) -> ResponseReturnValue:
    """Show the shop, to who holds its card as to anybody."""
    shop = current_shop()
    when = hours(shop)
    read = [(part.template, part.read(shop)) for part in PARTS]
    links = notices.links(shop.id)
    channel = kakao_channel.channel(shop.id) if shop.has(kakao_channel.USE) else ""
    return render_template(
        "public/shop.html",
        shop=shop,
        hours=when,
        promise=cards.promise(shop.id),
        parts=[(template, part) for template, part in read if part],
        few=_FEW,
        links=links,
        channel=kakao_rules.friend_link(channel),
        holds_card=held_card() is not None,
        described=described(shop, when, [link.url for link in links]),
        about=" ".join(shop.story.split()),
        base_url=current_app.config["BASE_URL"],
    )
