"""What the shop's page shows of events, customers' photos and questions; None where there is nothing to show."""

from __future__ import annotations

from app.board import events, stories, talks
from app.board.events import EventPage
from app.board.stories import StoryLine
from app.board.talks import Lines
from app.flows.event import USE
from app.shops.queries import ShopView
from app.testers.disclosing import told
from app.web.doors import now

_FEW, _PICTURES = 3, 6


def shown_events(shop: ShopView) -> EventPage | None:
    """Return the newest few events, for public/shop_events.html; cancelled ones are no news."""
    if not shop.has(USE):
        return None
    page = events.events(shop.id, now=now(), limit=_FEW)
    kept = [line for line in page.lines if line.state != "cancelled"]
    return EventPage(kept, page.after) if kept else None


def shown_stories(shop: ShopView) -> list[StoryLine] | None:
    """Return the newest few photos, for public/shop_stories.html."""
    return told(shop.id, stories.shown(shop.id, limit=_PICTURES, with_pictures=True).lines) or None


def shown_questions(shop: ShopView) -> Lines | None:
    """Return the newest few questions, for public/shop_asked.html."""
    page = talks.questions(shop.id, limit=_FEW)
    return page if page.lines else None
