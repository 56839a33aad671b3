"""A card comes to a new phone: by the code of its number, or by the staff who know whose it is. Never without."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.cards.actions import merged
from app.cards.rules import free_word
from app.customers import actions as people
from app.customers import proving
from app.customers.models import Customer, Device, NewPhone
from app.flows import audit, own_card
from app.flows.merge import merge
from app.flows.phone_proof import Proven
from app.flows.phone_proof import prove as prove_number
from app.flows.proven import mark_proven, take_over, touch_card
from app.flows.reissue import take_down
from app.flows.spending import WHAT
from app.flows.unit import after_a_race, write
from app.kit.clock import kst_day
from app.kit.refusals import Invalid, NotHere, Refused
from app.kit.signing import new_token, token_hash
from app.kit.words import MATCHING_WORDS
from app.messages import outbox
from app.shops import actions as shops

WAIT_FOR = timedelta(minutes=15)
_GONE = "찾으시는 손님이 없어요. 손님 목록에서 다시 골라 주세요."


class NotWaiting(Refused):
    """The phone does not wait any more."""

    code = "not_waiting"
    sentence = "그 휴대폰이 기다리는 시간이 지났어요. 손님께 화면을 다시 열어 달라고 해 주세요."


class OtherCardHere(Refused):
    """This browser holds a card with another number: that is another person's, or a changed number."""

    code = "other_card_here"
    status = 422
    sentence = (
        "이 휴대폰에는 번호를 적은 카드가 이미 있어요. 번호가 바뀌었으면 내 정보에서 새 번호를 적어 주세요."
    )


@dataclass(frozen=True)
class Restored:
    """What a proof brought. what: restored | merged | own | nothing (no card of that number)."""

    what: str
    customer_id: int


def by_code(*, shop_id: int, browser_token: str, typed: str, master: bytes, now: datetime) -> Restored:
    """Take the code: the card of the proven number is in this browser from now on, with what was here before.

    Raises WrongCode, and OtherCardHere for a browser with somebody else's numbered card.
    """

    def then(session: Any, person: Customer, proven: Proven) -> Restored:
        return _settle(session, person=person, proven=proven, now=now)

    found: Restored = prove_number(
        shop_id=shop_id, browser_token=browser_token, typed=typed, then=then, now=now, master=master
    )
    return found


def _settle(session: Any, *, person: Customer, proven: Proven, now: datetime) -> Restored:
    shop_id, is_taken = person.shop_id, False
    owner_id = session.scalar(
        select(Customer.id).where(
            Customer.shop_id == shop_id, Customer.phone == proven.phone, Customer.erased_at.is_(None)
        )
    )
    wished = people.claimed_phone(session, person=person) == proven.phone
    if owner_id is None or owner_id == person.id:
        return _own(session, person=person, proven=proven, is_wish=wished, now=now)
    # Somebody else's numbered card in the same browser: only who typed this number on it means to join them.
    if person.phone is not None and not wished:
        raise OtherCardHere
    merged.hold_cards(session, shop_id=shop_id, customer_ids=(owner_id, person.id))
    owner = people.customer(session, shop_id=shop_id, customer_id=owner_id, lock=True)
    if owner is None:
        raise NotHere
    kept, gone = owner, person
    if owner.phone_checked_at is None:
        is_taken = True
        if take_over(session, owner=owner, person=person, phone=proven.phone, key=proven.phone_key, now=now):
            kept, gone = person, owner
    row = merge(
        session, shop_id=shop_id, kept_id=kept.id, gone_id=gone.id, how="code", staff_id=None, now=now
    )
    if is_taken:
        # No refusal is lifted: whoever said yes to ads on that card had not proven the number.
        kept.phone_checked_at = now
    else:
        mark_proven(session, person=kept, now=now)
    tell_moved(session, person=kept, cause=f"moved:c{proven.code_id}", by="code", now=now)
    audit.note(
        session,
        shop_id=shop_id,
        what="card_restored",
        staff_id=None,
        subject=f"customer:{kept.id}",
        detail=proven.channel,  # own_phone: the shop's own phone carried the code
        now=now,
    )
    found = "restored" if kept is owner else "own"
    return Restored("merged" if row.stamps or row.points else found, kept.id)


def _own(session: Any, *, person: Customer, proven: Proven, is_wish: bool, now: datetime) -> Restored:
    """The number is this card's, or nobody's. Written down is only what its person agreed to."""
    if person.phone != proven.phone and is_wish:  # the other card is gone meanwhile
        people.give_phone(session, person=person, phone=proven.phone, key=proven.phone_key, now=now)
    if person.phone != proven.phone:
        return Restored("nothing", person.id)
    mark_proven(session, person=person, now=now)
    touch_card(session, person=person)
    return Restored("own", person.id)


def tell_moved(session: Any, *, person: Customer, cause: str, by: str, now: datetime) -> None:
    """Write it on the card, and to whatever else reaches the person by itself, that the card was moved."""
    outbox.plan(
        session,
        shop_id=person.shop_id,
        customer_id=person.id,
        kind="card_moved",
        cause=cause,
        due_at=now,
        facts={"day": kst_day(now).isoformat(), "by": by},
        now=now,
    )


