"""A shop's night: what everybody's visits add up to, the model's fit, what it says of each; on both databases."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text

from app import create_app
from app.extensions import db
from app.flows import rhythm
from app.flows.unit import write
from app.insights import bgnbd, likely, rhythms, rules, stats
from app.insights import queries as insights
from app.insights.models import PersonStat
from app.insights.stats import Calendar
from app.kit.clock import kst_day, start_of_day
from app.visits.models import Visit
from bench import data
from bench.report import Row
from bench.speech import PostgresSpeech, Speech, SqliteSpeech
from config import load_config
from launch import testbed

# One statement ÷ a loop over objects, from the project's performance goals.
MUST = {"sqlite": 6.0, "postgres": 3.0}
_NAMES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
_LOOP = 1_000  # people that the loop counts
_CAME = 200  # people of one minute


def measure(folder: Path, *, customers: int, ledger: int) -> list[Row]:
    """Fill both databases, let a night pass in each, and return the rows."""
    rows: list[Row] = []
    folder.mkdir(parents=True)
    for kind in ("sqlite", "postgres"):
        with ExitStack() as closing:
            env = {}
            if kind == "postgres":
                server = closing.enter_context(testbed.postgres_server())
                env = {"DATABASE_URL": server.url(server.create_database())}
            filled = data.fill(folder / kind, customers=customers, ledger=ledger, **env)
            app = create_app(load_config(filled.env))
            with app.app_context():
                now = app.config["CLOCK"]()
                _come_at_all_times(customers, now)
                rows += _nights(kind, now)
                db.session.remove()
                db.engine.dispose()
    rows.append(
        Row(
            "memory of the process afterwards",
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            " MB",
            note="numpy and scipy included, which the web never loads",
        )
    )
    return rows


def _come_at_all_times(customers: int, now: datetime) -> None:
    """Let some come often and many seldom, over 400 days, a third of whom stopped two or four months ago."""
    is_sqlite = db.session.get_bind().dialect.name == "sqlite"
    speech: Speech = SqliteSpeech() if is_sqlite else PostgresSpeech()
    number = "id" if is_sqlite else "CAST(id AS bigint)"
    whose = f"1 + (({number} * 7919) % {customers}) * (({number} * 104729) % {customers}) / {customers}"
    minutes = f"({number} * 15485863) % 576000 + (customer_id / 7 % 3) * 86400"
    base = {"base": now.strftime("%Y-%m-%d %H:%M:%S")}
    db.session.execute(text(f"UPDATE visits SET customer_id = {whose}"))
    db.session.execute(text(f"UPDATE visits SET at = {speech.at(minutes)}"), base)
    db.session.execute(
        text(
            "UPDATE customers SET stale_at = NULL, visit_count = (SELECT count(*) FROM visits"
            " WHERE visits.shop_id = 1 AND visits.customer_id = customers.id),"
            " first_visit_at = (SELECT min(at) FROM visits WHERE visits.shop_id = 1 AND visits.customer_id = customers.id),"
            " last_visit_at = (SELECT max(at) FROM visits WHERE visits.shop_id = 1 AND visits.customer_id = customers.id)"
        )
    )
    db.session.commit()
    db.session.execute(text("ANALYZE"))
    db.session.commit()


def _nights(kind: str, now: datetime) -> list[Row]:
    name, held = _NAMES[kind], list[float]()
    with _timing(held):
        first = _seconds(lambda: rhythm.see_to(shop_id=1, now=now))
        second = _seconds(lambda: rhythm.see_to(shop_id=1, now=now))
    counted = db.session.scalar(select(func.count()).select_from(PersonStat))
    known = likely.rhythm_of(db.session, shop_id=1)
    if known is None or known.model is None or not counted:
        raise RuntimeError("the night left nothing behind")
    calendar = Calendar(kst_day(now), ())
    people = list(likely.pasts(db.session, shop_id=1, calendar=calendar, people=known.people).values())
    db.session.rollback()
    fit = _seconds(lambda: bgnbd.fit(people))
    loop, statement = _loop_against_statement(now)
    minute = _minute(now)
    home = min(_seconds(lambda: _home(now)) for _ in range(5))
    visits = f"{known.people:,} people, {known.people + known.again:,} visits"
    return [
        Row(f"a shop's first night, {name}", first, " s", note=f"{visits}; every row is written"),
        Row(f"a shop's night, {name}", second, " s", note="nothing changed: what is worked out is not written"),
        Row(f"the longest transaction of a night, {name}", max(held) * 1000, " ms", note="so long a stamp may wait"),
        Row(f"BG/NBD fitted, {name}", fit, " s", note=f"{len(people):,} people, four starts"),
        Row(f"sums of {_LOOP:,} people: loop ÷ statement, {name}", loop / statement, "×", must=MUST[kind]),
        Row(f"{_CAME} people who came in a minute, {name}", minute * 1000, " ms", note="sums, standing and model"),
        Row(f"who may come and who is quiet, {name}", home * 1000, " ms", note="what home and 가게 흐름 ask"),
    ]  # fmt: skip


def _seconds(work: Any) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


@contextmanager
def _timing(held: list[float]) -> Iterator[None]:
    """Note how long each of the flow's transactions is open."""
    real = rhythm.write

    @contextmanager
    def timed() -> Iterator[Any]:
        began = time.perf_counter()
        with real() as session:
            yield session
        held.append(time.perf_counter() - began)

    rhythm.write = timed
    try:
        yield
    finally:
        rhythm.write = real


