"""Two filled shops at revision 0002 are brought to the newest step, also by a process that is killed midway (F19)."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import func, select

from app.cards.history import undone
from app.cards.models import Card, CardRule, LedgerEntry, Lot, Reward
from app.cards.rules import NothingToUndo, RewardGone
from app.extensions import db
from app.flows import redeem
from app.flows import shop as shop_flow
from app.flows.undo import undo_stamp
from app.kit.refusals import NotHere
from config import ROOT
from launch import testbed
from tests import factories, world
from tests.factories import AShop
from tests.faults import old_shops
from tests.faults.results import write_down

SEEDS = (1, 2, 3, 4, 5)
_TABLE = """## The upgrade of an old database

Two shops at revision 0002, filled, are brought to the newest step; then from the start again by a process that is
killed at a random moment and run once more. Written by `make test-long`.

| when | database | people | lines in the ledger | s | MiB of its process at most | kills | found at these steps after the kill | rows or cards that differ |
|---|---|---|---|---|---|---|---|---|
"""


@dataclass
class Old:
    """A database at 0002, of which copies can be had, and the cards in it as they were: id → (balance, sum)."""

    folder: Path
    copy: Callable[[], str]
    cards: dict[int, tuple[int, int]]


@pytest.fixture
def old(request: pytest.FixtureRequest, tmp_path: Path, db_kind: str) -> Iterator[Callable[[int, int], Old]]:
    """Build a database at revision 0002 and fill it with so many people and lines; it goes with its copies."""
    with _sqlite(tmp_path) if db_kind == "sqlite" else _postgres(request) as (first, copy):

        def build(customers: int, ledger: int) -> Old:
            app = world.build(tmp_path, world.Clock(), DATABASE_URL=first)
            with app.app_context():
                flask_migrate.upgrade(revision="0002")
                told = old_shops.books(customers=customers, ledger=ledger, seed=customers)
                old_shops.write(db.engine, told)
                with db.engine.connect() as connection:
                    cards = _cards(connection)
                world.close(app)
            return Old(tmp_path, copy, cards)

        yield build


@contextmanager
def _sqlite(folder: Path) -> Iterator[tuple[str, Callable[[], str]]]:
    def copy() -> str:
        made = folder / f"{time.monotonic_ns()}.db"
        shutil.copy(folder / "old.db", made)
        return f"sqlite:///{made}"

    try:
        yield f"sqlite:///{folder / 'old.db'}", copy
    finally:
        for file in folder.glob("*.db*"):
            file.unlink()


@contextmanager
def _postgres(request: pytest.FixtureRequest) -> Iterator[tuple[str, Callable[[], str]]]:
    server: testbed.PostgresServer = request.getfixturevalue("postgres")
    made = [server.create_database()]

    def copy() -> str:
        made.append(server.create_database(made[0]))
        return server.url(made[-1])

    try:
        yield server.url(made[0]), copy
    finally:
        for name in made:
            server.drop_database(name)


def _cards(connection: sa.Connection) -> dict[int, tuple[int, int]]:
    rows = connection.execute(
        sa.text(
            "SELECT cards.id, balance, coalesce(sum(delta), 0) FROM cards"
            " LEFT JOIN ledger_entries ON card_id = cards.id GROUP BY cards.id, balance"
        )
    )
    return {row[0]: (int(row[1]), int(row[2])) for row in rows}


def _upgrade(folder: Path, url: str) -> subprocess.Popen[str]:
    """Begin an upgrade in a process of its own; returns once it has begun."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.upgrading", str(folder), url],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    return process


def _end(process: subprocess.Popen[str]) -> tuple[float, int]:
    """Wait for an upgrade to end well; returns its seconds and MiB."""
    said, _ = process.communicate()
    assert process.returncode == 0
    took, most = said.split()
    return float(took), int(most)


def _wait_for_a_moment(process: subprocess.Popen[str], dice: random.Random, whole: float) -> None:
    """Wait until an upgrade that takes `whole` seconds is somewhere in one of its steps, the first half of the time."""
    assert process.stderr is not None
    first = dice.random() < 0.5  # it moves the old rows, and takes longer than all others together
    for _ in range(1 if first else dice.randint(2, 8)):
        while "Running upgrade" not in process.stderr.readline():
            assert process.poll() is None
    time.sleep(dice.random() * whole / (2 if first else 25))


def _step(url: str) -> str:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one()
    engine.dispose()
    return str(found)


def _state(app: Flask) -> dict[str, str]:
    """Return a checksum of every table; the tables are just what the models say."""
    with app.app_context():
        with db.engine.connect() as connection:
            # SQLite has one integer type, whatever a column is called.
            strict = {"compare_type": connection.dialect.name == "postgresql"}
            assert compare_metadata(MigrationContext.configure(connection, opts=strict), db.metadata) == []
            found = {}
            for table in db.metadata.sorted_tables:
                order = ", ".join(column.name for column in table.primary_key)
                rows = connection.exec_driver_sql(f"SELECT * FROM {table.name} ORDER BY {order}").all()
                found[table.name] = hashlib.sha256(repr(rows).encode()).hexdigest()
        world.close(app)
    return found


@pytest.mark.databases("sqlite")  # a large one (long) comes to both, and is killed
def test_an_old_database_is_upgraded(old: Callable[[int, int], Old]) -> None:
    _prove(old(300, 2500), kills=0)


