"""Refusals that do not come by a message's own link: by a number (080, a provider), or said to the shop.

Each has the same effect as the link: no ad goes to any address of the person, what waits is taken back, and
the result is told (망법 50조②⑦). A number nobody here has is kept as its keyed hash alone, for the day it comes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import select

from app.cards.actions import ledger
from app.customers import actions as people
from app.customers.models import Customer, Suppression
from app.extensions import db
from app.flows import audit, privacy
from app.flows.join import phone_key
from app.flows.unit import after_a_race, write
from app.kit.phone import korean_mobile
from app.kit.refusals import Invalid, NotHere

# Numbers of nobody here that are taken in one transaction; a flow that holds people holds one at a time.
_STEP = 100
MOST_LINES = 2_000
# What may stand between numbers in a carrier's list: a sheet's columns, a date beside each.
_BETWEEN = re.compile(r"[,;\t|\"']+")


@dataclass(frozen=True)
class ReadList:
    """What a list of refusals holds: numbers once each and in order, and the lines no number was found in."""

    numbers: tuple[str, ...]
    unread: tuple[str, ...]


@dataclass(frozen=True)
class Counted:
    """A list's numbers by what they mean to this shop."""

    known: int
    strange: int
    refused: int  # before already


def read_list(text: str) -> ReadList:
    """Return the Korean mobile numbers of a carrier's list, one or more a line, whatever stands beside them.

    A first line without any number is taken for the columns' names. Raises Invalid (field: list) when there is
    no number at all, or more than 2,000 lines.
    """
    lines = [line.strip() for line in text.replace("\ufeff", "").splitlines() if line.strip()]
    if len(lines) > MOST_LINES:
        raise Invalid({"list": f"한 번에 {MOST_LINES:,}줄까지 넣을 수 있어요. 나눠서 넣어 주세요."})
    numbers: dict[str, None] = {}
    unread: list[str] = []
    for place, line in enumerate(lines):
        found = [number for part in (line, *_BETWEEN.split(line)) if (number := _number(part)) is not None]
        numbers |= dict.fromkeys(found)
        if not found and (place or re.search(r"\d{7}", line)):
            unread.append(line[:40])
    if not numbers:
        raise Invalid(
            {"list": "휴대폰 번호를 찾지 못했어요. 한 줄에 번호 하나씩 넣어 주세요. 예: 010-1234-5678"}
        )
    return ReadList(tuple(numbers), tuple(unread))


def _number(part: str) -> str | None:
    # A number stands alone in its column: a date or an order's number beside others is none.
    return korean_mobile(part) if re.fullmatch(r"[\s+()\d.\-]{9,20}", part.strip()) else None


def count(*, shop_id: int, numbers: Sequence[str], master: bytes) -> Counted:
    """Tell what a list would bring, changing nothing."""
    keys = [phone_key(master, number) for number in numbers]
    refused: set[str] = set()
    known: set[str] = set()
    for some in _by_steps(keys, 500):
        refused |= set(
            db.session.scalars(
                select(Suppression.address_key).where(
                    Suppression.shop_id == shop_id,
                    Suppression.address_key.in_(some),
                    Suppression.lifted_at.is_(None),
                )
            )
        )
        mine = select(Customer.phone_key).where(
            Customer.shop_id == shop_id, Customer.phone_key.in_(some), Customer.erased_at.is_(None)
        )
        known |= set(db.session.scalars(mine))
    fresh = set(keys) - refused
    return Counted(known=len(fresh & known), strange=len(fresh - known), refused=len(refused))


def take_list(*, shop_id: int, numbers: Sequence[str], staff_id: int | None, now: datetime) -> int:
    """Refuse for every number of a list; returns how many were new. Taking the same list again changes nothing.

    Stopped half-way it has done its first half; the same list does the rest.
    """
    mine = _held_here(shop_id, numbers)
    new = 0
    for some in [[number] for number in numbers if number in mine] + _by_steps(
        [number for number in numbers if number not in mine], _STEP
    ):
        new += after_a_race(partial(_take, shop_id, some, now))
    if new:
        with write() as session:
            audit.note(session, shop_id=shop_id, what="refusals", staff_id=staff_id, detail=str(new), now=now)
    return new


def _held_here(shop_id: int, numbers: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for some in _by_steps(list(numbers), 500):
        mine = select(Customer.phone).where(Customer.shop_id == shop_id, Customer.phone.in_(some))
        found |= {phone for phone in db.session.scalars(mine) if phone is not None}
    return found


def _take(shop_id: int, numbers: Sequence[str], now: datetime) -> int:
    with write() as session:
        taken = [
            privacy.opt_out_number(session, shop_id=shop_id, phone=number, source="080", now=now)
            for number in numbers
        ]
        return sum(each.is_new for each in taken)


def said_to_shop(*, shop_id: int, customer_id: int, staff_id: int | None, now: datetime) -> bool:
    """Take "문자 그만 받을게요" as it was said at the counter or written back; returns whether it was new.

    Raises NotHere for another shop's person or one who left.
    """
    return after_a_race(lambda: _said(shop_id, customer_id, staff_id, now))


def _said(shop_id: int, customer_id: int, staff_id: int | None, now: datetime) -> bool:
    with write() as session:
        ledger.hold_card(session, shop_id=shop_id, customer_id=customer_id)
        person = people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True)
        if person is None:
            raise NotHere
        is_new = privacy.refuse_all(session, person=person, source="staff", now=now)
        if is_new:
            audit.note(
                session,
                shop_id=shop_id,
                what="refusal",
                staff_id=staff_id,
                subject=f"customer:{customer_id}",
                now=now,
            )
        return is_new


def _by_steps(items: list[str], size: int) -> list[list[str]]:
    return [items[at : at + size] for at in range(0, len(items), size)]
