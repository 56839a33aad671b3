"""가게 흐름 at two sizes: what the page costs when the history is ten times as long, on both databases."""

from __future__ import annotations

import statistics
import time
from contextlib import ExitStack
from pathlib import Path

from app import create_app
from app.extensions import db
from app.flows import months
from bench import data
from bench.report import Row
from config import load_config
from launch import testbed

GROWTH_MUST = 2.5
_PAGE = "/owner/insights"
_ASKED = 40
_NAMES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


def measure(folder: Path, *, customers: int, ledger: int) -> list[Row]:
    """Fill each database twice, the second ten times as full as the first, and compare processor time of the page."""
    rows = []
    with ExitStack() as closing:
        for kind in _NAMES:
            spent, counted = [], []
            for times in (1, 10):
                env = {}
                if kind == "postgres":
                    server = closing.enter_context(testbed.postgres_server())
                    env["DATABASE_URL"] = server.url(server.create_database())
                filled = data.fill(
                    folder / f"{kind}-{times}", customers=customers * times, ledger=ledger * times, **env
                )
                page, night = _cost(filled)
                spent.append(page)
                counted.append(night)
            note = (
                f"{spent[0] * 1e3:.1f} and {spent[1] * 1e3:.1f} ms a page; a month worked out anew in"
                f" {counted[0]:.1f} and {counted[1]:.1f} s; {customers * 10:,} customers, {ledger * 10:,} visits"
            )
            name = f"dashboard growth per ×10 history, {_NAMES[kind]}"
            rows.append(Row(name, spent[1] / spent[0], must=GROWTH_MUST, most=True, note=note))
    return rows


def _cost(filled: data.Filled) -> tuple[float, float]:
    """Return seconds of a page (median, with the database's part), and of working every month out."""
    app = create_app(load_config(filled.env))
    with app.app_context():
        began = time.perf_counter()
        many = months.see_to(shop_id=1, now=app.config["CLOCK"]())
        night = (time.perf_counter() - began) / max(many, 1)
        db.session.remove()
    phone, each = app.test_client(use_cookies=False), []
    headers = {"Cookie": filled.staff_cookie}
    for place in range(_ASKED + 5):
        began = time.perf_counter()
        answer = phone.get(_PAGE, headers=headers, base_url="https://localhost")
        took = time.perf_counter() - began
        if "가게 흐름" not in answer.get_data(as_text=True) or answer.status_code != 200:
            raise RuntimeError(f"the page is not there: {answer.status_code}")
        if place >= 5:
            each.append(took)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    return statistics.median(each), night