def _loop_against_statement(now: datetime) -> tuple[float, float]:
    """Count the same people by a loop over objects and by the statement, each from nothing."""
    who = list(range(1, _LOOP + 1))

    def nothing() -> None:
        with write() as session:
            session.execute(text(f"DELETE FROM person_stats WHERE customer_id <= {_LOOP}"))

    def statement() -> None:
        with write() as session:
            stats.count_people(
                session, shop_id=1, who=who, calendar=Calendar(kst_day(now), ()), shop_days=20, now=now
            )

    found = []
    for work in (lambda: _loop(who, now), statement):
        took = []
        for _ in range(3):
            nothing()
            took.append(_seconds(work))
        found.append(min(took))
    return found[0], found[1]


def _loop(who: list[int], now: datetime) -> None:
    today = kst_day(now)
    year = start_of_day(today - stats.YEAR)
    with write() as session:
        for customer_id in who:
            visits = session.scalars(
                select(Visit)
                .where(Visit.shop_id == 1, Visit.customer_id == customer_id, Visit.reversed_at.is_(None))
                .order_by(Visit.at.desc())
            ).all()
            gaps = rules.gaps([kst_day(visit.at) for visit in visits[: rules.RHYTHM_OF]])
            is_own = len(gaps) >= rules.RHYTHM_VISITS - 1
            days = rules.shared_rhythm(gaps, 20)
            away = rules.days_away(kst_day(visits[0].at), today) if visits else 0
            session.add(
                PersonStat(
                    shop_id=1,
                    customer_id=customer_id,
                    visits=len(visits),
                    spent=sum(visit.amount or 0 for visit in visits),
                    priced=sum(visit.amount is not None for visit in visits),
                    year_visits=sum(visit.at >= year for visit in visits),
                    year_spent=sum(visit.amount or 0 for visit in visits if visit.at >= year),
                    last_at=visits[0].at if visits else None,
                    rhythm_days=days,
                    has_own_rhythm=is_own,
                    standing=rules.standing_of(
                        visits=len(visits), away_days=away, rhythm_days=days, is_own=is_own
                    ),
                    counted_at=now,
                )
            )


def _minute(now: datetime) -> float:
    db.session.execute(text(f"UPDATE customers SET stale_at = last_visit_at WHERE id <= {_CAME}"))
    db.session.commit()
    return _seconds(lambda: rhythm.count_shop(shop_id=1, now=now))


def _home(now: datetime) -> None:
    insights.to_greet(shop_id=1, now=now)
    rhythms.quiet_ones(shop_id=1, now=now)
    db.session.rollback()
