"""주문·명단 가져오기, from the owner's side: a file comes in, its columns are named, it begins, stops, is undone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, BinaryIO

from sqlalchemy import select

from app.customers import actions as people
from app.extensions import files_dir, setting
from app.flows import audit
from app.flows.unit import after_a_race, write
from app.kit import files, sealed_file, tables
from app.kit.clock import kst_day
from app.kit.files import Place
from app.kit.refusals import Invalid, NotHere, Refused
from app.kit.sealing import seal
from app.kit.signing import new_token
from app.visits import header_rules, import_steps, imports, registry
from app.visits.import_models import Import, NotSame
from app.visits.source_contract import ASKED, FIELDS, RECEIPTS

KIND = "imports"  # where the sealed files lie
PASSWORD = "import-password"
NOT_THERE = "찾으시는 파일이 없어요. 목록을 새로 열어 주세요."
# A file that nobody went on with is dropped after a week, one that no row knows after a day.
_LEFT_LYING, _ORPHAN_AFTER = timedelta(days=7), timedelta(days=1)
_OPEN = ("reading", "password", "columns", "checked", "refused")
# Whose columns a shop named itself.
BY_HAND = {"orders": "plain_orders", "people": "plain_people", "receipts": "other_pos"}


class NotNow(Refused):
    """The file has gone on meanwhile."""

    code = "not_now"
    sentence = "그사이 다음 단계로 넘어갔어요. 화면을 새로 열어 주세요."


def bring(*, shop_id: int, staff_id: int, once: str, name: str, upload: BinaryIO, now: datetime) -> int:
    """Take in a file: it lies sealed until a worker has read it. The same press brings one. Returns its id.

    Raises BadTable for what is no spreadsheet or too large.
    """
    size = upload.seek(0, 2)
    upload.seek(0)
    tables.look(upload.read(tables.HEAD_BYTES), size)
    upload.seek(0)
    ref = put_sealed(shop_id=shop_id, pieces=sealed_file.in_chunks(upload), now=now)
    kept = 0
    try:
        kept = after_a_race(
            lambda: _add(shop_id=shop_id, staff_id=staff_id, once=once, name=name, ref=ref, now=now)
        )
    finally:
        if not kept or not imports.known_files(shop_id, [ref]):
            drop_file(shop_id, ref)
    return kept


def _add(*, shop_id: int, staff_id: int, once: str, name: str, ref: str, now: datetime) -> int:
    with write() as session:
        before = import_steps.by_once(session, shop_id=shop_id, once=once)
        if before is not None:
            return before
        row = Import(
            shop_id=shop_id, staff_id=staff_id, once=once, name=" ".join(name.split())[:80] or "파일", upload=ref,
            made_at=now, titles=[], columns={}, found={}, products=[],
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


def put_sealed(*, shop_id: int, pieces: Any, now: datetime) -> str:
    """Keep pieces sealed in a file of the shop; returns its ref."""
    ref, root = new_token(), files_dir()
    with files.desk(root) as desk:
        sealed_file.write(desk / "sealed", setting("MASTER_KEY"), pieces, bound_to=f"{shop_id}:{ref}")
        files.move_in(root, Place(KIND, shop_id, ref), desk / "sealed", now=now)
    return ref


def drop_file(shop_id: int, *refs: str) -> None:
    """Delete sealed files; call it after the commit."""
    for ref in filter(None, refs):
        files.drop(files_dir(), Place(KIND, shop_id, ref))


def open_with(*, shop_id: int, import_id: int, password: str, now: datetime) -> None:
    """Try a password on a file. Raises Invalid (field: password), NotHere, NotNow."""
    if not 1 <= len(password) <= 100:
        raise Invalid({"password": "파일을 내려받을 때 정한 비밀번호를 적어 주세요."})
    with write() as session:
        row = _row(session, shop_id, import_id, "password")
        row.password = seal(setting("MASTER_KEY"), PASSWORD, password, bound_to=f"{shop_id}:{import_id}")
        row.state, row.detail, row.held_until, row.tries = "reading", "", None, 0


def name_columns(
    *, shop_id: int, import_id: int, kind: str, chosen: Mapping[str, str], day: str, now: datetime
) -> None:
    """Say which column is what; it is remembered for every file with the same titles. Then the file is read again.

    `chosen`: field → number of the column as typed, "" for none. Raises Invalid, NotHere, NotNow.
    """
    if kind not in FIELDS:
        raise Invalid({"kind": "무엇이 들어 있는 파일인지 골라 주세요."})
    with write() as session:
        row = _row(session, shop_id, import_id, "columns", "checked")
        columns = {} if row.kind != kind else {k: v for k, v in row.columns.items() if k not in ASKED[kind]}
        for field in ASKED[kind]:
            text = chosen.get(field, "")
            if text.isascii() and text.isdigit() and int(text) < len(row.titles):
                columns[field] = int(text)
        wrong = header_rules.missing(kind, columns)
        if wrong:
            raise Invalid({"at" if kind != "people" else "name": wrong})
        if kind == RECEIPTS and "at" not in columns and not _a_day(day, now):
            raise Invalid({"day": "며칠 매출인지 골라 주세요. 이 파일에는 시각만 있어요."})
        known = registry.sources().get(row.source)
        source = row.source if known is not None and known.kind == kind else BY_HAND[kind]
        row.source, row.kind, row.columns = source, kind, columns
        row.day = day if kind == RECEIPTS and "at" not in columns else ""
        row.state, row.held_until, row.tries = "reading", None, 0
        import_steps.remember_columns(
            session, shop_id=shop_id, header_key=header_rules.header_key(row.titles), source=source, columns=columns, now=now,
        )  # fmt: skip


def _a_day(text: str, now: datetime) -> bool:
    try:
        return date(2000, 1, 1) <= date.fromisoformat(text) <= kst_day(now)
    except ValueError:
        return False


def ask_columns(*, shop_id: int, import_id: int) -> None:
    """Go back to naming the columns of a file that was looked at. Raises NotHere, NotNow."""
    with write() as session:
        _row(session, shop_id, import_id, "columns", "checked").state = "columns"


def begin(*, shop_id: int, staff_id: int, import_id: int, joins_names: bool, now: datetime) -> None:
    """Begin to take in what the dry run showed; the second press changes nothing. Raises NotHere, NotNow."""
    with write() as session:
        row = _row(session, shop_id, import_id, "checked", "going", "counting", "done")
        if row.state != "checked":
            return
        # What was read of it is all that is needed now.
        gone, row.upload, row.password = row.upload, "", ""
        row.state, row.joins_names, row.began_at, row.held_until = "going", joins_names, now, None
        audit.note(
            session, shop_id=shop_id, what="import", staff_id=staff_id, subject=f"import:{import_id}", detail=str(row.total), now=now,
        )  # fmt: skip
    drop_file(shop_id, gone)


def cancel(*, shop_id: int, import_id: int, now: datetime) -> bool:
    """Stop a file; what it has brought by now stays and can be undone. True when it brought nothing.

    Raises NotHere, and NotNow once all of it is in.
    """
    with write() as session:
        row = _row(session, shop_id, import_id, *_OPEN, "going", "cancelled")
        if row.state == "going":
            row.state, row.is_cancelled, row.after_id = "counting", True, 0
            return False
        gone, nothing = (row.upload, row.records), not row.added
        if row.state != "cancelled":
            row.upload = row.records = row.password = ""
            row.state, row.done_at, row.is_cancelled, row.found = (
                "cancelled",
                now,
                True,
                without_samples(row.found),
            )
    drop_file(shop_id, *gone)
    return nothing


def undo(*, shop_id: int, staff_id: int, import_id: int, now: datetime) -> None:
    """Begin to take back what a file brought. The second press changes nothing. Raises NotHere, NotNow."""
    with write() as session:
        row = _row(session, shop_id, import_id, "done", "cancelled", "undoing", "undone")
        if row.state in ("undoing", "undone"):
            return
        row.state, row.after_id, row.place, row.held_until = "undoing", 0, 0, None
        audit.note(
            session,
            shop_id=shop_id,
            what="import_undone",
            staff_id=staff_id,
            subject=f"import:{import_id}",
            now=now,
        )


def tell_apart(*, shop_id: int, staff_id: int, one_id: int, other_id: int, now: datetime) -> None:
    """Say that two people with one name are two; twice is once. Raises NotHere for another shop's."""
    low, high = sorted((one_id, other_id))
    with write() as session:
        both = [people.customer(session, shop_id=shop_id, customer_id=each) for each in (low, high)]
        if low == high or None in both:
            raise NotHere("찾으시는 손님이 없어요. 목록을 새로 열어 주세요.")
        known = select(NotSame.staff_id).where(
            NotSame.shop_id == shop_id, NotSame.low_id == low, NotSame.high_id == high
        )
        if session.scalar(known) is None:
            session.add(NotSame(shop_id=shop_id, low_id=low, high_id=high, staff_id=staff_id, at=now))


