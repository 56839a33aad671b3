"""Alembic's environment: one transaction a migration, on SQLite with foreign keys really off.

On SQLite a batch migration drops and renames tables; with foreign keys on that silently deletes every
child row. A pragma sent after a BEGIN is ignored, so it is set on the driver's connection first and
read back; afterwards the keys are checked before the commit, and the head is asserted.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import context
from alembic.script import ScriptDirectory
from flask import current_app

db = current_app.extensions["migrate"].db
# Alembic adds this lock's number to nothing else; two servers that start together migrate in turn.
_LOCK = 7_340_219


def _render(type_: str, obj: Any, autogen_context: Any) -> Any:
    """Write our column types as plain SQL types: a migration must not change when the code does."""
    if type_ == "type" and obj.__class__.__name__ == "UtcDateTime":
        return "sa.DateTime()"
    if type_ == "type" and isinstance(obj, sa.BigInteger):
        return "sa.BigInteger().with_variant(sa.Integer(), 'sqlite')"
    return False


def _configure(connection: sa.Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        transactional_ddl=True,
        transaction_per_migration=True,
        render_item=_render,
        compare_type=False,
        on_version_apply=_applied if connection.dialect.name == "sqlite" else None,
    )


def _migrate_sqlite() -> None:
    with db.engine.connect() as connection:
        driver = connection.connection.dbapi_connection
        cursor = driver.cursor()
        cursor.execute("PRAGMA foreign_keys=OFF")
        if cursor.execute("PRAGMA foreign_keys").fetchone() != (0,):
            raise RuntimeError("SQLite did not switch its foreign keys off; nothing was changed")
        try:
            connection.execution_options(dangol_begin="IMMEDIATE")
            _configure(connection)
            with context.begin_transaction():
                context.run_migrations()
        finally:
            if driver.in_transaction:
                driver.rollback()
            cursor.execute("PRAGMA foreign_keys=ON")
            cursor.close()


def _applied(ctx: Any, **_facts: Any) -> None:
    """Refuse a step that would leave a child without its parent; runs inside the step's transaction."""
    broken = ctx.connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise RuntimeError(f"the migration would orphan rows: {broken[:5]}")


def _migrate_postgres() -> None:
    with db.engine.connect() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_lock({_LOCK})")
        connection.commit()
        try:
            _configure(connection)
            with context.begin_transaction():
                context.run_migrations()
        finally:
            connection.rollback()
            connection.exec_driver_sql(f"SELECT pg_advisory_unlock({_LOCK})")
            connection.commit()


def _assert_head() -> None:
    """An upgrade that says it is done really is: the version table names the newest step."""
    head = ScriptDirectory.from_config(context.config).get_current_head()
    if head is None or getattr(context.config.cmd_opts, "autogenerate", False):
        return
    with db.engine.connect() as connection:
        found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    if found != head and context.get_revision_argument() in (None, "head", "heads"):
        raise RuntimeError(f"the database is at {found}, not at {head}")


if db.engine.dialect.name == "sqlite":
    _migrate_sqlite()
else:
    _migrate_postgres()
_assert_head()
