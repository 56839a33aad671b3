"""What a person may do with their own data: change their mind, leave, refuse messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.board import entering, noticing, showing, talking
from app.cards.actions import ledger, papers
from app.cards.models import Card
from app.coupons import actions as coupons
from app.coupons.models import Coupon
from app.customers import actions as people
from app.customers import knowing, merges, merging, proving
from app.customers.actions import Trace
from app.customers.models import Customer, Suppression
from app.customers.rules import AD_KINDS, ADS_EMAIL, ADS_PUSH, OPTIONAL_KINDS
from app.extensions import setting
from app.flows import personal, photo
from app.flows.join import phone_key, tell_result
from app.flows.unit import after_a_race, write
from app.insights import actions as insights
from app.kit.refusals import Invalid, NotHere
from app.messages import outbox, recall
from app.messages.actions import pushing
from app.programs import actions as programs
from app.referrals import actions as referrals
from app.reviews.actions import care, photos, reviews
from app.shops import actions as shops
from app.testers import actions as testers
from app.tiers import actions as tiers
from app.visits import unmaking
from app.voices import actions as voices
from app.warranties.actions import issuing as warranties

# Taking one back takes back what stands on it. Nothing is given along: each yes is asked for by itself (22조 1항).
_STANDS_ON = {
    "ads": ("marketing", "광고 문자를 받으려면 ‘맞춤 혜택’도 켜 주세요."),
    "ads_night": ("ads", "밤에도 받으려면 ‘광고 문자’를 먼저 켜 주세요."),
    "ads_email": ("marketing", "광고 이메일을 받으려면 ‘맞춤 혜택’도 켜 주세요."),
    "ads_push": ("marketing", "광고 알림을 받으려면 ‘맞춤 혜택’도 켜 주세요."),
}
_CARRIES = {
    "marketing": ("ads", "ads_night", "ads_email", "ads_push"),
    "ads": ("ads_night",),
    "ads_night": (),
    "ads_email": (),
    "ads_push": (),
}


@dataclass(frozen=True)
class OptedOut:
    """The opt-out was taken. `shop_name` for the page; `is_new` False when nothing was left to refuse."""

    shop_name: str
    is_new: bool


@dataclass(frozen=True)
class Refusal:
    """A refusal by a number. `is_new`: something was left to refuse; `is_known`: it is a customer's of the shop."""

    is_new: bool
    is_known: bool


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
    if kind not in (*OPTIONAL_KINDS, ADS_EMAIL, ADS_PUSH):
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
        if grant and kind == ADS_EMAIL and person.email_checked_at is None:
            raise Invalid({"kind": "이메일 주소를 먼저 적고 확인해 주세요."})
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
                phone_key=person.email_key if each == ADS_EMAIL else key,
                trace=trace,
                now=now,
            )
            if each in AD_KINDS:
                tell_result(session, person=person, consent_id=row.id, kind=each, granted=grant, now=now)
        if grant and kind in AD_KINDS and kind != ADS_PUSH:
            # Each address is freed by its own yes; a browser is none.
            asked = person.email_key if kind == ADS_EMAIL else person.phone_key
            people.lift_suppression(session, person=person, address_key=asked, now=now)
        if not grant:
            recall.cancel_unconsented(session, shop_id=shop_id, customer_id=customer_id, now=now)
        _touch_card(session, shop_id=shop_id, customer_id=customer_id)


def opt_out(*, token: str, source: str, now: datetime) -> OptedOut:
    """Take the opt-out of a message's link: no login, no question, good for years.

    Every link of a person is for all their ads at this moment, however old it is; the second tap changes
    nothing. Raises NotHere for a token we never made.
    """
    return after_a_race(lambda: _opt_out(token=token, source=source, now=now))


def _opt_out(*, token: str, source: str, now: datetime) -> OptedOut:
    with write() as session:
        link = people.opt_out_by_token(session, token=token)
        if link is None:
            raise NotHere("수신거부 주소가 맞지 않아요. 메시지의 링크를 다시 눌러 주세요.")
        shop = shops.shop(session, shop_id=link.shop_id)
        # An old letter of a card that went into another still refuses, for the one they are now.
        whose = merges.now_is(shop_id=link.shop_id, customer_id=link.customer_id)
        ledger.hold_card(session, shop_id=link.shop_id, customer_id=whose)
        person = people.customer(session, shop_id=link.shop_id, customer_id=whose, lock=True)
        # One refusal is for all ads, whatever way they would come.
        # The link knows the addresses of the last ad; what the person holds now may have come later.
        keys = (link.address_key, link.email_key)
        if person is not None:
            return OptedOut(shop.name, refuse_all(session, person=person, source=source, now=now, keys=keys))
        _row, is_new = _suppress(
            session,
            shop_id=link.shop_id,
            customer_id=link.customer_id,
            keys=keys,
            source=source,
            now=now,
        )
        return OptedOut(shop.name, is_new)


def opt_out_number(session: Any, *, shop_id: int, phone: str, source: str, now: datetime) -> Refusal:
    """Take a refusal that came by the number alone: from an 080 line's list, or from a provider.

    `phone` in E.164; `source`: 080 | solapi | nhn. It is for all ads to whoever has the number here. A number that
    is nobody's, or of one who left, is refused as its keyed hash. The second time changes nothing. Inside a
    flow; two at once for a new number: after_a_race.
    """
    key = phone_key(setting("MASTER_KEY"), phone)
    customer_id = session.scalar(
        select(Customer.id).where(Customer.shop_id == shop_id, Customer.phone == phone)
    )
    if customer_id is not None:
        ledger.hold_card(session, shop_id=shop_id, customer_id=customer_id)
        person = people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True)
        if person is not None and person.phone == phone:  # still theirs, now that the row is held
            is_new = refuse_all(session, person=person, source=source, now=now)
            return Refusal(is_new, is_known=True)
    _row, is_new = _suppress(session, shop_id=shop_id, customer_id=None, keys=(key,), source=source, now=now)
    return Refusal(is_new, is_known=False)


