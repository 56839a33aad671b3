"""The public page of a shop's reviews, at ten thousand of them and at a hundred: the whole answer, each until it is here.

On SQLite all of it is this process's work and is counted in its processor time, which other programs disturb least; on
PostgreSQL it is counted by the clock, and the note says how much of it this process worked: the rest is the database,
and waiting for a turn where the machine has other things to do. A page that grows with the reviews would show in the ratio of the two sizes.
"""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import insert, select, text

from app import create_app
from app.extensions import db
from app.reviews.care_models import ReviewGoods, ReviewSum
from app.reviews.models import Photo, Review, ReviewAsk
from app.visits.models import Product, Visit
from bench.both import SAMPLES, WARM, on_both, p95_row
from bench.data import Filled
from bench.report import Row
from config import load_config

MUST_MS, GROWTH_MUST = 50, 1.5
MANY, FEW = 10_000, 100
_SHOP, _CHUNK = 1, 1_000
_TEXT = "크루아상 겉은 바삭하고 속은 촉촉해요. 점심시간에는 줄이 조금 길어요. "


def measure(folder: Path) -> list[Row]:
    """Time the pages on SQLite and PostgreSQL."""
    return on_both(folder, lambda name, filled, _server: _on(name, filled), customers=MANY, ledger=MANY)


def _on(name: str, filled: Filled) -> list[Row]:
    app = create_app(load_config(filled.env))
    with app.app_context():
        product_id, middle = _write(0, FEW)
    few, _worked = _times(app, f"/s/{filled.shop_code}/reviews")
    with app.app_context():
        product_id, middle = _write(FEW, MANY)
    pages = {
        "first page": "",
        "a page in the middle": f"?after={middle}",
        "of one product": f"?product={product_id}",
        "with photos": "?photos=1",
    }
    rows, first = [], 0.0
    for what, asked in pages.items():
        times, worked = _times(app, f"/s/{filled.shop_code}/reviews{asked}")
        first = first or times[len(times) // 2]
        note = f"{MANY:,} reviews; the whole answer, of it {worked:.1f} ms processor"
        rows.append(p95_row(f"reviews: {what}, p95, {name}", times, must=MUST_MS, note=note))
    if name == "SQLite":
        what = f"reviews: first page at {MANY:,} ÷ at {FEW}, processor, {name}"
        rows.append(Row(what, first / few[len(few) // 2], must=GROWTH_MUST, most=True))
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    return rows


def _times(app: Flask, path: str) -> tuple[list[float], float]:
    """Return how long each answer took, and how much processor time of this process the middle one did (ms)."""
    times, worked = [], []
    clock = (
        time.process_time if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite") else time.perf_counter
    )
    # As a proxy in front would bring it: everything but the wire.
    client = app.test_client()
    for number in range(SAMPLES + WARM):
        began, working = clock(), time.process_time()
        # Each from an address of its own: one that asks so often is slowed down.
        answer = client.get(
            path, base_url=app.config["BASE_URL"], environ_overrides={"REMOTE_ADDR": f"192.0.2.{number + 1}"}
        )
        times.append((clock() - began) * 1000)
        worked.append((time.process_time() - working) * 1000)
        if answer.status_code != 200 or "촉촉해요" not in answer.text:
            raise RuntimeError(f"the page shows no reviews: {answer.status_code}")
    return sorted(times[WARM:]), sorted(worked[WARM:])[len(worked[WARM:]) // 2]


def _write(first: int, last: int) -> tuple[int, int]:
    """Let people review their visits; every tenth was of the product and has a photo. Returns the product and a review in the middle."""
    session = db.session
    product_id = session.scalar(select(Product.id).where(Product.name == "크루아상"))
    if product_id is None:
        made = Product(shop_id=_SHOP, name="크루아상", price=4000)
        session.add(made)
        session.flush()
        product_id = made.id
    visits = session.execute(
        select(Visit.id, Visit.customer_id, Visit.at).order_by(Visit.id).offset(first).limit(last - first)
    ).all()
    for start in range(0, len(visits), _CHUNK):
        _write_some(visits[start : start + _CHUNK], first + start, product_id)
    session.execute(text("DELETE FROM review_sums"))
    session.execute(
        insert(ReviewSum),
        [
            {"shop_id": _SHOP, "product_id": number, "stars": 5, "reviews": many}
            for number, many in ((0, last), (product_id, last // 10))
        ],
    )
    session.commit()
    session.execute(text("ANALYZE"))
    session.commit()
    return product_id, last // 2


def _write_some(visits: list, before: int, product_id: int) -> None:  # type: ignore[type-arg]
    session, of = db.session, {"shop_id": _SHOP}
    asks, reviews, goods, photos = [], [], [], []
    for place, visit in enumerate(visits, start=before + 1):
        own = {**of, "customer_id": visit.customer_id}
        asks.append(
            {
                **own, "id": place, "visit_id": visit.id, "token": f"bench{place}", "made_at": visit.at,
                "expires_at": visit.at + timedelta(days=60), "picked": 0,
            }
        )  # fmt: skip
        reviews.append(
            {
                **own, "id": place, "ask_id": place, "stars": 5, "mood": "", "text": _TEXT * 3, "shown_name": "김*지",
                "reward": "", "at": visit.at, "answered_at": visit.at, "words_at": visit.at,
            }
        )  # fmt: skip
        if place % 10 == 0:
            goods.append({**of, "product_id": product_id, "review_id": place})
            photos.append(
                {
                    **own, "ask_id": place, "review_id": place, "ref": f"bench{place}", "state": "ready", "width": 900,
                    "height": 900, "tries": 1, "reason": "", "at": visit.at,
                }
            )  # fmt: skip
    for table, rows in ((ReviewAsk, asks), (Review, reviews), (ReviewGoods, goods), (Photo, photos)):
        session.execute(insert(table), rows)
