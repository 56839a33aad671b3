"""State-machine rules for coupons: give, use, take a use back, withdraw, let time pass, lose a visit.

A mixin: a machine that has `shop`, `holders` (ACustomer) and `clock`, set before the first rule, adds it and
calls coupon_books() among its invariants.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from app.coupons.models import Coupon, CouponUse
from app.extensions import db
from app.flows import coupon_gifts
from app.flows.coupon_gifts import HasItAlready
from app.kit.refusals import Refused
from tests import coupons, factories
from tests.factories import ACustomer, AShop
from tests.world import Clock

_WHICH = st.integers(min_value=0, max_value=10_000)


class CouponRules:
    """What can happen to coupons, each step beside a model of what must then be true."""

    shop: AShop
    holders: Sequence[ACustomer]
    clock: Clock
    coupon_kinds: list[int] = []

    def open_coupons(self) -> None:
        """Make the kinds that the rules give: bounded by person, bounded in all, unbounded, stamps."""
        self.coupon_kinds = [
            coupons.a_kind(self.shop, per_person="2"),
            coupons.a_kind(self.shop, per_person="0", total="5"),
            coupons.a_kind(self.shop, per_person="0", stacks="y", valid_days="3"),
            coupons.a_kind(self.shop, per_person="0", stacks="y", gives="extra", value="1", name=""),
        ]

    @rule(who=_WHICH, kind=_WHICH, cause=st.integers(0, 6))
    def give_coupon(self, who: int, kind: int, cause: int) -> None:
        """Give for a cause: the second time it gives nothing."""
        holder, kind_id = self._holder(who), self.coupon_kinds[kind % len(self.coupon_kinds)]
        made = coupons.give(self.shop, holder, kind_id, cause=f"m:{cause}")
        assert coupons.give(self.shop, holder, kind_id, cause=f"m:{cause}") is None
        assert made is None or made in coupons.living(holder)

    @rule(who=_WHICH, kind=_WHICH)
    def give_coupon_by_hand(self, who: int, kind: int) -> None:
        """Give by hand, and at once take it back half of the time."""
        holder, kind_id = self._holder(who), self.coupon_kinds[kind % len(self.coupon_kinds)]
        own: dict[str, Any] = {
            "shop_id": self.shop.id,
            "staff_id": self.shop.owner_id,
            "now": factories.now(),
        }
        try:
            made = coupon_gifts.give_by_hand(
                **own, customer_id=holder.id, kind_id=kind_id, once=factories.once()
            )
        except HasItAlready:
            return
        if kind % 2:
            coupon_gifts.withdraw_one(**own, coupon_id=made)
            assert made not in coupons.living(holder)

    @rule(which=_WHICH)
    def withdraw_coupon(self, which: int) -> None:
        """Take one back: only by hand, unused and of the last day."""
        coupon = self._pick(Coupon, which)
        if coupon is None:
            return
        may = (
            coupon.cause.startswith("hand:")
            and coupon.used_at is None
            and coupon.withdrawn_at is None
            and (factories.now() - coupon.issued_at).total_seconds() < 86_400
        )
        own: dict[str, Any] = {
            "shop_id": self.shop.id,
            "staff_id": self.shop.owner_id,
            "now": factories.now(),
        }
        said = self._why_not(lambda: coupon_gifts.withdraw_one(**own, coupon_id=coupon.id))
        assert said == ("" if may else "nothing_to_withdraw")

    @rule(which=_WHICH)
    def use_coupon(self, which: int) -> None:
        """Use one: it works when it lives, and never twice."""
        coupon = self._pick(Coupon, which)
        if coupon is None:
            return
        lives = (
            coupon.used_at is None
            and coupon.withdrawn_at is None
            and (coupon.expires_at is None or factories.now() < coupon.expires_at)
        )
        said = self._why_not(lambda: coupons.use(self.shop, coupon.id))
        assert said in (("", "not_together") if lives else ("coupon_gone", "coupon_withdrawn", "coupon_over"))

    @rule(which=_WHICH)
    def take_coupon_use_back(self, which: int) -> None:
        """사용 취소: once for a use; the coupon is its holder's again."""
        use = self._pick(CouponUse, which)
        if use is None:
            return
        stood = use.reversed_at is None  # read before: the row tells of what comes next
        said = self._why_not(lambda: coupons.undo(self.shop, use.id))
        assert said == ("" if stood else "nothing_to_undo")

    @rule(hours=st.sampled_from((1, 4, 25, 80)))
    def let_time_pass(self, hours: int) -> None:
        """The next visit, the next day, past the end of some."""
        self.clock.advance(hours=hours)

    def coupon_books(self) -> None:
        """Every count is what its coupons say, and nothing is in two states."""
        coupons.check(self.shop)

    def _why_not(self, work: Callable[[], object]) -> str:
        """Return why something was refused, in its short word; "" when it was done."""
        try:
            work()
        except Refused as refusal:
            return refusal.code
        return ""

    def _holder(self, number: int) -> ACustomer:
        return self.holders[number % len(self.holders)]

    def _pick(self, table: Any, number: int) -> Any:
        db.session.rollback()
        rows = list(
            db.session.scalars(db.select(table).where(table.shop_id == self.shop.id).order_by(table.id))
        )
        return rows[number % len(rows)] if rows else None
