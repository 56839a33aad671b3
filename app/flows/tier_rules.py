"""What an owner decides about tiers: switching them on and off, the rule, what each tier brings.

A new rule puts everybody at once where they belong by it, without a letter or a coupon for each: hundreds of
letters on one evening would be noise, and the card says it. Nobody falls at once: the night begins their grace.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.customers import actions as people
from app.flows import audit
from app.flows.unit import end_reading, write
from app.kit.refusals import NotHere
from app.shops import actions as shops
from app.tiers import actions as tiers
from app.tiers import forecast, queries, typed
from app.tiers.forecast import carried
from app.tiers.models import Tier
from app.tiers.rules import Level, Policy
from app.tiers.typed import START, START_POLICY

_AT_ONCE = 500
_GONE = "찾으시는 등급이 없어요. 등급 화면에서 다시 골라 주세요."


def switch(*, shop_id: int, staff_id: int, is_on: bool, now: datetime) -> None:
    """Switch tiers on, the first time with the levels we propose, or off; off keeps everything for later."""
    with write() as session:
        used = "tiers" in shops.uses(session, shop_id=shop_id)
        shops.set_use(
            session, shop_id=shop_id, what="tiers", is_on=is_on
        )  # holds the shop: one after the other
        if is_on and tiers.policy(session, shop_id=shop_id) is None:
            tiers.put_policy(session, shop_id=shop_id, policy=START_POLICY, now=now)
            for level, brings in START:
                tiers.add_tier(
                    session, shop_id=shop_id, name=level.name, least=level.least, now=now, **brings
                )
        if used != is_on:
            detail = "on" if is_on else "off"
            audit.note(session, shop_id=shop_id, what="tiers", staff_id=staff_id, detail=detail, now=now)
    if is_on:
        _place(shop_id=shop_id, now=now)


def save_rule(*, shop_id: int, staff_id: int, policy: Policy, levels: Sequence[Level], now: datetime) -> None:
    """Decide anew how tiers are reached and lost; a level without an id is new, one left out ends.

    Its people fall to the next one below. Raises NotHere for a level of another shop, or one that has ended.
    """
    with write() as session:
        shops.set_use(session, shop_id=shop_id, what="tiers", is_on=True)
        present = {tier.id: tier for tier in tiers.tiers(session, shop_id=shop_id)}
        if any(level.id and level.id not in present for level in levels):
            raise NotHere(_GONE)
        falls_to = carried([Level(tier.id, tier.name, tier.least) for tier in present.values()], levels)
        by_least: dict[int, int] = {}
        for level in levels:
            by_least[level.least] = _put_level(session, shop_id, present, level, now).id
        for tier_id, tier in present.items():
            if tier_id not in {level.id for level in levels}:
                tiers.end_tier(session, tier=tier, falls_to=by_least.get(falls_to[tier_id]), now=now)
        tiers.put_policy(session, shop_id=shop_id, policy=policy, now=now)
        audit.note(session, shop_id=shop_id, what="tiers", staff_id=staff_id, detail="rule", now=now)
    _place(shop_id=shop_id, now=now)


def _put_level(session: Any, shop_id: int, present: dict[int, Tier], level: Level, now: datetime) -> Tier:
    if level.id:
        tier = present[level.id]
        tier.name, tier.least = level.name, level.least
        session.flush()
        return tier
    return tiers.add_tier(session, shop_id=shop_id, name=level.name, least=level.least, now=now)


def _place(*, shop_id: int, now: datetime) -> None:
    """Put everybody where they belong, in steps: a stamp waits no longer than one of them takes."""
    policy, levels = queries.policy_of(shop_id), [tier.level for tier in queries.tiers_of(shop_id)]
    if policy is None:
        return
    rule: dict[str, Any] = {"shop_id": shop_id, "policy": policy, "levels": levels, "now": now}
    found = [one.customer_id for one in forecast.to_place(**rule)]
    for first in range(0, len(found), _AT_ONCE):
        some = found[first : first + _AT_ONCE]
        with write() as session:
            people.hold_people(session, shop_id=shop_id, customer_ids=some)
            # Looked at again under their rows: a visit may have moved one meanwhile.
            tiers.place(
                session, shop_id=shop_id, placed=forecast.to_place(**rule, only=some), why="rule", now=now
            )
    end_reading()


def save_benefits(
    *,
    shop_id: int,
    staff_id: int,
    tier_id: int,
    percent: str,
    discount: str,
    extra: str,
    early_news: bool,
    coupon_kind_id: int | None,
    now: datetime,
) -> None:
    """Save what a tier brings. Raises Invalid with a sentence a field, NotHere."""
    brings = typed.clean_benefits(percent=percent, discount=discount, extra=extra)
    with write() as session:
        tier = next((one for one in tiers.tiers(session, shop_id=shop_id) if one.id == tier_id), None)
        if tier is None:
            raise NotHere(_GONE)
        if coupon_kind_id not in {None, *(choice.id for choice in queries.coupon_choices(shop_id))}:
            raise NotHere("찾으시는 쿠폰이 없어요. 화면을 새로 열어 다시 골라 주세요.")
        tier.percent, tier.discount, tier.extra = brings
        tier.early_news, tier.coupon_kind_id = early_news, coupon_kind_id
        if session.is_modified(tier):
            detail = f"benefits:{tier.id}"
            audit.note(session, shop_id=shop_id, what="tiers", staff_id=staff_id, detail=detail, now=now)
