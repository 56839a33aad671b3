"""Earning: one line of stamps and points, the rewards that follow from it, and the way back. Flush, never commit.

Every way to stamps goes through here, under the card's lock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.cards import promises
from app.cards.actions import ledger, lots, rewards
from app.cards.models import Card, CardRule, LedgerEntry
from app.cards.rules import filled


@dataclass
class Due:
    """What a line brought. `fills`: (the ledger's fill, the reward's name) of every card it filled; `stages`: names."""

    rule: CardRule  # the rule of the card that is being filled now
    fills: list[tuple[int, str]] = field(default_factory=list)
    stages: list[str] = field(default_factory=list)


def earn(
    session: Any,
    *,
    card: Card,
    rule: CardRule,
    stamps: int,
    amount: int | None,
    now: datetime,
    is_visit: bool = False,
    percent: int = 100,
    kind: str = "earn",
    **facts: Any,
) -> LedgerEntry:
    """Append a line of stamps and of the points that follow by the card's rule, with the lots behind it.

    `amount`: won of the purchase, None where it was not typed in; `is_visit`: the line begins a visit;
    `percent`: so much more of the points than usual, 100 = as usual. What has
    ended by now goes first. Call give_what_is_due() with the line afterwards.
    Raises IntegrityError when its once-key exists already.
    """
    lots.expire(session, card=card, now=now)
    entry = ledger.add_entry(
        session,
        card=card,
        kind=kind,
        delta=stamps,
        points=promises.points_for(rule, amount=amount, is_visit=is_visit, percent=percent),
        now=now,
        amount=amount,
        percent=percent,
        rule_id=rule.id,
        **facts,
    )
    if lots.keeps(card, rule):
        end = lots.end_of(session, rule=rule, shop_id=card.shop_id, now=now)
        restarts = rule.expiry == "activity"
        lots.note_earned(session, card=card, entry=entry, end=end, restarts=restarts, now=now)
    return entry


def correct_points(
    session: Any,
    *,
    card: Card,
    rule: CardRule,
    entry: LedgerEntry,
    points: int,
    now: datetime,
    how: str = "amount",
    end: lots.End | None = None,
) -> LedgerEntry:
    """Add or take points by a line that belongs to a stamp's: who takes that one back takes this one with it.

    `how`: amount (typed in later), or visit (the visit's own points, left by a stamp that was taken back).
    `end`: until when they count, None = as what is earned now.
    """
    lots.expire(session, card=card, now=now)
    line = ledger.add_entry(
        session,
        card=card,
        kind="adjust",
        delta=0,
        points=points,
        now=now,
        how=how,
        part_of_id=entry.id,
        visit_id=entry.visit_id,
    )
    if lots.keeps(card, rule):
        if points > 0 and end is None:
            end = lots.end_of(session, rule=rule, shop_id=card.shop_id, now=now)
        lots.note_earned(session, card=card, entry=line, end=end, restarts=False, now=now)
    return line


def give_what_is_due(
    session: Any, *, card: Card, rule: CardRule, earned: LedgerEntry, staff_id: int | None, now: datetime
) -> Due:
    """Give the stages a line reached and turn every card it filled into its reward; the rest begins the next card."""
    due = Due(rule)
    low = card.balance - earned.delta
    while True:
        for stage in promises.reached(due.rule, low=low, high=card.balance):
            if rewards.add_stage(session, card=card, stage=stage, entry=earned, now=now):
                due.stages.append(stage.name)
        if not filled(card.balance, due.rule.goal):
            return due
        _fill(session, card=card, due=due, earned=earned, staff_id=staff_id, now=now)
        low = 0


def _fill(
    session: Any, *, card: Card, due: Due, earned: LedgerEntry, staff_id: int | None, now: datetime
) -> None:
    rule = due.rule
    by = {} if staff_id is None else {"staff_id": staff_id}
    fill = ledger.add_entry(
        session,
        card=card,
        kind="fill",
        delta=-rule.goal,
        now=now,
        part_of_id=earned.id,
        rule_id=rule.id,
        **by,
    )
    rewards.add_reward(session, card=card, rule=rule, entry=fill, now=now)
    if lots.keeps(card, rule):
        lots.settle(session, card=card, entry=fill, now=now)
    card.round += 1
    due.fills.append((fill.id, rule.reward_name))
    if rule.ended_at is not None:
        # The next round is a new card: it gets what the shop promises now.
        due.rule = ledger.current_rule(session, shop_id=card.shop_id)
        card.rule_id = due.rule.id
        if lots.keeps(card, due.rule):
            lots.settle(session, card=card, entry=fill, now=now)
    session.flush()


def take_back(
    session: Any,
    *,
    card: Card,
    rule: CardRule,
    entry: LedgerEntry,
    staff_id: int | None,
    how: str = "",
    now: datetime,
) -> list[str]:
    """Turn an earning around: its stamps, its points, what they had brought and nobody used.

    What of it had ended meanwhile is not taken a second time. Returns the causes of letters that are no longer
    true. A used reward stays: then the balance is below zero and the next stamps settle it.
    Raises IntegrityError when it was turned around before.
    """
    lots.expire(session, card=card, now=now)
    by: dict[str, Any] = {"staff_id": staff_id, "now": now}
    round_before, high = card.round, card.balance
    turned = _turn_what_stands(session, card=card, rule=rule, entry=entry, how=how, **by)
    repaid = repay(
        session, card=card, rule=rule, round_before=round_before, high=high, since=entry.id, how=how, **by
    )
    if repaid:
        # An older card that is opened may hold more than the one that is being filled now promises for.
        rule = ledger.rule(session, shop_id=card.shop_id, rule_id=card.rule_id)
        if filled(card.balance, rule.goal):
            give_what_is_due(session, card=card, rule=rule, earned=turned, **by)
    return [f"stamp:{entry.id}", *repaid]


def repay(
    session: Any,
    *,
    card: Card,
    rule: CardRule,
    round_before: int,
    high: int,
    since: int,
    staff_id: int | None,
    owed: int | None = None,
    how: str = "",
    now: datetime,
) -> list[str]:
    """Take back what a card's stamps carry no more and nobody used: full cards while it owes, then stages.

    `round_before`, `high`: the card's round and its stamps before they were taken; `since`: the line that brought
    them. `owed`: of a card that is parted from another, what it had owed when that one came, 0 or below: what it
    had brought before does not pay for that, and stays as it was. Returns the causes of letters that are no
    longer true.
    """
    causes = []
    while card.balance < 0:
        newest = since if owed is not None and card.balance >= owed else 0
        fill_id = rewards.withdraw_newest(
            session, shop_id=card.shop_id, card_id=card.id, since=newest, now=now
        )
        if fill_id is None:
            break
        fill = ledger.entry(session, shop_id=card.shop_id, entry_id=fill_id)
        rule = _reopen(session, card=card, rule=rule, fill=fill, staff_id=staff_id, how=how, now=now)
        causes.append(f"fill:{fill_id}")
    # Of the card that is being filled: what lay between where it stood and where it stands.
    same = card.round == round_before
    stages = rewards.withdraw_stages(
        session,
        card=card,
        high=high if same else rule.goal,
        since=since,
        later=owed is None or not same,
        now=now,
    )
    return causes + [f"stage:{entry_id}" for entry_id in stages]


def give_back(
    session: Any,
    *,
    card: Card,
    rule: CardRule,
    entry: LedgerEntry,
    staff_id: int,
    how: str = "",
    now: datetime,
) -> LedgerEntry:
    """Turn a line of points around, spent or corrected; what of it had ended is not taken a second time.

    Raises IntegrityError when it was turned around before.
    """
    lots.expire(session, card=card, now=now)
    return _turn_what_stands(session, card=card, rule=rule, entry=entry, staff_id=staff_id, how=how, now=now)


def _turn_what_stands(
    session: Any,
    *,
    card: Card,
    rule: CardRule,
    entry: LedgerEntry,
    staff_id: int | None,
    how: str,
    now: datetime,
) -> LedgerEntry:
    """Turn a line around, and leave by a line of its own what had ended of it before."""
    turned = _turn(session, card=card, rule=rule, entry=entry, staff_id=staff_id, how=how, now=now)
    ended = lots.ended_of(session, entry=entry)
    if ended.stamps or ended.points:
        kept = ledger.add_entry(
            session,
            card=card,
            kind="adjust",
            delta=ended.stamps,
            points=ended.points,
            now=now,
            part_of_id=turned.id,
            reason="ended",
        )
        if lots.keeps(card, rule):
            lots.settle(session, card=card, entry=kept, now=now, reverses=turned)
    return turned


def _turn(
    session: Any,
    *,
    card: Card,
    rule: CardRule,
    entry: LedgerEntry,
    staff_id: int | None,
    how: str,
    now: datetime,
) -> LedgerEntry:
    at = {} if entry.visit_id is None else {"visit_id": entry.visit_id}
    turned = ledger.add_entry(
        session,
        card=card,
        kind="reverse",
        delta=-entry.delta,
        points=-entry.points,
        now=now,
        reverses_id=entry.id,
        staff_id=staff_id,
        how=how,
        **at,
    )
    if lots.keeps(card, rule):
        lots.settle(session, card=card, entry=turned, now=now, reverses=entry)
    return turned


def _reopen(
    session: Any,
    *,
    card: Card,
    rule: CardRule,
    fill: LedgerEntry,
    staff_id: int | None,
    how: str,
    now: datetime,
) -> CardRule:
    """Turn a full card back into its stamps; returns the rule that the card is under then."""
    round_before = rewards.round_of(session, shop_id=card.shop_id, fill_id=fill.id)
    if round_before == card.round - 1:
        # It was the last one: the card that began after it is gone, and with it what that one promised.
        card.round = round_before
        if fill.rule_id is not None and fill.rule_id != card.rule_id:
            card.rule_id = fill.rule_id
            rule = ledger.rule(session, shop_id=card.shop_id, rule_id=fill.rule_id)
    _turn(session, card=card, rule=rule, entry=fill, staff_id=staff_id, how=how, now=now)
    session.flush()
    return rule
