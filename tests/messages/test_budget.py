"""What messages may cost: the month's budget, prices, money that comes back."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.extensions import db, files_dir
from app.flows import budget, deliver
from app.flows.unit import write
from app.kit import files
from app.messages import pictures, prices, recall, registry, spending
from app.messages.contract import Accepted
from app.messages.models import AdGrant, Message
from app.messages.way_models import Charge, MessageSettings
from tests.messages.accounts import a_paying_shop, change, drain, spent, texts, thank_all
from tests.messages.world import thank
from tests.provider import Bench
from tests.world import Clock, all_at_once


def test_the_budget_is_never_passed_also_by_many_at_once(app: Flask, clock: Clock, bench: Bench) -> None:
    shop = a_paying_shop(bench, clock)
    change(MessageSettings, month_won=50 * 7 + 49)
    thank_all(shop, 12, clock)
    wire = app.config["WIRE"]
    all_at_once(app, [lambda: deliver.drain(wire=wire, clock=clock, limit=3)] * 6)
    for _ in range(3):
        drain(app)
    assert len(bench.taken()) == 7
    assert spent(shop) == 350
    left = [row for row in texts(shop) if row.state != "sent"]
    assert {(row.state, row.code) for row in left} == {("suppressed", "budget")}
    assert left[0].reason.startswith("이번 달 문자 값 한도를 다 썼어요.")
    assert db.session.query(AdGrant).filter_by(shop_id=shop).count() == 7


def test_an_ad_the_budget_refuses_takes_no_right_from_the_next_of_its_batch(
    app: Flask, clock: Clock, bench: Bench
) -> None:
    shop = a_paying_shop(bench, clock)
    change(MessageSettings, month_won=60)
    (who,) = thank_all(shop, 1, clock)
    for number in (1, 2):
        clock.advance(days=1)
        thank(shop, who, clock, f"visit:{number}")
    ref = "p" * 22
    files.save(
        files_dir(), files.Place(pictures.KIND, shop, ref), io.BytesIO(b"a picture"), most=100, now=clock()
    )
    with write() as session:  # the first costs 200 won, and there is money for one without a picture
        first = session.query(Message).filter_by(channel="solapi", cause="visit:0").one()
        first.facts = {**first.facts, "photo": ref}
        session.query(Message).update({"due_at": clock(), "not_after": clock() + timedelta(days=4)})
    drain(app)
    assert [(row.state, row.code) for row in texts(shop)] == [
        ("suppressed", "budget"),
        ("sent", ""),
        ("ready", "cap"),
    ]
    assert db.session.query(AdGrant).filter_by(shop_id=shop).count() == 1


def test_what_can_wait_waits_for_the_next_month_or_for_more_money(
    app: Flask, clock: Clock, bench: Bench
) -> None:
    shop = a_paying_shop(bench, clock)
    change(MessageSettings, month_won=60)
    thank_all(shop, 2, clock)
    change(Message, not_after=clock() + timedelta(days=30))
    drain(app)
    waits = texts(shop, state="ready")[0]
    assert (waits.code, waits.due_at) == ("budget", datetime(2026, 11, 30, 15, 0, tzinfo=UTC))
    now = spending.this_month(shop, now=clock())
    assert (now.won, now.share, now.left) == (50, 83, 10)
    assert now.alert == "이번 달 문자 값이 60원 가운데 50원이 됐어요."
    budget.note_told(shop_id=shop, share=now.share, now=clock())
    assert spending.this_month(shop, now=clock()).alert == ""
    budget.change(shop_id=shop, month_won=100, now=clock())
    drain(app)
    assert texts(shop, state="ready") == []
    assert spending.this_month(shop, now=clock()).alert == (
        "이번 달 문자 값 한도를 다 썼어요. 이번 달에는 더 나가지 않아요. 한도를 올리면 다시 나가요."
    )


def test_what_never_went_out_gives_its_money_back(app: Flask, clock: Clock, bench: Bench) -> None:
    shop = a_paying_shop(bench, clock)
    thank_all(shop, 2, clock)
    with bench.refusing():
        drain(app)
    assert spent(shop) == 100
    with write() as session:
        recall.cancel(session, shop_id=shop, cause="visit:0", reason="적립 취소", now=clock())
    assert spent(shop) == 50
    clock.advance(days=40)
    deliver.sweep(now=clock())
    assert spent(shop) == 0
    assert db.session.query(Charge).count() == 0


def test_a_picture_travels_with_its_letter_and_costs_more(
    app: Flask, clock: Clock, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = a_paying_shop(bench, clock)
    thank_all(shop, 2, clock)
    ref = "p" * 22
    place = files.Place(pictures.KIND, shop, ref)
    files.save(files_dir(), place, io.BytesIO(b"a picture"), most=100, now=clock())
    with write() as session:
        first = session.query(Message).filter_by(channel="solapi", cause="visit:0").one()
        first.facts = {**first.facts, "photo": ref}
        second = session.query(Message).filter_by(channel="solapi", cause="visit:1").one()
        second.facts = {**second.facts, "photo": "../../secrets/master.key"}  # no name of ours: no picture
    taken: list[bytes] = []

    def take(batch: Any, *_: Any) -> list[Accepted]:
        taken.extend(letter.photo for letter in batch)
        return [Accepted() for _ in batch]

    monkeypatch.setattr(registry.channel("solapi"), "send", take)
    drain(app)
    assert taken == [b"a picture", b""]
    assert spent(shop) == 200 + 50


def test_a_form_has_its_price() -> None:
    sms, talk = registry.channel("solapi").CAPABILITIES, registry.channel("solapi_talk").CAPABILITIES
    by_hand = registry.channel("own_phone").CAPABILITIES
    assert prices.form_of("가" * 45, channel=sms) == "sms"
    assert prices.form_of("가" * 46, channel=sms) == "lms"
    assert prices.form_of("가", channel=sms, photo=True) == "mms"
    assert prices.form_of("가", channel=by_hand, photo=True) == "lms"
    assert prices.form_of("가" * 500, channel=talk) == "talk"
    assert [prices.price_of(None, form) for form in ("sms", "lms", "mms", "talk")] == [20, 50, 200, 19]
    december = datetime(2026, 12, 31, 15, 0, tzinfo=UTC)
    assert (prices.month_of(december), prices.month_of(december - timedelta(seconds=1))) == (
        "2027-01",
        "2026-12",
    )
    assert prices.next_month(december) == datetime(2027, 1, 31, 15, 0, tzinfo=UTC)
