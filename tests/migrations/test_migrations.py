"""The database is brought to the newest step, from nothing and again, and loses no row on the way."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

from app.extensions import db
from app.flows import points, spending
from app.voices.models import Voice
from app.voices.rules import ANSWER_WITHIN
from config import ROOT
from launch import testbed
from tests import factories, world
from tests.migrated import Migrated
from tests.security.full_shop import a_full_shop, rows_of
from tests.world import Clock

# A later step that rebuilds parents of many rows: what silently deleted every child once.
PLANTED = '''"""planted."""
import time
import sqlalchemy as sa
from alembic import op
revision = "9999"
down_revision = "{head}"


def upgrade():
    """Rebuild the customers and the cards."""
    with op.batch_alter_table("customers", recreate="auto") as batch:
        batch.add_column(sa.Column("planted", sa.String(10), server_default="x", nullable=False))
        batch.alter_column("memo", existing_type=sa.Text(), nullable=True)
    {pause}
    with op.batch_alter_table("cards") as batch:
        batch.add_column(sa.Column("planted", sa.Integer(), server_default="0", nullable=False))
        batch.alter_column("balance", existing_type=sa.Integer(), server_default="0")
'''


@pytest.fixture
def empty_url(db_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database in which nothing is yet."""
    if db_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: testbed.PostgresServer = request.getfixturevalue("postgres")
    name = server.create_database()
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture
def fresh(empty_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An application over the empty database."""
    app = world.build(tmp_path, Clock(), DATABASE_URL=empty_url)
    yield app
    world.close(app)


@pytest.fixture
def newest(db_kind: str, tmp_path: Path, migrated: Migrated) -> Iterator[Flask]:
    """An application over a database of its own at the newest step."""
    app = world.build(tmp_path, Clock(), DATABASE_URL=migrated(db_kind, tmp_path / "newest.db"))
    yield app
    world.close(app)


def _head() -> str:
    steps = sorted((ROOT / "migrations" / "versions").glob("*.py"))
    return steps[-1].stem.split("_")[0]


def _folder(tmp_path: Path, pause: str = "pass") -> Path:
    """Return a copy of the migrations with the planted step at its end."""
    folder = tmp_path / "migrations"
    shutil.copytree(ROOT / "migrations", folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "9999_planted.py").write_text(PLANTED.format(head=_head(), pause=pause), "utf-8")
    return folder


def _counts() -> dict[str, int]:
    db.session.rollback()
    return {
        table.name: int(db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0)
        for table in db.metadata.sorted_tables
    }


def test_from_nothing_and_again(fresh: Flask) -> None:
    for _ in range(2):
        world.migrate(fresh)
    with fresh.app_context():
        assert db.session.scalar(sa.text("SELECT version_num FROM alembic_version")) == _head()
        assert set(_counts().values()) == {0}


def test_the_steps_make_what_the_models_say(newest: Flask) -> None:
    with newest.app_context(), db.engine.connect() as connection:
        # SQLite has one integer type, whatever a column is called.
        strict = connection.dialect.name == "postgresql"
        context = MigrationContext.configure(connection, opts={"compare_type": strict})
        assert compare_metadata(context, db.metadata) == []


def test_every_step_names_the_one_before() -> None:
    steps = sorted((ROOT / "migrations" / "versions").glob("*.py"))
    for number, step in enumerate(steps, start=1):
        assert step.stem.startswith(f"{number:04d}_"), (
            "numbered in order, so that two new ones collide visibly"
        )


def test_a_batch_step_loses_no_row(newest: Flask, tmp_path: Path) -> None:
    with newest.app_context():
        a_full_shop("가온", "010-7777-4321")
        counts, rows = _counts(), rows_of()
        assert all(counts[name] for name in ("customers", "cards", "ledger_entries", "consents", "messages"))
        db.session.remove()
        flask_migrate.upgrade(directory=str(_folder(tmp_path)))
        assert db.session.scalar(sa.text("SELECT version_num FROM alembic_version")) == "9999"
        assert _counts() == counts
        assert rows_of() == rows
        if db.engine.dialect.name == "sqlite":
            db.session.rollback()
            assert db.session.execute(sa.text("PRAGMA foreign_key_check")).all() == []
            assert db.session.execute(sa.text("PRAGMA foreign_keys")).scalar() == 1
        with pytest.raises(sa.exc.IntegrityError), db.engine.begin() as connection:
            connection.execute(sa.text("DELETE FROM customers"))  # the children still hold on


def test_a_step_killed_midway_is_as_if_it_had_not_begun(newest: Flask, tmp_path: Path) -> None:
    with newest.app_context():
        factories.a_card_with(3, factories.a_shop())
        counts = _counts()
        world.close(newest)
    flag = tmp_path / "midway"
    folder = _folder(tmp_path, pause=f"open({str(flag)!r}, 'w').close(); time.sleep(60)")
    runner = (
        "import sys; from pathlib import Path; from tests import world; import flask_migrate\n"
        "app = world.build(Path(sys.argv[1]), world.Clock(), DATABASE_URL=sys.argv[2])\n"
        "with app.app_context(): flask_migrate.upgrade(directory=sys.argv[3])\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", runner, str(tmp_path), newest.config["DANGOL"].database_url, str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + 60
    while not flag.exists():
        assert process.poll() is None, "the step ended before it could be killed"
        assert time.monotonic() < until
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    with newest.app_context():
        assert db.session.scalar(sa.text("SELECT version_num FROM alembic_version")) == _head()
        assert _counts() == counts
        world.close(newest)
    again = folder / "versions" / "9999_planted.py"
    again.write_text(PLANTED.format(head=_head(), pause="pass"), "utf-8")
    with newest.app_context():
        flask_migrate.upgrade(directory=str(folder))
        assert db.session.scalar(sa.text("SELECT version_num FROM alembic_version")) == "9999"
        assert _counts() == counts


@pytest.mark.databases("sqlite")
def test_a_step_that_would_orphan_rows_is_refused(newest: Flask, tmp_path: Path) -> None:
    with newest.app_context():
        factories.a_card_with(3, factories.a_shop())
        counts = _counts()
        db.session.remove()
        folder = _folder(tmp_path)
        text = PLANTED.format(head=_head(), pause='op.execute("DELETE FROM customers")')
        (folder / "versions" / "9999_planted.py").write_text(text, "utf-8")
        with pytest.raises(SystemExit):
            flask_migrate.upgrade(directory=str(folder))
        assert _counts() == counts


def test_points_that_were_spent_do_not_hold_the_way_down_up(newest: Flask) -> None:
    with newest.app_context():
        shop = factories.a_shop(point_permille=10)
        holder = factories.a_customer(shop)
        factories.a_stamp(shop, holder.card_id, amount=10_000)
        spending.note_check(
            shop_id=shop.id, card_id=holder.card_id, staff_id=shop.owner_id, session_id=1,
            check=spending.Check("known"), now=factories.now(),
        )  # fmt: skip
        points.spend(
            shop_id=shop.id, staff_id=shop.owner_id, card_id=holder.card_id, points=50,
            once=factories.once(), now=factories.now(),
        )  # fmt: skip
        ways = sa.text("SELECT how FROM ledger_entries ORDER BY id")
        assert list(db.session.scalars(ways)) == ["digits", "staff_check"]
        db.session.remove()
        flask_migrate.downgrade(directory=str(ROOT / "migrations"), revision="0002")
        assert list(db.session.scalars(ways)) == ["digits", "staff_ch"]


def test_what_was_said_before_is_counted_as_it_was(newest: Flask) -> None:
    """0026, down and up again with everything in it: old complaints have the day in which they were to be answered."""
    with newest.app_context():
        a_full_shop("가온", "010-7777-4321")
        said = sa.text("SELECT id FROM voices WHERE kind = 'complaint' AND customer_id IS NOT NULL")
        assert db.session.scalars(said).all()
        db.session.remove()
        flask_migrate.downgrade(directory=str(ROOT / "migrations"), revision="0025")
        flask_migrate.upgrade(directory=str(ROOT / "migrations"))
        for voice in db.session.scalars(db.select(Voice)):
            is_complaint = voice.kind == "complaint"
            assert voice.due_at == (voice.opened_at + ANSWER_WITHIN if is_complaint else None)
            assert voice.source == ("card" if voice.review_id is None else "review")
