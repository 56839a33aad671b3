"""Tiers: who stands where, looked at with every visit and every night. Up at once, down with grace and told before.

Who moves by a visit or with time is told; whom a change of the shop's rule places is not (flows/tier_rules.py).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.cards.actions import ledger, merged
from app.cards.models import Card
from app.customers import actions as people
from app.flows import coupon_rules
from app.flows.unit import end_reading, write
from app.kit.clock import kst_day
from app.kit.korean import day_name
from app.messages import outbox, recall
from app.shops import actions as shops
from app.tiers import actions as tiers
from app.tiers import forecast, queries, rules
from app.tiers.queries import Look
from app.tiers.rules import Move
from app.tiers.wording import last_day

KIND = "tier_changed"
# One transaction moves so many: a stamp waits no longer than this takes.
_AT_ONCE = 20


def look_again(
    session: Any,
    *,
    shop_id: int,
    customer_id: int,
    now: datetime,
    visit_id: int | None = None,
    why: str = "visit",
) -> None:
    """See whether a person's visits bring another tier now, inside the caller's transaction and under their row.

    One statement while nothing changes. `visit_id`: the visit that has just begun; what it brings goes with it.
    """
    seen = queries.look(shop_id=shop_id, customer_id=customer_id, now=now)
    if seen is None:
        return
    move = rules.judge(
        policy=seen.policy, levels=seen.levels, stands=seen.stands, amount=seen.amount, now=now
    )
    if move is None:
        return
    _Mover(session, shop_id, customer_id, seen, visit_id, why, now).do(move)


def take_back(session: Any, *, shop_id: int, customer_id: int, visit_id: int, now: datetime) -> None:
    """A visit was undone: a tier it had brought goes at once, without grace, and the rest is looked at again."""
    change = tiers.change_by_visit(session, shop_id=shop_id, customer_id=customer_id, visit_id=visit_id)
    if change is not None:
        change.reversed_at = now
        session.flush()
        seen = queries.look(shop_id=shop_id, customer_id=customer_id, now=now)
        if seen is not None and seen.stands.tier_id == change.to_id:
            who: dict[str, Any] = {"shop_id": shop_id, "customer_id": customer_id}
            if change.stood_since is None:
                tiers.drop_standing(session, **who)
            else:
                back: dict[str, Any] = {"tier_id": change.from_id, "since": change.stood_since}
                tiers.put_standing(session, **who, **back, grace_until=None, why="undo")
    look_again(session, shop_id=shop_id, customer_id=customer_id, now=now, why="undo")


def move_for(*, shop_id: int, now: datetime, stop: Callable[[], bool] = lambda: False) -> int:
    """Nightly: move everybody of a shop whom time has moved; returns how many were looked at closely.

    One statement finds them; each is judged again under their row. Stops between two steps when asked to.
    """
    with write() as session:
        if "tiers" not in shops.uses(session, shop_id=shop_id):
            return 0
        policy, levels = queries.policy_of(shop_id), [tier.level for tier in queries.tiers_of(shop_id)]
    if policy is None:
        return 0
    due = forecast.to_move(shop_id=shop_id, policy=policy, levels=levels, now=now)
    end_reading()
    done = 0
    for first in range(0, len(due), _AT_ONCE):
        if stop():
            break
        with write() as session:
            some = due[first : first + _AT_ONCE]
            merged.hold_cards(session, shop_id=shop_id, customer_ids=tuple(some))
            for customer_id in some:
                if people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True) is None:
                    continue  # left since we looked
                look_again(session, shop_id=shop_id, customer_id=customer_id, now=now, why="night")
                done += 1
    return done


class _Mover:
    """One person's move and what follows from it."""

    def __init__(
        self,
        session: Any,
        shop_id: int,
        customer_id: int,
        seen: Look,
        visit_id: int | None,
        why: str,
        now: datetime,
    ) -> None:
        self.session, self.seen, self.visit_id, self.why, self.now = session, seen, visit_id, why, now
        self.who: dict[str, Any] = {"shop_id": shop_id, "customer_id": customer_id}

    def do(self, move: Move) -> None:
        """Write the move down, tell it, and give what entering brings."""
        if move.kind in ("grace", "held"):
            tiers.set_grace(self.session, **self.who, until=move.grace_until)
        else:
            self._go(move)
        if move.kind == "held":
            # They came in time: what still waits to warn them is not sent.
            recall.cancel(
                self.session,
                **self.who,
                kind=KIND,
                reason="기준을 다시 채우셔서 보내지 않아요.",
                now=self.now,
            )
        elif move.grace_until is not None:
            until = last_day(move.grace_until)
            self._tell("grace", move.tier_id, f"grace:{kst_day(self.now):%y%m%d}:{self.who['customer_id']}",
                       until=day_name(until, kst_day(self.now)))  # fmt: skip
        if self.why != "visit":  # a stamp has told the open page already
            found = ledger.card(
                self.session,
                shop_id=self.who["shop_id"],
                where=Card.customer_id == self.who["customer_id"],
            )
            if found is not None:
                ledger.touch(self.session, shop_id=self.who["shop_id"], card_id=found[0].id)

    def _go(self, move: Move) -> None:
        change = tiers.add_change(
            self.session,
            **self.who,
            now=self.now,
            from_id=self.seen.stands.tier_id,
            to_id=move.tier_id,
            why=self.why,
            visit_id=self.visit_id,
            stood_since=self.seen.since,
        )
        tiers.put_standing(
            self.session, **self.who, tier_id=move.tier_id, since=self.now, grace_until=None, why=self.why
        )
        # With its visit the letter and the coupon are taken back too (flows/undo.py knows them by it).
        cause = f"visit:{self.visit_id}" if self.visit_id is not None else f"tier:{change.id}"
        self._tell(move.kind, move.tier_id, cause)
        if move.kind == "up" and move.tier_id is not None:
            self._give_entry_coupon(move.tier_id, change.id, cause)

    def _give_entry_coupon(self, tier_id: int, change_id: int, cause: str) -> None:
        """Give what entering brings, once a person and tier: who falls and climbs again does not earn it again."""
        tier = self.seen.named(tier_id)
        if tier is None or "coupons" not in shops.uses(self.session, shop_id=self.who["shop_id"]):
            return
        if tiers.has_entered(self.session, **self.who, tier_id=tier_id, but=change_id):
            return
        if tier.coupon_kind_id is not None:
            coupon_rules.give_kind(
                self.session, **self.who, kind_id=tier.coupon_kind_id, cause=cause, now=self.now
            )
        coupon_rules.give(self.session, **self.who, rule="tier", cause=cause, now=self.now)

    def _tell(self, how: str, tier_id: int | None, cause: str, *, until: str = "") -> None:
        tier = self.seen.named(tier_id)
        outbox.plan(
            self.session,
            **self.who,
            kind=KIND,
            cause=cause,
            due_at=self.now,
            facts={
                "how": how,
                "tier": tier.name if tier else "",
                "until": until,
                "code": shops.shop(self.session, shop_id=self.who["shop_id"]).code,
            },
            now=self.now,
        )
