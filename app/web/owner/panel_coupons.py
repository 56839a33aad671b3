"""The coupons of who stands at the counter: what can be used, what was used today, what refused."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import request

from app.cards.counter import Panel
from app.coupons import queries as coupons
from app.coupons import words
from app.coupons.queries import Held, UseLine
from app.kit.signing import new_token
from app.web.doors import now
from app.web.guards import current_staff
from app.web.readable import row_number
from app.web.tier_words import tier_names


@dataclass(frozen=True)
class Ready:
    """A coupon with its conditions in words and the key of its button."""

    held: Held
    conditions: list[str]
    once: str


@dataclass
class PanelCoupons:
    """What the panel shows. `scanned`: whose own QR was just read; `wrong`: why one could not be used."""

    living: list[Ready]
    used: list[UseLine]
    scanned: int | None = None
    wrong: dict[int, str] = field(default_factory=dict)
    amount: str = ""  # as typed

    @property
    def scanned_one(self) -> Ready | None:
        """The coupon that stands on top: its own QR was read, or it was just tried."""
        return next((each for each in self.living if each.held.id == self.scanned), None)

    @property
    def unseen(self) -> list[Ready]:
        """The coupons of which nobody has read the own QR."""
        return [each for each in self.living if each.held.id != self.scanned]

    @property
    def rest(self) -> bool:
        """Whether the list below the card has a line."""
        return bool(self.used or self.unseen)


def for_panel(seen: Panel) -> PanelCoupons | None:
    """Return a person's coupons; None in a shop that gives none."""
    shop = current_staff().shop
    if not shop.has("coupons"):
        return None
    living, used = coupons.at_counter(shop_id=shop.id, customer_id=seen.customer_id, now=now())
    names = tier_names(shop.id) if any(each.terms.least_tier_id for each in living) else {}
    return PanelCoupons(
        living=[
            Ready(
                held,
                words.conditions(held.terms, tier=names.get(held.terms.least_tier_id or 0, "")),
                new_token(),
            )
            for held in living
        ],
        used=used,
        scanned=row_number(request.args.get("coupon")),
    )
