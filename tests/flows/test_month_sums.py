"""Whatever is done to visits in whatever order: the sums of days and months are what the visits themselves say."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from app.cards.models import LedgerEntry
from app.cli.doctor import doctor
from app.customers.models import Merge
from app.extensions import db
from app.flows import amount, merge, months, privacy, refund, stamp
from app.flows.undo import undo_stamp
from app.flows.unit import write
from app.insights import actions as sums
from app.insights import drift, rebuild
from app.insights import months as worked_out
from app.insights.models import DayCount
from app.insights.month_models import MonthCount, MonthPair
from app.kit.clock import kst_day
from app.kit.refusals import Refused
from app.visits.models import Product, Visit, VisitItem
from tests import factories, world
from tests.factories import ACustomer, AShop
from tests.world import Clock

SHORT = settings(
    max_examples=4, stateful_step_count=12, derandomize=True, phases=[Phase.generate], deadline=None,
    suppress_health_check=list(HealthCheck), database=None,
)  # fmt: skip
PICK = st.integers(0, 99)
WON = st.sampled_from([None, None, 0, 4500, 12990])


class Visits(RuleBasedStateMachine):
    """A shop with three people: they come, late too, and what is known of it changes in every way there is."""

    clock: Clock
    shop: AShop
    people: list[ACustomer]

    @initialize()
    def open(self) -> None:
        """Open the shop."""
        world.wipe()
        self.clock.set(world.START)
        self.shop = factories.a_shop(goal=5, **factories.no_limits())
        self.people = [factories.a_customer(self.shop) for _ in range(3)]
        with write() as session:
            session.add_all(Product(shop_id=self.shop.id, name=name, price=4500) for name in ("라떼", "쿠키"))
        for who, ago in ((0, 75), (0, 40), (1, 40), (0, 8), (1, 8), (2, 8)):
            _visit(self.shop, self.people[who], self.clock() - timedelta(days=ago))

    @property
    def by(self) -> dict[str, Any]:
        return {"shop_id": self.shop.id, "staff_id": self.shop.owner_id, "now": self.clock()}

    def some(self, model: Any, pick: int, *where: Any) -> int | None:
        db.session.rollback()
        found = db.session.scalars(db.select(model.id).where(*where).order_by(model.id)).all()
        return found[pick % len(found)] if found else None

    @rule(days=st.sampled_from([0.1, 0.4, 1, 9, 33]))
    def wait(self, days: float) -> None:
        """Time passes."""
        self.clock.advance(days=days, seconds=1)

    @rule(who=st.integers(0, 2), won=WON, late=st.sampled_from([0, 0, 0.1, 0.9, 50]), items=st.booleans())
    def come(self, who: int, won: int | None, late: float, items: bool) -> None:
        """Somebody comes; told of now, or only days later."""
        facts = {**self.by, "now": self.clock() - timedelta(days=late)}
        if late:
            self.hour()
        try:
            entry = stamp.give(
                **facts, once=factories.once(), master=factories.master(), how="more",
                card_id=self.people[who].card_id, amount=won,
            )  # fmt: skip
        except Refused:
            return  # they went into another one
        if items:
            db.session.rollback()
            visit = db.session.scalar(db.select(LedgerEntry.visit_id).where(LedgerEntry.id == entry.entry_id))
            self._bought(int(visit or 0))

    def _bought(self, visit_id: int) -> None:
        with write() as session:
            visit = session.get_one(Visit, visit_id)
            for product in session.scalars(db.select(Product).where(Product.shop_id == self.shop.id)):
                session.add(
                    VisitItem(
                        shop_id=self.shop.id, visit_id=visit.id, product_id=product.id, quantity=2, price=4500
                    )
                )
            sums.touch(session, shop_id=self.shop.id, customer_ids=(visit.customer_id,))

    @rule(pick=PICK)
    def undo(self, pick: int) -> None:
        """적립 취소."""
        entry = self.some(LedgerEntry, pick, LedgerEntry.kind == "earn")
        if entry is not None:
            self._try(lambda: undo_stamp(**self.by, entry_id=entry))

    @rule(pick=PICK, typed=st.sampled_from(["", "0", "4500", "50000"]))
    def put_amount(self, pick: int, typed: str) -> None:
        """The amount comes later, or is put right."""
        entry = self.some(LedgerEntry, -1 - pick % 2, LedgerEntry.kind == "earn")
        if entry is not None:
            self._try(lambda: amount.put(**self.by, entry_id=entry, typed=typed))

    @rule(pick=PICK)
    def refund(self, pick: int) -> None:
        """환불."""
        visit = self.some(Visit, pick)
        if visit is not None:
            self._try(lambda: refund.refund(**self.by, visit_id=visit))

    @rule(kept=st.integers(0, 2), gone=st.integers(0, 2))
    def merge(self, kept: int, gone: int) -> None:
        """합치기."""
        pair = {"kept_id": self.people[kept].id, "gone_id": self.people[gone].id}
        self._try(lambda: merge.merge_people(**self.by, **pair))

    @rule(pick=PICK)
    def part(self, pick: int) -> None:
        """나누기."""
        merge_id = self.some(Merge, pick)
        if merge_id is not None:
            self._try(lambda: merge.undo_merge(**self.by, merge_id=merge_id))

    @rule()
    def hour(self) -> None:
        """The clock comes round: what has changed is worked out, and nothing is due any more."""
        months.see_to(shop_id=self.shop.id, now=self.clock())
        assert worked_out.due(db.session, shop_id=self.shop.id) == []

    def _try(self, work: Any) -> None:
        self.hour()  # so that what is not made due by it stays what it was worked out to be
        try:
            work()
        except Refused:
            db.session.rollback()

    @invariant()
    def every_sum_is_what_the_visits_say(self) -> None:
        """Days at every moment, months whenever nothing of them is due."""
        if hasattr(self, "people"):
            db.session.rollback()
            assert drift.drifts(shop_id=self.shop.id) == []

    def teardown(self) -> None:
        """At the end, counted from nothing it is the same."""
        if hasattr(self, "people"):
            self.hour()
            self.every_sum_is_what_the_visits_say()
            before = _everything(self.shop)
            with write() as session:
                days = set(session.scalars(db.select(DayCount.day)))
                rebuild.days(session, shop_id=self.shop.id, days=days)
            self.hour()
            assert _everything(self.shop) == before
        db.session.rollback()


def _everything(shop: AShop) -> tuple[Any, ...]:
    db.session.rollback()
    columns = [column for column in DayCount.__table__.c if column.name not in {"id", "changes"}]
    days = db.session.execute(db.select(*columns).where(DayCount.shop_id == shop.id).order_by(DayCount.day))
    found = db.session.scalars(db.select(MonthCount.month).where(MonthCount.shop_id == shop.id)).all()
    each = {month: worked_out.stored(db.session, shop_id=shop.id, month=month) for month in found}
    return [tuple(row) for row in days], each


@pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
def test_counting_from_nothing_is_counting_event_by_event(app: Flask, clock: Clock) -> None:
    Visits.clock = clock
    run_state_machine_as_test(Visits, settings=SHORT)


def _visit(shop: AShop, who: ACustomer, at: datetime, won: int | None = None) -> None:
    stamp.give(
        shop_id=shop.id, staff_id=shop.owner_id, once=factories.once(), master=factories.master(), how="more",
        card_id=who.card_id, amount=won, now=at,
    )  # fmt: skip


def test_a_month_in_numbers(app: Flask, clock: Clock) -> None:
    shop = factories.a_shop(goal=9, **factories.no_limits())
    people = [factories.a_customer(shop) for _ in range(6)]
    now = clock()
    october = now - timedelta(days=30)
    _visit(shop, people[0], october)
    for place, who in enumerate(people[:5]):
        _visit(shop, who, now - timedelta(days=place), 3_000)
    _visit(shop, people[4], now, 9_000)
    months.see_to(shop_id=shop.id, now=now)
    found = worked_out.stored(db.session, shop_id=shop.id, month=date(2026, 11, 1))
    assert found is not None
    assert (found.people, found.by_won, found.fifth) == (5, True, (1, 2, 12_000))
    assert found.cohorts == {date(2026, 10, 1): (1, 0), date(2026, 11, 1): (4, 1)}
    assert sum(found.hours.values()) == 6
    assert found.hours[0, 14] == 2  # START is a Monday, 14:49
    assert sum(found.found.values()) == 4
    day = db.session.execute(
        db.select(DayCount.sales, DayCount.priced).where(DayCount.day == kst_day(now))
    ).one()
    assert tuple(day) == (12_000, 2)


def test_a_first_visit_that_is_told_of_late_moves_its_person_to_another_month(
    app: Flask, clock: Clock
) -> None:
    shop = factories.a_shop(goal=9, **factories.no_limits())
    who, now = factories.a_customer(shop), clock()
    for ago in (30, 0):
        _visit(shop, who, now - timedelta(days=ago))
    months.see_to(shop_id=shop.id, now=now)
    _visit(shop, who, now - timedelta(days=70))
    months.see_to(shop_id=shop.id, now=now)
    assert drift.drifts(shop_id=shop.id) == []
    found = worked_out.stored(db.session, shop_id=shop.id, month=date(2026, 11, 1))
    assert found is not None and found.cohorts == {date(2026, 9, 1): (1, 0)}


def test_amounts_follow_one_stamp_of_several_being_taken_back_and_the_refund_of_all(
    app: Flask, clock: Clock
) -> None:
    shop = factories.a_shop(goal=9, **factories.no_limits())
    who, now = factories.a_customer(shop), clock()
    by: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": now}

    def day() -> tuple[int, int]:
        db.session.rollback()
        return tuple(db.session.execute(db.select(DayCount.sales, DayCount.priced)).one())

    _visit(shop, who, now, 4_000)
    _visit(shop, who, now, 3_000)
    _visit(shop, who, now)
    assert day() == (7_000, 1)
    entries = db.session.scalars(db.select(LedgerEntry.id).order_by(LedgerEntry.id)).all()
    undo_stamp(**by, entry_id=entries[1])
    assert day() == (4_000, 1)
    amount.put(**by, entry_id=entries[0], typed="5000")
    assert day() == (5_000, 1)
    refund.refund(**by, visit_id=db.session.scalars(db.select(Visit.id)).one())
    assert day() == (0, 0)


def test_the_doctor_shows_a_difference_of_a_day_and_of_a_month(app: Flask, clock: Clock) -> None:
    shop = factories.a_shop()
    _visit(shop, factories.a_customer(shop), clock())
    months.see_to(shop_id=shop.id, now=clock())
    run = app.test_cli_runner()
    assert run.invoke(doctor).exit_code == 0
    with write() as session:
        session.execute(db.update(DayCount).values(sales=5))
        session.execute(db.update(MonthCount).values(people=7))
    told = run.invoke(doctor)
    assert told.exit_code == 1
    assert "day 2026-11-23: sales is 5, its visits say 0" in told.output
    assert "month 2026-11" in told.output


def test_only_what_is_bought_together_often_is_a_pair(app: Flask, clock: Clock) -> None:
    shop = factories.a_shop(goal=9, **factories.no_limits())
    who = factories.a_customer(shop)
    with write() as session:
        session.add_all(Product(shop_id=shop.id, name=name, price=1000) for name in ("차", "떡", "빵"))
    for place in range(3):
        _visit(shop, who, clock() - timedelta(days=place))
    with write() as session:
        tea, rice, bread = session.scalars(db.select(Product.id).order_by(Product.id))
        for place, visit in enumerate(session.scalars(db.select(Visit.id).order_by(Visit.id)).all()):
            for product in (tea, rice, *([bread] if place else [])):
                session.add(
                    VisitItem(shop_id=shop.id, visit_id=visit, product_id=product, quantity=1, price=1000)
                )
        sums.touch(session, shop_id=shop.id, customer_ids=(who.id,))
    months.see_to(shop_id=shop.id, now=clock())
    pairs = db.session.execute(db.select(MonthPair.product_id, MonthPair.other_id, MonthPair.visits)).all()
    assert [tuple(pair) for pair in pairs] == [(tea, rice, 3)]


def test_who_leaves_was_found_by_nobody(app: Flask, clock: Clock) -> None:
    shop = factories.a_shop()
    who = factories.a_customer(shop)
    _visit(shop, who, clock())
    months.see_to(shop_id=shop.id, now=clock())
    privacy.erase(shop_id=shop.id, customer_id=who.id, now=clock())
    assert worked_out.due(db.session, shop_id=shop.id)


def test_a_slip_of_the_pen_stops_no_month(app: Flask, clock: Clock) -> None:
    """999 pieces at the highest price a till may tell: more won than PostgreSQL's INTEGER holds."""
    shop = factories.a_shop()
    who = factories.a_customer(shop)
    _visit(shop, who, clock())
    with write() as session:
        session.add(Product(shop_id=shop.id, name="귤", price=9_999_999))
        session.flush()
        visit, product = session.scalar(db.select(Visit.id)), session.scalar(db.select(Product.id))
        facts = {"visit_id": visit, "product_id": product, "quantity": 999, "price": 9_999_999}
        session.add(VisitItem(shop_id=shop.id, **facts))
        sums.touch(session, shop_id=shop.id, customer_ids=(who.id,))
    months.see_to(shop_id=shop.id, now=clock())
    found = worked_out.stored(db.session, shop_id=shop.id, month=date(2026, 11, 1))
    assert found is not None and list(found.products.values()) == [(999, 9_989_999_001, 1)]
