"""Stamping: the order of checks that every way of stamping shares.

once-key → hard window → cooldown → cap → ledger → balance → reward → visit, day's sums, messages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.cards import rules
from app.cards.actions import claims, ledger, rewards
from app.cards.models import Card, CardRule, LedgerEntry
from app.cards.rules import AlreadyUsed, ForeignCode, NothingToUndo, OldCode, StampRefused
from app.customers import actions as people
from app.flows import at_visit, come_back, printed, stamp_worth
from app.flows import filled as full
from app.flows.unit import after_a_race, write
from app.insights import actions as sums
from app.kit.refusals import NotHere
from app.kit.signing import derive_key
from app.messages import gather, outbox
from app.shops import actions as shops
from app.visits import actions as visits


@dataclass(frozen=True)
class Found:
    """A card that is about to be stamped. `spent`: its code was used before; `printed`: it is the paper one."""

    card: Card
    rule: CardRule
    spent: bool = False
    printed: bool = False


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


def card_key(master: bytes, *, shop_id: int, card_id: int, version: int) -> bytes:
    """Return the key of a card's rotating code (HKDF of master, card and version)."""
    return derive_key(master, "card-code", str(shop_id), str(card_id), str(version))


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
) -> Stamped:
    """Stamp a card by its code (`code`, rotating or printed) or picked by the staff (`card_id`).

    `once` is the client's key: the same key gives the same answer. Raises UnknownCode, ForeignCode,
    OldCode, AlreadyUsed, TooSoon, OverCap, NotHere.
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
) -> Stamped:
    with write() as session:
        before = ledger.entry_by_once(session, shop_id=shop_id, once=once)
        if before is None:
            if code is not None:
                found = _card_by_code(session, shop_id=shop_id, text=code, master=master, now=now)
            else:
                found = _card_by_id(session, shop_id=shop_id, card_id=card_id)
            # Asked again under the card's lock: the same tap may have come twice at once.
            before = ledger.entry_by_once(session, shop_id=shop_id, once=once)
        if before is not None:
            return _same_answer(session, before)
        outcome = stamp_card(
            session,
            found=found,
            staff_id=staff_id,
            once=once,
            how="printed" if found.printed else how,  # the code itself says so, never the form
            override_reason=override_reason,
            now=now,
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
    unlimited: bool = False,
) -> Stamped | StampRefused:
    """Stamp inside the caller's transaction; a refusal is recorded and returned, not raised.

    `unlimited`: the owner looked at this very stamp, so neither window nor cap holds it up.
    Raises AlreadyUsed for a spent code, unless it is only the same tap again.
    """
    card, rule = found.card, found.rule
    earning = rules.Earning(rule.goal, rule.hard_window_s, rule.cooldown_s, rule.daily_cap)
    last = ledger.last_earn(session, shop_id=card.shop_id, card_id=card.id)
    last_at = last.at if last else None
    # 한 개 더 is a wish of its own, never an echo of the last tap.
    if (
        last is not None
        and how != "more"
        and not unlimited
        and rules.within_hard_window(rule=earning, last_at=last_at, now=now)
    ):
        return _answer(card, rule, last, filled=False, repeated=True)
    if found.spent:
        raise AlreadyUsed
    reason = rules.clean_reason(override_reason)
    facts = {"staff_id": staff_id, "how": how, "claim_id": claim_id}
    refusal = rules.may_stamp(
        rule=earning,
        last_at=last_at,
        today=ledger.earned_today(session, shop_id=card.shop_id, card_id=card.id, now=now),
        now=now,
        overridden=bool(reason) or how == "more",
    )
    if refusal is not None and not unlimited:
        ledger.note_refusal(session, card=card, reason=refusal.code, once=None, now=now, **_kept(facts))
        refusal.card_id = card.id
        return refusal
    person = people.customer(session, shop_id=card.shop_id, customer_id=card.customer_id, lock=True)
    if person is None:
        raise NotHere
    uses = shops.uses(session, shop_id=card.shop_id)
    stamps = stamp_worth.worth(session, card=card, uses=uses, now=now) if uses else 1
    before = person.last_visit_at
    visit, is_new_visit = visits.note_visit(
        session, shop_id=card.shop_id, person=person, staff_id=staff_id, now=now
    )
    entry = ledger.add_entry(
        session,
        card=card,
        kind="earn",
        delta=stamps,
        now=now,
        once=once,
        visit_id=visit.id,
        reason=reason,
        **_kept(facts),
    )
    claims.answer_waiting(session, card=card, entry=entry, staff_id=staff_id, now=now)
    fill_id = rewards.give_if_full(session, card=card, rule=rule, earned=entry, staff_id=staff_id, now=now)
    filled = fill_id is not None
    sums.count(
        session,
        shop_id=card.shop_id,
        at=now,
        stamps=stamps,
        visits=int(is_new_visit),
        returning_visits=int(is_new_visit and not visit.is_first),
        new_customers=int(is_new_visit and visit.is_first),
    )
    # The letter tells what the person saw land: the full card, not the empty one that follows it.
    seen = card.balance + (rule.goal if filled else 0)
    _messages(
        session,
        card=card,
        rule=rule,
        seen=seen,
        entry=entry,
        fill_id=fill_id,
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
    if is_new_visit and before is not None and now - before >= come_back.SHORTEST:
        come_back.they_came(session, shop_id=card.shop_id, customer_id=person.id, now=now)
    return _answer(card, rule, entry, filled=filled, repeated=False)


def _card_by_id(session: Any, *, shop_id: int, card_id: int | None) -> Found:
    found = ledger.card(session, shop_id=shop_id, where=Card.id == card_id, lock=True)
    if found is None:
        raise NotHere("찾으시는 카드가 없어요. 손님께 카드를 다시 열어 달라고 해 주세요.")
    return Found(*found)


def _card_by_code(session: Any, *, shop_id: int, text: str, master: bytes, now: datetime) -> Found:
    if rules.is_printed(text):
        return Found(*printed.card_by_print(session, shop_id=shop_id, text=text, master=master), printed=True)
    ref, mac = rules.read_code(text)
    found = ledger.card(session, shop_id=shop_id, where=Card.ref == ref, lock=True)
    if found is None:
        raise ForeignCode
    card, rule = found
    key = card_key(master, shop_id=shop_id, card_id=card.id, version=card.key_version)
    step = rules.matching_step(key=key, shop_id=shop_id, ref=ref, mac=mac, now=now)
    if step is None:
        raise OldCode
    fresh = ledger.consume_code(session, shop_id=shop_id, card_id=card.id, step=step, now=now)
    return Found(card, rule, spent=not fresh)


def _messages(
    session: Any,
    *,
    card: Card,
    rule: CardRule,
    seen: int,
    entry: LedgerEntry,
    fill_id: int | None,
    person: Any,
    is_new_visit: bool,
    now: datetime,
) -> None:
    facts = {"balance": seen, "goal": rule.goal, "reward": rule.reward_name}
    # Read once for both letters: nothing between them changes what they depend on.
    known = gather.look_up(session, shop_id=card.shop_id, customer_id=person.id, now=now)
    outbox.plan(
        session,
        shop_id=card.shop_id,
        customer_id=person.id,
        kind="stamp_receipt",
        cause=f"stamp:{entry.id}",
        due_at=now,
        not_after=now + timedelta(days=1),
        facts=facts,
        now=now,
        known=known,
    )
    if fill_id is not None:
        full.tell(session, card=card, rule=rule, fill_id=fill_id, now=now, known=known)
    if is_new_visit:
        outbox.plan(
            session,
            shop_id=card.shop_id,
            customer_id=person.id,
            kind="thank_you",
            cause=f"visit:{entry.visit_id}",
            due_at=now,  # the automation adds its own delay, the kind says how long it stays fresh
            facts=facts | {"visit_number": person.visit_count},
            now=now,
            known=known,
        )


def _same_answer(session: Any, entry: LedgerEntry) -> Stamped:
    found = ledger.card(session, shop_id=entry.shop_id, where=Card.id == entry.card_id)
    if found is None or entry.kind != "earn":
        raise NothingToUndo("이미 처리한 요청이에요.")
    return _answer(found[0], found[1], entry, filled=False, repeated=True)


def _answer(card: Card, rule: CardRule, entry: LedgerEntry, *, filled: bool, repeated: bool) -> Stamped:
    return Stamped(entry.id, card.id, card.customer_id, card.balance, rule.goal, filled, repeated)


def _kept(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}
