"""A shop with very many customers, written by the database itself: one statement a table.

Every card has the same number of stamps, so that sum(ledger) == balance is true before and after.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select, text

from app import create_app
from app.customers.models import Customer
from app.extensions import db
from app.flows import access
from app.flows import shop as shop_flow
from app.flows.shop import FirstShop
from bench.speech import PostgresSpeech, Speech, SqliteSpeech, numbers_go_on, statements
from config import load_config, read_config
from launch import keys

GOAL = 29
REWARD = "아메리카노 한 잔"
_LISTED = 20_000  # cards that the load asks for; the rest is there to be in the way
SHOP = FirstShop(
    name="재는가게",
    goal=str(GOAL),
    reward_name=REWARD,
    phone="02-0000-0000",
    opens="00:00",
    closes="23:59",
    owner_name="재는이",
    login="bench-owner",
    password="a long enough sentence",
)


@dataclass(frozen=True)
class Filled:
    """A filled database: where it is, and what a browser needs to get in."""

    env: dict[str, str]
    shop_code: str
    staff_cookie: str
    card_cookies: Path
    card_ids: Path
    middle_page: str  # the keyset place a thousand pages (or as many as there are) into the list


def fill(folder: Path, *, customers: int, ledger: int, **env: str) -> Filled:
    """Migrate an empty database and fill it with `customers` people and `ledger` stamps."""
    import flask_migrate

    folder.mkdir(parents=True)
    env = {"DATA": str(folder), "DEMO": "0", **env}
    keys.make_missing(read_config(env, need_secrets=False)[0])
    app = create_app(load_config(env))
    with app.app_context():
        flask_migrate.upgrade()
        now = app.config["CLOCK"]()
        token = access.mint_link(kind="setup", shop_id=None, staff_id=None, lifetime_s=600, now=now)
        staff = shop_flow.set_up(
            token=token, answers=SHOP, user_agent="bench", ip="", is_secure=True, now=now
        )
        stamps = max(1, ledger // customers)
        _write_rows(customers, stamps, now)
        code = db.session.scalar(text("SELECT code FROM shops"))
        middle = _place(min(1000, customers // 30 - 2) * 30)
        db.session.remove()
        db.engine.dispose()
    cookies, ids = folder / "cookies.txt", folder / "cards.txt"
    listed = range(1, min(customers, _LISTED) + 1)
    cookies.write_text("".join(f"__Host-card={browser(number)}\n" for number in listed))
    ids.write_text("".join(f"{number}\n" for number in listed))
    return Filled(env, str(code), f"__Host-staff={staff}", cookies, ids, middle)


def browser(number: int) -> str:
    """Return the token in the cookie of customer `number`'s browser."""
    return f"bench-browser-{number:08d}"


def check_sums(env: dict[str, str]) -> tuple[int, int]:
    """Return (stamps whose once-key is the load's, cards whose balance is not the sum of their ledger)."""
    app = create_app(load_config(env))
    with app.app_context():
        landed = db.session.scalar(
            text("SELECT count(*) FROM ledger_entries WHERE kind = 'earn' AND once LIKE 'bench-%'")
        )
        wrong = db.session.scalar(
            text(
                "SELECT count(*) FROM cards JOIN (SELECT card_id, sum(delta) AS total FROM ledger_entries"
                " GROUP BY card_id) AS sums ON sums.card_id = cards.id WHERE balance <> total"
            )
        )
        db.session.remove()
        db.engine.dispose()
    return int(landed or 0), int(wrong or 0)


def _write_rows(customers: int, stamps: int, now: datetime) -> None:
    """Write everything in one transaction; `stamps` visits and stamps for each card."""
    session = db.session
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    speech: Speech = SqliteSpeech() if is_sqlite else PostgresSpeech()
    facts = {
        "customers": customers,
        "stamps": stamps,
        "reward": REWARD,
        "base": (now - timedelta(days=1)).strftime("%Y-%m-%d %H:%M:%S"),
    }
    for query in statements(speech):
        session.execute(text(query), {name: value for name, value in facts.items() if f":{name}" in query})
    devices = text(
        "INSERT INTO devices (shop_id, customer_id, browser_hash, created_at, seen_at, user_agent)"
        f" VALUES (1, :number, :hash, {speech.at('0')}, {speech.at('0')}, '')"
    )
    for first in range(1, customers + 1, 10_000):
        session.execute(
            devices,
            [
                {"number": n, "hash": hashlib.sha256(browser(n).encode()).hexdigest(), "base": facts["base"]}
                for n in range(first, min(first + 10_000, customers + 1))
            ],
        )
    if not is_sqlite:
        for table in ("customers", "cards", "visits", "ledger_entries", "rewards", "messages"):
            session.execute(text(numbers_go_on(table)))
    session.commit()
    session.execute(text("ANALYZE"))
    session.commit()


def _place(offset: int) -> str:
    """Return the keyset place behind the first `offset` people of the list (app/customers/queries.py)."""
    row = db.session.execute(
        select(Customer.last_visit_at, Customer.id)
        .order_by(Customer.last_visit_at.desc(), Customer.id.desc())
        .offset(max(offset - 1, 0))
        .limit(1)
    ).one()
    return f"v{round(row.last_visit_at.timestamp() * 1e6)}.{row.id}"
