"""Messages a second through the gate and the outbox, with a provider that answers at once."""

from __future__ import annotations

import secrets
import statistics
import time
from collections.abc import Sequence
from datetime import timedelta
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


def measure(folder: Path) -> list[Row]:
    """Drain due thank-yous in batches of 50 on SQLite with synchronous=FULL."""
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
            rates = [_one_turn(app, shop_id, turn) for turn in range(TURNS)]
            sent = db.session.scalar(
                select(func.count()).where(
                    Message.kind == "thank_you", Message.cause.like("bench:%"), Message.state == "sent"
                )
            )
            db.session.remove()
            db.engine.dispose()
    finally:
        demo_phone.send = real
    if sent != TURNS * IN_A_TURN:
        raise RuntimeError(f"{sent} of {TURNS * IN_A_TURN} letters were sent")
    note = (
        f"{TURNS} × {IN_A_TURN} ads: gate, opt-out link, attempt and result for each; one worker, SQLite FULL"
    )
    return [
        Row("messages drained a second, batches of 50", statistics.median(rates), "/s", must=MUST, note=note)
    ]


def _at_once(batch: Sequence[Letter], wire: Wire, latest_start: float | None) -> list[Outcome]:
    return [Accepted(letter.key) for letter in batch]


def _one_turn(app: Any, shop_id: int, turn: int) -> float:
    now = app.config["CLOCK"]().replace(
        hour=3, minute=0
    )  # noon in Korea, so that no night makes anybody wait
    people = [_somebody_who_agreed(shop_id, turn * IN_A_TURN + number, now) for number in range(IN_A_TURN)]
    db.session.execute(insert(Customer), [person for person, _ in people])
    db.session.execute(insert(Consent), [row for _, rows in people for row in rows])
    db.session.execute(insert(Message), [_due(shop_id, person["id"], now) for person, _ in people])
    db.session.commit()
    began, done = time.perf_counter(), 0
    while done < IN_A_TURN:
        counts = deliver.drain(wire=app.config["WIRE"], clock=lambda: now)
        if not counts["accepted"]:
            raise RuntimeError(f"nothing goes out: {dict(counts)}")
        done += counts["accepted"]
    return done / (time.perf_counter() - began)


def _somebody_who_agreed(shop_id: int, number: int, now: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    person_id = 1_000_000 + number
    phone = f"+82100050{number:04d}"  # a block of nobody, which the demo shop leaves free
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


def _due(shop_id: int, customer_id: int, now: Any) -> dict[str, Any]:
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
