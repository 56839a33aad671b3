"""What a person has and spent over all channels, for their page: certificates, and won by where they bought."""

from __future__ import annotations

from dataclasses import dataclass

from app.kit.clock import kst_day
from app.kit.korean import won
from app.warranties import queries as warranties
from app.warranties import sales
from app.warranties.queries import Certificate
from app.warranties.rules import CHANNELS, USE, channel_of_visit
from app.warranties.sales import Owned
from app.web import certificates
from app.web.doors import now
from app.web.guards import current_staff

_SHOWN = 5


@dataclass(frozen=True)
class OwnedBlock:
    """The block of the page: won in all and by channel, the longest lasting certificates with how they stand.

    `count`: how many there are; `gives`: whether the shop gives more.
    """

    spent: Owned
    by_channel: str
    certificates: list[tuple[Certificate, str]]
    count: int
    gives: bool


def owned(customer_id: int) -> OwnedBlock | None:
    """Return it, or None in a shop without warranties and for somebody of whom no channel but the shop is known."""
    shop, today = current_staff().shop, kst_day(now())
    spent = sales.spent_by_channel(shop_id=shop.id, customer_id=customer_id)
    if not shop.has(USE) and len(spent.spent) < 2:
        return None
    held = warranties.certificates_of(shop_id=shop.id, customer_id=customer_id, limit=_SHOWN)
    told: dict[str, int] = {}
    for channel, amount, _times in spent.spent:
        name = CHANNELS[channel_of_visit(channel)]
        told[name] = told.get(name, 0) + amount
    return OwnedBlock(
        spent,
        " · ".join(f"{name} {won(amount)}" for name, amount in told.items() if amount)
        if len(told) > 1
        else "",
        [(each, certificates.state_words(each, today)) for each in held],
        warranties.count_of(shop_id=shop.id, customer_id=customer_id) if len(held) == _SHOWN else len(held),
        shop.has(USE),
    )
