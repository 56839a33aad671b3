"""쉬는 날: what ends meanwhile moves, moves back, once, and only in the own shop."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from app.cards.models import Card, Lot
from app.extensions import db
from app.flows import closing_days
from app.flows.unit import write
from app.kit.clock import start_of_day
from app.kit.refusals import Invalid, NotHere
from app.shops import closures
from app.shops.models import SpecialDays, WeeklyDayOff
from tests import factories
from tests.factories import ACustomer, AShop
from tests.world import Clock, all_at_once

END = date(2026, 12, 25)


def _lot(shop: AShop, customer: ACustomer, end: date | None = END, *, plain: bool = True) -> int:
    """Give a card a stamp that ends; `plain`: with the rule's own day beside it, as new lots have it."""
    entry_id = factories.a_stamp(shop, customer.card_id).entry_id
    moment = start_of_day(end + timedelta(days=1)) if end else None
    with write() as session:
        lot = Lot(
            shop_id=shop.id,
            card_id=customer.card_id,
            entry_id=entry_id,
            unit="stamp",
            amount=1,
            remaining=1,
            earned_at=factories.now(),
            expires_at=moment,
            ends_on=end if plain else None,
        )
        session.add(lot)
        session.execute(
            db.update(Card)
            .where(Card.shop_id == shop.id, Card.id == customer.card_id)
            .values(expires_at=moment)
        )
        session.flush()
        return int(lot.id)


def _last_days(lot_id: int) -> tuple[date, date]:
    """Return the last good day of a lot and the nearest one of its card."""
    db.session.rollback()
    lot = db.session.get_one(Lot, lot_id)
    card = db.session.get_one(Card, lot.card_id)
    assert lot.expires_at is not None and card.expires_at is not None
    kst = timedelta(hours=9)
    return (lot.expires_at + kst - timedelta(days=1)).date(), (
        card.expires_at + kst - timedelta(days=1)
    ).date()


def _close(shop: AShop, first: str, last: str = "", *, is_open: bool = False) -> closing_days.Moved:
    return closing_days.mark(
        shop_id=shop.id, staff_id=shop.owner_id, first=first, last=last, note="", is_open=is_open, now=factories.now()
    )  # fmt: skip


def _only_entry(shop: AShop) -> int:
    lines = closures.coming_days(shop.id, date(2026, 11, 1))
    return lines[-1].id


def test_an_end_in_closed_days_moves_and_comes_back(
    shop: AShop, jiwoo: ACustomer, minho: ACustomer, owner: int
) -> None:
    lot, later = _lot(shop, jiwoo), _lot(shop, minho, date(2027, 3, 1))
    changed = db.session.get_one(Card, jiwoo.card_id).changed
    moved = _close(shop, "2026-12-24", "2026-12-26")
    assert (moved.people, moved.until) == (1, date(2026, 12, 27))
    assert _last_days(lot) == (date(2026, 12, 27), date(2026, 12, 27))
    assert db.session.get_one(Card, jiwoo.card_id).changed == changed + 1  # an open card shows it
    assert _last_days(later)[0] == date(2027, 3, 1)
    # The Sunday after it is a day off too.
    weekly = closing_days.save_weekly(shop_id=shop.id, staff_id=owner, weekdays=["6"], now=factories.now())
    assert weekly.until == date(2026, 12, 28) and _last_days(lot)[0] == date(2026, 12, 28)
    closing_days.take_back(shop_id=shop.id, staff_id=owner, days_id=_only_entry(shop), now=factories.now())
    assert _last_days(lot) == (END, END)


def test_twice_the_same_is_once(shop: AShop, jiwoo: ACustomer, owner: int) -> None:
    _lot(shop, jiwoo)
    assert _close(shop, "2026-12-24", "2026-12-26").people == 1
    assert _close(shop, "2026-12-24", "2026-12-26").people == 0
    assert db.session.scalar(db.select(db.func.count(SpecialDays.id))) == 1
    days_id = _only_entry(shop)
    for people in (1, 0):
        back = closing_days.take_back(shop_id=shop.id, staff_id=owner, days_id=days_id, now=factories.now())
        assert back.people == people


