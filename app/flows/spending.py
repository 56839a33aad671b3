"""적립은 쉽게, 사용은 확인: before a reward, points or a coupon are spent, its holder is checked.

The card itself is best: scanned, or asked from, within the last two minutes. Without it somebody of the staff
says what they looked at, types their own PIN where they have one, and it is written down.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.cards import checks, rules
from app.cards.actions import ledger
from app.cards.counter_models import CardCheck
from app.cards.models import Card
from app.cards.rules import AlreadyUsed
from app.flows import own_card, sharing
from app.flows.at_counter import card_by_code, written_down
from app.flows.unit import write
from app.kit.clock import kst_day, start_of_day
from app.kit.refusals import Invalid, NotHere, Refused
from app.shops import actions as shops

# What a person may look at instead of the card.
WHAT = ("number", "known", "paper")
CHECKS_PER_CARD, CHECKS_PER_STAFF = 1, 10  # a day


class NotProven(Refused):
    """Nobody has looked whose card this is."""

    code = "not_proven"
    sentence = "쓰기 전에 손님 카드를 찍어 주세요. 카드가 없으면 ‘카드 없이 확인하기’를 눌러 주세요."


class CheckedBefore(Refused):
    """This card was spent from without being here today already."""

    code = "checked_before"
    sentence = "이 카드는 오늘 이미 한 번 카드 없이 확인했어요. 이번에는 손님 카드의 QR을 찍어 주세요."


class TooManyChecks(Refused):
    """This person has looked at people instead of cards so often today that it is no exception any more."""

    code = "too_many_checks"
    sentence = f"카드 없이 확인하기는 하루에 {CHECKS_PER_STAFF}번까지예요. 손님 카드의 QR을 찍어 주세요."


class PaperProvesNothing(Refused):
    """A printed card was scanned where the live one is asked for."""

    code = "paper_proves_nothing"
    status = 422
    sentence = (
        "종이 카드는 베껴 쓸 수 있어서 찍어도 쓸 수 없어요. ‘카드 없이 확인하기’에서 종이 카드를 골라 주세요."
    )


@dataclass(frozen=True)
class Check:
    """What the staff says they looked at, where the live card is not here. "" = nothing was said."""

    what: str = ""  # number | known | paper
    pin: str = ""


def proof(session: Any, *, shop_id: int, card_id: int, staff_id: int, now: datetime) -> str:
    """Return how the holder of a card was checked: live_card or staff_check.

    Within LIVE_SECONDS the card was scanned, or asked by its holder, or the staff looked at the person
    (`look`, `note_check`). Raises NotProven, and OwnCard, which wants own_card.kept() around the flow's `with`.
    """
    own_card.check(session, shop_id=shop_id, staff_id=staff_id, card_id=card_id)
    how = checks.how_checked(shop_id=shop_id, card_id=card_id, now=now)
    if not how:
        raise NotProven
    return how


def look(*, shop_id: int, staff_id: int, code: str, master: bytes, now: datetime) -> int:
    """Take the card's live code as proof that it is here, without a stamp; returns the card's id.

    The code is spent by it (S01). Raises UnknownCode, ForeignCode, OldCode, AlreadyUsed, PaperProvesNothing.
    """
    if rules.is_printed(code):
        raise PaperProvesNothing
    with write() as session:
        found = card_by_code(
            session, shop_id=shop_id, text=code, staff_id=staff_id, how="look", master=master, now=now
        )
        if not isinstance(found, Refused) and found.spent:
            found = written_down(
                session, card=found.card, refusal=AlreadyUsed(), now=now, staff_id=staff_id, how="look"
            )
        if not isinstance(found, Refused):
            _add(session, card=found.card, staff_id=staff_id, what="live", now=now)
            return found.card.id
    raise found


def note_check(
    *, shop_id: int, card_id: int, staff_id: int, session_id: int, check: Check, now: datetime
) -> None:
    """Write down what the staff looked at instead of the card: what is on it can be spent for two minutes.

    `session_id`: the browser, for counting wrong PINs (sharing.prove_pin). Raises Invalid (fields: check,
    pin), CheckedBefore, TooManyChecks, TooManyPins, PinUsedUp, NotHere.
    """
    if check.what not in WHAT:
        raise Invalid({"check": "무엇을 확인했는지 골라 주세요."})
    sharing.prove_pin(shop_id=shop_id, session_id=session_id, staff_id=staff_id, pin=check.pin, now=now)
    with write() as session:
        _write_down(session, shop_id=shop_id, card_id=card_id, staff_id=staff_id, what=check.what, now=now)


def _write_down(session: Any, *, shop_id: int, card_id: int, staff_id: int, what: str, now: datetime) -> None:
    # Under the card's lock and then the person's: two at once never make one more than a day allows.
    found = ledger.card(session, shop_id=shop_id, where=Card.id == card_id, lock=True)
    if found is None:
        raise NotHere("찾으시는 카드가 없어요. 손님께 카드를 다시 열어 달라고 해 주세요.")
    if checks.how_checked(shop_id=shop_id, card_id=card_id, now=now):
        return  # the same press a moment ago, or the card has come meanwhile
    shops.hold_staff(session, shop_id=shop_id, staff_id=staff_id)
    today = start_of_day(kst_day(now))
    if checks.count_without_card(shop_id=shop_id, since=today, card_id=card_id) >= CHECKS_PER_CARD:
        raise CheckedBefore
    if checks.count_without_card(shop_id=shop_id, since=today, staff_id=staff_id) >= CHECKS_PER_STAFF:
        raise TooManyChecks
    _add(session, card=found[0], staff_id=staff_id, what=what, now=now)


def _add(session: Any, *, card: Card, staff_id: int, what: str, now: datetime) -> None:
    session.add(
        CardCheck(
            shop_id=card.shop_id,
            card_id=card.id,
            customer_id=card.customer_id,
            staff_id=staff_id,
            what=what,
            at=now,
        )
    )
    session.flush()
    if what != "live":
        ledger.touch(session, shop_id=card.shop_id, card_id=card.id)
