"""A file is written, counted and undone in small steps, each a transaction of its own that begins where the last one
that was committed ended: killed between two, it goes on there. Two workers at once stand in line at the file's row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

import structlog
from sqlalchemy import select

from app.extensions import db, files_dir, setting
from app.flows import import_read, import_write, receipts, warranty
from app.flows import imports as doors
from app.flows.imports import without_samples
from app.flows.in_turns import in_turns
from app.flows.unit import after_a_race, end_reading, write
from app.insights import rebuild
from app.kit import sealed_file
from app.kit.clock import kst_day
from app.kit.files import Place
from app.kit.postgres import count_grown, is_postgres
from app.kit.sealing import Unreadable
from app.kit.uncollected import nothing_to_collect
from app.visits import import_steps, imports, unmaking
from app.visits.import_models import Import, ImportedPerson
from app.visits.models import Visit

log = structlog.get_logger(__name__)

# One step counts so many people again, one of days so many days; a database takes only so many values at once.
_PEOPLE_AT_ONCE, _DAYS_AT_ONCE, _PRODUCTS_AT_ONCE = 300, 62, 1_000
_REST = timedelta(minutes=1)
# What a file fills.
_FILLED = ("cards", "customers", "imported_people", "name_parts", "products", "visit_items", "visits")
_LOST = "파일이 없어져서 다 가져오지 못했어요. 같은 파일을 다시 올려 주시면 남은 것을 이어서 가져와요."


def work(*, clock: Callable[[], datetime], stop: Callable[[], bool] = lambda: False) -> int:
    """Do what files of all shops wait for, a step of each in turn; returns the number of steps. Stops when asked to."""

    def one_step(shop_id: int, import_id: int) -> bool:
        return go_on(shop_id=shop_id, import_id=import_id, clock=clock, steps=1)

    return in_turns("import", waiting=imports.waiting, step=one_step, rest=_rest, clock=clock, stop=stop)


def _rest(shop_id: int, import_id: int, now: datetime) -> None:
    """Leave a file alone for a minute after a fault, so that it is not told every two seconds."""
    with write() as session:
        row = import_steps.held(session, shop_id=shop_id, import_id=import_id)
        if row is not None:
            row.held_until = now + _REST


def go_on(*, shop_id: int, import_id: int, clock: Callable[[], datetime], steps: int = 0) -> bool:
    """Do the next steps of one file; True when nothing is to be done by now. `steps` bounds the work, 0 = to the end."""
    done = 0
    while True:
        view = imports.file(shop_id, import_id)
        state = view.state if view else ""
        end_reading()
        if state == "reading":
            if import_read.read(shop_id=shop_id, import_id=import_id, clock=clock) in ("taken", "later"):
                return True
        elif state == "going":
            tries = count()
            after_a_race(partial(_write_piece, shop_id, import_id, clock, tries))
        elif state == "counting":
            after_a_race(lambda: _count(shop_id, import_id, clock()))
        elif state == "undoing":
            after_a_race(lambda: _take_back(shop_id, import_id, clock()))
        else:
            return True
        done += 1
        if steps and done >= steps:
            return False


def _write_piece(shop_id: int, import_id: int, clock: Callable[[], datetime], tries: Iterator[int]) -> None:
    now, is_second = clock(), next(tries) > 0
    # Opened and made ready before the write begins: nobody waits meanwhile.
    found = imports.place(shop_id, import_id)
    end_reading()
    place = found.place
    opened = _piece(shop_id, found.records, place)
    ready = (
        import_write.make_ready(opened[0], kind=found.kind, joins_names=found.joins_names)
        if opened and opened[0]
        else None
    )
    if is_postgres(db.session):
        with write() as session:
            # In a transaction of its own: who counts a table holds it for whoever else would, until it is committed.
            count_grown(session, _FILLED)
    with nothing_to_collect(), write() as session:
        row = import_steps.held(session, shop_id=shop_id, import_id=import_id)
        if row is None or row.state != "going" or row.place != place:
            return  # somebody else took this step
        if opened is None or ready is None:
            row.state = "counting"
            row.detail = _LOST if opened is None else ""
            row.is_cancelled = row.is_cancelled or opened is None
            return
        row.place = opened[1]
        import_write.write_piece(session, row=row, piece=ready, asks=is_second, now=now)


def _piece(shop_id: int, ref: str, place: int) -> tuple[bytes, int] | None:
    """Return the next piece and where the one after it begins; nothing at the end, None when it is lost."""
    bound = f"{shop_id}:{ref}"
    try:
        with open(Place(doors.KIND, shop_id, ref).below(files_dir()), "rb") as file:
            found = sealed_file.read_at(file, setting("MASTER_KEY"), place, bound_to=bound)
    except (OSError, Unreadable, ValueError):
        return None
    return (b"", place) if found is None else found


def _count(shop_id: int, import_id: int, now: datetime) -> None:
    """Count the next days again on which the file's people came; at the end nothing of the file is kept."""
    with write() as session:
        row = import_steps.held(session, shop_id=shop_id, import_id=import_id)
        if row is None or row.state != "counting" or not _count_days(session, row):
            return
        gone = (row.upload, row.records)
        row.upload = row.records = row.password = ""
        row.found = without_samples(row.found)
        row.state, row.done_at = ("cancelled" if row.is_cancelled else "done"), now
    doors.drop_file(shop_id, *gone)


