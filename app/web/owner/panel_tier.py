"""The tier on a person's panel and page: what to say and take off, the gift that waits, what was given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.cards.counter import Panel
from app.kit.clock import kst_day, start_of_day
from app.kit.signing import new_token
from app.tiers import boosts, gifts, queries, wording
from app.tiers.gifts import GivenLine, Waiting
from app.tiers.queries import ChangeLine
from app.web.doors import now
from app.web.guards import current_staff

# So long a stamp is the one that has just landed.
FRESH_SECONDS = 600


@dataclass(frozen=True)
class PanelTier:
    """What the panel says of tiers and boosts; "" where there is nothing to say."""

    name: str
    discount: int
    extra: str  # the usual 덤 of this tier
    progress: str
    boosted: str  # why the last stamp was more than one
    now_worth: str  # what holds at this moment
    waiting: list[Waiting]
    given: list[GivenLine]
    key: str
    has_tiers: bool


def for_panel(seen: Panel) -> PanelTier | None:
    """Return what the panel shows; None for a shop without tiers and boosts, which asks nothing."""
    shop = current_staff().shop
    if not (shop.has("tiers") or shop.has("boosts")):
        return None
    who: dict[str, Any] = {"shop_id": shop.id, "customer_id": seen.customer_id}
    look = queries.look(**who, now=now()) if shop.has("tiers") else None
    tier = look.tier if look else None
    worth = boosts.worth_now(**who, uses=frozenset(shop.uses.split()), now=now())
    is_fresh = seen.last is not None and (now() - seen.last.at).total_seconds() < FRESH_SECONDS
    more = seen.last if is_fresh and seen.last and seen.last.boosted else None
    today = kst_day(now())
    return PanelTier(
        name=tier.name if tier else "",
        discount=tier.discount if tier else 0,
        extra=tier.extra if tier else "",
        progress=wording.progress_of(look, today) if look else "",
        boosted=wording.boosted(more.boosted, more.stamps) if more else "",
        now_worth=f"{worth.why} · 지금 {wording.TIMES.get(worth.percent, '')}" if worth.percent > 100 else "",
        waiting=gifts.waiting_for(**who) if tier else [],
        given=gifts.given_to(**who, since=start_of_day(today)) if look else [],
        key=new_token(),
        has_tiers=look is not None,
    )


@dataclass(frozen=True)
class PersonTier:
    """What a person's page tells: the tier, how they got there, what they were given."""

    name: str
    progress: str
    changes: list[ChangeLine]
    given: list[GivenLine]


def for_person(customer_id: int) -> PersonTier | None:
    """Return what a person's page shows; None for a shop without tiers."""
    shop = current_staff().shop
    if not shop.has("tiers"):
        return None
    who: dict[str, Any] = {"shop_id": shop.id, "customer_id": customer_id}
    look = queries.look(**who, now=now())
    if look is None:
        return None
    return PersonTier(
        look.tier.name if look.tier else "",
        wording.progress_of(look, kst_day(now())),
        queries.changes_of(**who, limit=8),
        gifts.given_to(**who),
    )
