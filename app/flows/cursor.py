"""How far the clock has come with a shop's days: a day it stood still is looked at when it goes on."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from app.extensions import db
from app.flows.unit import write
from app.kit.clock import kst_day, start_of_day
from app.kit.upsert import insert_into
from app.messages.models import PeriodicTask

# Further back nothing is caught up: what was due then is nobody's news any more.
_MOST = timedelta(days=7)


def done_until(*, what: str, shop_id: int, today: date) -> date:
    """Return the last Korean day on which a shop's work was done; of one that never was, yesterday.

    At most a week back. `what` names the work in at most 20 characters.
    """
    at = db.session.scalar(select(PeriodicTask.last_run_at).where(PeriodicTask.name == _name(what, shop_id)))
    before = today - timedelta(days=1)
    return before if at is None else min(max(kst_day(at), today - _MOST), before)


def note(*, what: str, shop_id: int, day: date) -> None:
    """Note that a shop's work is done up to a day, after the last of it: what was interrupted is done again."""
    values = {"next_run_at": start_of_day(day + timedelta(days=1)), "last_run_at": start_of_day(day)}
    with write() as session:
        session.execute(
            insert_into(session, PeriodicTask)
            .values(name=_name(what, shop_id), **values)
            .on_conflict_do_update(index_elements=["name"], set_=values)
        )


def _name(what: str, shop_id: int) -> str:
    return f"{what}:{shop_id}"
