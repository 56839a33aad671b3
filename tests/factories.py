"""Plain functions that make what a test needs, through the flows wherever one exists.

They run inside an application context (the `app` fixture keeps one open) and return plain values.
"""

from __future__ import annotations

import itertools
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app

from app.cards import rules
from app.cards.actions import ledger
from app.cards.counter_models import CardCheck
from app.cards.models import Card, Reward
from app.customers.models import Customer
from app.customers.rules import CONSENT_KINDS, Details
from app.extensions import db
from app.flows import access, at_counter, claim, join, printed, second_step, sharing, stamp
from app.flows import shop as shop_flow
from app.flows.claim import Asked
from app.flows.stamp import Stamped
from app.flows.unit import write
from app.kit import totp
from app.kit.signing import new_token, token_hash
from app.shops import actions as shops
from app.shops import tablets
from app.shops.models import Kiosk, Shop, StaffSession

_numbers = itertools.count(1000_0001)


@dataclass(frozen=True)
class AShop:
    """A shop with its owner."""

    id: int
    code: str
    name: str
    owner_id: int


@dataclass(frozen=True)
class ACustomer:
    """A person with a card; `browser` is the token in their phone's cookie."""

    id: int
    card_id: int
    shop_id: int
    browser: str


def now() -> datetime:
    """Return what the application's clock shows."""
    moment: datetime = current_app.config["CLOCK"]()
    return moment


def master() -> bytes:
    """Return the key that card codes and address hashes come from."""
    key: bytes = current_app.config["MASTER_KEY"]
    return key


def once() -> str:
    """Return a fresh client-made key."""
    return secrets.token_hex(16)


def a_number() -> str:
    """Return a Korean mobile number nobody else in the tests has."""
    digits = str(next(_numbers))
    return f"010-{digits[:4]}-{digits[4:]}"


def a_shop(
    name: str = "봄날커피",
    *,
    goal: int = 10,
    reward_name: str = "아메리카노 한 잔",
    phone: str = "02-123-4567",
    owner_name: str = "김사장",
    is_demo: bool = False,
    **limits: int,
) -> AShop:
    """Open a shop. `limits`: hard_window_s, cooldown_s, daily_cap (an unlimited shop: no_limits())."""
    with write() as session:
        shop = shops.add_shop(
            session, name=name, now=now(), is_demo=is_demo, phone=phone, owner_name=owner_name
        )
        ledger.add_rule(session, shop_id=shop.id, goal=goal, reward_name=reward_name, now=now(), **limits)
        owner = shops.add_staff(session, shop_id=shop.id, name=owner_name, role="owner", now=now())
        return AShop(shop.id, shop.code, shop.name, owner.id)


def no_limits() -> dict[str, int]:
    """Return the limits of a shop that has none."""
    return {"hard_window_s": 0, "cooldown_s": 0, "daily_cap": 0}


def a_staff(shop: AShop, *, name: str = "박직원", role: str = "staff") -> int:
    """Add a person who works in the shop; returns the staff id."""
    with write() as session:
        return shops.add_staff(session, shop_id=shop.id, name=name, role=role, now=now()).id


def a_session(shop: AShop, staff_id: int, *, is_secure: bool = True) -> str:
    """Sign a person in by a one-time link, over https or plain http; returns the session token."""
    link = access.mint_link(kind="owner", shop_id=shop.id, staff_id=staff_id, lifetime_s=600, now=now())
    return access.enter(token=link, user_agent="test", ip="127.0.0.1", is_secure=is_secure, now=now())


PASSWORD = "달빛 아래 커피 한 잔"


def a_password(shop: AShop, staff_id: int, *, login: str = "bomnal") -> str:
    """Give a person a login and a password of their own; returns the password."""
    shop_flow.set_password(shop_id=shop.id, staff_id=staff_id, login=login, password=PASSWORD, now=now())
    return PASSWORD


def a_pin(shop: AShop, staff_id: int, pin: str = "8305") -> str:
    """Give a person a PIN for shared devices; returns it."""
    sharing.set_pin(shop_id=shop.id, staff_id=staff_id, pin=pin, by=staff_id, now=now())
    return pin


def a_second_step(shop: AShop, staff_id: int) -> tuple[str, list[str]]:
    """Switch a person's second step on; returns (secret, recovery codes)."""
    whose: dict[str, Any] = {"shop_id": shop.id, "staff_id": staff_id, "master": master()}
    second_step.begin(**whose, now=now())
    setup = second_step.setup_of(**whose)
    assert setup is not None
    typed = totp.code_at(setup.secret, totp.step_of(now()))
    return setup.secret, second_step.confirm(**whose, typed=typed, now=now())


def a_session_id(token: str) -> int:
    """Return the row of a session token."""
    db.session.rollback()
    found = db.session.scalar(db.select(StaffSession.id).where(StaffSession.token_hash == token_hash(token)))
    assert found is not None
    return int(found)


def a_shared_device(shop: AShop) -> tuple[str, int]:
    """Turn a browser of the owner, who has a password and the PIN 8305, into a shared one: (token, session id)."""
    a_password(shop, shop.owner_id, login=f"owner.{shop.code.lower()}")
    a_pin(shop, shop.owner_id)
    token = a_session(shop, shop.owner_id)
    session_id = a_session_id(token)
    sharing.turn_on(shop_id=shop.id, staff_id=shop.owner_id, session_id=session_id, now=now())
    return token, session_id


