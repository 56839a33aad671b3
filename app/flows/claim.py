"""도장 받기: the customer asks, both see the same word, one tap approves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.cards import rules
from app.cards.actions import claims, ledger
from app.cards.models import Card
from app.cards.rules import AlreadyUsed, ClaimGone
from app.flows.at_counter import Found
from app.flows.stamp import Stamped, stamp_card
from app.flows.unit import after_a_race, write
from app.kit.clock import next_minute_of_day
from app.kit.refusals import NotHere, Refused
from app.kit.words import MATCHING_WORDS
from app.shops import actions as shops


@dataclass(frozen=True)
class Asked:
    """A claim that is waiting, and the word to say."""

    claim_id: int
    word: str


def ask(*, shop_id: int, card_id: int, once: str, now: datetime, via: str = "card") -> Asked:
    """Put the card in the shop's list; asking again while waiting gives the same claim.

    `via`: card (its own button) | counter (the QR at the counter, opened by who holds the card). The claim
    waits until the shop's next closing time. Raises NotHere for a closed card.
    """

    def asked() -> Asked:
        with write() as session:
            return ask_in(session, shop_id=shop_id, card_id=card_id, once=once, via=via, now=now)

    return after_a_race(asked)


def ask_in(session: Any, *, shop_id: int, card_id: int, once: str, via: str, now: datetime) -> Asked:
    """Do the same inside the caller's transaction, which is tried again after a race; `via` may be kiosk."""
    claim = claims.claim_by_once(session, shop_id=shop_id, once=once) or claims.waiting_claim(
        session, shop_id=shop_id, card_id=card_id
    )
    if claim is not None and claim.once != once and claim.expires_at <= now:
        # The shop closed and the clock has not been round yet: yesterday's claim makes room.
        claims.decide_claim(
            session, shop_id=shop_id, claim_id=claim.id, state="expired", staff_id=None, now=now
        )
        claim = None
    if claim is None:
        found = ledger.card(session, shop_id=shop_id, where=Card.id == card_id, lock=True)
        if found is None:
            raise NotHere
        shop = shops.shop(session, shop_id=shop_id)
        word = rules.free_word(
            MATCHING_WORDS,
            claims.waiting_words(session, shop_id=shop_id),
            claims.pick_word_index(len(MATCHING_WORDS)),
        )
        claim = claims.add_claim(
            session,
            card=found[0],
            word=word,
            once=once,
            via=via,
            expires_at=next_minute_of_day(now, shop.close_minute),
            now=now,
        )
    elif claim.card_id != card_id:
        raise NotHere
    return Asked(claim.id, claim.word)


def approve(
    *,
    shop_id: int,
    claim_id: int,
    staff_id: int,
    once: str,
    now: datetime,
    override_reason: str | None = None,
    amount: int | None = None,
) -> Stamped:
    """Stamp the card of a waiting claim. Twice gives one stamp and the same answer.

    A refused stamp (too soon, over the cap) leaves the claim waiting, so that the staff may override.
    `amount`: won of the purchase, put on the visit.
    Raises ClaimGone, TooSoon, OverCap.
    """
    return after_a_race(
        lambda: _approve(
            shop_id=shop_id,
            claim_id=claim_id,
            staff_id=staff_id,
            once=once,
            now=now,
            override_reason=override_reason,
            amount=amount,
        )
    )


def _approve(
    *,
    shop_id: int,
    claim_id: int,
    staff_id: int,
    once: str,
    now: datetime,
    override_reason: str | None,
    amount: int | None,
) -> Stamped:
    with write() as session:
        claim = claims.find_claim(session, shop_id=shop_id, claim_id=claim_id)
        if claim is None:
            raise NotHere
        found = ledger.card(session, shop_id=shop_id, where=Card.id == claim.card_id, lock=True)
        # Read again under the card's lock: somebody may have decided it meanwhile.
        claim = claims.find_claim(session, shop_id=shop_id, claim_id=claim_id)
        if found is None or claim is None:
            raise ClaimGone
        entry = ledger.entry_by_claim(session, claim=claim)
        if entry is not None:
            return Stamped(
                entry.id,
                entry.card_id,
                entry.customer_id,
                found[0].balance,
                found[1].goal,
                filled=False,
                repeated=True,
            )
        if claim.state != "waiting" or claim.expires_at <= now:
            raise ClaimGone
        if ledger.entry_by_once(session, shop_id=shop_id, once=once) is not None:
            raise AlreadyUsed("이미 처리한 요청이에요. 화면을 새로 열어 다시 눌러 주세요.")
        outcome = stamp_card(
            session,
            found=Found(*found),
            staff_id=staff_id,
            once=once,
            how="claim" if claim.via == "card" else claim.via,
            override_reason=override_reason,
            now=now,
            claim_id=claim_id,
            amount=amount,
        )
        if isinstance(outcome, Stamped):
            if (
                outcome.repeated
            ):  # the same tap as a stamp given another way a moment ago: it answers the claim
                claims.decide_claim(
                    session, shop_id=shop_id, claim_id=claim_id, state="approved", staff_id=staff_id, now=now
                )
            return outcome
        refusal: Refused = outcome
    raise refusal


def refuse(*, shop_id: int, claim_id: int, staff_id: int, now: datetime) -> None:
    """Take a claim out of the list without a stamp. Raises ClaimGone when it was decided before."""
    with write() as session:
        claim = claims.find_claim(session, shop_id=shop_id, claim_id=claim_id)
        if claim is None:
            raise ClaimGone
        ledger.hold_card(session, shop_id=shop_id, customer_id=claim.customer_id)
        decided = claims.decide_claim(
            session, shop_id=shop_id, claim_id=claim_id, state="declined", staff_id=staff_id, now=now
        )
        if decided is None:
            raise ClaimGone


def expire_due(*, now: datetime) -> int:
    """End the claims of shops that have closed since. Returns how many (the clock calls this)."""
    with write() as session:
        return claims.expire_claims(session, now=now)
