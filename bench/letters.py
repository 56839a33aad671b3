"""Messages a second through the gate and the outbox, with a provider that answers at once."""

from __future__ import annotations

import secrets
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from app import create_app
from app.customers.actions import AD_CHANNELS
from app.customers.models import Consent, Customer
from app.customers.rules import CONSENT_KINDS
from app.extensions import db
from app.flows import deliver
from app.flows.demo import opening
from app.messages import registry
from app.messages.channels import demo_phone
from app.messages.contract import Accepted, Letter, Outcome, Wire
from app.messages.models import Message
from bench.report import Row
from config import load_config, read_config
from launch import keys

MUST = 300.0
TURNS = 5
IN_A_TURN = 600
DUE = 50_000
MUST_WAIT_S = 5.0


def measure(folder: Path) -> list[Row]:
    """Drain due letters in batches of 50 on SQLite with synchronous=FULL."""
    with town(folder) as (app, shop_id, now):
        rates = [_one_turn(app, shop_id, turn, now) for turn in range(TURNS)]
        sent = db.session.scalar(
            select(func.count()).where(
                Message.kind == "thank_you", Message.cause.like("bench:%"), Message.state == "sent"
            )
        )
        if sent != TURNS * IN_A_TURN:
            raise RuntimeError(f"{sent} of {TURNS * IN_A_TURN} letters were sent")
        waited = _behind_many(app, shop_id, now)
    note = (
        f"{TURNS} × {IN_A_TURN} ads: gate, opt-out link, attempt and result for each; one worker, SQLite FULL"
    )
    return [
        Row("messages drained a second, batches of 50", statistics.median(rates), "/s", must=MUST, note=note),
        Row(
            "a shop's one letter while another shop has 50,000 due",
            waited,
            " s",
            must=MUST_WAIT_S,
            most=True,
            note="the longest of five, from its commit until it is sent; one worker",
        ),
    ]


@contextmanager
def town(folder: Path) -> Iterator[tuple[Any, int, datetime]]:
    """Open a demo shop whose carrier takes every letter at once; yields the application, the shop, noon in Korea."""
    import flask_migrate

    folder.mkdir(parents=True)
    env = {"DATA": str(folder), "DEMO": "0"}
    keys.make_missing(read_config(env, need_secrets=False)[0])
    app = create_app(load_config(env))
    # The provider's own time is not ours: this one takes every letter at once.
    real, demo_phone.send = demo_phone.send, _at_once
    registry.channels.cache_clear()
    try:
        with app.app_context():
            flask_migrate.upgrade()
            now = app.config["CLOCK"]()
            shop_id = opening.open_demo_shop(
                opening.SHOPS[0], master=app.config["MASTER_KEY"], base_url="http://127.0.0.1", now=now
            ).shop_id
            yield app, shop_id, now.replace(hour=3, minute=0)  # so that no night makes anybody wait
            db.session.remove()
            db.engine.dispose()
    finally:
        demo_phone.send = real


def _at_once(batch: Sequence[Letter], wire: Wire, latest_start: float | None) -> list[Outcome]:
    return [Accepted(letter.key) for letter in batch]


def thank(shop_id: int, first: int, count: int, now: datetime) -> None:
    """Let so many new people, all of whom agreed, have a thank-you that is due."""
    people = [_somebody_who_agreed(shop_id, number, now) for number in range(first, first + count)]
    db.session.execute(insert(Customer), [person for person, _ in people])
    db.session.execute(insert(Consent), [row for _, rows in people for row in rows])
    db.session.execute(insert(Message), [_due(shop_id, person["id"], now) for person, _ in people])
    db.session.commit()


def drain(app: Any, count: int, now: datetime) -> float:
    """Send so many letters that are due; returns the seconds it took. Raises RuntimeError when nothing goes out."""
    began, done = time.perf_counter(), 0
    while done < count:
        counts = deliver.drain(wire=app.config["WIRE"], clock=lambda: now)
        if not counts["accepted"]:
            raise RuntimeError(f"nothing goes out: {dict(counts)}")
        done += counts["accepted"]
    return time.perf_counter() - began


