"""The demo shops are believable shops whose books balance, on any hour of the day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app.cards import drift
from app.cards.models import Card, LedgerEntry, Redemption
from app.customers.models import Customer
from app.customers.rules import clean_notes
from app.extensions import db
from app.flows import join
from app.flows.automation import text_fault
from app.flows.demo import later_letters, opening
from app.flows.demo.dalbit import DALBIT
from app.flows.demo.description import Description
from app.flows.demo.jeongsun import JEONGSUN
from app.flows.demo.tables import TABLES
from app.insights.models import DayCount
from app.kit.clock import KST
from app.kit.phone import korean_mobile
from app.messages import registry
from app.referrals.bringers import bringers
from app.shops.models import Shop
from app.tiers import gifts
from app.tiers import queries as tiers
from app.tiers.forecast import to_move
from app.visits.models import Visit, VisitItem

ANCHOR = date(2026, 11, 23)
# At night, just after opening, just before midnight; in the afternoon it is the anchor day's own present.
HOURS = ((3, 0), (8, 6), (23, 40))


BOTH = pytest.mark.parametrize("shop", opening.SHOPS, ids=lambda shop: shop.code)


@pytest.fixture
def town(app: Flask) -> Iterator[dict[str, int]]:
    """Both shops' ids by their codes, opened through the command as they stand on the anchor day."""
    result = app.test_cli_runner().invoke(args=["demo-shop", "--anchor", ANCHOR.isoformat()])
    assert result.exit_code == 0, result.output
    assert "달빛커피: 600 customers" in result.output and "정순네 반찬: 200 customers" in result.output
    yield {row.code: row.id for row in db.session.execute(select(Shop.code, Shop.id))}
    db.session.rollback()


@pytest.mark.databases("sqlite", "postgres")
def test_everybody_stands_where_their_visits_put_them_and_the_books_balance(
    app: Flask, town: dict[str, int]
) -> None:
    _a_shop_has_on_all_that_was_drawn_for_it(town)
    _nobody_is_said_to_have_come_with_half_the_town(town)
    _everybody_stands_where_their_visits_put_them(town["DALBIT"])
    assert _count(Visit, town["DALBIT"]) > 9_000 and _count(Visit, town["JEONGSUN"]) > 1_800
    for shop in opening.SHOPS:
        shop_id = town[shop.code]
        there = Customer.shop_id == shop_id, Customer.source != "erased"
        assert db.session.scalar(select(func.count()).where(*there)) == shop.people
        _every_card_is_the_sum_of_its_ledger(shop_id)
        assert drift.drifts(shop_id=shop_id) == []
        _every_person_has_the_visits_that_stand(shop_id)
        _the_daily_sums_are_what_happened(shop_id)
        _every_amount_is_the_sum_of_its_lines(shop_id)
        _somebody_new_gets_a_fresh_card(app, shop_id)
    if db.engine.dialect.name == "sqlite":
        assert db.session.execute(text("PRAGMA foreign_key_check")).all() == []


@BOTH
def test_cards_rewards_and_claims_are_there_in_every_state(shop: Description) -> None:
    rows = _now(shop).plain
    missing = Counter(shop.goals[1] - card["balance"] for card in rows("cards") if card["closed_at"] is None)
    assert missing[1] >= 3, "somebody is one stamp short"
    states = Counter(claim["state"] for claim in rows("claims"))
    assert states["waiting"] == 3
    assert {"approved", "declined", "expired"} <= set(states)
    assert {"earn", "fill", "reverse", "refuse"} <= {entry["kind"] for entry in rows("ledger_entries")}
    used = {(reward["used_at"] is None, reward["withdrawn_at"] is None) for reward in rows("rewards")}
    assert {(False, True), (True, True)} <= used
    assert any(use["reversed_at"] for use in rows("redemptions"))
    assert {"grant", "decline", "withdraw"} == {said["action"] for said in rows("consents")}
    assert shop is not DALBIT or (True, False) in used, "one card was filled by a slip of the finger"


@BOTH
def test_letters_are_there_in_every_state(shop: Description) -> None:
    rows = _now(shop).plain("messages")
    found = {(row["channel"], row["state"]) for row in rows}
    assert {("demo_phone", state) for state in ("sent", "ready", "suppressed")} <= found
    assert shop is not DALBIT or ("demo_phone", "cancelled") in found
    assert sum(1 for row in rows if row["channel"] == "own_phone" and row["staged_at"] is not None) == 3
    assert all(row["code"] for row in rows if row["state"] == "suppressed")
    for row in rows:
        if row["channel"] == "demo_phone" and row["text"]:
            assert row["text"].startswith((f"(광고){shop.name}\n", f"[{shop.name}] "))


