"""Reads for the shop's 카카오톡 채널: its address, and the numbers of a group for its admin page."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlalchemy import select

from app.customers.models import Consent, Customer, Suppression
from app.customers.rules import standing
from app.extensions import db
from app.insights import groups
from app.kit.phone import national
from app.messages.way_models import MessageSettings

USE = "talk"  # in Shop.uses
_HEAD = "전화번호"


def channel(shop_id: int) -> str:
    """Return the channel's id, "" when the shop has none."""
    return (
        db.session.scalar(select(MessageSettings.talk_channel).where(MessageSettings.shop_id == shop_id))
        or ""
    )


def numbers(shop_id: int, *, group: str, now: datetime) -> list[str]:
    """Return the numbers of who is in a group and agreed to ads: digits only, in the order people joined.

    Left out: who did not agree to ads and the use of their data for them, refused, is not known to be 14, or left
    no number. Raises KeyError for an unknown group.
    """
    found: list[str] = []
    after: int | None = 0
    while after is not None:
        ids, after = groups.members(shop_id=shop_id, group=group, now=now, after_id=after)
        found += _who_may(shop_id, ids)
    return found


def _who_may(shop_id: int, ids: list[int]) -> list[str]:
    refused = select(Suppression.address_key).where(
        Suppression.shop_id == shop_id, Suppression.lifted_at.is_(None)
    )
    people = db.session.execute(
        select(Customer.id, Customer.phone)
        .where(
            Customer.shop_id == shop_id,
            Customer.id.in_(ids),
            Customer.phone.is_not(None),
            Customer.erased_at.is_(None),
            Customer.phone_key.not_in(refused),
        )
        .order_by(Customer.id)
    ).all()
    said: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in db.session.execute(
        select(Consent.customer_id, Consent.kind, Consent.action)
        .where(Consent.shop_id == shop_id, Consent.customer_id.in_([row.id for row in people]))
        .order_by(Consent.id)
    ):
        said[row.customer_id].append((row.kind, row.action))
    return [
        national(row.phone).replace("-", "")
        for row in people
        if all(standing(said[row.id])[kind] for kind in ("age14", "marketing", "ads"))
    ]


def as_file(found: list[str]) -> str:
    """Return the numbers as a CSV of one column, for the channel's admin page (고객파일).

    The page's own columns are not publicly documented: one column of numbers is what it needs to find a friend, and
    more of a person than that does not leave the shop. Digits alone: nothing a spreadsheet could take for a formula.
    """
    return "\r\n".join([_HEAD, *found]) + "\r\n"
