"""Reads by which ways a kind of message may travel from a shop, and what each of them costs."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.extensions import db
from app.kit.korean import won
from app.messages import accounts, prices, registry
from app.messages.contract import Account, Capabilities, Kind, Wire
from app.shops.models import Shop


@dataclass(frozen=True)
class WayLine:
    """One way, as an owner ticks it."""

    key: str
    label: str
    cost: str  # "긴 문자 한 통에 50원", "요금이 없어요"
    is_paid: bool
    is_by_hand: bool
    is_chosen: bool


def offered(shop_id: int, kind: Kind, *, chosen: str, wire: Wire) -> list[WayLine]:
    """Return the ways a kind may take out of this shop, the preferred one first; the card is not among them.

    `chosen` is what an automation or a campaign keeps ("" = those that cost nothing).
    """
    is_demo = bool(db.session.scalar(select(Shop.is_demo).where(Shop.id == shop_id)))
    on = accounts.on(db.session, shop_id)
    picked = set(chosen.split())
    lines = []
    for key in kind.channels:
        can = registry.channel(key).CAPABILITIES
        if not _is_open(can, kind, is_demo=is_demo, on=on, wire=wire):
            continue
        is_paid = bool(can.account)
        account = accounts.account(db.session, shop_id=shop_id, provider=can.account) if is_paid else None
        lines.append(
            WayLine(
                key=key,
                label=registry.channel(key).LABEL,
                cost=_cost(can, account),
                is_paid=is_paid,
                is_by_hand=can.by_hand,
                is_chosen=key in picked if picked else not is_paid,
            )
        )
    return lines


def _is_open(can: Capabilities, kind: Kind, *, is_demo: bool, on: frozenset[str], wire: Wire) -> bool:
    if not can.transmits or can.is_demo != is_demo:
        return False
    if can.address == "email" and not wire.carries_mail:
        return False
    if can.address == "push" and not wire.carries_push:
        return False
    if can.is_template and kind.is_ad:
        return False
    return not can.account or can.account in on


def _cost(can: Capabilities, account: Account | None) -> str:
    if not can.account:
        return "사장님 휴대폰 요금제로 나가요" if can.by_hand else "요금이 없어요"
    if can.is_template:
        return f"한 통에 {won(prices.price_of(account, prices.TALK))}"
    parts = [("짧은 문자", prices.SMS), ("긴 문자", prices.LMS)]
    parts += [("사진 문자", prices.MMS)] if can.takes_photo else []
    return " · ".join(f"{name} {won(prices.price_of(account, form))}" for name, form in parts)