def test_a_second_time_changes_nothing_and_a_missing_shop_is_opened(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    facts = {"master": b"m" * 32, "base_url": "http://127.0.0.1", "now": opening.present_of(ANCHOR)}
    opening.open_demo_shop(JEONGSUN, **facts)
    before = db.session.scalar(select(func.count(LedgerEntry.id)))
    assert run(args=["demo-shop", "--anchor", ANCHOR.isoformat()]).output.count("customers") == 1
    assert db.session.scalar(select(func.count(LedgerEntry.id))) > before * 3
    result = run(args=["demo-shop"])
    assert result.exit_code == 1
    assert "there already" in result.output
    # Whichever was opened first, the links of the first one are printed on top.
    lines = run(args=["links", "--base", "http://x"]).output.splitlines()
    assert [line[:10].strip() for line in lines] == ["owner", "customer", "phone", "2nd owner", "2nd join"]
    assert [line[10:] for line in lines if "/s/" in line] == ["http://x/s/JEONGSUN", "http://x/s/DALBIT"]


@BOTH
def test_nobody_real_is_in_it(shop: Description) -> None:
    for row in _now(shop).plain("customers"):
        notes = {key: row[key] for key in ("name", "memo", "likes")}
        assert clean_notes(**notes) == tuple(notes.values())
        if row["phone"] is not None:
            assert korean_mobile(row["phone"]) == row["phone"]
            assert row["phone"].startswith("+8210000"), "no Korean exchange begins with 0"
    assert all("password_hash" not in row and "login" not in row for row in _now(shop).plain("staff"))
    assert text_fault(registry.kind("thank_you"), shop.thank_you) is None


@BOTH
def test_what_is_said_and_held_is_of_people_who_came(shop: Description) -> None:
    now, tables = opening.present_of(ANCHOR), _now(shop)
    rows = {
        name: {row["id"]: row for row in tables.plain(name)}
        for name in tables.rows
        if all("id" in row for row in tables.plain(name))
    }
    visits, asks, reviews = rows["visits"], rows["review_asks"], rows["reviews"]
    assert len({ask["visit_id"] for ask in asks.values()}) == len(asks)
    assert 0.2 <= len(reviews) / len(asks) <= 0.3
    menu = {product["id"]: product["name"] for product in rows["products"].values()}
    basket: dict[int, set[str]] = {}
    for line in rows["visit_items"].values():
        basket.setdefault(line["visit_id"], set()).add(menu[line["product_id"]])
    about = {words.text: words.about for words in shop.reviews}
    for review in reviews.values():
        ask = asks[review["ask_id"]]
        visit = visits[ask["visit_id"]]
        assert visit["at"] == ask["made_at"] < review["at"] < now and review["at"] < ask["expires_at"]
        assert visit["customer_id"] == review["customer_id"] and visit["reversed_at"] is None
        bought = basket.get(visit["id"], set())
        assert about[review["text"]] in {"", *bought}
    assert len({review["customer_id"] for review in reviews.values()}) == len(reviews)
    assert all(len(words.text) >= 3 and len(words.text.split()) <= 90 for words in shop.reviews)
    late = max(reviews.values(), key=lambda review: review["at"])
    replied = {reply["review_id"]: reply["at"] for reply in rows["review_replies"].values()}
    assert replied and late["id"] not in replied
    assert all(review["answered_at"] == replied.get(review["id"]) for review in reviews.values())
    lines: dict[int, list[Any]] = {}
    for line in rows["voice_lines"].values():
        lines.setdefault(line["voice_id"], []).append(line)
    for voice in rows["voices"].values():
        said = lines[voice["id"]]
        assert said[0]["staff_id"] is None and said[0]["at"] == voice["opened_at"]
        assert (voice["waiting_since"] is None) == (
            voice["closed_at"] is not None or said[-1]["staff_id"] is not None
        )
        assert all(line["at"] < now for line in said)
    since = {person["id"]: person["joined_at"] for person in rows["customers"].values()}
    held = [row for row in tables.plain("warranties") if row["customer_id"] is not None]
    assert all(row["claimed_at"] >= since[row["customer_id"]] for row in held)


@BOTH
def test_a_stamp_for_a_review_stands_in_the_ledger_and_on_the_review(shop: Description) -> None:
    rows = _now(shop).plain
    given = {
        entry["customer_id"]: entry["at"] for entry in rows("ledger_entries") if entry["how"] == "review"
    }
    rewarded = {row["customer_id"]: row["at"] for row in rows("reviews") if row["reward"]}
    assert given == rewarded and len(given) >= 2
    since = rows("review_settings")[0]["changed_at"]
    asks = {ask["id"]: ask["made_at"] for ask in rows("review_asks")}
    for review in rows("reviews"):
        assert (review["reward"] == "도장 1개") == (asks[review["ask_id"]] > since)


def test_a_cold_seat_waits_for_an_answer_since_three_hours() -> None:
    now, tables = opening.present_of(ANCHOR), _now(DALBIT)
    newest = tables.plain("voices")[-1]
    assert (newest["kind"], now - newest["waiting_since"]) == ("complaint", timedelta(hours=3))
    assert tables.plain("voice_lines")[-1]["text"].startswith("자리가 추워요")


def test_letters_of_kinds_that_are_not_built_in_are_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """And once they are, some who were greeted after a silence have come again and some have not."""
    keys = {row["kind"] for row in _now(JEONGSUN).plain("messages")}
    assert keys <= set(registry.kinds())
    thanks = registry.kind("thank_you")
    built = {
        key: replace(
            thanks,
            key=key,
            words=lambda facts: {},
            text="{이름} 님, 잘 지내세요?",
            delay_minutes=0,
            once_a_day=False,
        )
        for key in later_letters.KINDS
    }
    all_kinds = {**registry.kinds(), **built}
    monkeypatch.setattr(registry, "kinds", lambda: all_kinds)
    for shop in opening.SHOPS:
        tables = _draw(shop, opening.present_of(ANCHOR))
        written = [row for row in tables.plain("messages") if row["kind"] in built]
        assert {row["kind"] for row in written} == set(built)
        assert all("token" in row["facts"] for row in written if row["kind"] != "come_back")
        greeted = [row for row in written if row["kind"] == "come_back"]
        asked = {
            row["customer_id"]: row["sent_at"]
            for row in greeted
            if (row["channel"], row["state"]) == ("demo_phone", "sent")
        }
        back = {
            visit["customer_id"]
            for visit in tables.plain("visits")
            if visit["customer_id"] in asked and visit["at"] > asked[visit["customer_id"]]
        }
        assert 2 <= len(back) < len(asked)


@BOTH
def test_the_same_day_gives_the_same_rows(shop: Description) -> None:
    first, second = _now(shop), _draw(shop, opening.present_of(ANCHOR))
    for name in TABLES:
        assert first.plain(name) == second.plain(name), name


@BOTH
@pytest.mark.parametrize("time", [*HOURS, None])
def test_at_any_hour_it_is_now(shop: Description, time: tuple[int, int] | None) -> None:
    now = datetime(2026, 11, 23, *time, tzinfo=KST) if time else opening.present_of(ANCHOR)
    tables = _draw(shop, now) if time else _now(shop)
    happened = {
        "visits": "at",
        "ledger_entries": "at",
        "claims": "created_at",
        "messages": "created_at",
        "consents": "at",
        "reviews": "at",
        "voice_lines": "at",
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


@cache
def _now(shop: Description) -> Any:
    """The shop as it stands on the anchor day; only looked at."""
    return _draw(shop, opening.present_of(ANCHOR))


def _draw(shop: Description, now: datetime) -> Any:
    first_ids = dict.fromkeys(TABLES, 1)
    return opening.draw_history(shop, first_ids, master=b"m" * 32, base_url="http://127.0.0.1:8000", now=now)


def _count(model: Any, shop_id: int) -> int:
    return int(db.session.scalar(select(func.count(model.id)).where(model.shop_id == shop_id)))


def _every_card_is_the_sum_of_its_ledger(shop_id: int) -> None:
    sums = dict(
        db.session.execute(
            select(LedgerEntry.card_id, func.sum(LedgerEntry.delta))
            .where(LedgerEntry.shop_id == shop_id)
            .group_by(LedgerEntry.card_id)
        ).all()
    )
    for card_id, balance in db.session.execute(select(Card.id, Card.balance).where(Card.shop_id == shop_id)):
        assert sums.get(card_id, 0) == balance


def _every_person_has_the_visits_that_stand(shop_id: int) -> None:
    stood: dict[int, list[datetime]] = {}
    for person, at in db.session.execute(
        select(Visit.customer_id, Visit.at)
        .where(Visit.shop_id == shop_id, Visit.reversed_at.is_(None))
        .order_by(Visit.at)
    ):
        stood.setdefault(person, []).append(at)
    for row in db.session.execute(
        select(Customer.id, Customer.visit_count, Customer.first_visit_at, Customer.last_visit_at).where(
            Customer.shop_id == shop_id
        )
    ):
        visits = stood.get(row.id, [])
        assert row.visit_count == len(visits)
        assert (row.first_visit_at, row.last_visit_at) == (
            (visits[0], visits[-1]) if visits else (None, None)
        )


def _the_daily_sums_are_what_happened(shop_id: int) -> None:
    reversed_ids = set(
        db.session.scalars(
            select(LedgerEntry.reverses_id).where(
                LedgerEntry.shop_id == shop_id, LedgerEntry.kind == "reverse"
            )
        )
    )
    stamps = Counter(
        at.astimezone(KST).date()
        for entry_id, at in db.session.execute(
            select(LedgerEntry.id, LedgerEntry.at).where(
                LedgerEntry.shop_id == shop_id, LedgerEntry.kind == "earn"
            )
        )
        if entry_id not in reversed_ids
    )
    visits = Counter(
        at.astimezone(KST).date()
        for at in db.session.scalars(
            select(Visit.at).where(Visit.shop_id == shop_id, Visit.reversed_at.is_(None))
        )
    )
    uses = Counter(
        at.astimezone(KST).date()
        for at in db.session.scalars(
            select(Redemption.at).where(Redemption.shop_id == shop_id, Redemption.reversed_at.is_(None))
        )
    )
    for day in db.session.scalars(select(DayCount).where(DayCount.shop_id == shop_id)):
        assert (day.stamps, day.visits, day.rewards_used) == (stamps[day.day], visits[day.day], uses[day.day])
        assert day.returning_visits + day.new_customers == day.visits
    newcomers = db.session.scalar(select(func.sum(DayCount.new_customers)).where(DayCount.shop_id == shop_id))
    assert newcomers == db.session.scalar(
        select(func.count(Customer.id)).where(Customer.shop_id == shop_id, Customer.visit_count > 0)
    )


def _every_amount_is_the_sum_of_its_lines(shop_id: int) -> None:
    lines = dict(
        db.session.execute(
            select(VisitItem.visit_id, func.sum(VisitItem.quantity * VisitItem.price))
            .where(VisitItem.shop_id == shop_id)
            .group_by(VisitItem.visit_id)
        ).all()
    )
    for visit_id, amount in db.session.execute(
        select(Visit.id, Visit.amount).where(Visit.shop_id == shop_id)
    ):
        assert lines.get(visit_id) == amount


def _somebody_new_gets_a_fresh_card(app: Flask, shop_id: int) -> None:
    joined = join.join_anonymous(
        shop_id=shop_id, browser_token="a new phone", source="qr", user_agent="", now=app.config["CLOCK"]()
    )
    assert joined.is_new
    card = db.session.execute(select(Card.balance, Card.rule_id).where(Card.id == joined.card_id)).one()
    assert card.balance == 0


def _a_shop_has_on_all_that_was_drawn_for_it(town: dict[str, int]) -> None:
    uses = {db.session.get_one(Shop, each).uses for each in town.values()}
    assert uses == {
        "board boosts coupons events links news referrals testers tiers warranties",
        "events links news points referrals testers",
    }


def _nobody_is_said_to_have_come_with_half_the_town(town: dict[str, int]) -> None:
    for shop_id in town.values():
        companions = [line.companions for line in bringers(shop_id=shop_id)]
        assert max(companions) <= 15
    assert max(line.companions for line in bringers(shop_id=town["DALBIT"])) > 0


def _everybody_stands_where_their_visits_put_them(shop_id: int) -> None:
    counts = tiers.counts(shop_id)
    assert len(counts) == 3 and min(counts.values()) >= 10
    policy, levels = tiers.policy_of(shop_id), [line.level for line in tiers.tiers_of(shop_id)]
    assert policy is not None
    assert to_move(shop_id=shop_id, policy=policy, levels=levels, now=opening.present_of(ANCHOR)) == []
    assert gifts.lists_of(shop_id)[0].given >= 3
