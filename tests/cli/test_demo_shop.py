"""The demo shop is a believable cafe whose books balance, on any hour of the day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app.cards.models import Card, Claim, LedgerEntry, Redemption, Reward
from app.customers.models import Consent, Customer
from app.customers.rules import clean_notes
from app.extensions import db
from app.flows import join
from app.flows.automation import text_fault
from app.flows.demo import opening, words
from app.insights.models import DayCount
from app.kit.clock import KST
from app.kit.phone import korean_mobile
from app.messages import registry
from app.messages.models import Message
from app.shops.models import Shop, Staff
from app.visits.models import Visit, VisitItem

ANCHOR = date(2026, 11, 23)
HOURS = ((3, 0), (8, 6), (12, 30), (15, 10), (20, 55), (23, 40))


@pytest.fixture
def cafe(app: Flask) -> Iterator[int]:
    """The shop's id, opened through the command as it stands on the anchor day."""
    result = app.test_cli_runner().invoke(args=["demo-shop", "--anchor", ANCHOR.isoformat()])
    assert result.exit_code == 0, result.output
    assert "600 customers" in result.output
    shop_id = db.session.scalar(select(Shop.id).where(Shop.code == words.SHOP_CODE))
    assert shop_id is not None
    yield shop_id
    db.session.rollback()


@pytest.mark.databases("sqlite", "postgres")
def test_the_books_balance(app: Flask, cafe: int) -> None:
    assert db.session.scalar(select(func.count()).where(Customer.source != "erased")) == 600
    assert _count(Visit) > 9_000
    _every_card_is_the_sum_of_its_ledger()
    _every_person_has_the_visits_that_stand(cafe)
    _the_daily_sums_are_what_happened(cafe)
    _every_amount_is_the_sum_of_its_lines()
    if db.engine.dialect.name == "sqlite":
        assert db.session.execute(text("PRAGMA foreign_key_check")).all() == []
    _somebody_new_gets_a_fresh_card(app, cafe)


def test_cards_rewards_and_claims_are_there_in_every_state(cafe: int) -> None:
    missing = Counter(
        db.session.scalars(select(func.max(10 - Card.balance, 0)).where(Card.closed_at.is_(None)))
    )
    assert missing[1] >= 3, "somebody is one stamp short"
    states = Counter(db.session.scalars(select(Claim.state)))
    assert states["waiting"] == 3
    assert {"approved", "declined", "expired"} <= set(states)
    kinds = Counter(db.session.scalars(select(LedgerEntry.kind)))
    assert {"earn", "fill", "reverse", "refuse"} <= set(kinds)
    rewards = db.session.execute(select(Reward.used_at, Reward.withdrawn_at)).all()
    assert any(used for used, _ in rewards) and any(withdrawn for _, withdrawn in rewards)
    assert any(used is None and withdrawn is None for used, withdrawn in rewards)
    assert any(db.session.scalars(select(Redemption.reversed_at)))
    assert {"grant", "decline", "withdraw"} == set(db.session.scalars(select(Consent.action)))


def test_letters_are_there_in_every_state(cafe: int) -> None:
    rows = db.session.execute(select(Message.channel, Message.state, Message.code, Message.staged_at)).all()
    found = {(row.channel, row.state) for row in rows}
    assert {("demo_phone", state) for state in ("sent", "suppressed", "ready", "cancelled")} <= found
    assert sum(1 for row in rows if row.channel == "own_phone" and row.staged_at is not None) == 3
    assert all(row.code for row in rows if row.state == "suppressed")
    for ad in db.session.scalars(
        select(Message.text).where(Message.channel == "demo_phone", Message.text != "")
    ):
        assert ad.startswith(("(광고)달빛커피\n", "[달빛커피] "))


def test_a_second_time_changes_nothing(app: Flask, cafe: int) -> None:
    before = _count(LedgerEntry)
    result = app.test_cli_runner().invoke(args=["demo-shop"])
    assert result.exit_code == 1
    assert "there already" in result.output
    assert _count(LedgerEntry) == before


def test_nobody_real_is_in_it(cafe: int) -> None:
    for name, phone, memo, likes in db.session.execute(
        select(Customer.name, Customer.phone, Customer.memo, Customer.likes)
    ):
        assert clean_notes(name=name, memo=memo, likes=likes) == (name, memo, likes)
        if phone is not None:
            assert korean_mobile(phone) == phone
            assert phone.startswith("+8210000"), "no Korean exchange begins with 0"
    assert set(db.session.execute(select(Staff.login, Staff.password_hash))) == {(None, None)}
    assert text_fault(registry.kind("thank_you"), words.THANK_YOU) is None


