"""A file of 100,000 orders, from the owner's press until it is written and counted, against the bare rows of the same."""

from __future__ import annotations

import csv
import io
import resource
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median_low
from typing import Any

from sqlalchemy import select

from app import create_app
from app.extensions import db
from app.flows import access, import_run, imports
from app.flows import shop as shop_flow
from app.shops.models import Staff
from app.visits import imports as reads
from bench import bare_orders, data
from bench.bare_orders import ORDERS, PEOPLE, Spent, timed
from bench.report import Row
from config import load_config, read_config
from launch import keys, testbed

MOST_MB, MOST_ON_SQLITE, MOST_ON_POSTGRES = 700, 2.0, 1.67


def measure(folder: Path, *, rounds: int = 3) -> list[Row]:
    """Take the file in on SQLite with synchronous=FULL and on PostgreSQL, and write the bare rows of the same there.

    A figure is the middle one of `rounds`: of processor time, of ours and of the database's, because others run on this
    machine and a disk that somebody else waits for says nothing of the import; by the clock it stands in the note.
    """
    rows = []
    with testbed.postgres_server() as server:
        for name, bound in (("SQLite", MOST_ON_SQLITE), ("PostgreSQL", MOST_ON_POSTGRES)):
            found = []
            for number in range(rounds):
                # Each into a database of its own: rows that were deleted are in the way of those that come after them.
                urls = [
                    server.url(server.create_database()) if name == "PostgreSQL" else "" for _each in "12"
                ]
                with _shop(folder / f"bare{name}{number}", urls[0]) as (_app, shop_id, _staff_id):
                    bare = bare_orders.write(shop_id, copies=name == "PostgreSQL")
                with _shop(folder / f"{name}{number}", urls[1]) as (app, shop_id, staff_id):
                    found.append((bare, _whole(app, shop_id, staff_id)))
            rows.append(_row(name, bound, found))
    peak = (
        max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        / 1024
    )
    rows.append(Row("memory of the import, the largest process", peak, " MB", must=MOST_MB, most=True))
    return rows


def _row(name: str, bound: float, found: list[tuple[Spent, dict[str, Spent]]]) -> Row:
    cpu = [sum(each.cpu for each in whole.values()) / bare.cpu for bare, whole in found]
    wall = [sum(each.wall for each in whole.values()) / bare.wall for bare, whole in found]
    bare, whole = found[cpu.index(median_low(cpu))]
    steps = ", ".join(f"{step} {spent.cpu:.1f} s" for step, spent in whole.items())
    means = "COPY" if name == "PostgreSQL" else "executemany"
    return Row(
        f"import of {ORDERS:,} orders ÷ bare {means}, {name}",
        median_low(cpu),
        "×",
        must=bound,
        most=True,
        note=f"{steps}, bare {bare.cpu:.1f} s of processor; by the clock {median_low(wall):.2f}×",
    )


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
        key, at, name, phone, product, pieces, won = bare_orders.told(number)
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


def _whole(app: Any, shop_id: int, staff_id: int) -> dict[str, Spent]:
    """Bring the file and take it in to the end; returns what each step of it cost."""
    clock: Callable[[], datetime] = app.config["CLOCK"]
    db.session.remove()
    upload = io.BytesIO(file())
    spent: dict[str, Spent] = {}
    with timed(spent, "read"):
        made = imports.bring(
            shop_id=shop_id,
            staff_id=staff_id,
            once=secrets.token_hex(8),
            name="bench",
            upload=upload,
            now=clock(),
        )
        import_run.go_on(shop_id=shop_id, import_id=made, clock=clock)
    imports.begin(shop_id=shop_id, staff_id=staff_id, import_id=made, joins_names=False, now=clock())
    state = "going"
    while state in ("going", "counting"):
        with timed(spent, {"going": "written", "counting": "counted"}[state]):
            import_run.go_on(shop_id=shop_id, import_id=made, clock=clock, steps=1)
        view = reads.file(shop_id, made)
        state = view.state if view else ""
        db.session.rollback()
    if view is None or (view.state, view.added, view.people) != ("done", ORDERS, PEOPLE):
        raise RuntimeError(f"not all of it came in: {view}")
    return spent
