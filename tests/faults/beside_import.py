"""A large file is taken in while people stamp, and whoever takes it in is killed on the way.

The stampers are phones at two web processes, each with people of its own and a pause between two presses, as at real
tills; first they stamp alone, then beside the worker. Nothing of both may be missing or be there twice.
"""

from __future__ import annotations

import http.client
import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from app.cards.models import LedgerEntry
from app.customers.models import Customer
from app.extensions import db
from app.flows import imports
from app.insights import drift
from app.visits import imports as reads
from app.visits.imports import FileView
from app.visits.models import Visit, VisitItem
from bench import bare_orders
from config import ROOT
from launch import kinship
from launch.testbed import ValkeyServer
from tests import exports, factories
from tests.factories import AShop
from tests.faults.counters import Counters
from tests.faults.customer_line import Browser

PACE_S = 0.5
_MOST_S = 400.0
_TITLES = (
    "주문번호",
    "주문일시",
    "주문자명",
    "주문자 휴대전화",
    "주문상품명(기본)",
    "수량",
    "상품구매금액(KRW)",
    "주문상태",
)


@dataclass
class Beside:
    """What stamping was like. Milliseconds; `kills`: how often the importer was."""

    stamps: int
    kills: int
    alone_ms: float
    beside_ms: float
    alone_p50_ms: float
    beside_p50_ms: float
    import_s: float


@dataclass
class _Stamper(threading.Thread):
    """One till: presses, waits for the answer, pauses. An answer that never came is a fault here: no server dies."""

    phone: Browser
    cards: list[int]
    over: threading.Event
    took: list[tuple[float, float]] = field(default_factory=list)  # (when it began, how long), in seconds
    acked: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        """Stamp one card after the other until it is over."""
        number = 0
        while not self.over.wait(PACE_S):
            once, began = factories.once(), time.monotonic()
            try:
                status = self.phone.stamp(self.cards[number % len(self.cards)], once)
            except (OSError, http.client.HTTPException) as fault:
                status = -1
                self.wrong.append(repr(fault))
            self.took.append((began, time.monotonic() - began))
            if status == 303:
                self.acked.append(once)
            else:
                self.wrong.append(f"{once} {status}")
            number += 1


def stamp_beside(here: Counters, valkey: ValkeyServer, *, orders: int, tills: int, alone_s: float) -> Beside:
    """Take a file of so many orders in beside so many tills; the importer is killed a third and two thirds on the way.

    Fails on the first stamp that was refused, lost or doubled, and on any sum that is not what its rows say.
    """
    shop = factories.a_shop(is_demo=True, **factories.no_limits())
    cards = [factories.a_customer(shop).card_id for _ in range(tills * 5)]
    over = threading.Event()
    stampers = [
        _Stamper(phone, cards[number::tills], over) for number, phone in enumerate(here.phones(shop, tills))
    ]
    began = time.monotonic()
    for stamper in stampers:
        stamper.start()
    time.sleep(alone_s)
    beside_from = time.monotonic()
    try:
        file_id, kills = _import(here, valkey, shop, orders)
    finally:
        until = time.monotonic()
        over.set()
        for stamper in stampers:
            stamper.join(60)
    _check(shop, file_id, orders, stampers, cards)
    took = [each for stamper in stampers for each in stamper.took]
    # The first presses of all fill the servers' caches.
    alone = [took_s * 1000 for at, took_s in took if began + alone_s / 5 < at < beside_from]
    beside = [took_s * 1000 for at, took_s in took if beside_from <= at < until]
    return Beside(
        stamps=sum(len(stamper.acked) for stamper in stampers),
        kills=kills,
        alone_ms=_at(alone, 0.99),
        beside_ms=_at(beside, 0.99),
        alone_p50_ms=_at(alone, 0.5),
        beside_p50_ms=_at(beside, 0.5),
        import_s=until - beside_from,
    )


def _import(here: Counters, valkey: ValkeyServer, shop: AShop, orders: int) -> tuple[int, int]:
    clock, kills = here.app.config["CLOCK"], 0
    with _worker(here, valkey) as worker:
        file_id = imports.bring(
            shop_id=shop.id,
            staff_id=shop.owner_id,
            once=factories.once(),
            name="주문.csv",
            upload=io.BytesIO(_file(orders)),
            now=clock(),
        )
        _wait(shop, file_id, lambda view: view.state == "checked")
        imports.begin(
            shop_id=shop.id, staff_id=shop.owner_id, import_id=file_id, joins_names=False, now=clock()
        )
        for share in (1 / 3, 2 / 3):
            view = _wait(shop, file_id, lambda view, least=share: view.seen >= orders * least)  # type: ignore[misc]
            if view.state == "going":
                worker.kill_and_start()
                kills += 1
        _wait(shop, file_id, lambda view: view.state == "done")
    return file_id, kills