def wait_here(
    *, shop_id: int, browser_token: str, user_agent: str, now: datetime, staff_token: str | None = None
) -> str:
    """Let this browser wait at the counter; returns its matching word. Asking again gives the same word.

    `staff_token`: of who is signed in here and works in the shop: the card they get is their own. Raises
    OtherCardHere.
    """
    return after_a_race(
        lambda: _wait(
            shop_id=shop_id,
            browser_token=browser_token,
            user_agent=user_agent,
            staff_token=staff_token,
            now=now,
        )
    )


def _wait(
    *, shop_id: int, browser_token: str, user_agent: str, staff_token: str | None, now: datetime
) -> str:
    with write() as session:
        here = people.customer_of_browser(session, shop_id=shop_id, browser_token=browser_token)
        if here is not None and here.phone is not None:
            raise OtherCardHere
        proving.close_stale(session, shop_id=shop_id, now=now)
        row = proving.waiting_phone(session, shop_id=shop_id, browser_token=browser_token)
        if row is None:
            taken = proving.taken_words(session, shop_id=shop_id)
            first = int(token_hash(new_token()), 16) % len(MATCHING_WORDS)
            row = NewPhone(
                shop_id=shop_id,
                browser_hash=token_hash(browser_token),
                user_agent=user_agent[:200],
                word=free_word(MATCHING_WORDS, taken, first),
                works_id=own_card.who_works_here(session, shop_id=shop_id, staff_token=staff_token, now=now),
                made_at=now,
                expires_at=now + WAIT_FOR,
            )
            session.add(row)
            session.flush()
        return row.word


def at_counter(
    *,
    shop_id: int,
    customer_id: int,
    waiting_id: int | None,
    checked: str,
    old_out: bool,
    staff_id: int,
    ip: str,
    now: datetime,
) -> None:
    """Move a person's card to a phone that waits, as the staff who checked who they are.

    `checked`: one of spending.WHAT; `old_out`: take the card off the phones that have it now. The second tap
    changes nothing. Raises Invalid (fields: waiting, checked), NotHere, NotWaiting, OtherCardHere.
    """
    wrong = {}
    if waiting_id is None:
        wrong["waiting"] = "손님 휴대폰에 보이는 말을 골라 주세요."
    if checked not in WHAT:
        wrong["checked"] = "손님인지 어떻게 확인했는지 골라 주세요."
    if wrong or waiting_id is None:
        raise Invalid(wrong)
    with write() as session:
        if _given_before(session, shop_id=shop_id, waiting_id=waiting_id, customer_id=customer_id):
            return
        _give(
            session,
            shop_id=shop_id,
            customer_id=customer_id,
            waiting_id=waiting_id,
            checked=checked,
            old_out=old_out,
            staff_id=staff_id,
            ip=ip,
            now=now,
        )


def _given_before(session: Any, *, shop_id: int, waiting_id: int, customer_id: int) -> bool:
    held = (
        select(Device.id)
        .join(
            NewPhone,
            (NewPhone.shop_id == Device.shop_id) & (NewPhone.browser_hash == Device.browser_hash),
        )
        .where(
            Device.shop_id == shop_id,
            Device.customer_id == customer_id,
            NewPhone.id == waiting_id,
            NewPhone.state == "given",
        )
    )
    return session.scalar(held) is not None


def _give(
    session: Any,
    *,
    shop_id: int,
    customer_id: int,
    waiting_id: int,
    checked: str,
    old_out: bool,
    staff_id: int,
    ip: str,
    now: datetime,
) -> None:
    row = proving.take_waiting(
        session, shop_id=shop_id, waiting_id=waiting_id, staff_id=staff_id, checked=checked, now=now
    )
    if row is None:
        # The same press twice at once: the other one was first, and its answer is ours.
        if _given_before(session, shop_id=shop_id, waiting_id=waiting_id, customer_id=customer_id):
            return
        raise NotWaiting
    here = session.execute(
        select(Customer.id, Customer.phone)
        .join(Device, (Device.shop_id == Customer.shop_id) & (Device.customer_id == Customer.id))
        .where(Device.shop_id == shop_id, Device.browser_hash == row.browser_hash)
    ).one_or_none()
    ids = (customer_id,) if here is None else (customer_id, here.id)
    merged.hold_cards(session, shop_id=shop_id, customer_ids=ids)
    if people.customer(session, shop_id=shop_id, customer_id=customer_id) is None:
        raise NotHere(_GONE)
    if old_out:
        take_down(session, shop_id=shop_id, customer_id=customer_id, now=now)
    if here is None:
        people.hold(
            session,
            shop_id=shop_id,
            customer_id=customer_id,
            browser_hash=row.browser_hash,
            user_agent=row.user_agent,
            now=now,
        )
    elif here.id != customer_id:
        if here.phone is not None:
            raise OtherCardHere
        merge(
            session,
            shop_id=shop_id,
            kept_id=customer_id,
            gone_id=here.id,
            how="counter",
            staff_id=staff_id,
            now=now,
        )
    person = people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True)
    if person is None:
        raise NotHere(_GONE)
    person.staff_id = person.staff_id or row.works_id
    tell_moved(session, person=person, cause=f"moved:{row.id}", by="counter", now=now)
    shops.log_access(
        session, shop_id=shop_id, staff_id=staff_id, customer_id=customer_id, action="move", ip=ip, now=now
    )
    audit.note(
        session,
        shop_id=shop_id,
        what="card_moved",
        staff_id=staff_id,
        subject=f"customer:{customer_id}",
        detail=checked,
        now=now,
    )