@pytest.mark.long
@pytest.mark.databases("sqlite", "postgres")
def test_a_large_old_database_is_upgraded(old: Callable[[int, int], Old], db_kind: str) -> None:
    took, most, steps = _prove(old(20_000, 200_000), kills=len(SEEDS))
    write_down(_TABLE, [db_kind, 20_000, 200_000, took, most, len(steps), " ".join(steps), 0])


def _prove(old: Old, *, kills: int) -> tuple[float, int, list[str]]:
    """Hold every promise about the upgrade; returns its seconds, MiB and where the kills left it."""
    url = old.copy()
    took, most = _end(_upgrade(old.folder, url))
    app = world.build(old.folder, world.Clock(), DATABASE_URL=url)
    whole = _state(app)
    world.migrate(app)
    assert _state(app) == whole, "the second upgrade changed something"
    steps, midway = [], 0
    for seed in SEEDS[:kills]:
        again = old.copy()
        process = _upgrade(old.folder, again)
        _wait_for_a_moment(process, random.Random(seed), took)
        midway += process.poll() is None
        process.kill()
        process.communicate()
        steps.append(_step(again))
        _end(_upgrade(old.folder, again))
        other = world.build(old.folder, world.Clock(), DATABASE_URL=again)
        assert _state(other) == whole, f"killed at {steps[-1]} and run again it ended otherwise"
    assert midway * 2 >= kills, "most of the kills came after the end"
    with app.app_context():
        with db.engine.connect() as connection:
            assert _cards(connection) == old.cards
            if connection.dialect.name == "sqlite":
                assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
                assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        _books_are_whole(app)
        _go_on(app)
        _books_are_whole(app)
        world.close(app)
    return took, most, steps


def _books_are_whole(app: Flask) -> None:
    for command in (["doctor"], ["audit", "verify"]):
        said = app.test_cli_runner().invoke(args=command)
        assert said.exit_code == 0, said.output


def _go_on(app: Flask) -> None:
    """Stamp, use and take back on old cards of every kind, as the counter does today, under a rule of today."""
    clock: world.Clock = app.config["CLOCK"]
    for shop_id in (1, 2):
        shop = AShop(shop_id, f"OLD{shop_id}", "", 3 * shop_id - 2)
        owner: dict[str, Any] = {"shop_id": shop_id, "staff_id": shop.owner_id}
        # Stamps end now, and points are given: a card that gets full goes on under this.
        newest = {"goal": "8", "reward_name": "라떼 한 잔", "expiry": "months", "expiry_months": "6"}
        shop_flow.save_card_rule(**owner, **newest, point_visit="50", now=factories.now())
        open_ = (Card.shop_id == shop_id, Card.closed_at.is_(None))
        nearly = (
            Card.balance == select(CardRule.goal - 1).where(CardRule.id == Card.rule_id).scalar_subquery()
        )
        for where in (Card.balance == 3, nearly, Card.balance < 0, Card.round > 1):
            clock.advance(days=1)
            for card_id in _some(Card.id, *open_, where):
                clock.advance(minutes=1)
                _stamp_and_take_back(shop, {**owner, "now": factories.now()}, card_id)
                for _ in range(2):
                    clock.advance(minutes=1)
                    factories.a_stamp(shop, card_id)
        for reward_id in _some(Reward.id, Reward.shop_id == shop_id, *_READY):
            _use_and_take_back(shop, {**owner, "now": factories.now()}, reward_id)
        for card_id in _some(Card.id, Card.shop_id == shop_id, Card.closed_at.is_not(None)):
            with pytest.raises(NotHere):
                factories.a_stamp(shop, card_id)
    assert db.session.scalar(select(func.count(Lot.id))), "none of them came under today's rule"


_OPEN_PERSON = select(Card.id).where(Card.closed_at.is_(None))
_READY = (Reward.used_at.is_(None), Reward.withdrawn_at.is_(None), Reward.card_id.in_(_OPEN_PERSON))


def _some(column: Any, *where: Any) -> list[int]:
    """Return a few rows, the same in every run; there are some."""
    db.session.rollback()
    found = list(db.session.scalars(select(column).where(*where).order_by(column).limit(4)))
    assert found
    return found


def _stamp_and_take_back(shop: AShop, owner: dict[str, Any], card_id: int) -> None:
    before = factories.a_card(card_id)
    was = (before.balance, before.points, before.round, before.rule_id)
    stamped = factories.a_stamp(shop, card_id)
    undo_stamp(**owner, entry_id=stamped.entry_id)
    after = factories.a_card(card_id)
    assert (after.balance, after.points, after.round, after.rule_id) == was
    factories.a_stamp(shop, card_id)
    old = db.session.scalar(
        select(func.max(LedgerEntry.id)).where(
            LedgerEntry.card_id == card_id,
            LedgerEntry.kind == "earn",
            LedgerEntry.rule_id.is_(None),
            ~undone(),
        )
    )
    if old is not None:
        undo_stamp(**owner, entry_id=old)
        with pytest.raises(NothingToUndo):
            undo_stamp(**owner, entry_id=old)


def _use_and_take_back(shop: AShop, owner: dict[str, Any], reward_id: int) -> None:
    factories.show_card(db.session.get_one(Reward, reward_id).card_id, shop=shop)
    used = redeem.use_reward(**owner, reward_id=reward_id, once=factories.once())
    redeem.undo_use(**owner, redemption_id=used.redemption_id)
    redeem.use_reward(**owner, reward_id=reward_id, once=factories.once())
    with pytest.raises(RewardGone):
        redeem.use_reward(**owner, reward_id=reward_id, once=factories.once())