def _wait(shop: AShop, file_id: int, is_so: Callable[[FileView], bool]) -> FileView:
    until = time.monotonic() + _MOST_S
    while True:
        db.session.rollback()
        view = reads.file(shop.id, file_id)
        db.session.rollback()
        assert view is not None
        assert time.monotonic() < until, (view.state, view.seen, view.detail)
        if is_so(view):
            return view
        time.sleep(0.05)


@dataclass
class _Worker:
    """The real worker, with a short lease so that the next one need not wait for a dead one's."""

    env: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.quick_worker"],
                cwd=ROOT,
                env=self.env,
                stdout=output,
                stderr=output,
                preexec_fn=kinship.dying_with(os.getpid(), signal.SIGKILL),
            )

    def end(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def kill_and_start(self) -> None:
        self.end()
        self.start()


@contextmanager
def _worker(here: Counters, valkey: ValkeyServer) -> Iterator[_Worker]:
    env = {**here.env, "REDIS_URL": valkey.url, "PYTHONPATH": str(ROOT), "WORKER": "worker"}
    worker = _Worker(env, here.folder / "worker.log")
    worker.start()
    try:
        yield worker
    finally:
        worker.end()


def _file(orders: int) -> bytes:
    """Return the bench's orders as a marketplace tells them."""
    told = map(bare_orders.told, range(orders))
    rows = [
        (key, f"{at + timedelta(hours=9):%Y-%m-%d %H:%M:%S}", *what, won, "배송완료")
        for key, at, *what, won in told
    ]
    return exports.plain([_TITLES, *rows], letters="cp949")


def _check(shop: AShop, file_id: int, orders: int, stampers: list[_Stamper], cards: list[int]) -> None:
    """Hold every row against what the file says and what the tills were told."""
    wrong = [each for stamper in stampers for each in stamper.wrong]
    assert wrong == []
    acked = [once for stamper in stampers for once in stamper.acked]
    db.session.rollback()
    of_shop = LedgerEntry.shop_id == shop.id
    stamps = db.session.scalars(db.select(LedgerEntry.once).where(of_shop, LedgerEntry.kind == "earn")).all()
    assert Counter(stamps) == Counter(acked)

    told = [bare_orders.told(number) for number in range(orders)]
    of_file = (Visit.shop_id == shop.id, Visit.import_id == file_id)
    found = db.session.execute(
        db.select(Visit.source_key, Visit.at, Customer.name, Customer.phone, Visit.amount, VisitItem.quantity)
        .join(Customer, (Customer.shop_id == Visit.shop_id) & (Customer.id == Visit.customer_id))
        .join(VisitItem, (VisitItem.shop_id == Visit.shop_id) & (VisitItem.visit_id == Visit.id))
        .where(*of_file)
        .order_by(Visit.source_key)
    ).all()
    as_told = [
        (key, at, name, f"+82{phone[1:].replace('-', '')}", won, pieces)
        for key, at, name, phone, _product, pieces, won in told
    ]
    assert [tuple(row) for row in found] == as_told

    counted = db.session.execute(
        db.select(Visit.customer_id, db.func.count(), db.func.min(Visit.at), db.func.max(Visit.at))
        .where(Visit.shop_id == shop.id, Visit.reversed_at.is_(None))
        .group_by(Visit.customer_id)
    )
    known = db.session.execute(
        db.select(Customer.id, Customer.visit_count, Customer.first_visit_at, Customer.last_visit_at).where(
            Customer.shop_id == shop.id, Customer.visit_count > 0
        )
    )
    assert sorted(map(_plain, counted)) == sorted(map(_plain, known))
    assert drift.drifts(shop_id=shop.id) == []
    view = reads.file(shop.id, file_id)
    assert view is not None
    assert (view.added, view.people, view.there) == (orders, len({who for _key, _at, who, *_ in told}), 0)


def _plain(row: object) -> tuple[str, ...]:
    return tuple(map(str, row))  # type: ignore[call-overload]


def _at(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
