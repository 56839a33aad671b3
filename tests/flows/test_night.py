"""What the night does for the database itself."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from app.extensions import db
from app.flows import night
from tests import factories


@pytest.mark.databases("sqlite")
def test_the_planner_learns_how_full_the_tables_are(app: Flask) -> None:
    with app.app_context():
        shop = factories.a_shop()
        for _ in range(3):
            factories.a_customer(shop)
        night.gather_statistics()
        known = set(db.session.scalars(text("SELECT DISTINCT tbl FROM sqlite_stat1")))
        assert {"customers", "cards"} <= known
        night.gather_statistics()
