"""Whatever comes in from files, programs and by hand, and is taken back again: every sum is what the visits say."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from app.cards.models import LedgerEntry
from app.customers.models import Customer, Merge
from app.extensions import db
from app.flows import amount, merge, months, privacy, refund, stamp, visit
from app.flows import rhythm as people_flow
from app.flows.receipts import settle
from app.flows.undo import undo_stamp
from app.flows.unit import write
from app.insights import drift, likely, rules, stats
from app.insights import months as worked_out
from app.insights.models import PersonStat
from app.kit.clock import KST, kst_day
from app.kit.refusals import Invalid, NotHere, Refused
from app.shops import closures
from app.visits import receipts
from app.visits.import_models import Import
from app.visits.models import Visit
from app.visits.rules import Bought
from tests import exports, factories
from tests.factories import ACustomer, AShop
from tests.flows import taking_in
from tests.flows.coming import minute
from tests.world import Clock

STEPS = 24


class Days:
    """A shop to which things happen, drawn by a seed."""

    def __init__(self, shop: AShop, clock: Clock, seed: int) -> None:
        self.shop, self.clock, self.draw = shop, clock, random.Random(seed)
        self.numbers = [factories.a_number() for _ in range(4)]
        self.people = [
            factories.a_customer(shop, name=f"손님{n}", phone=number) for n, number in enumerate(self.numbers)
        ]
        self.files = 0

    @property
    def by(self) -> dict[str, Any]:
        """The shop, who acts, and when."""
        return {"shop_id": self.shop.id, "staff_id": self.shop.owner_id, "now": self.clock()}

    def who(self) -> ACustomer:
        """Somebody."""
        return self.draw.choice(self.people)

    def one(self, model: Any, *where: Any) -> int:
        """Return the id of one of a table's rows. Raises NotHere where there is none."""
        db.session.rollback()
        found = db.session.scalars(
            db.select(model.id).where(model.shop_id == self.shop.id, *where).order_by(model.id)
        )
        if not (ids := found.all()):
            raise NotHere("")
        return int(self.draw.choice(ids))

    def stamp(self) -> None:
        """Somebody comes, now or told of late."""
        at = self.clock() - timedelta(days=self.draw.choice([0, 0, 0.2, 3, 45]))
        stamp.give(
            **{**self.by, "now": at}, once=factories.once(), master=factories.master(), how="more",
            card_id=self.who().card_id, amount=self.draw.choice([None, 4500]),
        )  # fmt: skip

    def buy(self) -> None:
        """Staff write down what somebody bought."""
        more = self.draw.choice([[], [Bought("쿠키", 1, 2000)]])
        items = [Bought("라떼", self.draw.choice([1, 2]), 4500), *more]
        visit.write_down(
            **self.by,
            customer_id=self.who().id,
            amount=self.draw.choice([None, 9000]),
            items=items,
            once=factories.once(),
        )

    def cross_out(self) -> None:
        """What was written down is taken back."""
        visit.cross_out(**self.by, visit_id=self.one(Visit, Visit.source_key.like("hand:%")))

    def order(self) -> None:
        """A program tells of a purchase, of any day."""
        at = self.clock() - timedelta(days=self.draw.choice([0, 1, 33, 70]))
        with write() as session:
            visit.record(
                session, **self.by, customer_id=self.who().id, at=at, channel=self.draw.choice(["pos", "api"]),
                amount=self.draw.choice([None, 12_000]), items=[Bought("귤", 1, 12_000)],
                source_key=f"n{self.draw.randrange(6)}",
            )  # fmt: skip

    def file(self) -> None:
        """A file of orders: of people who are known and who are not, some of them here before, some cancelled."""
        rows: list[list[object]] = [["주문번호", "주문일", "이름", "휴대폰", "상품", "수량", "금액", "상태"]]
        for _ in range(self.draw.randrange(1, 6)):
            key = self.draw.randrange(12)
            day = kst_day(self.clock()) - timedelta(days=(0, 2, 40, 90)[key % 4])
            number = [*self.numbers, "010-9999-0001", "010-9999-0002"][key % 6]
            state = self.draw.choice(["", "", "", "취소완료"])
            rows.append(
                [f"A{key}", f"{day}", f"이름{key % 6}", number, ("라떼", "쿠키")[key % 2], 1, 4500, state]
            )
        self.files += 1
        taking_in.take_in(self.shop, exports.plain(rows), self.clock)

    def till(self) -> None:
        """A till without customers tells of what it has just taken; of the doubtful ones the owner says whose one is."""
        self.clock.advance(minutes=self.draw.choice([0, 30]))
        self.stamp()
        at = self.clock().astimezone(KST)
        won = self.draw.choice(["4,500", "7,000"])
        rows = [
            ["결제일", "결제시간", "결제내역", "합계", "카드 결제"],
            [f"{at:%Y-%m-%d}", f"{at:%H:%M}", "라떼", won, won],
        ]
        taking_in.take_in(self.shop, exports.plain(rows), self.clock)
        for asked in receipts.questions(self.shop.id)[:1]:
            settle(**self.by, receipt_id=asked.id, visit_id=asked.visits[0][0])

    def take_file_back(self) -> None:
        """A file is taken back."""
        taking_in.undo(self.shop, self.one(Import), self.clock)

    def undo(self) -> None:
        """적립 취소."""
        undo_stamp(**self.by, entry_id=self.one(LedgerEntry, LedgerEntry.kind == "earn"))

    def amount(self) -> None:
        """The amount comes later, or is put right."""
        entry = self.one(LedgerEntry, LedgerEntry.kind == "earn")
        amount.put(**self.by, entry_id=entry, typed=self.draw.choice(["", "0", "7000"]))

    def refund(self) -> None:
        """환불."""
        refund.refund(**self.by, visit_id=self.one(Visit))

    def merge(self) -> None:
        """Two become one, whoever they are."""
        living = (Customer.erased_at.is_(None),)
        merge.merge_people(
            **self.by, kept_id=self.one(Customer, *living), gone_id=self.one(Customer, *living)
        )

    def part(self) -> None:
        """And two again."""
        merge.undo_merge(**self.by, merge_id=self.one(Merge))

    def leave(self) -> None:
        """Somebody asks to be forgotten, and somebody new comes."""
        privacy.erase(
            shop_id=self.shop.id,
            customer_id=self.one(Customer, Customer.erased_at.is_(None)),
            now=self.clock(),
        )
        self.people[self.draw.randrange(len(self.people))] = factories.a_customer(self.shop)

    def wait(self) -> None:
        """Time passes, a night with it."""
        self.clock.advance(days=self.draw.choice([0.2, 1, 20]), seconds=1)
        people_flow.see_to(shop_id=self.shop.id, now=self.clock())

    def step(self) -> str:
        """Let one thing happen; what can't be done now is refused and changes nothing."""
        deeds: list[Callable[[], None]] = [
            self.stamp, self.stamp, self.stamp, self.buy, self.order, self.file, self.till, self.take_file_back,
            self.undo, self.amount, self.refund, self.merge, self.part, self.leave, self.cross_out, self.wait,
        ]  # fmt: skip
        deed = self.draw.choice(deeds)
        months.see_to(shop_id=self.shop.id, now=self.clock())  # what is not made due by it stays what it is
        try:
            deed()
        except (Refused, Invalid, NotHere):
            db.session.rollback()
        return deed.__name__