def test_two_at_once_make_one_entry_and_one_end(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    lot = _lot(shop, jiwoo)
    same = [lambda: _close(shop, "2026-12-24", "2026-12-26") for _ in range(3)]
    after = [lambda: _close(shop, "2026-12-27"), lambda: _close(shop, "2026-12-28", "2026-12-29")]
    results = all_at_once(app, [*same, *after])
    assert not [result for result in results if isinstance(result, Exception)], results
    # Whoever was last saw what the others had entered: nobody's end is lost.
    assert _last_days(lot) == (date(2026, 12, 30), date(2026, 12, 30))
    assert len(closures.coming_days(shop.id, date(2026, 12, 1))) == 3


def test_a_changed_entry_and_a_day_that_is_open_after_all(shop: AShop, jiwoo: ACustomer, owner: int) -> None:
    lot = _lot(shop, jiwoo)
    _close(shop, "2026-12-24", "2026-12-31")
    assert _last_days(lot)[0] == date(2027, 1, 2)  # eight days: the two lost ones come after reopening
    closing_days.mark(
        shop_id=shop.id, staff_id=owner, first="2026-12-24", last="2026-12-25", note="겨울 휴가",
        days_id=_only_entry(shop), now=factories.now(),
    )  # fmt: skip
    assert _last_days(lot)[0] == date(2026, 12, 26)
    assert [line.note for line in closures.coming_days(shop.id, date(2026, 12, 1))] == ["겨울 휴가"]
    _close(shop, "2026-12-25", is_open=True)
    assert _last_days(lot)[0] == END
    assert closures.closed_days(shop_id=shop.id, since=END, until=END) == frozenset()


def test_nothing_ends_at_once_because_a_shop_opens_after_all(
    shop: AShop, jiwoo: ACustomer, owner: int, clock: Clock
) -> None:
    lot = _lot(shop, jiwoo, date(2026, 11, 24))
    _close(shop, "2026-11-24", "2026-11-28")
    assert _last_days(lot)[0] == date(2026, 11, 29)
    clock.set(datetime(2026, 11, 27, 3, tzinfo=UTC))
    closing_days.take_back(shop_id=shop.id, staff_id=owner, days_id=_only_entry(shop), now=clock())
    assert _last_days(lot)[0] == date(2026, 11, 27)


def test_what_has_no_day_of_its_own_only_moves_off_closed_days(shop: AShop, jiwoo: ACustomer) -> None:
    lot = _lot(shop, jiwoo, plain=False)
    _close(shop, "2026-12-24", "2027-01-05")
    assert _last_days(lot)[0] == date(2027, 1, 6)
    assert closing_days.settle(shop_id=shop.id, now=factories.now()).people == 0


def test_a_weekday_off_begins_today_and_its_past_stays_true(shop: AShop, owner: int, clock: Clock) -> None:
    own = {"shop_id": shop.id, "staff_id": owner}
    closing_days.save_weekly(**own, weekdays=["0", "6"], now=clock())
    assert closures.weekly_days_off(shop.id, date(2026, 11, 23)) == {0, 6}
    clock.advance(days=14)
    closing_days.save_weekly(**own, weekdays=["6"], now=clock())
    found = closures.closed_days(shop_id=shop.id, since=date(2026, 11, 16), until=date(2026, 12, 14))
    assert found == {
        date(2026, 11, 23),
        date(2026, 11, 30),
        *(date(2026, 11, 29) + timedelta(7 * n) for n in range(3)),
    }
    closing_days.save_weekly(**own, weekdays=["0"], now=clock())
    assert db.session.scalar(db.select(db.func.count(WeeklyDayOff.id))) == 3
    with pytest.raises(Invalid):
        closing_days.save_weekly(**own, weekdays=list("0123456"), now=clock())


def test_another_shops_days_are_not_there(shop: AShop, other_shop: AShop, jiwoo: ACustomer) -> None:
    lot = _lot(shop, jiwoo)
    _close(shop, "2026-12-24", "2026-12-26")
    foreign = {"shop_id": other_shop.id, "staff_id": other_shop.owner_id, "days_id": _only_entry(shop)}
    with pytest.raises(NotHere):
        closing_days.take_back(**foreign, now=factories.now())
    with pytest.raises(NotHere):
        closing_days.mark(**foreign, first="2026-12-01", last="", note="", now=factories.now())
    assert closures.days_line(other_shop.id, foreign["days_id"]) is None
    _close(other_shop, "2026-12-01", "2026-12-31")
    assert _last_days(lot)[0] == date(2026, 12, 27)
    assert (
        closures.closed_days(shop_id=shop.id, since=date(2026, 12, 1), until=date(2026, 12, 2)) == frozenset()
    )