def refuse_all(
    session: Any, *, person: Customer, source: str, now: datetime, keys: tuple[str, ...] = ()
) -> bool:
    """Refuse all ads to a person, whatever way they would come, and tell the result; returns whether it was new.

    `keys`: further addresses it is for. Inside a flow that holds the person's card and row.
    """
    mine = (person.phone_key, person.email_key if person.email_checked_at else "")
    row, is_new = _suppress(
        session,
        shop_id=person.shop_id,
        customer_id=person.id,
        keys=(*keys, *mine),
        source=source,
        now=now,
    )
    # A consent may be younger than what was refused before, even for an address still to be confirmed.
    key = next(filter(None, (*keys[:1], person.phone_key)), "")
    if _withdraw_ads(session, person=person, key=key, source=source, now=now):
        is_new = True
    if is_new:
        outbox.plan(
            session,
            shop_id=person.shop_id,
            customer_id=person.id,
            kind="optout_result",
            # Each refusal is answered, also the second one of a day (50조 7항).
            cause=f"optout:{row.id}:{int(now.timestamp())}",
            due_at=now,
            not_after=None,
            facts={"opted_out_at": now.isoformat()},
            now=now,
        )
        _touch_card(session, shop_id=person.shop_id, customer_id=person.id)
    return is_new


def _suppress(
    session: Any,
    *,
    shop_id: int,
    customer_id: int | None,
    keys: tuple[str, ...],
    source: str,
    now: datetime,
) -> tuple[Suppression, bool]:
    """Refuse for every one of these addresses; returns a row that is new, if one is, and whether."""
    rows = [
        people.suppress(
            session, shop_id=shop_id, customer_id=customer_id, address_key=key, source=source, now=now
        )
        for key in dict.fromkeys(filter(None, keys)) or ("",)
    ]
    return next((row for row in rows if row[1]), rows[0])


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
        # Before anything that hangs on a review, as who hides or answers one takes them.
        care.hold_all_of(session, shop_id=shop_id, customer_id=customer_id)
        recall.cancel(
            session, shop_id=shop_id, customer_id=customer_id, reason="손님이 정보를 지웠어요", now=now
        )
        recall.forget(session, shop_id=shop_id, customer_id=customer_id)
        pushing.forget(session, shop_id=shop_id, customer_id=customer_id)
        ledger.close_card(session, shop_id=shop_id, customer_id=customer_id, now=now)
        everybody = merges.people_in(session, shop_id=shop_id, customer_id=customer_id)
        pictures: list[str] = []  # of who came along with them
        for each in everybody:  # lines of cards that went into theirs still stand under who they were
            ledger.forget_reasons(session, shop_id=shop_id, customer_id=each)
            papers.forget(session, shop_id=shop_id, customer_id=each, now=now)
            tiers.forget(session, shop_id=shop_id, customer_id=each)
            pictures += knowing.forget(session, shop_id=shop_id, customer_id=each)
            insights.forget(session, shop_id=shop_id, customer_id=each)
            programs.forget(session, shop_id=shop_id, customer_id=each)
            unmaking.forget(session, shop_id=shop_id, customer_id=each)
            noticing.forget(session, shop_id=shop_id, customer_id=each)
            entering.forget(session, shop_id=shop_id, customer_id=each)
            talking.forget(session, shop_id=shop_id, customer_id=each, now=now)
            pictures += showing.forget(session, shop_id=shop_id, customer_id=each)
            testers.forget(session, shop_id=shop_id, customer_id=each, now=now)
        coupons.withdraw(session, shop_id=shop_id, now=now, which=[Coupon.customer_id == customer_id])
        warranties.forget(session, shop_id=shop_id, customer_id=customer_id, now=now)  # before the voices
        voices.forget(session, shop_id=shop_id, customer_id=customer_id)
        personal.forget(session, shop_id=shop_id, customer_id=customer_id)
        # Photos before the reviews they belong to; their files go once this is committed.
        gone = photos.forget(session, shop_id=shop_id, customer_id=customer_id)
        reviews.forget(session, shop_id=shop_id, customer_id=customer_id, now=now)
        care.forget(session, shop_id=shop_id, customer_id=customer_id, now=now)
        merging.forget_merged(session, shop_id=shop_id, people_ids=everybody)
        proving.forget_codes(session, shop_id=shop_id, customer_id=customer_id)
        referrals.forget(session, person=person, now=now)
        people.forget(session, person=person, now=now)
    photo.drop_files(shop_id=shop_id, refs=[*gone, *pictures])


def _withdraw_ads(session: Any, *, person: Customer, key: str, source: str, now: datetime) -> bool:
    """Withdraw every consent to ads that stands; returns whether one did."""
    standing = people.standing(session, person=person)
    trace = Trace(source=source, ip="", user_agent="")
    for kind in AD_KINDS:
        if standing[kind]:
            people.record_consent(
                session,
                person=person,
                kind=kind,
                action="withdraw",
                phone_key=person.email_key if kind == ADS_EMAIL else key,
                trace=trace,
                now=now,
            )
    recall.cancel_unconsented(session, shop_id=person.shop_id, customer_id=person.id, now=now)
    return any(standing[kind] for kind in AD_KINDS)


def _touch_card(session: Any, *, shop_id: int, customer_id: int) -> None:
    found = ledger.card(session, shop_id=shop_id, where=Card.customer_id == customer_id)
    if found is not None:
        ledger.touch(session, shop_id=shop_id, card_id=found[0].id)
