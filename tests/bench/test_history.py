"""The dashboard's bench measures a real shop: its sums are what its visits say, and both of its pages open."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from app import create_app
from app.extensions import db
from app.insights import drift
from bench import __main__ as bench
from bench import dashboard, history, naive
from config import load_config
from tests.migrated import Migrated


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_long_history_is_counted_as_its_visits_say(tmp_path: Path, kind: str, migrated: Migrated) -> None:
    url = migrated(kind, tmp_path / "shop.db")
    filled = history.fill(tmp_path / "data", customers=60, visits=600, DATABASE_URL=url)
    app = create_app(load_config(filled.env))
    for name, page in dashboard._PAGES.items():
        assert len(dashboard._statements(app, filled, *page)) >= 10, name
    with app.app_context():
        assert drift.drifts(shop_id=1) == []
        assert naive.ask(app.config["CLOCK"]()) > 20
        db.session.remove()
        db.engine.dispose()


def test_parts_are_told_with_spaces_or_commas() -> None:
    assert bench._parts("groups") == ["groups"]
    assert bench._parts("dashboard,groups,") == ["dashboard", "groups"]
    with pytest.raises(argparse.ArgumentTypeError):
        bench._parts("dashboard,nothing")
