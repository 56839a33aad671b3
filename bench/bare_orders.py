"""The rows of 100,000 orders as they are, without anybody who reads, looks up or counts: what an import is held against."""

from __future__ import annotations

import resource
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select, text

from app.cards.models import Card
from app.customers.models import Customer
from app.extensions import db
from app.insights.drift import SUMS
from app.insights.models import DayCount
from app.kit.columns import stored
from app.kit.upsert import table_of
from app.shops.models import Staff
from app.visits.import_models import Import, ImportedPerson
from app.visits.models import Product, Visit, VisitItem
from bench import servers

ORDERS, PEOPLE, PRODUCTS = 100_000, 20_000, 40
_START = datetime(2025, 12, 1, 3, tzinfo=UTC)


@dataclass(frozen=True)
class Spent:
    """Seconds of processor, ours and the database's, and by the clock."""

    cpu: float
    wall: float

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.cpu + other.cpu, self.wall + other.wall)


@contextmanager
def timed(spent: dict[str, Spent], step: str) -> Iterator[None]:
    """Add to `spent` what happens inside, in this process, in those that it starts, and in PostgreSQL's own."""
    cpu, began = _cpu(), time.perf_counter()
    yield
    more = Spent(_cpu() - cpu, time.perf_counter() - began)
    spent[step] = spent.get(step, Spent(0, 0)) + more


def _cpu() -> float:
    of_ours = sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )
    if db.engine.dialect.name == "sqlite":
        return of_ours
    # The one connection we work with: PostgreSQL's other processes write behind it for whoever it is.
    driver: Any = db.session.connection().connection.driver_connection
    return of_ours + servers.cpu_seconds_of(driver.info.backend_pid)


def told(number: int) -> tuple[str, datetime, str, str, str, int, int]:
    """Return order `number`: key, when, name, phone, product, pieces, won."""
    who = number * 7919 % PEOPLE
    at = _START + timedelta(minutes=number * 5)
    pieces = 1 + number % 3
    return (
        f"B{number:08d}",
        at,
        f"손님{who}",
        f"010-{2000 + who // 10_000:04d}-{who % 10_000:04d}",
        f"상품 {number % PRODUCTS}",
        pieces,
        4500 * pieces,
    )


def write(shop_id: int, *, copies: bool) -> Spent:
    """Write all rows that the file's import leaves behind, as they are, in one transaction.

    People, how their names end (by the database's own triggers, as those of everybody who does not come with a file), cards, the file they came with, visits, items, the menu and
    the days' sums, under the same indexes and keys, and as durable. The values are ready, in the driver's own
    plain form, and in the order of the file, before the clock starts: nothing but the driver's executemany or COPY, and the commit, is counted.
    """
    rows_of = _rows(shop_id)
    spent: dict[str, Spent] = {}
    ready = {table: (tuple(rows[0]), _plain(rows)) for table, rows in rows_of.items()}
    db.session.rollback()
    with timed(spent, "bare"):
        driver: Any = db.session.connection().connection.driver_connection
        for table, (names, rows) in ready.items():
            (_copy if copies else _executemany)(driver, table, names, rows)
        db.session.commit()
    return spent["bare"]


def _plain(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Return rows as both drivers take them fastest: numbers, and moments and days as the text that is stored."""
    return [
        tuple(
            stored(value)
            if isinstance(value, datetime)
            else value.isoformat()
            if isinstance(value, date)
            else value
            for value in row.values()
        )
        for row in rows
    ]


def _executemany(driver: Any, table: Any, names: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    given = ", ".join("?" * len(names))
    driver.executemany(f"INSERT INTO {table.name} ({_listed(names)}) VALUES ({given})", rows)


def _copy(driver: Any, table: Any, names: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({_listed(names)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _a_file(shop_id: int) -> int:
    staff_id = db.session.scalar(select(Staff.id).where(Staff.shop_id == shop_id))
    nothing: dict[str, Any] = {"titles": [], "columns": {}, "found": {}, "products": []}
    row = Import(
        shop_id=shop_id,
        staff_id=staff_id,
        once="bare",
        name="bare",
        state="done",
        made_at=datetime.now(UTC),
        **nothing,
    )
    db.session.add(row)
    db.session.commit()
    return row.id


def _rows(shop_id: int) -> dict[Any, list[dict[str, Any]]]:
    rule_id = db.session.scalar(select(text("id")).select_from(text("card_rules")))
    file_id = _a_file(shop_id)
    now = datetime.now(UTC)
    of: dict[str, Any] = {"shop_id": shop_id}
    people, cards, visits, items = [], [], [], []
    comes = [number * 7919 % PEOPLE for number in range(PEOPLE)]  # as they come first in the file
    id_of = {who: place + 1 for place, who in enumerate(comes)}
    for who in comes:
        phone = f"+8210{2000 + who // 10_000:04d}{who % 10_000:04d}"
        person = {
            "id": id_of[who],
            "name": f"손님{who}",
            "initials": "ㅅㄴ",
            "phone": phone,
            "phone_tail": phone[-4:],
            "phone_key": secrets.token_hex(32),
            "phone_failed_key": "",
        }
        blank = {
            "gender": "",
            "found_by": "",
            "memo": "",
            "likes": "",
            "email_key": "",
            "anniversary_name": "",
            "visit_count": 5,
        }
        seen = {"first_visit_at": now, "last_visit_at": _START + timedelta(minutes=5 * who), "stale_at": now}
        days = dict.fromkeys(
            ("birth_is_lunar", "birth_is_leap", "anniversary_is_lunar", "anniversary_is_leap"), False
        )
        people.append({**of, **person, **blank, **days, "source": "qr", "joined_at": now, **seen})
        numbers = {"balance": 0, "points": 0, "round": 1, "key_version": 1, "print_version": 0, "changed": 0}
        cards.append(
            {
                **of,
                **numbers,
                "id": id_of[who],
                "customer_id": id_of[who],
                "rule_id": rule_id,
                "ref": secrets.token_hex(5),
                "spoken": f"{who:06d}",
                "opened_at": now,
            }
        )
    for number in range(ORDERS):
        key, at, _name, _phone, _product, pieces, won = told(number)
        visits.append(
            {
                **of,
                "id": number + 1,
                "customer_id": id_of[number * 7919 % PEOPLE],
                "at": at,
                "channel": "cafe24",
                "source_key": key,
                "amount": won,
                "party_size": 1,
                "is_first": number < PEOPLE,
                "import_id": file_id,
            }
        )
        items.append(
            {
                **of,
                "id": number + 1,
                "visit_id": number + 1,
                "product_id": number % PRODUCTS + 1,
                "quantity": pieces,
                "price": 4500,
            }
        )
    menu = [
        {**of, "id": each + 1, "name": f"상품 {each}", "price": 4500, "is_pick": False}
        for each in range(PRODUCTS)
    ]
    came = [{**of, "customer_id": each + 1, "import_id": file_id} for each in range(PEOPLE)]
    last = (_START + timedelta(minutes=5 * ORDERS)).date()
    sums = dict.fromkeys((*SUMS, "changes"), 1)
    day_rows = [
        {**of, "day": _START.date() + timedelta(days=each), **sums}
        for each in range((last - _START.date()).days + 1)
    ]
    tables = (Customer, ImportedPerson, Card, Product, Visit, VisitItem, DayCount)
    rows = (people, came, cards, menu, visits, items, day_rows)
    return dict(zip(map(table_of, tables), rows, strict=True))
