"""Changes to visits. Flush, never commit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, or_, select, update

from app.customers.models import Customer
from app.kit.columns import UtcDateTime
from app.kit.upsert import insert_into
from app.visits.models import Product, Visit, VisitItem
from app.visits.rules import AT_COUNTER, NAME_MOST, Bought

# Two stamps within it belong to one visit: a second cup, or 한 개 더 for a companion.
SAME_VISIT = timedelta(hours=3)

# Asked with every stamp: built once.
_RECENT = (
    select(Visit)
    .where(
        Visit.shop_id == bindparam("shop"),
        Visit.customer_id == bindparam("customer"),
        Visit.at > bindparam("since", type_=UtcDateTime()),
        Visit.at <= bindparam("until", type_=UtcDateTime()),
        Visit.channel.in_(AT_COUNTER),
        Visit.reversed_at.is_(None),
    )
    .order_by(Visit.at > bindparam("now", type_=UtcDateTime()), Visit.at.desc())
    .limit(1)
)


def note_visit(
    session: Any, *, shop_id: int, person: Customer, staff_id: int | None, now: datetime
) -> tuple[Visit, bool]:
    """Return the visit that a stamp belongs to and whether it has just begun.

    A stamp that was scanned without a network may come after the visit it belongs to.
    """
    around = {"since": now - SAME_VISIT, "now": now, "until": now + SAME_VISIT}
    recent: Visit | None = session.scalar(_RECENT, {"shop": shop_id, "customer": person.id, **around})
    if recent is not None:
        return recent, False
    return add_visit(session, person=person, at=now, staff_id=staff_id), True


def add_visit(session: Any, *, person: Customer, at: datetime, staff_id: int | None, **facts: Any) -> Visit:
    """Begin a visit of a person whose row is held, and count it. `facts`: channel, source_key, amount.

    Raises IntegrityError when that channel's source_key was here before.
    """
    visit = Visit(
        shop_id=person.shop_id,
        customer_id=person.id,
        at=at,
        staff_id=staff_id,
        is_first=person.visit_count == 0,
        **facts,
    )
    session.add(visit)
    person.visit_count += 1
    person.stale_at = at
    # Two tills' clocks differ by moments: the later line may tell of the earlier visit.
    person.first_visit_at = min(person.first_visit_at or at, at)
    person.last_visit_at = max(person.last_visit_at or at, at)
    session.flush()
    return visit


def of_source(session: Any, *, shop_id: int, channel: str, source_key: str) -> Visit | None:
    """Return the visit that an order of another program is, a reversed one too."""
    found: Visit | None = session.scalar(
        select(Visit).where(
            Visit.shop_id == shop_id, Visit.channel == channel, Visit.source_key == source_key
        )
    )
    return found


def without_purchase(session: Any, *, person: Customer, at: datetime, amount: int | None) -> Visit | None:
    """Return the visit at the counter around a moment of which nobody wrote down yet what was bought.

    Where staff put an amount on it, it is the purchase of that very amount (`amount`, won).
    """
    near: list[Visit] = list(
        session.scalars(
            select(Visit)
            .where(
                Visit.shop_id == person.shop_id,
                Visit.customer_id == person.id,
                Visit.channel == "shop",
                Visit.at > at - SAME_VISIT,
                Visit.at < at + SAME_VISIT,
                or_(Visit.amount.is_(None), Visit.amount == amount),
                Visit.source_key.is_(None),
                Visit.reversed_at.is_(None),
                ~_has_items(),
            )
            .execution_options(populate_existing=True)
        )
    )
    return min(near, key=lambda visit: abs(visit.at - at), default=None)


def is_open(visit: Visit) -> bool:
    """Tell whether what was paid may still be typed: not where a till told it, or staff wrote it down."""
    return visit.channel == "shop" and visit.source_key is None


def _has_items() -> Any:
    return (
        select(VisitItem.id)
        .where(VisitItem.shop_id == Visit.shop_id, VisitItem.visit_id == Visit.id)
        .exists()
    )


def add_items(session: Any, *, visit: Visit, items: Sequence[Bought]) -> None:
    """Write down what was bought. A name that is not on the menu yet is put there with its price."""
    for item in sorted(
        items, key=lambda item: item.name
    ):  # in one order, so that nobody waits for each other
        product_id = _product_named(session, shop_id=visit.shop_id, name=item.name, price=item.price)
        session.add(
            VisitItem(
                shop_id=visit.shop_id,
                visit_id=visit.id,
                product_id=product_id,
                quantity=item.quantity,
                price=item.price,
            )
        )
    session.flush()


def drop_items(session: Any, *, visit: Visit) -> None:
    """Take away what was written down as bought."""
    session.execute(
        delete(VisitItem).where(VisitItem.shop_id == visit.shop_id, VisitItem.visit_id == visit.id)
    )


def _product_named(session: Any, *, shop_id: int, name: str, price: int) -> int:
    called = " ".join(name.split())[:NAME_MOST]
    session.execute(
        insert_into(session, Product)
        .values(shop_id=shop_id, name=called, price=price, is_pick=False)
        .on_conflict_do_nothing(index_elements=["shop_id", "name"])
    )
    found: int = session.scalars(
        select(Product.id).where(Product.shop_id == shop_id, Product.name == called)
    ).one()
    return found


def visit_here(session: Any, *, shop_id: int, customer_id: int, now: datetime) -> int | None:
    """Return the visit during which something is used now, or None when no stamp has begun one yet."""
    before = {"since": now - SAME_VISIT, "now": now, "until": now}
    recent: Visit | None = session.scalar(_RECENT, {"shop": shop_id, "customer": customer_id, **before})
    return recent.id if recent is not None else None


def standing_visit(session: Any, *, shop_id: int, visit_id: int) -> Visit | None:
    """Return a visit of this shop that was not undone."""
    found = visit(session, shop_id=shop_id, visit_id=visit_id)
    return found if found is not None and found.reversed_at is None else None


def visit(session: Any, *, shop_id: int, visit_id: int) -> Visit | None:
    """Return a visit of this shop as it is now, a reversed one too, or None."""
    found: Visit | None = session.scalar(
        select(Visit)
        .where(Visit.shop_id == shop_id, Visit.id == visit_id)
        .execution_options(populate_existing=True)
    )
    return found


def reverse_visit(
    session: Any, *, shop_id: int, visit_id: int, person: Customer, now: datetime
) -> Visit | None:
    """Undo a visit whose last stamp was taken back; returns it, or None when it was undone before."""
    visit: Visit | None = session.scalar(
        select(Visit).where(Visit.shop_id == shop_id, Visit.id == visit_id, Visit.reversed_at.is_(None))
    )
    if visit is None:
        return None
    visit.reversed_at = now
    session.flush()
    first, last = session.execute(
        select(func.min(Visit.at), func.max(Visit.at)).where(
            Visit.shop_id == shop_id, Visit.customer_id == person.id, Visit.reversed_at.is_(None)
        )
    ).one()
    person.visit_count = max(0, person.visit_count - 1)
    person.first_visit_at, person.last_visit_at = first, last
    person.stale_at = now
    session.flush()
    return visit


def count_again(session: Any, *, shop_id: int, customer_ids: Collection[int], now: datetime) -> None:
    """Note that visits of these people changed: what they add up to is worked out anew within a minute or so."""
    session.execute(
        update(Customer)
        .where(Customer.shop_id == shop_id, Customer.id.in_(customer_ids))
        .values(stale_at=now)
        .execution_options(synchronize_session=False)
    )


def product(session: Any, *, shop_id: int, product_id: int) -> Product | None:
    """Return one product of this shop, held for a change, or None."""
    found: Product | None = session.scalar(
        select(Product)
        .where(Product.shop_id == shop_id, Product.id == product_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found
