"""The nearest coupons on the card itself."""

from __future__ import annotations

from dataclasses import dataclass

from app.coupons import firsts
from app.coupons import queries as coupons
from app.coupons.queries import Held
from app.web.doors import now
from app.web.guards import current_card, current_shop

_NEAREST = 2
# So many visits long the card says why the first one brought no gift.
_EXPLAINED = 2


@dataclass(frozen=True)
class Slot:
    """What the card shows: the coupons that end first, whether there are more, and what the first visit brings.

    `missed`: what a first visit did not bring, because its number had that before or has another card.
    """

    nearest: list[Held]
    has_more: bool
    first: str = ""
    missed: str = ""


def for_card(*, visits: int) -> Slot | None:
    """Return the card's coupons, one question and one more about the first visit; None in a shop that gives none."""
    if not current_shop().has("coupons"):
        return None
    holder = current_card()
    found = coupons.living(
        shop_id=holder.shop_id, customer_id=holder.customer_id, now=now(), limit=_NEAREST + 1
    )
    first = missed = None
    who = {"shop_id": holder.shop_id, "customer_id": holder.customer_id}
    if visits <= _EXPLAINED and not any(held.terms.rule == "sign_up" for held in found):
        if visits:
            missed = firsts.refused_first(**who, now=now())
        else:
            first = firsts.first_offer(**who, now=now())
    return Slot(
        found[:_NEAREST],
        len(found) > _NEAREST,
        first.name if first else "",
        missed.name if missed else "",
    )
