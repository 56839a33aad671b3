"""생일과 기념일: kept with their consent only, found on the right day, gone with the person."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask

from app.customers import days
from app.customers import queries as people
from app.customers.models import Consent, Customer
from app.extensions import db
from app.flows import celebrations, privacy
from app.kit.lunar import Yearly
from app.kit.refusals import Invalid, NotHere
from app.shops.models import AccessLog
from tests import factories
from tests.factories import ACustomer, AShop
from tests.world import all_at_once

LUNAR = {"birth_month": "3", "birth_day": "5", "birth_calendar": "lunar"}
WEDDING = {"anniversary_name": "결혼기념일", "anniversary_month": "2", "anniversary_day": "29"}


def save(customer: ACustomer, typed: dict[str, str], *, agrees: bool = True, **more: Any) -> bool:
    """Let the person, or the staff named, write the days down."""
    return celebrations.save(
        shop_id=customer.shop_id,
        customer_id=customer.id,
        typed=typed,
        agrees=agrees,
        ip="127.0.0.1",
        user_agent="test",
        now=factories.now(),
        **more,
    )


def said(customer: ACustomer) -> list[tuple[str, str]]:
    db.session.rollback()
    rows = db.session.scalars(
        db.select(Consent)
        .where(Consent.customer_id == customer.id, Consent.kind == "days")
        .order_by(Consent.id)
    )
    return [(row.action, row.source) for row in rows]


def kept(customer: ACustomer) -> days.TheirDays:
    db.session.rollback()
    return days.days_of(shop_id=customer.shop_id, customer_id=customer.id)


def test_kept_with_the_consent_and_found_on_its_day(shop: AShop, jiwoo: ACustomer) -> None:
    with pytest.raises(Invalid) as refused:
        save(jiwoo, LUNAR, agrees=False)
    assert list(refused.value.fields) == ["days"]
    assert (kept(jiwoo).birth, said(jiwoo)) == (None, [])
    for _ in range(2):
        assert save(jiwoo, LUNAR | WEDDING)
    assert kept(jiwoo) == days.TheirDays(Yearly(3, 5, True), Yearly(2, 29), "결혼기념일")
    assert said(jiwoo) == [("grant", "card")]
    assert days.birthdays_on(shop_id=shop.id, day=date(2026, 4, 21)) == [jiwoo.id]
    assert days.birthdays_on(shop_id=shop.id, day=date(2026, 3, 5)) == []
    assert days.anniversaries_on(shop_id=shop.id, day=date(2027, 2, 28)) == [jiwoo.id]
    assert days.anniversaries_on(shop_id=shop.id, day=date(2028, 2, 28)) == []
    # The consent stands: other days need no second one.
    save(jiwoo, {"birth_month": "12", "birth_day": "24"}, agrees=False)
    assert kept(jiwoo) == days.TheirDays(Yearly(12, 24), None, "")


LEAPS = [
    # lunar month, day, leap; the days of 2025 to 2027 on which it is kept
    (("6", "1", "lunar"), [date(2025, 6, 25), date(2026, 7, 14), date(2027, 7, 4)]),
    (("6", "1", "leap"), [date(2025, 7, 25), date(2026, 7, 14), date(2027, 7, 4)]),
    (("12", "30", "lunar"), [date(2025, 1, 28), date(2026, 2, 16), date(2027, 2, 6)]),
    (("12", "29", "lunar"), [date(2025, 1, 28), date(2026, 2, 16), date(2027, 2, 5)]),
]


def test_lunar_days_by_the_table(shop: AShop) -> None:
    """The lunar year 2024 ended with the 29th, 2025 too, 2026 has the 30th."""
    for (month, day, calendar), kept_on in LEAPS:
        someone = factories.a_customer(shop, name="누군가", phone=factories.a_number())
        save(someone, {"birth_month": month, "birth_day": day, "birth_calendar": calendar})
        for each in kept_on:
            assert someone.id in days.birthdays_on(shop_id=shop.id, day=each), (month, day, calendar, each)
        week = days.birthdays_from(shop_id=shop.id, first=kept_on[1], days=3)
        assert (someone.id, kept_on[1]) in [(each.customer_id, each.day) for each in week]


def test_withdrawn_and_gone(shop: AShop, jiwoo: ACustomer) -> None:
    save(jiwoo, LUNAR)
    out = {"shop_id": shop.id, "customer_id": jiwoo.id, "ip": "", "user_agent": "", "now": factories.now()}
    for _ in range(2):
        celebrations.forget(**out)
    assert kept(jiwoo) == days.TheirDays(None, None, "")
    assert said(jiwoo) == [("grant", "card"), ("withdraw", "card")]
    assert days.birthdays_on(shop_id=shop.id, day=date(2026, 4, 21)) == []
    save(jiwoo, LUNAR)
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=factories.now())
    left = db.session.get_one(Customer, jiwoo.id)
    assert (left.birth_month, left.birth_day, left.birth_is_lunar, left.anniversary_name) == (
        None,
        None,
        False,
        "",
    )
    assert days.birthdays_on(shop_id=shop.id, day=date(2026, 4, 21)) == []
    with pytest.raises(NotHere):
        save(jiwoo, LUNAR)


def test_who_has_left_nothing_is_asked_for_a_name_first(shop: AShop, minho: ACustomer, owner: int) -> None:
    with pytest.raises(Invalid):
        save(minho, LUNAR)
    # The shop may write down what the person said, with their yes, and it is logged.
    with pytest.raises(Invalid):
        save(minho, LUNAR, agrees=False, staff_id=owner)
    save(minho, LUNAR, staff_id=owner)
    assert (kept(minho).birth, said(minho)) == (Yearly(3, 5, True), [("grant", "staff")])
    log = db.session.scalars(db.select(AccessLog).where(AccessLog.customer_id == minho.id)).all()
    assert [line.action for line in log] == ["edit"]


def test_two_at_once_agree_once(app: Flask, jiwoo: ACustomer) -> None:
    results = all_at_once(app, [lambda: save(jiwoo, LUNAR) for _ in range(4)])
    assert results == [True] * 4
    assert said(jiwoo) == [("grant", "card")]


def test_another_shop_sees_and_changes_nothing(shop: AShop, other_shop: AShop, jiwoo: ACustomer) -> None:
    save(jiwoo, LUNAR)
    assert days.birthdays_on(shop_id=other_shop.id, day=date(2026, 4, 21)) == []
    assert days.birthdays_from(shop_id=other_shop.id, first=date(2026, 4, 20)) == []
    assert days.days_of(shop_id=other_shop.id, customer_id=jiwoo.id).birth is None
    with pytest.raises(NotHere):
        celebrations.forget(
            shop_id=other_shop.id, customer_id=jiwoo.id, ip="", user_agent="", now=factories.now()
        )
    assert people.my_details(shop_id=shop.id, customer_id=jiwoo.id).standing["days"]