def a_kiosk(shop: AShop) -> tuple[int, str]:
    """Make a browser a customers' tablet of the shop; returns its id and the token of its cookie."""
    with write() as session:
        token = tablets.add_kiosk(
            session, shop_id=shop.id, staff_id=shop.owner_id, user_agent="tests", is_secure=True, now=now()
        )
        shops.set_use(session, shop_id=shop.id, what="kiosk", is_on=True)
    found = db.session.scalar(db.select(Kiosk.id).where(Kiosk.token_hash == token_hash(token)))
    return int(found or 0), token


def a_customer(
    shop: AShop,
    *,
    name: str = "",
    phone: str | None = None,
    agrees: str | tuple[str, ...] = "required",
    browser: str | None = None,
) -> ACustomer:
    """Let a person join. `agrees`: "required", "all", or the consent kinds that are ticked."""
    token = browser or new_token()
    common: dict[str, Any] = {
        "shop_id": shop.id,
        "browser_token": token,
        "source": "qr",
        "user_agent": "test",
        "now": now(),
    }
    joined = join.join_anonymous(**common)
    if name or phone:
        ticked = {"required": ("age14", "required"), "all": CONSENT_KINDS}.get(str(agrees), agrees)
        details = Details(
            name=name, phone_raw=phone or "", **{kind: kind in ticked for kind in CONSENT_KINDS}
        )
        joined = join.add_details(**common, details=details, ip="203.0.113.7", master=master())
    return ACustomer(joined.customer_id, joined.card_id, shop.id, token)


def a_stamp(shop: AShop, card_id: int, *, at: datetime | None = None, **changes: Any) -> Stamped:
    """Stamp a card picked by the staff; the staff has a reason, so no cooldown refuses it."""
    settings: dict[str, Any] = {
        "shop_id": shop.id,
        "staff_id": shop.owner_id,
        "once": once(),
        "now": at or now(),
        "master": master(),
        "how": "digits",
        "card_id": card_id,
        "override_reason": "일행 것까지",
    }
    return stamp.give(**settings | changes)


def a_card_with(stamps: int, shop: AShop, customer: ACustomer | None = None) -> ACustomer:
    """Give a person (a new one by default) so many stamps, one on each of the days before today."""
    holder = customer or a_customer(shop)
    filled = db.session.scalar(db.select(db.func.count(Reward.id)).where(Reward.card_id == holder.card_id))
    for days in range(stamps, 0, -1):
        # A second round comes at another hour: at the very same moment it would be the same tap.
        a_stamp(shop, holder.card_id, at=now() - timedelta(days=days, hours=filled or 0))
    return holder


def a_reward(shop: AShop, customer: ACustomer | None = None) -> tuple[ACustomer, int]:
    """Fill a card; returns its holder and the id of the reward that is ready."""
    holder = customer or a_customer(shop)
    goal = db.session.scalar(db.select(db.func.max(_goal_of(holder.card_id))))
    a_card_with(int(goal), shop, holder)
    reward = db.session.scalar(
        db.select(Reward.id)
        .where(Reward.card_id == holder.card_id, Reward.used_at.is_(None))
        .order_by(Reward.id)
    )
    assert reward is not None
    return holder, int(reward)


def a_claim(shop: AShop, customer: ACustomer) -> Asked:
    """Let a person tap 도장 받기."""
    return claim.ask(shop_id=shop.id, card_id=customer.card_id, once=once(), now=now())


def a_code(customer: ACustomer, *, at: datetime | None = None) -> str:
    """Return the text of the QR on a person's card at a moment."""
    card = db.session.execute(
        db.select(Card.ref, Card.key_version).where(
            Card.shop_id == customer.shop_id, Card.id == customer.card_id
        )
    ).one()
    key = at_counter.card_key(
        master(), shop_id=customer.shop_id, card_id=customer.card_id, version=card.key_version
    )
    return rules.card_code(key=key, shop_id=customer.shop_id, ref=card.ref, step=rules.code_step(at or now()))


def show_card(card_id: int, *, shop: AShop, at: datetime | None = None) -> None:
    """Let a card be there, so that what is on it may be spent for two minutes: scanned without a stamp."""
    with write() as session:
        card = session.get_one(Card, card_id)
        session.add(
            CardCheck(
                shop_id=card.shop_id, card_id=card.id, customer_id=card.customer_id, staff_id=shop.owner_id,
                what="live", at=at or now(),
            )
        )  # fmt: skip


def a_person(customer_id: int) -> Customer:
    """Return a person's row as it is now."""
    db.session.rollback()
    return db.session.scalars(db.select(Customer).where(Customer.id == customer_id)).one()


def a_card(card_id: int) -> Card:
    """Return a card's row as it is now."""
    db.session.rollback()
    return db.session.scalars(db.select(Card).where(Card.id == card_id)).one()


def the_shop(shop: AShop) -> Shop:
    """Return a shop's row as it is now."""
    db.session.rollback()
    return db.session.scalars(db.select(Shop).where(Shop.id == shop.id)).one()


def _goal_of(card_id: int) -> Any:
    from app.cards.models import CardRule

    return (
        db.select(CardRule.goal)
        .join(Card, (Card.shop_id == CardRule.shop_id) & (Card.rule_id == CardRule.id))
        .where(Card.id == card_id)
        .scalar_subquery()
    )


def a_printed_code(customer: ACustomer, *, seen: int = 0) -> str:
    """Print a person's card (anew when `seen` is not 0) and return what its QR says."""
    printed.print_for(shop_id=customer.shop_id, customer_id=customer.id, seen=seen)
    card = a_card(customer.card_id)
    return printed.code_on(
        master(), shop_id=card.shop_id, card_id=card.id, ref=card.ref, version=card.print_version
    )
