"""What a person may do with their own data: change their mind, leave, refuse messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.cards.actions import ledger
from app.cards.models import Card
from app.customers import actions as people
from app.customers.actions import Trace
from app.customers.models import Customer
from app.customers.rules import OPTIONAL_KINDS
from app.flows.join import phone_key, tell_result
from app.flows.unit import after_a_race, write
from app.kit.refusals import Invalid, NotHere
from app.messages import outbox
from app.reviews.actions import reviews
from app.shops import actions as shops
from app.voices import actions as voices

# Taking one back takes back what stands on it. Nothing is given along: each yes is asked for by itself (22조 1항).
_STANDS_ON = {
    "ads": ("marketing", "광고 문자를 받으려면 ‘맞춤 혜택’도 켜 주세요."),
    "ads_night": ("ads", "밤에도 받으려면 ‘광고 문자’를 먼저 켜 주세요."),
}
_CARRIES = {"marketing": ("ads", "ads_night"), "ads": ("ads_night",), "ads_night": ()}


@dataclass(frozen=True)
class OptedOut:
    """The opt-out was taken. `shop_name` for the page; `is_new` False when it had been taken before."""

    shop_name: str
    is_new: bool


def change_consent(
    *,
    shop_id: int,
    customer_id: int,
    kind: str,
    grant: bool,
    ip: str,
    user_agent: str,
    master: bytes,
    now: datetime,
) -> None:
    """Give or withdraw one optional consent from 내 정보; the result is told (50조 7항).

    Withdrawing marketing use withdraws ads too. Raises NotHere, or Invalid for a person without a
    number (there is nothing to agree to), for one that stands on another not given (field: its kind),
    and for a kind that is not optional.
    """
    if kind not in OPTIONAL_KINDS:
        raise Invalid({"kind": "바꿀 수 없는 항목이에요."})
    trace = Trace(source="card", ip=ip, user_agent=user_agent)
    with write() as session:
        ledger.hold_card(session, shop_id=shop_id, customer_id=customer_id)
        person = people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True)
        if person is None:
            raise NotHere
        # A number that waits for the shop's check counts as theirs here: the screen must not tell (S06).
        number = person.phone or people.claimed_phone(session, person=person)
        if grant and number is None:
            raise Invalid({"kind": "휴대폰 번호를 먼저 남겨 주세요."})
        key = phone_key(master, number) if number else ""
        standing = people.standing(session, person=person)
        if grant and kind in _STANDS_ON and not standing[_STANDS_ON[kind][0]]:
            raise Invalid({kind: _STANDS_ON[kind][1]})
        for each in (kind, *(() if grant else _CARRIES[kind])):
            if standing[each] == grant:
                continue
            row = people.record_consent(
                session,
                person=person,
                kind=each,
                action="grant" if grant else "withdraw",
                phone_key=key,
                trace=trace,
                now=now,
            )
            if each in ("ads", "ads_night"):
                tell_result(session, person=person, consent_id=row.id, kind=each, granted=grant, now=now)
        if grant and kind != "marketing":
            people.lift_suppression(session, person=person, now=now)
        if not grant:
            outbox.cancel_unconsented(session, shop_id=shop_id, customer_id=customer_id, now=now)
        _touch_card(session, shop_id=shop_id, customer_id=customer_id)


def opt_out(*, token: str, source: str, now: datetime) -> OptedOut:
    """Take the opt-out of a message's link: no login, no question, good for years.

    The second tap changes nothing. Raises NotHere for a token we never made.
    """
    return after_a_race(lambda: _opt_out(token=token, source=source, now=now))


def _opt_out(*, token: str, source: str, now: datetime) -> OptedOut:
    with write() as session:
        link = people.opt_out_by_token(session, token=token)
        if link is None:
            raise NotHere("수신거부 주소가 맞지 않아요. 메시지의 링크를 다시 눌러 주세요.")
        shop = shops.shop(session, shop_id=link.shop_id)
        ledger.hold_card(session, shop_id=link.shop_id, customer_id=link.customer_id)
        person = people.customer(session, shop_id=link.shop_id, customer_id=link.customer_id, lock=True)
        row, is_new = people.suppress(
            session,
            shop_id=link.shop_id,
            customer_id=link.customer_id,
            address_key=link.address_key,
            source=source,
            now=now,
        )
        if person is not None and is_new:
            _withdraw_ads(session, person=person, key=link.address_key, source=source, now=now)
            outbox.plan(
                session,
                shop_id=link.shop_id,
                customer_id=person.id,
                kind="optout_result",
                cause=f"optout:{row.id}:{now.date().isoformat()}",
                due_at=now,
                not_after=None,
                facts={"opted_out_at": now.isoformat()},
                now=now,
            )
            _touch_card(session, shop_id=link.shop_id, customer_id=person.id)
        return OptedOut(shop.name, is_new)


def erase(*, shop_id: int, customer_id: int, now: datetime) -> None:
    """Delete a person's data at their wish (개인정보 보호법 36조, 21조).

    What the law needs stays: consent evidence and the opt-out, under a keyed hash of the number. The
    ledger stays without a name, so that the shop's sums stay true. Raises NotHere the second time.
    """
    with write() as session:
        ledger.hold_card(session, shop_id=shop_id, customer_id=customer_id)
        person = people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True)
        if person is None:
            raise NotHere
        outbox.cancel(
            session, shop_id=shop_id, customer_id=customer_id, reason="손님이 정보를 지웠어요", now=now
        )
        outbox.forget(session, shop_id=shop_id, customer_id=customer_id)
        ledger.close_card(session, shop_id=shop_id, customer_id=customer_id, now=now)
        ledger.forget_reasons(session, shop_id=shop_id, customer_id=customer_id)
        voices.forget(session, shop_id=shop_id, customer_id=customer_id)
        # The photos of the person's reviews are forgotten here, before the reviews they belong to.
        reviews.forget(session, shop_id=shop_id, customer_id=customer_id, now=now)
        people.forget(session, person=person, now=now)


def _withdraw_ads(session: Any, *, person: Customer, key: str, source: str, now: datetime) -> None:
    standing = people.standing(session, person=person)
    trace = Trace(source=source, ip="", user_agent="")
    for kind in ("ads", "ads_night"):
        if standing[kind]:
            people.record_consent(
                session, person=person, kind=kind, action="withdraw", phone_key=key, trace=trace, now=now
            )
    outbox.cancel_unconsented(session, shop_id=person.shop_id, customer_id=person.id, now=now)


def _touch_card(session: Any, *, shop_id: int, customer_id: int) -> None:
    found = ledger.card(session, shop_id=shop_id, where=Card.customer_id == customer_id)
    if found is not None:
        ledger.touch(session, shop_id=shop_id, card_id=found[0].id)
