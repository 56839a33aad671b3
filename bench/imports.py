"""A file of 100,000 orders, from the owner's press until it is written and counted, against the bare rows of the same."""

from __future__ import annotations

import csv
import io
import os
import resource
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, text

from app import create_app
from app.cards.models import Card
from app.customers.models import Customer
from app.extensions import db
from app.flows import access, import_run, imports
from app.flows import shop as shop_flow
from app.kit.upsert import table_of
from app.shops.models import Staff
from app.visits import imports as reads
from app.visits.models import Product, Visit, VisitItem
from bench import data
from bench.report import Row
from config import load_config, read_config
from launch import keys, testbed

ORDERS, PEOPLE, PRODUCTS = 100_000, 20_000, 40
MOST_MB = 700
_START = datetime(2025, 12, 1, 3, tzinfo=UTC)
_ROWS_AT_ONCE = 10_000


def measure(folder: Path) -> list[Row]:
    """Take the file in on SQLite with synchronous=FULL and on PostgreSQL, and write the bare rows of the same there."""
    rows = []
    with testbed.postgres_server() as server:
        for name, url in (("SQLite", ""), ("PostgreSQL", server.url(server.create_database()))):
            with _shop(folder / name, url) as (app, shop_id, staff_id):
                bare = _bare(shop_id, copies=name == "PostgreSQL")
                spent = _whole(app, shop_id, staff_id)
            whole = sum(spent.values())
            note = "read {read:.1f} s, written {going:.1f} s, counted {counting:.1f} s".format(**spent)
            means = "COPY" if name == "PostgreSQL" else "executemany"
            rows += [
                Row(
                    f"import of {ORDERS:,} orders ÷ bare {means}, {name}",
                    whole / bare,
                    "×",
                    must=2,
                    most=True,
                    note=f"{note}; bare {bare:.1f} s",
                ),
            ]
    peak = (
        max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        / 1024
    )
    rows.append(Row("memory of the import, the largest process", peak, " MB", must=MOST_MB, most=True))
    return rows


@contextmanager
def _shop(folder: Path, url: str) -> Iterator[tuple[Any, int, int]]:
    import flask_migrate

    folder.mkdir(parents=True)
    env = {"DATA": str(folder), "DEMO": "0", **({"DATABASE_URL": url} if url else {})}
    keys.make_missing(read_config(env, need_secrets=False)[0])
    app = create_app(load_config(env))
    with app.app_context():
        flask_migrate.upgrade()
        now = app.config["CLOCK"]()
        token = access.mint_link(kind="setup", shop_id=None, staff_id=None, lifetime_s=600, now=now)
        shop_flow.set_up(token=token, answers=data.SHOP, user_agent="bench", ip="", is_secure=True, now=now)
        owner = db.session.execute(select(Staff.shop_id, Staff.id)).one()
        yield app, owner.shop_id, owner.id
        db.session.remove()
        db.engine.dispose()


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


def file() -> bytes:
    """Return the file as a marketplace gives it, in cp949 with columns that nobody needs."""
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow(
        [
            "주문번호",
            "주문일시",
            "주문자명",
            "주문자 휴대전화",
            "주문상품명(기본)",
            "수량",
            "상품구매금액(KRW)",
            "주문상태",
            "수령인 주소(전체)",
            "수령인 휴대전화",
            "쇼핑몰번호",
        ]
    )
    for number in range(ORDERS):
        key, at, name, phone, product, pieces, won = told(number)
        kst = at + timedelta(hours=9)
        write.writerow(
            [
                key,
                f"{kst:%Y-%m-%d %H:%M:%S}",
                name,
                phone,
                product,
                pieces,
                won,
                "배송완료",
                "서울시 어딘가 1-2",
                phone,
                1,
            ]
        )
    return out.getvalue().encode("cp949")


def _bare(shop_id: int, *, copies: bool) -> float:
    """Write people, cards, visits and items of the same file as they are, in one transaction; returns seconds."""
    rows_of = _rows(shop_id)
    began = time.perf_counter()
    if copies:
        _copy(rows_of)
    else:
        for table, rows in rows_of.items():
            for start in range(0, len(rows), _ROWS_AT_ONCE):
                db.session.execute(insert(table), rows[start : start + _ROWS_AT_ONCE])
    db.session.commit()
    took = time.perf_counter() - began
    for table in reversed(list(rows_of)):
        db.session.execute(table.delete().where(table.c.shop_id == shop_id))
    db.session.commit()
    if not copies:
        db.session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    db.session.commit()
    return took


def _rows(shop_id: int) -> dict[Any, list[dict[str, Any]]]:
    rule_id = db.session.scalar(select(text("id")).select_from(text("card_rules")))
    now = datetime.now(UTC)
    of: dict[str, Any] = {"shop_id": shop_id}
    people, cards, visits, items = [], [], [], []
    for who in range(PEOPLE):
        phone = f"+8210{2000 + who // 10_000:04d}{who % 10_000:04d}"
        person = {
            "id": who + 1,
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
        days = dict.fromkeys(
            ("birth_is_lunar", "birth_is_leap", "anniversary_is_lunar", "anniversary_is_leap"), False
        )
        people.append({**of, **person, **blank, **days, "source": "import", "joined_at": now})
        numbers = {"balance": 0, "points": 0, "round": 1, "key_version": 1, "print_version": 0, "changed": 0}
        cards.append(
            {
                **of,
                **numbers,
                "id": who + 1,
                "customer_id": who + 1,
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
                "customer_id": number * 7919 % PEOPLE + 1,
                "at": at,
                "channel": "cafe24",
                "source_key": key,
                "amount": won,
                "party_size": 1,
                "is_first": False,
                "import_id": 1,
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
    tables = (Customer, Card, Product, Visit, VisitItem)
    return dict(zip(map(table_of, tables), (people, cards, menu, visits, items), strict=True))


def _copy(rows_of: dict[Any, list[dict[str, Any]]]) -> None:
    driver: Any = db.session.connection().connection.driver_connection
    with driver.cursor() as cursor:
        for table, rows in rows_of.items():
            names = list(rows[0])
            with cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row([_plain(row[name]) for name in names])


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else value


def _whole(app: Any, shop_id: int, staff_id: int) -> dict[str, float]:
    """Bring the file and take it in to the end; returns seconds by state."""
    clock: Callable[[], datetime] = app.config["CLOCK"]
    db.session.remove()
    upload = io.BytesIO(file())
    spent = dict.fromkeys(("read", "going", "counting"), 0.0)
    began = time.perf_counter()
    made = imports.bring(
        shop_id=shop_id,
        staff_id=staff_id,
        once=secrets.token_hex(8),
        name="bench",
        upload=upload,
        now=clock(),
    )
    import_run.go_on(shop_id=shop_id, import_id=made, clock=clock)
    spent["read"] = time.perf_counter() - began
    imports.begin(shop_id=shop_id, staff_id=staff_id, import_id=made, joins_names=False, now=clock())
    state = "going"
    while state in ("going", "counting"):
        began = time.perf_counter()
        import_run.go_on(shop_id=shop_id, import_id=made, clock=clock, steps=1)
        spent[state] += time.perf_counter() - began
        view = reads.file(shop_id, made)
        state = view.state if view else ""
        db.session.rollback()
    if view is None or (view.state, view.added, view.people) != ("done", ORDERS, PEOPLE):
        raise RuntimeError(f"not all of it came in: {view}")
    if os.environ.get("BENCH_SAYS"):
        print(spent, flush=True)
    return spent
