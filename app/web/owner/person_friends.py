"""모셔 온 분과 소개한 분, on a person's page."""

from __future__ import annotations

from app.referrals import bringers
from app.referrals.bringers import OfPerson
from app.web.guards import current_staff


def person_friends(customer_id: int) -> OfPerson | None:
    """Return who brought a person and whom they brought; None in a shop that does not use it."""
    if not current_staff().shop.has("referrals"):
        return None
    return bringers.of_person(shop_id=current_staff().shop.id, customer_id=customer_id)
