"""State-machine rules for coupons: give, use, take a use back, withdraw, let time pass, lose a visit.

A mixin: a machine that has `shop`, `holders` (ACustomer) and `clock`, set before the first rule, adds it and
calls coupon_books() among its invariants.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from app.coupons.models import Coupon, CouponKind, CouponUse
from app.extensions import db
from app.flows import coupon, coupon_gifts, spending
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
        room = self._room(holder, kind_id)
        made = coupons.give(self.shop, holder, kind_id, cause=f"m:{cause}")
        assert made is None or room
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
        if coupon is None or self._holder_of(coupon) is None:
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
        """Use one: its holder shows the card; it works when it lives, and never twice."""
        coupon_row = self._pick(Coupon, which)
        holder = self._holder_of(coupon_row)
        if coupon_row is None or holder is None:
            return
        self.clock.advance(seconds=31)  # a code of its own
        lives = (
            coupon_row.used_at is None
            and coupon_row.withdrawn_at is None
            and (coupon_row.expires_at is None or factories.now() < coupon_row.expires_at)
        )
        own: dict[str, Any] = {"shop_id": self.shop.id, "staff_id": self.shop.owner_id}

        def use() -> None:
            used = coupon.use(**own, coupon_id=coupon_row.id, once=once, now=factories.now())
            if not used.repeated:
                self.coupon_used(holder, used.use_id)

        once = factories.once()
        spending.look(**own, code=factories.a_code(holder), master=factories.master(), now=factories.now())
        self.card_shown(holder)
        said = self._why_not(use)
        assert said in (("", "not_together") if lives else ("coupon_gone", "coupon_withdrawn", "coupon_over"))
        if not said:
            use()  # the same press again is the same answer

    @rule(which=_WHICH)
    def take_coupon_use_back(self, which: int) -> None:
        """사용 취소: once for a use; the coupon is its holder's again."""
        use = self._pick(CouponUse, which)
        if use is None or self._holder_of(db.session.get(Coupon, use.coupon_id)) is None:
            return
        stood, use_id, entry_id = use.reversed_at is None, use.id, use.entry_id
        own: dict[str, Any] = {"shop_id": self.shop.id, "staff_id": self.shop.owner_id}
        said = self._why_not(lambda: coupon.undo_use(**own, use_id=use_id, now=factories.now()))
        assert said == ("" if stood else "nothing_to_undo")
        if stood and entry_id is not None:
            self.coupon_stamps_back(entry_id)

    def coupon_used(self, holder: ACustomer, use_id: int) -> None:
        """A coupon was used: what else a machine keeps of it."""

    def card_shown(self, holder: ACustomer) -> None:
        """The live card was at the counter."""

    def coupon_stamps_back(self, entry_id: int) -> None:
        """The stamps that a coupon had brought are taken back, unless they were before."""

    @rule(hours=st.sampled_from((1, 4, 25, 80)))
    def let_time_pass(self, hours: int) -> None:
        """The next visit, the next day, past the end of some."""
        self.clock.advance(hours=hours)

    def coupon_books(self, *, merged: bool = False) -> None:
        """Every count is what its coupons say, and nothing is in two states.

        `merged`: two people became one, who may hold what each of them was given.
        """
        if not merged:
            coupons.check(self.shop)
            return
        db.session.rollback()
        every = list(db.session.scalars(db.select(Coupon).where(Coupon.shop_id == self.shop.id)))
        for kind in db.session.scalars(db.select(CouponKind).where(CouponKind.shop_id == self.shop.id)):
            out = [each for each in every if each.kind_id == kind.id and each.withdrawn_at is None]
            assert kind.issued == len(out)
            assert not kind.total or kind.issued <= kind.total
        standing = list(
            db.session.scalars(db.select(CouponUse.coupon_id).where(CouponUse.reversed_at.is_(None)))
        )
        for each in every:
            assert standing.count(each.id) == (1 if each.used_at else 0)
            assert not (each.used_at and each.withdrawn_at)

    def _why_not(self, work: Callable[[], object]) -> str:
        """Return why something was refused, in its short word; "" when it was done."""
        try:
            work()
        except Refused as refusal:
            return refusal.code
        return ""

    def _holder(self, number: int) -> ACustomer:
        return self.holders[number % len(self.holders)]

    def _holder_of(self, coupon_row: Coupon | None) -> ACustomer | None:
        """Return who holds a coupon, None when that person went into another one."""
        whose = 0 if coupon_row is None else coupon_row.customer_id
        return next((each for each in self.holders if each.id == whose), None)

    def _room(self, holder: ACustomer, kind_id: int) -> bool:
        """Return whether one more of a kind may go out, in all and to this person."""
        db.session.rollback()
        kind = db.session.scalars(db.select(CouponKind).where(CouponKind.id == kind_id)).one()
        out = list(
            db.session.scalars(
                db.select(Coupon.customer_id).where(Coupon.kind_id == kind_id, Coupon.withdrawn_at.is_(None))
            )
        )
        mine = out.count(holder.id)
        return not (kind.total and len(out) >= kind.total) and not (
            kind.per_person and mine >= kind.per_person
        )

    def _pick(self, table: Any, number: int) -> Any:
        db.session.rollback()
        rows = list(
            db.session.scalars(db.select(table).where(table.shop_id == self.shop.id).order_by(table.id))
        )
        return rows[number % len(rows)] if rows else None
