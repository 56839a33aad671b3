"""What is handed to people beside the card: a list for a tier with a mark for each, and the 덤 of the moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.cards.actions import ledger
from app.cards.models import Card
from app.customers import actions as people
from app.flows import audit
from app.flows.unit import write
from app.kit.refusals import NotHere, Refused
from app.tiers import actions as tiers
from app.tiers import queries, typed
from app.tiers.models import Gift, GiftGiven

_GONE = "찾으시는 선물 목록이 없어요. 목록을 새로 열어 주세요."


class GivenBefore(Refused):
    """The person has had it: somebody ticked them a moment ago."""

    code = "given_before"
    sentence = "이미 드린 것으로 표시돼 있어요."


@dataclass(frozen=True)
class Given:
    """What was handed over, to whom."""

    id: int
    customer_id: int
    gift_id: int | None
    what: str


def open_list(*, shop_id: int, staff_id: int, name: str, tier_id: int | None, now: datetime) -> int:
    """Open a list of everybody in a tier and above; returns its id. Raises Invalid, NotHere."""
    name = typed.clean_name(name, example="설 선물")
    with write() as session:
        if tier_id is None or queries.tier_of(shop_id=shop_id, tier_id=tier_id) is None:
            raise NotHere("찾으시는 등급이 없어요. 화면을 새로 열어 다시 골라 주세요.")
        made = Gift(shop_id=shop_id, name=name, tier_id=tier_id, created_at=now)
        session.add(made)
        session.flush()
        _note(session, shop_id=shop_id, staff_id=staff_id, detail="on", now=now)
        return made.id


def end_list(*, shop_id: int, staff_id: int, gift_id: int, now: datetime) -> None:
    """Close a list; who got what stays known. Raises NotHere, also the second time."""
    with write() as session:
        gift = tiers.living(session, Gift, shop_id=shop_id, row_id=gift_id)
        if gift is None:
            raise NotHere(_GONE)
        gift.ended_at = now
        session.flush()
        _note(session, shop_id=shop_id, staff_id=staff_id, detail="off", now=now)


def tick(*, shop_id: int, staff_id: int, gift_id: int, customer_id: int, once: str, now: datetime) -> Given:
    """Mark that a person was given what a list is for. The same tap gives the same answer.

    Two staff who tick the same person at once: one does, the other gets GivenBefore. Raises NotHere.
    """
    with write() as session:
        gift = tiers.living(session, Gift, shop_id=shop_id, row_id=gift_id)
        if gift is None:
            raise NotHere(_GONE)
        return _hand_over(
            session, shop_id=shop_id, staff_id=staff_id, customer_id=customer_id, gift_id=gift.id,
            what=gift.name, once=once, now=now,
        )  # fmt: skip


def give_extra(*, shop_id: int, staff_id: int, card_id: int, what: str, once: str, now: datetime) -> Given:
    """덤 드렸어요: note what a person was given on top. The same tap gives the same answer.

    Raises Invalid (field: name) without a word for it, NotHere for another shop's card.
    """
    what = typed.clean_name(what, example="쿠키 하나")
    with write() as session:
        found = ledger.card(session, shop_id=shop_id, where=Card.id == card_id)
        if found is None:
            raise NotHere("찾으시는 카드가 없어요. 손님께 카드를 다시 열어 달라고 해 주세요.")
        return _hand_over(
            session, shop_id=shop_id, staff_id=staff_id, customer_id=found[0].customer_id, gift_id=None,
            what=what, once=once, now=now,
        )  # fmt: skip


def _hand_over(
    session: Any,
    *,
    shop_id: int,
    staff_id: int,
    customer_id: int,
    gift_id: int | None,
    what: str,
    once: str,
    now: datetime,
) -> Given:
    if people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True) is None:
        raise NotHere("찾으시는 손님이 없어요. 목록을 새로 열어 주세요.")
    row = tiers.given_by_once(session, shop_id=shop_id, once=once) or tiers.add_given(
        session,
        shop_id=shop_id,
        customer_id=customer_id,
        gift_id=gift_id,
        what=what,
        once=once,
        staff_id=staff_id,
        at=now,
    )
    if row is None:
        raise GivenBefore
    return _given(row)


def take_back(*, shop_id: int, staff_id: int, given_id: int, now: datetime) -> Given:
    """Take a mark back that was a mistake; it stays written down who did. The second time changes nothing.

    Raises NotHere.
    """
    with write() as session:
        row = tiers.given(session, shop_id=shop_id, given_id=given_id)
        if row is None:
            raise NotHere("찾으시는 기록이 없어요. 화면을 새로 열어 주세요.")
        tiers.reverse_given(session, shop_id=shop_id, given_id=given_id, staff_id=staff_id, now=now)
        return _given(row)


def _given(row: GiftGiven) -> Given:
    return Given(row.id, row.customer_id, row.gift_id, row.what)


def _note(session: Any, *, shop_id: int, staff_id: int, detail: str, now: datetime) -> None:
    audit.note(session, shop_id=shop_id, what="gifts", staff_id=staff_id, detail=detail, now=now)