def without_samples(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a dry run counted without what it showed of the lines."""
    return {name: value for name, value in found.items() if name not in ("samples", "firsts")}


def drop_old(*, shop_id: int, now: datetime) -> int:
    """Give up files that nobody went on with for a week; returns how many."""
    with write() as session:
        rows = session.scalars(
            select(Import).where(
                Import.shop_id == shop_id,
                Import.state.in_(("password", "columns", "checked", "refused")),
                Import.made_at < now - _LEFT_LYING,
            )
        ).all()
        gone = [(row.upload, row.records) for row in rows]
        for row in rows:
            row.upload = row.records = row.password = ""
            row.state, row.done_at, row.is_cancelled, row.found = (
                "cancelled",
                now,
                True,
                without_samples(row.found),
            )
    for refs in gone:
        drop_file(shop_id, *refs)
    return len(gone)


def drop_orphans(*, now: datetime) -> int:
    """Delete sealed files older than a day that no row knows; returns how many."""
    root, dropped = files_dir(), 0
    places = files.old_places(root, KIND, before=now - _ORPHAN_AFTER)
    for shop_id, some in groupby(places, key=lambda place: place.shop_id):
        refs = [place.ref for place in some]
        known = imports.known_files(shop_id, refs)
        for ref in set(refs) - known:
            dropped += files.drop(root, Place(KIND, shop_id, ref))
    return dropped


def _row(session: Any, shop_id: int, import_id: int, *states: str) -> Import:
    row = import_steps.held(session, shop_id=shop_id, import_id=import_id)
    if row is None:
        raise NotHere(NOT_THERE)
    if row.state not in states:
        raise NotNow
    return row
