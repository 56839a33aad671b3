"""The shop's list of people leaves as a file: with a reason, by the owner alone, and written down before it does.

A short list is in the answer and nowhere else. A long one a worker makes (people_file_run.py); it lies sealed until it
is fetched or a day is over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, BinaryIO

from sqlalchemy import select

from app.customers import people_files, roster, taking_out
from app.customers.file_models import PeopleFile
from app.customers.known_rules import clean_reason
from app.customers.roster import Choice
from app.extensions import files_dir, setting
from app.flows import audit
from app.flows.unit import after_a_race, write
from app.insights import groups
from app.kit import files, sealed_file, sheet_files
from app.kit.files import Place
from app.kit.refusals import Invalid, NotHere
from app.shops import actions as shops

FOLDER = "lists"  # where the sealed files lie
# An answer brings so many: an xlsx of them takes a small machine half a second, ten times as many five.
AT_ONCE = 2_000
# An xlsx of so many keeps a worker for a quarter of a minute; a longer list goes as CSV, which Excel opens as well.
XLSX_MOST = 50_000
KINDS = {"xlsx": "엑셀 파일", "csv": "CSV 파일"}
# So long a finished file can be fetched, and a press be repeated.
KEPT = timedelta(days=1)
NOT_THERE = "찾으시는 파일이 없어요. 명단 내려받기에서 다시 만들어 주세요."
_ORPHAN_AFTER = timedelta(days=2)


@dataclass(frozen=True)
class Whose:
    """Whom a list is asked for, as the row keeps it: what was typed, a tag, the key of a group; in words, "" everybody."""

    typed: str = ""
    tag_id: int | None = None
    group: str = ""
    words: str = ""


def choice_of(*, shop_id: int, typed: str, tag_id: int | None, group: str, now: datetime) -> Choice:
    """Return whom a list is of, for the reads. Raises KeyError for an unknown group."""
    return Choice(typed, tag_id, groups.chosen(shop_id=shop_id, group=group, now=now) if group else None)


def ask(
    *,
    shop_id: int,
    staff_id: int,
    once: str,
    whose: Whose,
    kind: str,
    reason: str,
    ip: str,
    now: datetime,
) -> int:
    """Ask for a list as `kind` (xlsx or csv); returns its id. The same press (key, words and kind) asks for one.

    Who took how many of whom and why stands in the access log (안전성 확보조치 기준 8조) and in the record of changes
    before the first row is read. Raises Invalid (fields: reason, kind).
    """
    why = clean_reason(reason)
    if kind not in KINDS:
        raise Invalid({"kind": "어떤 파일로 받을지 골라 주세요."})
    choice = choice_of(shop_id=shop_id, typed=whose.typed, tag_id=whose.tag_id, group=whose.group, now=now)
    count = roster.count(shop_id=shop_id, choice=choice)
    if kind == "xlsx" and count > XLSX_MOST:
        raise Invalid(
            {"kind": f"손님이 {XLSX_MOST:,}명을 넘으면 CSV 파일로 받아 주세요. 엑셀에서 똑같이 열려요."}
        )
    press = _press(once, staff_id, whose, kind, why)

    def work() -> int:
        with write() as session:
            row = session.scalar(
                select(PeopleFile).where(PeopleFile.shop_id == shop_id, PeopleFile.once == press)
            )
            if row is not None:
                if row.made_at <= now - KEPT:
                    raise Invalid({"reason": "연 지 오래된 화면이에요. 한 번 더 눌러 주세요."})
                return row.id
            row = PeopleFile(
                shop_id=shop_id, staff_id=staff_id, once=press, kind=kind, whom=whose.words[:80], typed=whose.typed,
                tag_id=whose.tag_id, group=whose.group, total=count, made_at=now,
                state="given" if count <= AT_ONCE else "making",
            )  # fmt: skip
            session.add(row)
            session.flush()
            audit.note(
                session,
                shop_id=shop_id,
                what="people_file",
                staff_id=staff_id,
                detail=f"{count}{'/' + row.whom.replace(':', ' ') if row.whom else ''}:{why}"[:160],
                now=now,
            )
            return row.id

    made = after_a_race(work)
    _log(shop_id, staff_id, ip, now)
    return made


def _press(once: str, *what: object) -> str:
    """Return by what a press is known: the page's key together with what was asked for, for the page stays open."""
    return hashlib.sha256(repr((once, *what)).encode()).hexdigest()[:40]


