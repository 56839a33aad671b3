"""How long a large shop's groups take: each one's count and first page, and a page that offers all of them to choose from.

The database's processor time alone, for one asking; what the page leaves to be asked when it is looked at is a count.
The sums of people are written as the night would leave them: a third new, a few VIP, some quiet, some dormant.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import text

from app import create_app
from app.extensions import db
from app.flows import groups as flow
from app.insights import groups, moves
from app.kit.clock import utc_now
from bench.both import on_both
from bench.data import Filled
from bench.report import Row
from bench.servers import cpu_seconds_with_ended
from config import load_config

MUST_MS = {"count": 100.0, "first page": 50.0, "moves": 50.0, "choosing": 300.0}
_SHOP = 1  # the bench's only one
_TIMES = 5
_OWN = {
    "own, by sums": ["visits:5", "source:qr"],
    "own, by visits": ["often:90:2", "weekday:0-4"],
}
_FACTS = (
    "UPDATE customers SET visit_count = 1 + id % 9, stale_at = NULL, birth_month = 1 + id % 12, birth_day = 1 + id % 28"
    " WHERE id % 3 = 0 OR visit_count > 0",
    "DELETE FROM person_stats",
    "INSERT INTO person_stats (shop_id, customer_id, visits, spent, priced, year_visits, year_spent, rhythm_days,"
    " has_own_rhythm, standing, is_vip, counted_at)"
    " SELECT shop_id, id, visit_count, id % 400000, 1, visit_count, 0, 9, id % 9 > 2,"
    " CASE WHEN id % 10 = 0 THEN 'dormant' WHEN id % 7 = 0 THEN 'quiet' WHEN visit_count = 1 THEN 'new'"
    " WHEN visit_count = 2 THEN 'again' ELSE 'regular' END, id % 5 = 0, joined_at FROM customers",
    *(
        "INSERT INTO consents (shop_id, customer_id, kind, action, channels, text_version, text_hash, source, at, ip,"
        f" user_agent, phone_key) SELECT 1, id, '{kind}', CASE WHEN id % 4 = 0 THEN 'decline' ELSE 'grant' END, '', '1', '',"
        " 'qr', joined_at, '', '', '' FROM customers"
        for kind in ("age14", "required", "marketing", "ads", "days")
    ),
    "ANALYZE",
)


def measure(folder: Path, *, customers: int, ledger: int) -> list[Row]:
    """Time every group on SQLite and PostgreSQL in a shop of `customers` people."""
    return on_both(
        folder,
        lambda name, filled, server: _on(name, filled, customers, server),
        customers=customers,
        ledger=ledger,
    )


def _on(name: str, filled: Filled, customers: int, server: subprocess.Popen[bytes] | None) -> list[Row]:
    def spent() -> float:
        return cpu_seconds_with_ended(server.pid) if server else time.process_time()

    def ms(work: Callable[[], object]) -> float:
        """Return milliseconds of the database, after one asking that warms up."""
        for number in range(_TIMES + 1):
            db.session.rollback()
            if number == 1:
                begun = spent()
            work()
        return (spent() - begun) / _TIMES * 1000

    app = create_app(load_config(filled.env))
    with app.app_context():
        for query in _FACTS:
            db.session.execute(text(query))
            db.session.commit()
        now = utc_now()
        keys = {key: key for key in groups.names(_SHOP)}
        for called, rules in _OWN.items():
            made = flow.make(shop_id=_SHOP, staff_id=1, name=called, rules=rules, now=now)
            keys[f"own:{made}"] = called
        begun = time.perf_counter()
        flow.see_to(shop_id=_SHOP, now=now)
        night = time.perf_counter() - begun
        asked = {"shop_id": _SHOP, "now": now}
        counts = {
            called: ms(lambda key=key: groups.count(**asked, group=key)) for key, called in keys.items()
        }
        pages = {called: ms(lambda key=key: groups.page(**asked, group=key)) for key, called in keys.items()}
        moved = ms(lambda: moves.moves(**asked))
        chosen = ms(lambda: groups.lines(**asked))
        later = sum(not line.is_counted for _heading, lines in groups.lines(**asked) for line in lines)
        db.session.remove()
        db.engine.dispose()
    size = f"{customers:,} people, {name}"
    rows = []
    for what, found in (("count", counts), ("first page", pages)):
        slowest = sorted(found.items(), key=lambda each: -each[1])
        note = ", ".join(f"{called} {value:.0f}" for called, value in slowest[:6])
        rows.append(_row(f"groups: slowest {what}, {size}", slowest[0][1], MUST_MS[what], note))
    note = f"{len(keys) - later} groups counted, {later} when they are looked at"
    return [
        *rows,
        _row(f"groups: a page to choose one, {size}", chosen, MUST_MS["choosing"], note),
        _row(f"groups: who moved, {size}", moved, MUST_MS["moves"]),
        Row(f"groups: the night, {size}", night, " s"),
    ]


def _row(what: str, value: float, must: float, note: str = "") -> Row:
    return Row(what, value, " ms", must, most=True, note=note)