def _one_turn(app: Any, shop_id: int, turn: int, now: datetime) -> float:
    thank(shop_id, turn * IN_A_TURN, IN_A_TURN, now)
    return IN_A_TURN / drain(app, IN_A_TURN, now)


def _behind_many(app: Any, shop_id: int, now: datetime) -> float:
    """Let a second shop's letter come while a worker sends the first one's fifty thousand."""
    _notices(shop_id, DUE, now)
    other = opening.open_demo_shop(
        opening.SHOPS[1], master=app.config["MASTER_KEY"], base_url="http://127.0.0.1", now=now
    ).shop_id
    enough = threading.Event()

    def work() -> None:
        with app.app_context():
            while not enough.is_set():
                deliver.drain(wire=app.config["WIRE"], clock=lambda: now, stop=enough.is_set)
            db.session.remove()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        return max(_one_waits(other, number, now) for number in range(5))
    finally:
        enough.set()
        worker.join()


def _one_waits(shop_id: int, number: int, now: datetime) -> float:
    time.sleep(1.0)
    thank(shop_id, 500_000 + number, 1, now)
    began = time.perf_counter()
    mine = select(Message.state).where(
        Message.shop_id == shop_id, Message.cause == f"bench:{1_500_000 + number}"
    )
    while db.session.scalar(mine) != "sent":
        db.session.rollback()
        if time.perf_counter() - began > 60:
            raise RuntimeError("another shop's letter did not go out within a minute")
        time.sleep(0.01)
    db.session.rollback()
    return time.perf_counter() - began


def _notices(shop_id: int, count: int, now: datetime) -> None:
    """Write so many due notices for the people who were thanked: a notice has no cap."""
    people = range(1_000_000, 1_000_000 + TURNS * IN_A_TURN)
    rows = [
        _due(shop_id, people[number % len(people)], now)
        | {
            "kind": "reward_ready",
            "cause": f"many:{number}",
            "dedupe_key": f"many:{number}",
            "facts": {"reward": "아메리카노", "goal": 10},
        }
        for number in range(count)
    ]
    for start in range(0, count, 5000):
        db.session.execute(insert(Message), rows[start : start + 5000])
    db.session.commit()


def _somebody_who_agreed(
    shop_id: int, number: int, now: datetime
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    person_id = 1_000_000 + number
    phone = f"+821{number + 50_000:09d}"  # a block of nobody, which the demo shop leaves free
    person = {
        "id": person_id,
        "shop_id": shop_id,
        "name": f"손님{number}",
        "phone": phone,
        "phone_tail": phone[-4:],
        "phone_key": f"{number:064x}",
        "source": "qr",
        "joined_at": now - timedelta(days=40),
        "visit_count": 1,
    }
    consents = [
        {
            "shop_id": shop_id,
            "customer_id": person_id,
            "kind": kind,
            "action": "grant",
            "channels": AD_CHANNELS,
            "text_version": "bench",
            "text_hash": "0" * 64,
            "source": "card",
            "at": now - timedelta(days=40),
            "phone_key": f"{number:064x}",
        }
        for kind in CONSENT_KINDS
    ]
    return person, consents


def _due(shop_id: int, customer_id: int, now: datetime) -> dict[str, Any]:
    return {
        "shop_id": shop_id,
        "customer_id": customer_id,
        "kind": "thank_you",
        "channel": "demo_phone",
        "cause": f"bench:{customer_id}",
        "dedupe_key": f"bench:{customer_id}",
        "state": "ready",
        "due_at": now - timedelta(minutes=1),
        "not_after": now + timedelta(days=1),
        "facts": {"day": "2026-11-23"},
        "provider_key": secrets.token_hex(16),
        "created_at": now,
    }
