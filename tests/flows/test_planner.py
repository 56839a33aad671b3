"""PostgreSQL is told of a table that has grown many times over before the next piece of a file is written into it."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from app.extensions import db
from app.flows.unit import write
from app.kit.postgres import count_grown

pytestmark = pytest.mark.databases("postgres")


def test_a_table_that_has_grown_is_counted_once(app: Flask) -> None:
    with write() as session:
        session.execute(text("CREATE TABLE IF NOT EXISTS grown_rows (id integer)"))
    try:
        with write() as session:
            session.execute(text("INSERT INTO grown_rows SELECT generate_series(1, 5000)"))
            session.execute(text("SELECT pg_stat_force_next_flush()"))  # else it is told within a second
        with write() as session:
            assert count_grown(session, ["grown_rows"]) == ["grown_rows"]
            session.execute(text("SELECT pg_stat_force_next_flush()"))
        known = db.session.scalar(text("SELECT reltuples FROM pg_class WHERE relname = 'grown_rows'"))
        db.session.commit()
        assert known == 5000
        with write() as session:
            assert count_grown(session, ["grown_rows"]) == []
    finally:
        with write() as session:
            session.execute(text("DROP TABLE grown_rows"))
