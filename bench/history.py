"""A shop's whole history for the dashboard's bench, written by the database itself: years of visits with their sums.

Everybody has come equally often, some every few hours and some every other week, the last time some minutes or months
ago. What the visits add up to is counted by the product's own night, so that the page reads what it would read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from app import create_app
from app.extensions import db
from app.flows import months, night, rhythm
from app.kit.clock import kst_day, start_of_day
from bench import data
from bench.data import Filled
from bench.speech import PostgresSpeech, Speech, SqliteSpeech, numbers_go_on
from config import load_config

PRODUCTS = 30
_MONTHS = 7  # the page shows six beside each other, and this one
_TABLES = ("visits", "ledger_entries", "visit_items")


def fill(folder: Path, *, customers: int, visits: int, **env: str) -> Filled:
    """Fill an empty database with `visits` visits of `customers` people, all counted as a night leaves them."""
    filled = data.fill(folder, customers=customers, ledger=customers, **env)
    app = create_app(load_config(filled.env))
    with app.app_context():
        now = app.config["CLOCK"]()
        _write(customers, max(2, visits // customers), now)
        rhythm.see_to(shop_id=1, now=now)
        left = iter(range(_MONTHS))
        months.see_to(shop_id=1, now=now, stop=lambda: next(left, None) is None)
        night.gather_statistics()
        db.session.remove()
        db.engine.dispose()
    return filled


def _write(customers: int, each: int, now: datetime) -> None:
    speech: Speech = SqliteSpeech() if _is_sqlite() else PostgresSpeech()
    facts = {
        "customers": customers,
        "each": each,
        "most": max(1, int((now - start_of_day(kst_day(now))).total_seconds()) // 60),
        "base": now.strftime("%Y-%m-%d %H:%M:%S"),
    }
    if _is_sqlite():
        _by_sqlite(statements(speech), facts)
    else:
        _by_postgres(statements(speech), facts)


def statements(speech: Speech) -> list[str]:
    """Return what writes it over a filled shop of one visit each: that one becomes everybody's last.

    Parameters :customers, :each (visits of one person), :most (minutes of today so far), :base (now).
    """
    people, times = speech.series("n", ":customers"), speech.series("k", ":each - 1")
    line = "(:customers + (n - 1) * (:each - 1) + k)"
    past, amount = speech.at(_minutes("n", "k")), _amount("n", "k")
    last = speech.at(_minutes("id", ":each"))
    goods = speech.series("p", str(PRODUCTS))
    return [
        f"UPDATE visits SET at = {last}, is_first = (1 = 0), amount = {_amount('id', ':each')}",
        f"UPDATE ledger_entries SET at = {last}",
        f"""INSERT INTO visits (id, shop_id, customer_id, at, channel, party_size, staff_id, is_first, amount)
        SELECT {line}, 1, n, {past}, 'shop', 1, 1, k = 1, {amount} FROM {people}, {times}""",
        f"""INSERT INTO ledger_entries (id, shop_id, card_id, customer_id, kind, delta, at, how, staff_id, visit_id,
        reason) SELECT {line}, 1, n, n, 'earn', 1, {past}, 'claim', 1, {line}, '' FROM {people}, {times}""",
        "UPDATE cards SET balance = :each, changed = :each",
        f"""UPDATE customers SET visit_count = :each, stale_at = NULL, first_visit_at = {speech.at(_minutes("id", "1"))},
        last_visit_at = {last}, found_by = CASE id % 3 WHEN 0 THEN 'friend' WHEN 1 THEN 'search' ELSE '' END""",
        f"INSERT INTO products (id, shop_id, name, price) SELECT p, 1, '상품 ' || p, 1000 * p FROM {goods}",
        # Of one visit in ten it is known what was bought: two things.
        *(
            f"""INSERT INTO visit_items (shop_id, visit_id, product_id, quantity, price)
            SELECT 1, id, 1 + (id * {step}) % {PRODUCTS}, 1, 3000 FROM visits WHERE id % 10 = 0"""
            for step in (7, 11)
        ),
        "DELETE FROM day_counts",
        f"""INSERT INTO day_counts (shop_id, day, stamps, visits, returning_visits, new_customers, sales, priced, changes)
        SELECT 1, {speech.day("at")}, count(*), count(*), sum(CASE WHEN is_first THEN 0 ELSE 1 END),
        sum(CASE WHEN is_first THEN 1 ELSE 0 END), coalesce(sum(amount), 0), count(amount), count(*)
        FROM visits GROUP BY 2""",
    ]


def _minutes(n: str, k: str) -> str:
    """Return how many minutes ago visit `k` of person `n` was: always between midnight and this hour of the day."""
    span = f"(30 + ({n} * 7919) % 1066)"  # days from the first visit to the last
    stopped = f"CASE WHEN {n} % 10 = 0 THEN 120 WHEN {n} % 7 = 0 THEN 25 ELSE {n} % 3 END"
    days = f"(((:each - {k}) * {span}) / :each + ({stopped}))"
    return f"{days} * 1440 + ({n} * 37 + {k} * 101) % :most"


def _amount(n: str, k: str) -> str:
    return f"CASE WHEN ({n} + {k}) % 2 = 0 THEN 3000 + ({n} * 31 + {k} * 17) % 20 * 500 END"


def _by_sqlite(queries: Sequence[str], facts: dict[str, Any]) -> None:
    """Write without a journal, which would be as long as the database; the indexes when everything is there."""
    place = db.engine.url.database
    db.session.remove()
    db.engine.dispose()
    own = sqlite3.connect(str(place), isolation_level=None)
    try:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-400000", "foreign_keys=OFF"):
            own.execute(f"PRAGMA {pragma}").fetchall()
        kept = own.execute(
            f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN {_TABLES}"
        ).fetchall()
        for name, _made_by in kept:
            own.execute(f"DROP INDEX {name}")
        for query in queries:
            own.execute(query, facts)
        for _name, made_by in kept:
            own.execute(made_by)
        own.execute("PRAGMA journal_mode=WAL").fetchall()
    finally:
        own.close()


def _by_postgres(queries: Sequence[str], facts: dict[str, Any]) -> None:
    """Write without looking at foreign keys; the indexes when everything is there, and swept as a living one is."""
    session = db.session
    session.execute(text("SET session_replication_role = replica"))
    session.execute(text("SET maintenance_work_mem = '512MB'"))
    kept = session.execute(
        text(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN :tables AND NOT EXISTS"
            " (SELECT 1 FROM pg_constraint WHERE conname = indexname)".replace(":tables", str(_TABLES))
        )
    ).all()
    for name, _made_by in kept:
        session.execute(text(f"DROP INDEX {name}"))
    for query in queries:
        session.execute(text(query), {name: value for name, value in facts.items() if f":{name}" in query})
    for _name, made_by in kept:
        session.execute(text(made_by))
    for table in ("visits", "ledger_entries", "products"):
        session.execute(text(numbers_go_on(table)))
    session.execute(text("SET session_replication_role = origin"))
    session.commit()
    session.remove()
    driver: Any = db.engine.raw_connection()
    driver.driver_connection.autocommit = True
    with driver.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("CHECKPOINT")
    driver.close()
    db.engine.dispose()


def _is_sqlite() -> bool:
    return db.session.get_bind().dialect.name == "sqlite"
