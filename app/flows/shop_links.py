"""Where else a shop is to be found, and what the slips in its parcels say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.board import link_rules, notice_rules, noticing
from app.flows import audit
from app.flows.unit import after_a_race, write
from app.shops import actions as shops


def save(*, shop_id: int, staff_id: int, typed: Mapping[str, str], now: datetime) -> bool:
    """Save the addresses an owner pasted, "" takes one away; returns whether anything changed. Raises Invalid."""
    links = link_rules.clean_links(typed)

    def flow() -> bool:
        with write() as session:
            if not noticing.save_links(session, shop_id=shop_id, links=links, now=now):
                return False
            shops.set_use(session, shop_id=shop_id, what=link_rules.USE, is_on=any(links.values()))
            audit.note(session, shop_id=shop_id, what="shop_links", staff_id=staff_id, now=now)
            return True

    return after_a_race(flow)


def save_thanks(*, shop_id: int, thanks: str, now: datetime) -> None:
    """Save the line of thanks on a parcel's slip; "" goes back to the words we begin with. Raises Invalid."""
    clean = notice_rules.clean_thanks(thanks)

    def flow() -> None:
        with write() as session:
            noticing.save_thanks(session, shop_id=shop_id, thanks=clean, now=now)

    after_a_race(flow)
