"""A person's panel put together: the card, the rhythm, the line to say. Shown after a stamp or when looked up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.cards import counter
from app.cards.counter import Panel
from app.customers import day_rules
from app.insights import rules
from app.insights.rules import Guest
from app.kit.clock import kst_day
from app.kit.refusals import NotHere
from app.kit.signing import new_token
from app.voices import queries as voices
from app.web.doors import now
from app.web.guards import current_staff
from app.web.owner import panel_coupons, panel_friends, panel_points, panel_testers, panel_tier
from app.web.owner.panel_amount import for_amount
from app.web.owner.panel_proof import for_proof

# Fewer pieces of one thing are chance, not a habit.
_HABIT = 3


@dataclass(frozen=True)
class Told:
    """What the panel says in words."""

    visit: str  # "7번째 방문"
    gap: str  # "12일 만이에요", or ""
    rhythm: str  # "보통 5일에 한 번 오세요", or ""
    greeting: str


def panel_context(
    card_id: int, *, just: bool = False, filled: bool = False, again: bool = False
) -> dict[str, Any]:
    """Return what owner/panel.html needs.

    `just`: a stamp has landed with this answer; `filled`: it filled the card; `again`: the same tap came
    twice and nothing new happened. Raises NotHere for another shop's card (S05).
    """
    staff = current_staff()
    shop = staff.shop
    spends = shop.has("coupons") or shop.has("points")
    seen = counter.panel(shop_id=shop.id, card_id=card_id, now=now(), spends=spends)
    if seen is None:
        raise NotHere("찾으시는 카드가 없어요. 손님께 카드를 다시 열어 달라고 해 주세요.")
    mine = panel_coupons.for_panel(seen)
    party = panel_friends.for_panel(seen)
    return {
        "seen": seen,
        "told": told_of(seen),
        # Who only stamps is not told what customers say to the shop.
        "words": voices.last_words(shop_id=shop.id, customer_id=seen.customer_id, role=staff.role)
        if staff.role != "staff"
        else None,
        "tier": panel_tier.for_panel(seen),
        "coupons": mine,
        "just": just,
        "filled": filled,
        "again": again,
        "is_fresh": seen.last is not None
        and (now() - seen.last.at).total_seconds() < panel_tier.FRESH_SECONDS,
        "party": party,
        "to_try": panel_testers.for_panel(seen),
        "friend_gift": panel_friends.gift_for(party, seen),
        "key": new_token(),
        "reward_key": new_token(),
        "many_key": new_token(),
        "wrong_check": {},
        **for_proof(seen, mine),
        **for_amount(seen),
        **panel_points.for_panel(seen),
    }


def told_of(seen: Panel) -> Told:
    """Return what is said of a person in words, also on their own page."""
    days = [kst_day(at) for at in seen.lately.visited[:8]]
    today = kst_day(now())
    # While they stand here the newest visit is this one; before the stamp it is the one before.
    here = bool(days) and days[0] == today
    before = days[1:] if here else days
    gap = (today - before[0]).days if before else None
    rhythm = rules.rhythm(days)
    number = seen.visit_count if here else seen.visit_count + 1
    usual = next((name for name, pieces in seen.lately.favourites if pieces >= _HABIT), "")
    guest = Guest(
        name=seen.name,
        visit_number=number,
        gap_days=gap,
        rhythm_days=rhythm,
        likes=seen.likes,
        usual=usual,
        reward_ready=seen.rewards[0].name if seen.rewards else "",
        missing=seen.next_up.at - seen.balance,
        reward_name=seen.next_up.name,
        companion=seen.companion or "",
        birthday_in=day_rules.days_until(seen.birthday, today),
    )
    return Told(
        visit=rules.visit_words(number),
        gap=rules.gap_words(gap) if gap is not None else "",
        rhythm=rules.rhythm_words(rhythm) if rhythm else "",
        greeting=rules.greeting(guest),
    )
