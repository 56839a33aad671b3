"""What the gate asks about the people of one batch, read at once: one look at the shop, one at all of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from app.customers.models import Consent, Customer
from app.customers.rules import standing
from app.kit.columns import UtcDateTime
from app.messages import gather
from app.messages.gather import Known
from app.messages.models import AdGrant

# The same columns as for one person, so that whoever teaches gather.look_up something teaches both.
_PEOPLE = select(Customer.id, *gather.PERSON.selected_columns).where(
    Customer.shop_id == bindparam("shop"), Customer.id.in_(bindparam("people", expanding=True))
)
_CONSENTS = (
    select(Consent.customer_id, Consent.kind, Consent.action)
    .where(Consent.shop_id == bindparam("shop"), Consent.customer_id.in_(bindparam("people", expanding=True)))
    .order_by(Consent.kind, Consent.id)  # as its index has them: the newest of a kind decides
)
_ADS = select(AdGrant.customer_id, AdGrant.message_id, AdGrant.at).where(
    AdGrant.shop_id == bindparam("shop"),
    AdGrant.customer_id.in_(bindparam("people", expanding=True)),
    AdGrant.at > bindparam("since", type_=UtcDateTime()),
)


@dataclass(frozen=True, slots=True)
class Crowd:
    """People of one shop, and what is known of them at one moment."""

    shop: list[Any]
    people: dict[int, Any]
    holds: dict[int, dict[str, bool]]
    ads: dict[int, dict[int, datetime]]  # person → message → when its right was given

    def known(self, customer_id: int, *, but_message_id: int) -> Known:
        """Return what gather.look_up would, of one of them. Raises KeyError for somebody else."""
        ads = tuple(at for ad, at in self.ads[customer_id].items() if ad != but_message_id)
        return gather.known(self.shop, self.people[customer_id], self.holds[customer_id], ads)

    def count(self, customer_id: int, message_id: int, now: datetime) -> None:
        """Let the next message of the batch to the same person see this ad, which goes."""
        self.ads[customer_id][message_id] = now


def look_up(session: Any, *, shop_id: int, people: Collection[int], now: datetime) -> Crowd:
    """Read what is known of these people of a shop at this moment."""
    ids = sorted(people)
    who: dict[str, Any] = {"shop": shop_id, "people": ids}
    said: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for customer_id, kind, action in session.execute(_CONSENTS, who):
        said[customer_id].append((kind, action))
    ads: dict[int, dict[int, datetime]] = defaultdict(dict)
    for customer_id, message_id, at in session.execute(_ADS, {**who, "since": now - gather.LONGEST_CAP}):
        ads[customer_id][message_id] = at
    return Crowd(
        shop=list(session.execute(gather.SHOP, {"shop": shop_id})),
        people={row.id: row for row in session.execute(_PEOPLE, who)},
        holds={customer_id: standing(said[customer_id]) for customer_id in ids},
        ads=ads,
    )


def one_each(rows: Sequence[Any]) -> list[list[Any]]:
    """Part a batch so that nobody stands in one part twice: everybody's first messages, then the second ones."""
    parts: list[list[Any]] = []
    seen: Counter[int] = Counter()
    for row in rows:
        place = seen[row.customer_id]
        seen[row.customer_id] += 1
        if place == len(parts):
            parts.append([])
        parts[place].append(row)
    return parts
