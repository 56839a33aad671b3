"""Taking a card along from KakaoTalk's browser to the phone's own: a link that works once, for ten minutes."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.customers import actions as people
from app.customers.models import Device
from app.flows import referral
from app.flows.unit import write
from app.kit.refusals import Refused
from app.kit.signing import keyed_hash, same

_LIFE = timedelta(minutes=10)
_MAC_CHARACTERS = 32  # 128 bits


class LinkSpent(Refused):
    """The link was used, is too old, or was never ours."""

    code = "link_spent"
    status = 410
    sentence = "이미 썼거나 시간이 지난 링크예요. 카카오톡에서 카드를 열고 다시 눌러 주세요."


class HasAnotherCard(Refused):
    """This browser already holds another card of the shop."""

    code = "has_another_card"
    sentence = "이 브라우저에는 이미 다른 카드가 있어요. 가게에 말씀해 주시면 하나로 모아 드려요."


def _mac(master: bytes, facts: str) -> str:
    return keyed_hash(master, "handover", facts)[:_MAC_CHARACTERS]


def offer_card(*, shop_id: int, customer_id: int, browsers: int, master: bytes, now: datetime) -> str:
    """Return a token that lets one more browser hold this card.

    It names how many browsers hold the card now (`browsers`): the first use makes that number wrong, so
    the token works once without a row of its own.
    """
    facts = f"{shop_id}.{customer_id}.{browsers}.{int((now + _LIFE).timestamp())}"
    return f"{facts}.{_mac(master, facts)}"


def take_card(
    *, shop_id: int, token: str, browser_token: str, user_agent: str, master: bytes, now: datetime
) -> int:
    """Let this browser hold the card of the token; returns the customer's id.

    Raises LinkSpent, or HasAnotherCard when the browser holds another person's card of this shop.
    """
    facts, _, mac = token.rpartition(".")
    if not facts or not same(mac, _mac(master, facts)):
        raise LinkSpent
    shop, customer_id, browsers, until = (int(part) for part in facts.split("."))
    if shop != shop_id or until < now.timestamp():
        raise LinkSpent
    with write() as session:
        person = people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True)
        if person is None:
            raise LinkSpent
        here = people.customer_of_browser(session, shop_id=shop_id, browser_token=browser_token)
        if here is not None and here.id == customer_id:
            return customer_id
        if here is not None:
            # Kept before it is refused: who invites themselves in KakaoTalk has brought nobody.
            referral.same_phone(session, shop_id=shop_id, customer_ids={here.id, customer_id}, now=now)
        else:
            held = session.scalar(
                select(func.count()).where(Device.shop_id == shop_id, Device.customer_id == customer_id)
            )
            if held != browsers:
                raise LinkSpent
            people.add_device(
                session,
                shop_id=shop_id,
                customer_id=customer_id,
                browser_token=browser_token,
                user_agent=user_agent,
                now=now,
            )
            return customer_id
    raise HasAnotherCard
