"""Nightly: does every card still say what its lines say? And what the database knows of itself."""

from __future__ import annotations

import structlog

from app.cards import drift
from app.extensions import db
from app.flows.unit import end_reading
from app.kit import sqlite

log = structlog.get_logger(__name__)


def check_balances(*, shop_id: int) -> list[int]:
    """Return the ids of a shop's cards that do not follow from their lines, and log each difference.

    A difference is a bug, never repaired in silence: the ledger is what the customer can be shown.
    """
    end_reading()
    found = drift.drifts(shop_id=shop_id)
    for each in found:
        log.error("books_differ", shop_id=shop_id, card_id=each.card_id, what=each.what, detail=each.detail)
    return sorted({drift.card_id for drift in found})


def gather_statistics() -> None:
    """Let SQLite's planner see how full the tables have become."""
    end_reading()
    if db.engine.dialect.name == "sqlite":
        sqlite.gather_statistics(db.engine)