def _count_days(session: Any, row: Import) -> bool:
    """Count the next days again; True when all of them are."""
    days = row.found.get("days")
    if not days:
        return True
    first, last = (date.fromisoformat(day) for day in days)
    until = min(last, first + timedelta(days=_DAYS_AT_ONCE - 1))
    some = [first + timedelta(days=number) for number in range((until - first).days + 1)]
    rebuild.days(session, shop_id=row.shop_id, days=some)
    rest = [(until + timedelta(days=1)).isoformat(), last.isoformat()] if until < last else None
    row.found = {**row.found, "days": rest}
    return rest is None


def _take_back(shop_id: int, import_id: int, now: datetime) -> None:
    """Take back the next visits, then the next people, then what came to the menu; at the end the days are counted."""
    with write() as session:
        row = import_steps.held(session, shop_id=shop_id, import_id=import_id)
        if row is None or row.state != "undoing":
            return
        if row.place == 0:
            _take_visits_back(session, row, now)
        elif row.place == 1:
            _take_people_back(session, row)
        elif row.place == 2:
            some, rest = row.products[:_PRODUCTS_AT_ONCE], row.products[_PRODUCTS_AT_ONCE:]
            unmaking.take_products_back(session, shop_id=shop_id, product_ids=some)
            row.products, row.place = rest, 2 if rest else 3
        elif _count_days(session, row):
            row.state, row.undone_at = "undone", now


def _take_visits_back(session: Any, row: Import, now: datetime) -> None:
    if row.kind == "receipts":
        more, days = receipts.take_back(
            session, shop_id=row.shop_id, import_id=row.id, limit=_PEOPLE_AT_ONCE, now=now
        )
        if days:
            import_write.widen(row, min(days), max(days))
        row.place = 0 if more else 1
        return
    rows = session.execute(
        select(Visit.id, Visit.customer_id, Visit.at)
        .where(Visit.shop_id == row.shop_id, Visit.import_id == row.id, Visit.id > row.after_id)
        .order_by(Visit.id)
        .limit(_PEOPLE_AT_ONCE)
    ).all()
    if not rows:
        row.place, row.after_id = 1, 0
        return
    gone = [each.id for each in rows]
    unmaking.take_visits_back(session, shop_id=row.shop_id, visit_ids=gone, now=now)
    import_write.widen(row, *(kst_day(edge(each.at for each in rows)) for edge in (min, max)))
    import_write.recount(session, row, {each.customer_id for each in rows}, now=now)
    # The people before their certificates, as everybody takes them.
    warranty.purchases_gone(session, shop_id=row.shop_id, visit_ids=gone, cause="undone", now=now)
    row.after_id = rows[-1].id
    row.seen = max(0, row.seen - len(rows))


def _take_people_back(session: Any, row: Import) -> None:
    ids = list(
        session.scalars(
            select(ImportedPerson.customer_id)
            .where(
                ImportedPerson.shop_id == row.shop_id,
                ImportedPerson.import_id == row.id,
                ImportedPerson.customer_id > row.after_id,
            )
            .order_by(ImportedPerson.customer_id)
            .limit(_PEOPLE_AT_ONCE)
        )
    )
    if not ids:
        row.place, row.after_id = 2, 0
        return
    went = unmaking.take_people_back(session, shop_id=row.shop_id, customer_ids=ids)
    row.after_id = ids[-1]
    row.found = {**row.found, "stayed": row.found.get("stayed", 0) + len(ids) - went}
