"""What the owner's home and 가게 흐름 say, asked of the visits themselves: plain statements, as one would first write them.

They read the same indexes as the product has, and days are ranges where that is how one would say it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text

from app.extensions import db
from app.insights.korean_days import day_number, hour_of_day
from app.kit.clock import kst_day, months_back, start_of_day
from bench.speech import PostgresSpeech, Speech, SqliteSpeech

_STANDS = "visits.shop_id = 1 AND visits.reversed_at IS NULL"


def ask(now: datetime) -> int:
    """Ask everything once and read every row; returns how many rows came."""
    found = 0
    for query, facts in questions(now):
        found += len(db.session.execute(text(query), facts).all())
    db.session.rollback()
    return found


def questions(now: datetime) -> list[tuple[str, dict[str, Any]]]:
    """Return the statements with what each asks for."""
    is_sqlite = db.session.get_bind().dialect.name == "sqlite"
    speech: Speech = SqliteSpeech() if is_sqlite else PostgresSpeech()
    day, number, hour = speech.day("visits.at"), f"({day_number(db.session)})", f"({hour_of_day(db.session)})"
    month_of = f"substr(CAST({{}} AS {'text' if is_sqlite else 'varchar'}), 1, 7)"
    month, first_month = month_of.format(day), month_of.format(speech.day("firsts.at"))
    today = kst_day(now)
    this = today.replace(day=1)
    six, three, last = (months_back(this, many) for many in (5, 2, 1))
    sums = "count(*), sum(CASE WHEN is_first THEN 1 ELSE 0 END), count(amount), sum(amount)"
    firsts = f"(SELECT customer_id, min(at) AS at FROM visits WHERE {_STANDS} GROUP BY customer_id) AS firsts"
    their_first = f"visits JOIN {firsts} ON firsts.customer_id = visits.customer_id"
    items = "visits JOIN visit_items ON visit_items.shop_id = 1 AND visit_items.visit_id = visits.id"
    pair = (
        "JOIN visit_items AS others ON others.shop_id = 1 AND others.visit_id = visits.id"
        " AND others.product_id > visit_items.product_id"
    )
    person = f"SELECT customer_id, count(*), sum(amount) FROM visits WHERE {_STANDS}"
    return [
        (f"SELECT {sums} FROM visits WHERE {_STANDS} AND at >= :since", _span(today, today)),
        (_days(f"{day}, count(*)", day), _span(today - timedelta(days=13), today)),
        (_days(f"{day}, {sums}", day), _span(today - timedelta(weeks=8), today)),
        (_days(f"{day}, {sums}", day), _span(last, today)),
        # Who is away for twice as long as usual, and who may come today, by the gaps of everybody's visits.
        (
            f"""WITH days AS (SELECT DISTINCT customer_id, {number} AS day FROM visits WHERE {_STANDS}),
            gaps AS (SELECT customer_id, day, day - lag(day) OVER (PARTITION BY customer_id ORDER BY day) AS gap
            FROM days)
            SELECT customer_id, avg(gap) AS rhythm, max(day) AS last FROM gaps GROUP BY customer_id
            HAVING count(*) > 2 AND :today - max(day) > 2 * avg(gap) ORDER BY count(*) DESC LIMIT 300""",
            {"today": (today - date(1970, 1, 1)).days},
        ),
        (
            f"{person} AND at >= :since GROUP BY customer_id ORDER BY 2 DESC, 3 DESC",
            _span(this, today),
        ),
        # Who came first in one month and came in another one.
        (
            f"""SELECT {first_month}, {month}, count(DISTINCT visits.customer_id) FROM {their_first}
            WHERE {_STANDS} AND visits.at >= :since GROUP BY 1, 2""",
            _span(six, today),
        ),
        (
            f"""SELECT found_by, source, count(*) FROM customers JOIN {firsts} ON firsts.customer_id = customers.id
            WHERE shop_id = 1 AND firsts.at >= :since GROUP BY found_by, source""",
            _span(this, today),
        ),
        (_days(f"{number} % 7, {hour}, count(*)", f"{number} % 7, {hour}"), _span(last, today)),
        (
            f"""SELECT product_id, sum(quantity), sum(quantity * price), count(DISTINCT visit_id) FROM {items}
            WHERE {_STANDS} AND at >= :since GROUP BY product_id""",
            _span(three, today),
        ),
        (
            f"""SELECT visit_items.product_id, others.product_id, count(DISTINCT visits.id) FROM {items} {pair}
            WHERE {_STANDS} AND at >= :since GROUP BY 1, 2""",
            _span(three, today),
        ),
    ]


def _days(what: str, by: str) -> str:
    return f"SELECT {what} FROM visits WHERE {_STANDS} AND at >= :since AND at < :until GROUP BY {by}"


def _span(first: date, last: date) -> dict[str, Any]:
    """Return the two ends as the database compares them."""
    ends = {"since": start_of_day(first), "until": start_of_day(last + timedelta(days=1))}
    return {name: f"{at:%Y-%m-%d %H:%M:%S}.000000" for name, at in ends.items()}
