"""Changes what is known of the ways to reach a person, inside a flow: dead addresses, the link of an ad's opt-out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from app.customers.models import Customer, OptOutLink
from app.kit.signing import new_token
from app.kit.upsert import table_of

_LINKS = select(OptOutLink.customer_id, OptOutLink.token, OptOutLink.address_key, OptOutLink.email_key).where(
    OptOutLink.shop_id == bindparam("shop"), OptOutLink.customer_id.in_(bindparam("people", expanding=True))
)


def opt_out_links(
    session: Any, *, shop_id: int, whose: Mapping[int, tuple[str, str]], now: datetime
) -> dict[int, str]:
    """Return the free opt-out token of each of these people, made once and good for years (S14: 128 bits).

    `whose`: person → keyed hashes of their number and of the e-mail address they confirmed ("" for none). The
    link refuses for every address the person holds.
    """
    if not whose:
        return {}
    rows = session.execute(_LINKS, {"shop": shop_id, "people": sorted(whose)}).all()
    tokens: dict[int, str] = {row.customer_id: row.token for row in rows}
    for row in rows:
        phone, email = whose[row.customer_id]
        keys = {"address_key": phone or row.address_key, "email_key": email or row.email_key}
        if keys != {"address_key": row.address_key, "email_key": row.email_key}:
            session.execute(
                update(OptOutLink)
                .where(OptOutLink.shop_id == shop_id, OptOutLink.customer_id == row.customer_id)
                .values(**keys)
                .execution_options(synchronize_session=False)
            )
    new: list[dict[str, Any]] = [
        {
            "shop_id": shop_id,
            "customer_id": customer_id,
            "token": new_token(),
            "address_key": phone,
            "email_key": email,
            "created_at": now,
        }
        for customer_id, (phone, email) in sorted(whose.items())
        if customer_id not in tokens
    ]
    if new:
        session.execute(insert(table_of(OptOutLink)), new)
    return tokens | {row["customer_id"]: row["token"] for row in new}


def opt_out_link(
    session: Any, *, shop_id: int, customer_id: int, address_key: str, email_key: str = "", now: datetime
) -> str:
    """Return one person's opt-out token, as opt_out_links does."""
    whose = {customer_id: (address_key, email_key)}
    return opt_out_links(session, shop_id=shop_id, whose=whose, now=now)[customer_id]


def note_dead_emails(session: Any, *, shop_id: int, emails: Collection[str], now: datetime) -> None:
    """The addresses' own servers said that there is nobody: no card of this shop writes there any more."""
    # One order for whoever takes several people (안부 인사 does too): else two could wait for each other.
    mine = select(Customer.id).where(Customer.shop_id == shop_id, Customer.email.in_(emails))
    ids = session.scalars(mine.order_by(Customer.id).with_for_update()).all()
    session.execute(
        update(Customer)
        .where(Customer.shop_id == shop_id, Customer.id.in_(ids))
        .values(email_failed_at=now)
        .execution_options(synchronize_session=False)
    )


def note_dead_numbers(session: Any, *, shop_id: int, phones: Collection[str]) -> None:
    """The carrier said that nobody has these numbers: nothing of the shop goes there any more."""
    _pause(session, shop_id, Customer.phone.in_(phones))


def note_dead_key(session: Any, *, shop_id: int, customer_id: int, phone_key: str) -> None:
    """As note_dead_numbers, of the number a person had when it was written to, if it is still theirs."""
    _pause(session, shop_id, (Customer.id == customer_id) & (Customer.phone_key == phone_key))


def _pause(session: Any, shop_id: int, whose: Any) -> None:
    mine = select(Customer.id, Customer.phone_key).where(
        Customer.shop_id == shop_id, whose, Customer.phone_key != ""
    )
    for customer_id, key in session.execute(mine.order_by(Customer.id).with_for_update()).all():
        session.execute(
            update(Customer)
            .where(Customer.shop_id == shop_id, Customer.id == customer_id)
            .values(phone_failed_key=key)
            .execution_options(synchronize_session=False)
        )
