"""A customer's browser lets the shop ring it: switched on, moved by its push service, switched off."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.cards.actions import ledger
from app.customers import actions as people
from app.customers.actions import Trace
from app.extensions import db, setting
from app.flows.unit import after_a_race, write
from app.kit.refusals import Invalid, NotHere
from app.kit.signing import keyed_hash, token_hash
from app.messages.actions import pushing
from app.messages.providers import push

_NOT_A_BROWSERS = "이 브라우저에서는 알림을 켤 수 없어요. 다른 브라우저로 열어 주세요."


def endpoint_key(master: bytes, endpoint: str) -> str:
    """Return the keyed hash of a browser's push address."""
    return keyed_hash(master, "push-endpoint", endpoint)


def subscribe(
    *,
    shop_id: int,
    customer_id: int,
    browser_token: str,
    endpoint: str,
    p256dh: str,
    auth: str,
    age14: bool,
    ip: str,
    user_agent: str,
    master: bytes,
    now: datetime,
) -> None:
    """Let the browser that holds this card be rung. Only notices: ads need their own consent. Twice is once.

    `age14`: ticked there by who has not said so before. Raises NotHere, and Invalid: for an address that is no
    push service's (field: push; S13), and for who has not said to be 14 (field: age14).
    """
    if not push.is_push_service(endpoint, setting("WIRE").push_origin) or not push.are_keys(p256dh, auth):
        raise Invalid({"push": _NOT_A_BROWSERS})
    trace = Trace(source="card", ip=ip, user_agent=user_agent)

    def once() -> None:
        with write() as session:
            ledger.hold_card(session, shop_id=shop_id, customer_id=customer_id)
            person = people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True)
            mine = people.customer_of_browser(session, shop_id=shop_id, browser_token=browser_token)
            if person is None or mine is None or mine.id != customer_id:
                raise NotHere
            if not people.standing(session, person=person)["age14"]:
                if not age14:
                    raise Invalid({"age14": "만 14세 이상만 알림을 켤 수 있어요. 위 칸을 눌러 주세요."})
                people.record_consent(
                    session,
                    person=person,
                    kind="age14",
                    action="grant",
                    phone_key=person.phone_key,
                    trace=trace,
                    now=now,
                )
            pushing.keep(
                session,
                shop_id=shop_id,
                customer_id=customer_id,
                browser_hash=token_hash(browser_token),
                endpoint=endpoint,
                endpoint_key=endpoint_key(master, endpoint),
                p256dh=p256dh,
                auth=auth,
                now=now,
            )

    after_a_race(once)


def unsubscribe(*, shop_id: int, customer_id: int, browser_token: str) -> None:
    """Ring this browser no more for this card; what was agreed to about ads stays. The second tap changes nothing."""
    with write() as session:
        pushing.end(session, shop_id=shop_id, customer_id=customer_id, browser_hash=token_hash(browser_token))


def renew(
    *, browser_token: str, was: str, endpoint: str, p256dh: str, auth: str, master: bytes, now: datetime
) -> bool:
    """The push service gave a browser another address: all shops that rang the old one ring the new one.

    `was`, the old address, is what proves it: nobody but that browser and we know it. Returns whether it was known.
    """
    if not push.is_push_service(endpoint, setting("WIRE").push_origin) or not push.are_keys(p256dh, auth):
        return False
    old, held = endpoint_key(master, was), token_hash(browser_token)
    if not pushing.shops_of(db.session, browser_hash=held, endpoint_key=old):
        return False  # whoever asks without knowing keeps nobody from writing
    values: dict[str, Any] = {
        "endpoint": endpoint,
        "endpoint_key": endpoint_key(master, endpoint),
        "p256dh": p256dh,
        "auth": auth,
        "used_at": now,
    }

    def once() -> bool:
        with write() as session:
            shops = pushing.shops_of(session, browser_hash=held, endpoint_key=old)
            for shop_id in shops:
                pushing.move(session, shop_id=shop_id, was=old, browser_hash=held, values=values)
            return bool(shops)

    return after_a_race(once)
