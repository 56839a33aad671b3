"""The demo's tiers: three levels with people in each, a day on which stamps count double, a list of gifts."""

from __future__ import annotations

from bisect import bisect_left
from datetime import datetime, timedelta
from typing import Any

from app.flows.demo.description import Description
from app.flows.demo.holders import Holder
from app.flows.demo.rows import Row, Tables, moment_of
from app.kit.clock import kst_day, start_of_day
from app.tiers import rules
from app.tiers.rules import Level, Policy

_POLICY = Policy()
_LEVELS = (
    ("새싹", 1, {"extra": "", "discount": 0, "early_news": False}),
    ("단골", 8, {"extra": "오늘의 쿠키 하나", "discount": 0, "early_news": True}),
    ("으뜸", 40, {"extra": "원두 한 줌", "discount": 5, "early_news": True}),
)
# Tiers were begun so long ago; who stood high enough then was placed by the rule.
_BEGAN = timedelta(days=90)
_FELL = timedelta(days=20)  # who has stayed away since is told, and kept for ten days more
_GIVEN = 9


def write(
    tables: Tables,
    described: Description,
    shop: Row,
    staff: list[Row],
    holders: list[Holder],
    moment: datetime,
) -> None:
    """Put everybody where their visits of the last year put them at `moment`; visits must have their ids."""
    if not described.has_tiers:
        return
    shop["uses"] = " ".join(sorted({*shop.get("uses", "").split(), "boosts", "tiers"}))
    of_shop: dict[str, Any] = {"shop_id": shop["id"]}
    began = moment - _BEGAN
    tables.add(
        "tier_policies",
        **of_shop,
        measure=_POLICY.measure,
        months=_POLICY.months,
        downgrade=_POLICY.downgrade,
        grace_days=_POLICY.grace_days,
        changed_at=began,
    )
    tiers = [
        tables.add(
            "tiers",
            **of_shop,
            **brings,
            name=name,
            least=least,
            percent=100,
            coupon_kind_id=None,
            created_at=began,
            ended_at=None,
        )
        for name, least, brings in _LEVELS
    ]
    tables.number("tiers")
    top = []
    for holder in holders:
        if holder.person.erased_at is None:
            tier = _stand(tables, of_shop, tiers, holder, began, moment)
            if tier is tiers[-1]:
                top.append(holder)
    tables.number("tier_standings", by="since")
    tables.number("tier_changes", by="at")
    _boost(tables, of_shop, moment)
    _gifts(tables, of_shop, tiers[-1], staff, top, moment)


def _stand(
    tables: Tables,
    of_shop: dict[str, Any],
    tiers: list[Row],
    holder: Holder,
    began: datetime,
    moment: datetime,
) -> Row | None:
    came = [moment_of(visit, "at") for visit in holder.stood]
    now, before = _reached(came, moment), _reached(came, moment - _FELL)
    place = max(now, before)
    if place < 0:
        return None
    tier, least = tiers[place], _LEVELS[place][1]
    counted = came[bisect_left(came, _since(moment if now == place else moment - _FELL)) :]
    at = counted[least - 1] if len(counted) >= least else began
    visit = holder.stood[came.index(at)] if at > began and at in came else None
    since, why = max(at, began), "visit" if visit else "rule"
    tables.add(
        "tier_standings",
        **of_shop,
        customer_id=holder.customer,
        tier_id=tier,
        since=since,
        grace_until=moment + timedelta(days=_POLICY.grace_days) - _FELL if before > now else None,
        why=why,
    )
    tables.add(
        "tier_changes",
        **of_shop,
        customer_id=holder.customer,
        from_id=None,
        to_id=tier,
        why=why,
        visit_id=visit,
        stood_since=None,
        at=since,
        reversed_at=None,
    )
    return tier


def _since(moment: datetime) -> datetime:
    first = rules.first_day(kst_day(moment), _POLICY.months)
    assert first is not None
    return start_of_day(first)


def _reached(came: list[datetime], moment: datetime) -> int:
    """Return the place of the level that the visits before a moment reach, -1 for none."""
    amount = bisect_left(came, moment) - bisect_left(came, _since(moment))
    found = rules.reached(
        (Level(place, name, least) for place, (name, least, _) in enumerate(_LEVELS)), amount
    )
    return found.id if found else -1


def _boost(tables: Tables, of_shop: dict[str, Any], moment: datetime) -> None:
    today = kst_day(moment)
    tables.add(
        "boosts",
        **of_shop,
        name="화요일은 두 배",
        percent=200,
        tier_id=None,
        weekdays="1",
        from_minute=14 * 60,
        to_minute=17 * 60,
        # From the next one on: no stamp of the past was double.
        from_day=today + timedelta(days=7 - (today.weekday() - 1) % 7),
        to_day=None,
        created_at=moment - timedelta(hours=20),
        ended_at=None,
    )
    tables.number("boosts")


def _gifts(
    tables: Tables, of_shop: dict[str, Any], tier: Row, staff: list[Row], top: list[Holder], moment: datetime
) -> None:
    gift = tables.add(
        "gifts",
        **of_shop,
        name="연말 드립백 선물",
        tier_id=tier,
        created_at=moment - timedelta(days=8),
        ended_at=None,
    )
    tables.number("gifts")
    # Who was there since the list was begun has it, the first of them.
    lately = [holder for holder in top if holder.stood[-1]["at"] > moment - timedelta(days=7)]
    for place, holder in enumerate(lately[:_GIVEN]):
        tables.add(
            "gifts_given",
            **of_shop,
            customer_id=holder.customer,
            gift_id=gift,
            what="연말 드립백 선물",
            once=f"demo-gift-{place}",
            staff_id=staff[place % len(staff)],
            at=holder.stood[-1]["at"] + timedelta(seconds=50),
            reversed_at=None,
            reversed_by=None,
        )
    tables.number("gifts_given", by="at")