def _log(shop_id: int, staff_id: int, ip: str, now: datetime) -> None:
    with write() as session:
        shops.log_access(
            session,
            shop_id=shop_id,
            staff_id=staff_id,
            customer_id=None,
            action="people_file",
            ip=ip,
            now=now,
        )


def write_at_once(*, shop_id: int, file_id: int, target: BinaryIO) -> int:
    """Write a short list into `target`, of whom its row says; returns how many. Raises NotHere."""
    view = people_files.stand(shop_id=shop_id, file_id=file_id)
    if view is None or view.state != "given":
        raise NotHere(NOT_THERE)
    choice = choice_of(
        shop_id=shop_id, typed=view.typed, tag_id=view.tag_id, group=view.group, now=view.made_at
    )
    return write_rows(view.kind, taking_out.rows(shop_id=shop_id, choice=choice), target)


def write_rows(kind: str, rows: Any, target: BinaryIO) -> int:
    """Write rows of people as a table that a spreadsheet opens; returns how many."""
    if kind == "csv":
        return sheet_files.write_csv(target, taking_out.HEAD, rows)
    with files.desk(files_dir()) as desk:
        return sheet_files.write_xlsx(target, taking_out.HEAD, rows, sheet="손님", folder=desk)


def fetch(*, shop_id: int, staff_id: int, file_id: int, ip: str, now: datetime) -> Iterator[bytes] | None:
    """Return a finished list piece by piece, each fetching written down; None once it is over.

    Raises NotHere for anybody else's.
    """
    with write() as session:
        row = _mine(session, shop_id, staff_id, file_id)
        ref = row.ref if row.state == "ready" and row.ends_at is not None and row.ends_at > now else ""
    file = files.open_reading(files_dir(), Place(FOLDER, shop_id, ref)) if ref else None
    if file is None:
        return None
    _log(shop_id, staff_id, ip, now)
    # The pieces are asked for when the request and its application are over already.
    return _opened(file, setting("MASTER_KEY"), f"{shop_id}:{ref}")


def _opened(file: BinaryIO, master: bytes, bound_to: str) -> Iterator[bytes]:
    with file:
        yield from sealed_file.pieces_of(file, master, bound_to=bound_to)


def end(*, shop_id: int, staff_id: int, file_id: int) -> None:
    """Stop a list that is being made, or delete one before its day is over; the second press is content.

    Raises NotHere for anybody else's.
    """
    with write() as session:
        row = _mine(session, shop_id, staff_id, file_id)
        gone = close(row)
    drop_files(shop_id, *gone)


def close(row: PeopleFile, state: str = "over") -> tuple[str, str]:
    """Let nothing be made of a list any more; returns the refs of files to delete after the commit."""
    gone = (row.records, row.ref)
    row.records = row.ref = row.typed = ""
    row.state = row.state if row.state in ("given", "failed") else state
    row.held_until = None
    return gone


def drop_files(shop_id: int, *refs: str) -> None:
    """Delete sealed files; call it after the commit."""
    for ref in filter(None, refs):
        files.drop(files_dir(), Place(FOLDER, shop_id, ref))


def _mine(session: Any, shop_id: int, staff_id: int, file_id: int) -> PeopleFile:
    row: PeopleFile | None = session.scalar(
        select(PeopleFile)
        .where(PeopleFile.shop_id == shop_id, PeopleFile.staff_id == staff_id, PeopleFile.id == file_id)
        .with_for_update()
    )
    if row is None:
        raise NotHere(NOT_THERE)
    return row


def forget_typed(*, shop_id: int, now: datetime) -> None:
    """Blank what was typed for lists that were answered at once, when their press can't be repeated any more."""
    with write() as session:
        rows = session.scalars(
            select(PeopleFile).where(
                PeopleFile.shop_id == shop_id,
                PeopleFile.state == "given",
                PeopleFile.typed != "",
                PeopleFile.made_at <= now - KEPT,
            )
        )
        for row in rows:
            row.typed = ""


def drop_orphans(*, now: datetime) -> int:
    """Delete sealed lists that no row knows any more; returns how many."""
    root, dropped = files_dir(), 0
    places = files.old_places(root, FOLDER, before=now - _ORPHAN_AFTER)
    for shop_id, some in groupby(places, key=lambda place: place.shop_id):
        refs = [place.ref for place in some]
        for ref in set(refs) - people_files.known_refs(shop_id, refs):
            dropped += files.drop(root, Place(FOLDER, shop_id, ref))
    return dropped
