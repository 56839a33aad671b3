"""Coupons of a demo shop: a few kinds, and what came of them in the last weeks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from app.coupons.rules import end_of
from app.flows.demo.description import Offer
from app.flows.demo.holders import Holder
from app.flows.demo.rows import Row, Tables, drawn_code, drawn_key


class Coupons:
    """Draws kinds, coupons and uses for people who came lately."""

    def __init__(self, rng: Random, tables: Tables, shop: Row, staff: Sequence[Row]) -> None:
        self.rng, self.tables, self.staff = rng, tables, staff
        self.shop_id = shop["id"]
        self.taken: set[str] = set()
        shop["uses"] = " ".join(sorted({*shop.get("uses", "").split(), "coupons"}))

    def write(self, offers: Sequence[Offer], holders: Sequence[Holder], now: datetime) -> None:
        """Add everything, the ids included."""
        began = now - timedelta(days=45)
        lately = [h for h in holders if h.person.erased_at is None and h.stood and h.stood[-1]["at"] > began]
        for place, offer in enumerate(offers):
            kind = self._kind(offer, began)
            for holder, cause, at in self._causes(offer, lately, place, began):
                if at < now:
                    self._coupon(kind, offer, holder, cause, at, now)
        for table, by in (("coupon_kinds", None), ("coupons", "issued_at"), ("coupon_uses", "at")):
            self.tables.number(table, by=by)

    def _causes(
        self, offer: Offer, lately: Sequence[Holder], place: int, began: datetime
    ) -> list[tuple[Holder, Any, datetime]]:
        """Return whom an offer fell to, why and when."""
        if offer.rule == "nth_visit":
            nth = offer.rule_value - 1
            return [
                (h, h.stood[nth], h.stood[nth]["at"])
                for h in lately
                if len(h.stood) > nth and h.stood[nth]["at"] > began
            ]
        if offer.rule == "sign_up":
            return [
                (h, h.stood[0], h.stood[0]["at"])
                for h in lately
                if h.customer["phone"] and h.stood[0]["at"] > began
            ]
        if offer.rule != "manual":
            return []
        named = [h for h in lately if h.customer["name"]]
        return [
            (h, f"hand:{drawn_key(self.rng)}", h.stood[-1]["at"]) for h in named[place :: len(named) // 6 + 1]
        ]

    def _kind(self, offer: Offer, at: datetime) -> Row:
        return self.tables.add(
            "coupon_kinds",
            shop_id=self.shop_id,
            name=offer.name,
            form=offer.form,
            value=offer.value,
            rule=offer.rule,
            rule_value=offer.rule_value,
            valid_days=offer.days,
            valid_until=None,
            starts_on=None,
            least_amount=offer.least_amount,
            least_tier_id=None,
            stacks=False,
            per_person=1,
            total=0,
            issued=0,
            created_at=at,
            ended_at=None,
        )

    def _coupon(
        self, kind: Row, offer: Offer, holder: Holder, cause: Any, at: datetime, now: datetime
    ) -> None:
        kind["issued"] += 1
        coupon = self.tables.add(
            "coupons",
            shop_id=self.shop_id,
            kind_id=kind,
            customer_id=holder.customer,
            ref=drawn_code(self.rng, 10, self.taken),
            cause=f"visit:{cause['id']}" if isinstance(cause, Row) else cause,
            issued_at=at,
            expires_at=end_of(valid_days=offer.days, valid_until=None, issued_at=at),
            used_at=None,
            withdrawn_at=None,
        )
        later = [visit["at"] for visit in holder.stood if visit["at"] > at + timedelta(hours=3)]
        if not later or self.rng.random() >= offer.share or later[0] >= min(coupon["expires_at"], now):
            return
        coupon["used_at"] = later[0]
        self.tables.add(
            "coupon_uses",
            shop_id=self.shop_id,
            coupon_id=coupon,
            once=drawn_key(self.rng),
            staff_id=self.rng.choice(self.staff),
            how="live_card",
            amount=offer.least_amount or None,
            off=offer.value if offer.form == "amount" else 0,
            at=later[0],
        )
