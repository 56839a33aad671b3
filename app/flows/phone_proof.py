"""A number is proven by the code that only its phone receives.

Asking answers the same and does the same whoever has the number (S06): the code goes to the number that was
typed, always. What the shop has of it is told only to who typed the code back. Staff can send a code with the
shop's own phone, but they never read it on a page: a code said aloud proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.customers import actions as people
from app.customers import proving
from app.customers.models import Customer, PhoneCode
from app.customers.rules import code_of, read_code
from app.flows.join import person_and_card, phone_key
from app.flows.unit import after_a_race, write
from app.kit.phone import korean_mobile
from app.kit.refusals import Invalid, Refused
from app.kit.signing import keyed_hash, same
from app.messages import outbox, recall, registry
from app.messages.models import Message
from app.shops import signins

LIFE = timedelta(minutes=3)
TRIES = 5


class NoSender(Refused):
    """Nothing of this shop can carry a code at this moment."""

    code = "no_sender"
    status = 422
    sentence = (
        "지금은 문자를 보내 드릴 수 없어요. 가게에 오셔서 ‘가게에서 옮기기’를 눌러 주시면 바로 옮겨 드려요."
    )


class TooManyCodes(Refused):
    """Over a limit of codes (S18)."""

    code = "too_many_codes"
    status = 429
    sentence = "인증번호를 여러 번 보내서 잠시 멈췄어요. 나중에 다시 하거나, 가게에서 옮겨 달라고 해 주세요."


class WrongCode(Refused):
    """Not the code, not this browser's, too late, or tried too often: one answer for all."""

    code = "wrong_code"
    status = 422
    sentence = "인증번호가 맞지 않거나 시간이 지났어요. 문자를 다시 보고 적거나, 새로 받아 주세요."


@dataclass(frozen=True)
class Proven:
    """A number that was proven a moment ago. `channel`: what carried the code."""

    code_id: int
    phone: str
    phone_key: str
    channel: str


def read_number(typed: str) -> str:
    """Return a typed number in E.164: +82 010 only, whatever else is a phone (S18). Raises Invalid (field: phone)."""
    phone = korean_mobile(typed)
    if phone is None or not phone.startswith("+8210"):
        raise Invalid({"phone": "010으로 시작하는 휴대폰 번호를 적어 주세요. 예: 010-1234-5678"})
    return phone


def ask(
    *,
    shop_id: int,
    browser_token: str,
    typed: str,
    source: str,
    user_agent: str,
    ip: str,
    master: bytes,
    now: datetime,
) -> None:
    """Send a code to a typed number, for this browser alone.

    Raises Invalid, TooManyCodes, and NoSender where nothing can go out just now.
    """
    phone = read_number(typed)
    asked = after_a_race(
        lambda: _note(
            shop_id=shop_id,
            browser_token=browser_token,
            phone=phone,
            source=source,
            user_agent=user_agent,
            ip=ip,
            master=master,
            now=now,
        )
    )
    # Counted only after that commit: of many at once each sees at least all who came before it.
    with write() as session:
        row = proving.code_row(session, shop_id=shop_id, code_id=asked)
        row.refused = proving.over_limit(session, row=row, now=now)
        sent = not row.refused and _send(session, row=row, now=now)
        if not row.refused and not sent:
            row.refused = "sender"
        refused = row.refused
    if refused:
        raise NoSender if refused == "sender" else TooManyCodes


def _note(
    *,
    shop_id: int,
    browser_token: str,
    phone: str,
    source: str,
    user_agent: str,
    ip: str,
    master: bytes,
    now: datetime,
) -> int:
    ip_key = keyed_hash(master, "code-address", ip)
    with write() as session:
        if proving.address_is_full(session, ip_key=ip_key, now=now):
            raise TooManyCodes  # before anything is made: who floods us leaves no cards behind
        # A browser without a card gets one here: a tap is enough for that, and what it was sent belongs to it.
        person, _joined = person_and_card(
            session,
            shop_id=shop_id,
            browser_token=browser_token,
            source=source,
            user_agent=user_agent,
            now=now,
        )
        spec = registry.kind("phone_code")
        row = proving.add_code(
            session,
            shop_id=shop_id,
            customer_id=person.id,
            browser_token=browser_token,
            phone=phone,
            phone_key=phone_key(master, phone),
            ip_key=ip_key,
            life=LIFE,
            won=max(registry.channel(key).CAPABILITIES.won for key in spec.channels),
            now=now,
        )
        return row.id


def _send(session: Any, *, row: PhoneCode, now: datetime) -> bool:
    """Plan the message; returns whether it will go out."""
    message_id = outbox.plan(
        session,
        shop_id=row.shop_id,
        customer_id=row.customer_id,
        kind="phone_code",
        cause=f"code:{row.id}",
        due_at=now,
        not_after=row.expires_at,
        now=now,
    )
    way = session.execute(
        select(Message.state, Message.channel).where(Message.shop_id == row.shop_id, Message.id == message_id)
    ).one_or_none()
    if way is None or way.state != "ready":
        return False
    if not registry.channel(way.channel).CAPABILITIES.by_hand or signins.somebody_is_there(row.shop_id, now):
        return True
    # It would lie in the queue until the code is dead.
    recall.cancel(session, shop_id=row.shop_id, cause=f"code:{row.id}", reason="보낼 분이 없었어요", now=now)
    return False


def prove(
    *,
    shop_id: int,
    browser_token: str,
    typed: str,
    then: Callable[[Any, Customer, Proven], Any],
    now: datetime,
    master: bytes,
) -> Any:
    """Take a typed code; `then` does in the same transaction what the proof is for, and its answer is returned.

    Every guess is counted, and committed, before it is looked at (S17): twenty at once count twenty.
    Raises WrongCode.
    """
    digits = read_code(typed)
    with write() as session:
        row = proving.count_try(session, shop_id=shop_id, browser_token=browser_token)
        is_open = (
            row is not None
            and row.tries <= TRIES
            and row.used_at is None
            and row.expires_at > now
            and row.phone
        )
        proven, expected = None, ""
        if row is not None and is_open:
            expected = code_of(master, shop_id=shop_id, salt=row.salt)
            proven = Proven(row.id, row.phone, row.phone_key, "")
    if proven is None or not same(digits, expected):
        raise WrongCode
    return after_a_race(
        lambda: _prove(shop_id=shop_id, browser_token=browser_token, proven=proven, then=then, now=now)
    )


def _prove(
    *,
    shop_id: int,
    browser_token: str,
    proven: Proven,
    then: Callable[[Any, Customer, Proven], Any],
    now: datetime,
) -> Any:
    with write() as session:
        if not proving.use_code(session, shop_id=shop_id, code_id=proven.code_id, now=now):
            raise WrongCode
        person = people.customer_of_browser(session, shop_id=shop_id, browser_token=browser_token)
        if person is None:
            raise WrongCode
        channel = session.scalar(
            select(Message.channel).where(
                Message.shop_id == shop_id, Message.cause == f"code:{proven.code_id}"
            )
        )
        return then(session, person, Proven(proven.code_id, proven.phone, proven.phone_key, channel or ""))