def _is_what_the_visits_say(days: Days) -> None:
    shop, now = days.shop, days.clock()
    db.session.rollback()
    assert drift.drifts(shop_id=shop.id) == []
    minute(now)
    standing = (Visit.shop_id == shop.id, Visit.customer_id == Customer.id, Visit.reversed_at.is_(None))
    sums = [
        db.select(what).where(*standing).scalar_subquery()
        for what in (db.func.count(), db.func.min(Visit.at), db.func.max(Visit.at))
    ]
    people = db.session.execute(
        db.select(
            Customer.id,
            Customer.visit_count,
            Customer.first_visit_at,
            Customer.last_visit_at,
            *sums,
            PersonStat.visits,
        )
        .outerjoin(PersonStat, PersonStat.customer_id == Customer.id)
        .where(Customer.shop_id == shop.id, Customer.erased_at.is_(None))
    ).all()
    for row in people:
        assert tuple(row[1:4]) == tuple(row[4:7]), row
        assert row.visits in (row.visit_count, None), row
    kept = db.session.scalars(db.select(PersonStat.customer_id).where(PersonStat.shop_id == shop.id)).all()
    assert set(kept) <= {row.id for row in people}
    today = kst_day(now)
    off = closures.closed_days(shop_id=shop.id, since=today - rules.CLOSED_SINCE, until=today)
    known = likely.rhythm_of(db.session, shop_id=shop.id)
    with write() as session:
        changed = stats.count_people(
            session, shop_id=shop.id, who=list(kept), calendar=stats.Calendar(today, off),
            shop_days=known.median_days if known else None, now=now,
        )  # fmt: skip
    assert changed == 0, "the night finds nothing that the minute did not know"


@pytest.mark.parametrize("seed", [1, 7])
def test_every_sum_is_what_the_visits_say(app: Flask, clock: Clock, seed: int) -> None:
    days = Days(factories.a_shop(goal=5, **factories.no_limits()), clock, seed)
    for number in range(STEPS):
        did = days.step()
        try:
            _is_what_the_visits_say(days)
        except AssertionError as fault:
            raise AssertionError(f"after step {number}, {did}: {fault}") from fault
    months.see_to(shop_id=days.shop.id, now=days.clock())
    assert worked_out.due(db.session, shop_id=days.shop.id) == []
    assert drift.drifts(shop_id=days.shop.id) == []


def test_an_order_that_is_told_of_late_and_was_the_first_moves_its_person_to_another_month(
    app: Flask, shop: AShop, clock: Clock
) -> None:
    """A program tells in November of an order of September, by somebody who came in October and in November."""
    who = factories.a_customer(shop)
    for ago in (30, 0):
        factories.a_stamp(shop, who.card_id, at=clock() - timedelta(days=ago))
    months.see_to(shop_id=shop.id, now=clock())
    with write() as session:
        visit.record(
            session, shop_id=shop.id, staff_id=None, now=clock(), customer_id=who.id, channel="api",
            at=clock() - timedelta(days=70), amount=9000, items=[], source_key="A1",
        )  # fmt: skip
    months.see_to(shop_id=shop.id, now=clock())
    assert drift.drifts(shop_id=shop.id) == []
    found = worked_out.stored(db.session, shop_id=shop.id, month=date(2026, 11, 1))
    assert found is not None and found.cohorts == {date(2026, 9, 1): (1, 0)}
