"""A recovery coupon inside a thread: offered with the owner's answer, issued when the customer takes it.

Whoever taps 쿠폰 받기 asks for it, so that it is an answer and no ad (정보통신망법 50조 speaks of what was not asked for).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.cards.actions import ledger
from app.coupons import actions as coupons
from app.customers import actions as people
from app.flows import coupon_rules
from app.flows.unit import write
from app.kit.refusals import NotHere
from app.voices import actions as voices
from app.voices import care_rules, caring
from app.voices.care_rules import NoCouponLeft, OfferOver, TooManyOffers
from app.voices.models import Voice, VoiceLine

_GONE = "찾으시는 쿠폰이 없어요. 말씀 나눈 곳을 다시 열어 주세요."


def put(
    session: Any, *, voice: Voice, line: VoiceLine, kind_id: int, staff_id: int, role: str, now: datetime
) -> None:
    """Offer a coupon with an answer, inside the answer's flow, which holds the person.

    Raises NotHere for a kind that is no recovery coupon of this shop or a role that gives none, TooManyOffers,
    NoCouponLeft when the person has had all of the kind.
    """
    shop_id, customer_id = voice.shop_id, voice.customer_id
    kind = coupons.kind(session, shop_id=shop_id, kind_id=kind_id)
    if customer_id is None or role != "owner" or kind is None or kind.rule != "recovery" or kind.ended_at:
        raise NotHere("고르신 쿠폰이 없어요. 화면을 새로 열어 다시 골라 주세요.")
    mine = {"shop_id": shop_id, "customer_id": customer_id}
    since = now - care_rules.OFFER_SPAN
    if caring.offers_since(session, **mine, since=since, now=now) >= care_rules.MOST_OFFERS:
        raise TooManyOffers
    lie_there = caring.offers_since(session, **mine, since=since, now=now, kind_id=kind_id)
    has = coupons.of_person(session, kind=kind, customer_id=customer_id)
    if (kind.per_person and has + lie_there >= kind.per_person) or 0 < kind.total <= kind.issued:
        raise NoCouponLeft
    caring.add_offer(
        session,
        line=line,
        kind_id=kind_id,
        staff_id=staff_id,
        expires_at=now + care_rules.OFFER_LIVES,
        now=now,
    )


def take(*, shop_id: int, customer_id: int, voice_id: int, offer_id: int, now: datetime) -> str:
    """쿠폰 받기: issue what was offered, once; returns the coupon's ref. Two taps and two phones are one coupon.

    Raises NotHere, OfferOver, NoCouponLeft when the kind was stopped or has run out meanwhile.
    """
    with write() as session:
        ledger.hold_card(session, shop_id=shop_id, customer_id=customer_id)
        person = people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True)
        whose = voices.whose(session, shop_id=shop_id, voice_id=voice_id)
        offer = caring.offer(session, shop_id=shop_id, voice_id=voice_id, offer_id=offer_id)
        if person is None or whose != customer_id or offer is None:
            raise NotHere(_GONE)
        if offer.taken_at is None:
            if offer.expires_at <= now:
                raise OfferOver
            offer.coupon_id = coupon_rules.give_kind(
                session,
                shop_id=shop_id,
                customer_id=customer_id,
                kind_id=offer.kind_id,
                cause=f"voice_offer:{offer.id}",
                rule="recovery",
                now=now,
                tells=False,
            )
            if offer.coupon_id is None:
                raise NoCouponLeft("이 쿠폰은 더 드릴 수 없게 되었어요. 가게에 한 번 더 말씀해 주세요.")
            offer.taken_at = now
        found = coupons.coupon(session, shop_id=shop_id, coupon_id=offer.coupon_id or 0)
        if found is None:
            raise NotHere(_GONE)
        return found[0].ref