def test_the_same_day_gives_the_same_rows() -> None:
    first, second = _draw(opening.present_of(ANCHOR)), _draw(opening.present_of(ANCHOR))
    for name in opening.TABLES:
        assert first.plain(name) == second.plain(name), name


@pytest.mark.parametrize(("hour", "minute"), HOURS)
def test_at_any_hour_it_is_now(hour: int, minute: int) -> None:
    now = datetime(2026, 11, 23, hour, minute, tzinfo=KST)
    tables = _draw(now)
    happened = {
        "visits": "at",
        "ledger_entries": "at",
        "claims": "created_at",
        "messages": "created_at",
        "consents": "at",
    }
    for name, column in happened.items():
        assert all(row[column] <= now for row in tables.plain(name)), name
    waiting = [row for row in tables.plain("claims") if row["state"] == "waiting"]
    assert len(waiting) == 3 and all(row["expires_at"] > now for row in waiting)
    assert all(now - row["created_at"] < timedelta(minutes=10) for row in waiting)
    unsent = [
        row for row in tables.plain("messages") if row["channel"] == "demo_phone" and row["state"] == "ready"
    ]
    assert unsent, "there is something to send now"


def _draw(now: datetime) -> Any:
    first_ids = dict.fromkeys(opening.TABLES, 1)
    return opening.draw_history(first_ids, master=b"m" * 32, base_url="http://127.0.0.1:8000", now=now)


def _count(model: Any) -> int:
    return int(db.session.scalar(select(func.count(model.id))))


def _every_card_is_the_sum_of_its_ledger() -> None:
    sums = dict(
        db.session.execute(
            select(LedgerEntry.card_id, func.sum(LedgerEntry.delta)).group_by(LedgerEntry.card_id)
        ).all()
    )
    for card_id, balance in db.session.execute(select(Card.id, Card.balance)):
        assert sums.get(card_id, 0) == balance


def _every_person_has_the_visits_that_stand(shop_id: int) -> None:
    stood: dict[int, list[datetime]] = {}
    for person, at in db.session.execute(
        select(Visit.customer_id, Visit.at).where(Visit.reversed_at.is_(None)).order_by(Visit.at)
    ):
        stood.setdefault(person, []).append(at)
    for row in db.session.execute(
        select(Customer.id, Customer.visit_count, Customer.first_visit_at, Customer.last_visit_at)
    ):
        visits = stood.get(row.id, [])
        assert row.visit_count == len(visits)
        assert (row.first_visit_at, row.last_visit_at) == (
            (visits[0], visits[-1]) if visits else (None, None)
        )


def _the_daily_sums_are_what_happened(shop_id: int) -> None:
    reversed_ids = set(
        db.session.scalars(select(LedgerEntry.reverses_id).where(LedgerEntry.kind == "reverse"))
    )
    stamps = Counter(
        at.astimezone(KST).date()
        for entry_id, at in db.session.execute(
            select(LedgerEntry.id, LedgerEntry.at).where(LedgerEntry.kind == "earn")
        )
        if entry_id not in reversed_ids
    )
    visits = Counter(
        at.astimezone(KST).date()
        for at in db.session.scalars(select(Visit.at).where(Visit.reversed_at.is_(None)))
    )
    uses = Counter(
        at.astimezone(KST).date()
        for at in db.session.scalars(select(Redemption.at).where(Redemption.reversed_at.is_(None)))
    )
    for day in db.session.scalars(select(DayCount).where(DayCount.shop_id == shop_id)):
        assert (day.stamps, day.visits, day.rewards_used) == (stamps[day.day], visits[day.day], uses[day.day])
        assert day.returning_visits + day.new_customers == day.visits
    newcomers = db.session.scalar(select(func.sum(DayCount.new_customers)))
    assert newcomers == db.session.scalar(select(func.count(Customer.id)).where(Customer.visit_count > 0))


def _every_amount_is_the_sum_of_its_lines() -> None:
    lines = dict(
        db.session.execute(
            select(VisitItem.visit_id, func.sum(VisitItem.quantity * VisitItem.price)).group_by(
                VisitItem.visit_id
            )
        ).all()
    )
    for visit_id, amount in db.session.execute(select(Visit.id, Visit.amount)):
        assert lines.get(visit_id) == amount


def _somebody_new_gets_a_fresh_card(app: Flask, shop_id: int) -> None:
    joined = join.join_anonymous(
        shop_id=shop_id, browser_token="a new phone", source="qr", user_agent="", now=app.config["CLOCK"]()
    )
    assert joined.is_new
    card = db.session.execute(select(Card.balance, Card.rule_id).where(Card.id == joined.card_id)).one()
    assert card.balance == 0
