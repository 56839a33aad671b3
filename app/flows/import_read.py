"""A file is opened in a process of its own, read once, and kept sealed as what will be written: the dry run.

Columns that nothing needs (addresses, 통관번호 …) go no further than the desk it was opened on (개인정보 보호법 16조).
No transaction is open while it is read; whatever dies in between is read again, three times at most.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

import structlog

from app.extensions import files_dir, setting
from app.flows import import_told
from app.flows import imports as doors
from app.flows.unit import end_reading, write
from app.kit import files, sealed_file, tables
from app.kit.files import Place
from app.kit.phone import masked
from app.kit.sealing import Unreadable, unseal
from app.kit.tables import BadTable, Table
from app.kit.uncollected import nothing_to_collect
from app.visits import (
    cell_rules,
    header_rules,
    import_steps,
    imports,
    line_rules,
    list_rules,
    piece_rules,
    receipt_rules,
    registry,
)
from app.visits.header_rules import Found
from app.visits.import_models import Import
from app.visits.line_rules import Account
from app.visits.source_contract import ORDERS, PEOPLE

log = structlog.get_logger(__name__)

# Longer than the process gives itself (kit/tables.py): only a worker that died lets it run out.
HOLD = timedelta(minutes=4)
TRIES = 3
# So many records lie in one sealed piece and are written by one transaction: a stamp waits no longer than this takes,
# a tenth of a second. Of smaller pieces each writes nearly as many pages of the indexes.
PIECE = 2_000
_GIVEN_UP = "이 파일은 열 수 없었어요. 다시 내려받거나, 기간을 나누어 올려 주세요."
_NO_TITLES = (
    "열 이름(이름, 휴대폰, 주문번호 …)이 있는 줄을 찾지 못했어요. 첫 줄에 열 이름을 적어 다시 올려 주세요."
)
_NO_LINES = "가져올 줄이 없어요. 열 이름 아래에 내용이 있는지 확인해 주세요."


@dataclass
class Reading:
    """What one reading of a file came to."""

    state: str
    detail: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    left: list[tuple[str, int]] = field(default_factory=list)


def read(*, shop_id: int, import_id: int, clock: Callable[[], datetime]) -> str:
    """Read one file; returns the state it is in then, "taken" when another worker has it, "later" for a full disk."""
    now = clock()
    with write() as session:
        row = import_steps.claim(
            session, shop_id=shop_id, import_id=import_id, held_until=now + HOLD, now=now
        )
        if row is None:
            return "taken"
        tries, gone = row.tries, row.records
        session.expunge(row)
    doors.drop_file(shop_id, gone)
    end_reading()
    try:
        done = Reading("refused", _GIVEN_UP) if tries > TRIES else _read(row, clock)
    except BadTable as refusal:
        can_help = refusal.code in ("password", "wrong_password")
        done = Reading(
            "password" if can_help else "refused", refusal.sentence if refusal.code != "password" else ""
        )
    except Unreadable:
        done = Reading("refused", _GIVEN_UP)
    except OSError as fault:
        if Place(doors.KIND, shop_id, row.upload).below(files_dir()).exists():
            # A full disk or a worker being stopped is not the file's fault; the hold keeps the next try away.
            log.error("import_not_read", import_id=import_id, fault=type(fault).__name__)
            return "later"
        done = Reading("refused", _GIVEN_UP)
    _note(row, done, clock())
    log.info("import_read", import_id=import_id, state=done.state)
    return done.state


def _note(row: Import, done: Reading, now: datetime) -> None:
    shop_id, is_over = row.shop_id, done.state == "refused"
    records = str(done.facts.get("records", ""))
    with write() as session:
        held = import_steps.held(session, shop_id=shop_id, import_id=row.id)
        if held is None or held.state != "reading":
            gone = records  # cancelled meanwhile
        else:
            gone = held.upload if is_over else ""
            held.state, held.detail, held.held_until, held.tries = done.state, done.detail, None, 0
            for name, value in done.facts.items():
                setattr(held, name, value)
            if done.state not in (
                "columns",
                "checked",
            ):  # until then the file may have to be opened once more
                held.password = ""
            if is_over:
                held.upload, held.done_at = "", now
            if done.state == "checked":
                import_steps.note_left(session, shop_id=shop_id, import_id=row.id, left=done.left)
    doors.drop_file(shop_id, gone)


def _read(row: Import, clock: Callable[[], datetime]) -> Reading:
    master, root, shop_id = setting("MASTER_KEY"), files_dir(), row.shop_id
    bound = f"{shop_id}:{row.upload}"
    word = (
        unseal(master, doors.PASSWORD, row.password, bound_to=f"{shop_id}:{row.id}") if row.password else ""
    )
    with files.desk(root) as desk:
        with (
            open(Place(doors.KIND, shop_id, row.upload).below(root), "rb") as sealed,
            open(desk / "file", "wb") as out,
        ):
            for piece in sealed_file.pieces_of(sealed, master, bound_to=bound):
                out.write(piece)
        table = tables.read(desk / "file", desk, password=word)
        (desk / "file").unlink()
        found, is_said = _titles(row, table)
        if found is None:
            return Reading("refused", _NO_TITLES)
        known = registry.sources().get(found.source)
        facts: dict[str, Any] = {
            "header_row": found.row,
            "titles": [title[:60] for title in found.titles],
            "columns": dict(found.columns),
            "source": found.source,
            "kind": known.kind if known else _likely(found),
            "channel": known.channel if known else "file",
            "found": {"lines": table.lines, "firsts": _firsts(table, found)},
        }
        needs_day = (
            known is not None and known.kind == "receipts" and "at" not in found.columns and not row.day
        )
        if known is None or needs_day:
            return Reading("columns", facts=facts)
        with nothing_to_collect():
            done = _records(row, table, found, facts, clock())
        if done.state == "refused" and is_said:
            # A slip of theirs, which every file with these titles would repeat.
            return Reading("columns", done.detail, facts)
        return done


def _titles(row: Import, table: Table) -> tuple[Found | None, bool]:
    """Return where the titles are, as the owner said of this very file, of one like it, or as they are known; and
    whether the owner said it."""
    head = list(islice(table.rows(), header_rules.LOOKED_AT))
    if row.titles and row.source:
        return Found(row.header_row, tuple(row.titles), row.source, row.columns), True
    found = header_rules.find(head, registry.sources())
    if found is None:
        return None, False
    said = imports.remembered(row.shop_id, header_rules.header_key(found.titles))
    end_reading()
    if said is not None and said[0] in registry.sources():
        return Found(found.row, found.titles, said[0], said[1]), True
    return found, False


def _likely(found: Found) -> str:
    return PEOPLE if "at" not in found.columns else ORDERS


def _firsts(table: Table, found: Found) -> list[str]:
    """Return what stands below each title first, covered: so that an owner knows the column again."""
    seen = [""] * len(found.titles)
    for line in islice(table.rows(), found.row + 1, found.row + 21):
        for place, cell in enumerate(line[: len(seen)]):
            seen[place] = seen[place] or _covered(cell)
    return seen


def _covered(cell: str) -> str:
    phone = cell_rules.read_phone(cell)
    if phone:
        return masked(phone)
    if not any(char.isdigit() for char in cell):
        return cell[:1] + "…" if len(cell) > 1 else cell
    # A day or an amount is known again by its beginning; of a number that names somebody it tells nothing.
    return cell[:4] + re.sub(r"\d", "•", cell[4:12])


def _records(row: Import, table: Table, found: Found, facts: dict[str, Any], now: datetime) -> Reading:
    account = Account()
    titles = found.titles
    common: dict[str, Any] = {"titles_in": found.row, "columns": found.columns, "account": account}
    records: list[Any]
    if facts["kind"] == ORDERS:
        records = line_rules.read_orders(table.rows(), titles=titles, now=now, **common)
    elif facts["kind"] == PEOPLE:
        records = list_rules.read_people(table.rows(), titles=titles, **common)
    else:
        day = date.fromisoformat(row.day) if row.day else None
        records = receipt_rules.read_receipts(table.rows(), day=day, now=now, **common)
    if not records:
        return Reading("refused", _why_nothing(account))
    samples = import_told.samples(records)
    if facts["kind"] == ORDERS:
        piece_rules.person_by_person(records)
    facts["found"] = {
        **facts["found"],
        "lines": account.lines,
        "taken": account.taken,
        "blank": account.blank,
        "left": len(account.left),
        "safe_numbers": account.safe_numbers,
        "left_memos": account.left_memos,
        "dropped": header_rules.left_out(titles, found.columns),
        **import_told.counts(row.shop_id, facts["channel"], facts["kind"], records, now),
        "samples": samples,
    }
    facts["total"] = len(records)
    facts["records"] = doors.put_sealed(
        shop_id=row.shop_id, pieces=piece_rules.pieces(records, size=PIECE), now=now
    )
    return Reading("checked", facts=facts, left=account.left)


def _why_nothing(account: Account) -> str:
    if not account.left:
        return _NO_LINES
    reason = Counter(reason for reason, _line in account.left).most_common(1)[0][0]
    return f"가져올 줄이 없어요. 모든 줄이 이런 까닭으로 빠졌어요: {line_rules.REASONS[reason]}."
