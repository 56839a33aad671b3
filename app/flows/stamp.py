"""Stamping: the order of checks that every way of stamping shares.

once-key → hard window → cooldown → cap → ledger → balance → reward → visit, day's sums, messages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.cards import rules
from app.cards.actions import claims, earning, ledger
from app.cards.models import Card, CardRule, LedgerEntry
from app.cards.rules import AlreadyUsed, NothingToUndo
from app.customers import actions as people
from app.flows import at_visit, come_back, news, own_card, staff_limits, stamp_letters, stamp_worth
from app.flows.at_counter import Found, card_by_code, card_by_id, written_down
from app.flows.unit import after_a_race, write
from app.insights import actions as sums
from app.kit.refusals import NotHere, Refused
from app.shops import actions as shops
from app.tiers.rules import AS_USUAL
from app.visits import actions as visits


@dataclass(frozen=True)
class Stamped:
    """What a stamp brought. `repeated`: the same tap again, nothing new happened."""

    entry_id: int
    card_id: int
    customer_id: int
    balance: int
    goal: int
    filled: bool
    repeated: bool


def give(
    *,
    shop_id: int,
    staff_id: int,
    once: str,
    now: datetime,
    master: bytes,
    how: str,
    code: str | None = None,
    card_id: int | None = None,
    override_reason: str | None = None,
    amount: int | None = None,
    count: int = 1,
) -> Stamped:
    """Stamp a card by its code (`code`, rotating or printed) or picked by the staff (`card_id`).

    `once` is the client's key: the same key gives the same answer. `amount`: won of the purchase, put on the
    visit. `count`: stamps in one go. Raises UnknownCode, ForeignCode, OldCode, AlreadyUsed, TooSoon, OverCap,
    OverScan, NotHere.
    """
    return after_a_race(
        lambda: _give(
            shop_id=shop_id,
            staff_id=staff_id,
            once=once,
            now=now,
            master=master,
            how=how,
            code=code,
            card_id=card_id,
            override_reason=override_reason,
            amount=amount,
            count=count,
        )
    )


def _give(
    *,
    shop_id: int,
    staff_id: int,
    once: str,
    now: datetime,
    master: bytes,
    how: str,
    code: str | None,
    card_id: int | None,
    override_reason: str | None,
    amount: int | None,
    count: int,
) -> Stamped:
    found: Found | Refused
    with write() as session:
        before = ledger.entry_by_once(session, shop_id=shop_id, once=once)
        if before is None:
            if code is None:
                found = card_by_id(session, shop_id=shop_id, card_id=card_id)
            else:
                found = card_by_code(
                    session, shop_id=shop_id, text=code, staff_id=staff_id, how=how, master=master, now=now
                )
            # Asked again under the card's lock: the same tap may have come twice at once.
            before = ledger.entry_by_once(session, shop_id=shop_id, once=once)
        if before is not None:
            return _same_answer(session, before)
        outcome: Stamped | Refused = (
            found
            if isinstance(found, Refused)
            else stamp_card(
                session,
                found=found,
                staff_id=staff_id,
                once=once,
                how="printed" if found.printed else how,  # the code itself says so, never the form
                override_reason=override_reason,
                now=now,
                amount=amount,
                count=count,
            )
        )
        if isinstance(outcome, Stamped):
            return outcome
    # The refusal is written down with its reason: the transaction commits before it is raised.
    raise outcome


def stamp_card(
    session: Any,
    *,
    found: Found,
    staff_id: int,
    once: str,
    how: str,
    override_reason: str | None,
    now: datetime,
    claim_id: int | None = None,
    amount: int | None = None,
    count: int = 1,
    unlimited: bool = False,
) -> Stamped | Refused:
    """Stamp inside the caller's transaction; a refusal is recorded and returned, not raised.

    A spent code is refused, unless it is only the same tap again. `unlimited`: the owner looked at this very
    stamp, so neither window nor cap holds it up.
    """
    card, rule = found.card, found.rule
    limits = rules.Earning(rule.goal, rule.hard_window_s, rule.cooldown_s, rule.daily_cap, rule.scan_cap)
    last = ledger.last_earn(session, shop_id=card.shop_id, card_id=card.id)
    last_at = last.at if last else None
    # 한 개 더 is a wish of its own, never an echo of the last tap.
    if (
        last is not None
        and how != "more"
        and not unlimited
        and rules.within_hard_window(rule=limits, last_at=last_at, now=now)
    ):
        return _answer(card, rule, last, filled=False, repeated=True)
    facts = {"staff_id": staff_id, "how": how, "claim_id": claim_id}
    if found.spent:
        return written_down(session, card=card, refusal=AlreadyUsed(), now=now, **facts)
    reason = rules.clean_reason(override_reason)
    refusal = rules.may_stamp(
        rule=limits,
        last_at=last_at,
        today=ledger.earned_today(session, shop_id=card.shop_id, card_id=card.id, now=now),
        now=now,
        overridden=bool(reason) or how == "more",
        count=count,
    )
    if refusal is not None and not unlimited:
        return written_down(session, card=card, refusal=refusal, now=now, **facts)
    person = people.customer(session, shop_id=card.shop_id, customer_id=card.customer_id, lock=True)
    if person is None:
        raise NotHere
    refusal = own_card.refusal(
        session, shop_id=card.shop_id, staff_id=staff_id, person=person, card_id=card.id
    ) or staff_limits.too_many_overrides(session, card=card, staff_id=staff_id, reason=reason, now=now)
    if refusal is not None:
        return written_down(session, card=card, refusal=refusal, now=now, **facts)
    uses = shops.uses(session, shop_id=card.shop_id)
    worth = stamp_worth.look(session, card=card, uses=uses, now=now) if uses else AS_USUAL
    stamps = count * worth.stamps
    before = person.last_visit_at
    visit, is_new_visit = visits.note_visit(
        session, shop_id=card.shop_id, person=person, staff_id=staff_id, now=now
    )
    if amount is not None and visits.is_open(visit):
        had, visit.amount = visit.amount, (visit.amount or 0) + amount
        person.stale_at = now
        if not is_new_visit:
            # Its own day, which a visit around midnight may have begun before.
            sums.count_amount(session, shop_id=card.shop_id, at=visit.at, before=had, after=visit.amount)
    entry = earning.earn(
        session,
        card=card,
        rule=rule,
        stamps=stamps,
        amount=amount,
        is_visit=is_new_visit,
        percent=worth.percent,
        now=now,
        once=once,
        visit_id=visit.id,
        reason=reason,
        boosted=worth.why if stamps > 1 else "",
        **_kept(facts),
    )
    claims.answer_waiting(session, card=card, entry=entry, staff_id=staff_id, now=now)
    # The letter tells what the person saw land: the full card, not the empty one that follows it.
    seen = min(card.balance, rule.goal)
    due = earning.give_what_is_due(session, card=card, rule=rule, earned=entry, staff_id=staff_id, now=now)
    sums.count(
        session,
        shop_id=card.shop_id,
        at=now,
        stamps=stamps,
        visits=int(is_new_visit),
        returning_visits=int(is_new_visit and not visit.is_first),
        new_customers=int(is_new_visit and visit.is_first),
        **({"sales": amount or 0, "priced": int(amount is not None)} if is_new_visit else {}),
    )
    if is_new_visit and not visit.is_first and person.first_visit_at == visit.at:
        sums.touch(
            session, shop_id=card.shop_id, customer_ids=(person.id,)
        )  # it came late, and was the first
    stamp_letters.plan(
        session,
        card=card,
        rule=rule,
        seen=seen,
        entry=entry,
        due=due,
        person=person,
        is_new_visit=is_new_visit,
        now=now,
    )
    if is_new_visit and uses:
        at_visit.came(
            session,
            shop_id=card.shop_id,
            customer_id=person.id,
            visit_id=visit.id,
            is_first=visit.is_first,
            uses=uses,
            now=now,
        )
        news.visit_created(session, visit=visit, uses=uses, now=now)
    if is_new_visit and before is not None and now - before >= come_back.SHORTEST:
        away = now - before
        come_back.they_came(session, shop_id=card.shop_id, customer_id=person.id, away=away, now=now)
    return _answer(card, due.rule, entry, filled=bool(due.fills), repeated=False)


def _same_answer(session: Any, entry: LedgerEntry) -> Stamped:
    found = ledger.card(session, shop_id=entry.shop_id, where=Card.id == entry.card_id)
    if found is None or entry.kind != "earn":
        raise NothingToUndo("이미 처리한 요청이에요.")
    return _answer(found[0], found[1], entry, filled=False, repeated=True)


def _answer(card: Card, rule: CardRule, entry: LedgerEntry, *, filled: bool, repeated: bool) -> Stamped:
    return Stamped(entry.id, card.id, card.customer_id, card.balance, rule.goal, filled, repeated)


def _kept(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}
