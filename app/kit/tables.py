"""Spreadsheets from strangers (S11, S12): what they are is read from their first bytes, and they are opened only in a
process of its own with little memory and little time (kit/table_process.py). What comes out is text, row by row.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.kit import limited_process
from app.kit.limited_process import FellOver, Limits, plain
from app.kit.refusals import Refused
from app.kit.table_process import CELL, MOST_COLUMNS, MOST_LINES, ROW

MOST_BYTES = 40 * 1024 * 1024
HEAD_BYTES = 512  # enough for `look`
LIMITS = Limits(memory_mb=700, cpu_s=60, file_mb=400)
# Longer than the process gives itself: this is for a machine that does not move.
DEADLINE_S = 130.0

_PROGRAM = Path(__file__).with_name("table_process.py")
_OLE, _ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
# What people pick by mistake: pictures, PDF, 한글, other archives, programs.
_OTHERS = (
    b"\xff\xd8\xff",
    b"\x89PNG",
    b"%PDF",
    b"GIF8",
    b"RIFF",
    b"7z\xbc\xaf",
    b"Rar!",
    b"\x1f\x8b",
    b"MZ",
    b"\x7fELF",
    b"HWP Document",
    b"SQLite",
)
_SENTENCES = {
    "empty": "파일이 비어 있어요. 내용이 있는 파일을 골라 주세요.",
    "too_large": f"파일이 너무 커요({MOST_BYTES // 1024 // 1024}MB까지). 기간을 나누어 내려받은 뒤 하나씩 올려 주세요.",
    "wrong_type": "엑셀이나 CSV 파일이 아니에요. 판매 사이트에서 내려받은 엑셀 파일을 그대로 골라 주세요.",
    "web_page": "이름만 엑셀인 파일이에요. 엑셀에서 연 뒤 ‘다른 이름으로 저장’에서 ‘Excel 통합 문서(xlsx)’로 저장해 올려 주세요.",
    "wrong_letters": "글자를 읽을 수 없는 파일이에요. 엑셀에서 연 뒤 ‘Excel 통합 문서(xlsx)’로 저장해 올려 주세요.",
    "broken": "열리지 않는 파일이에요. 다시 내려받거나, 엑셀에서 열어 엑셀 파일(xlsx)로 저장해 올려 주세요.",
    "too_wide": f"열이 너무 많아요({MOST_COLUMNS}개까지). 쓰지 않는 열을 지우고 올려 주세요.",
    "too_long": f"줄이 너무 많아요({MOST_LINES // 10_000}만 줄까지). 기간을 나누어 내려받은 뒤 하나씩 올려 주세요.",
    "too_heavy": "이 파일은 열 수 없어요. 기간을 나누어 다시 내려받거나, 필요한 줄만 새 파일에 복사해 올려 주세요.",
    "password": "비밀번호가 걸린 파일이에요. 내려받을 때 정한 비밀번호를 적어 주세요.",
    "wrong_password": "비밀번호가 맞지 않아요. 내려받을 때 정한 비밀번호를 다시 적어 주세요.",
}


class BadTable(Refused):
    """A file we do not take. `code`: one of the sentences above; password and wrong_password can be helped."""

    status = 422

    def __init__(self, code: str) -> None:
        super().__init__(_SENTENCES[code])
        self.code = code


@dataclass(frozen=True)
class Table:
    """A file as plain rows: where they lie, and how many there are, empty ones in between included."""

    path: Path
    lines: int

    def rows(self) -> Iterator[list[str]]:
        """Yield the cells of each row; an empty row is an empty list."""
        with open(self.path, encoding="utf-8", newline=ROW) as file:
            for line in file:
                line = line.rstrip(ROW)
                yield line.split(CELL) if line else []


def look(head: bytes, size: int) -> str:
    """Return what a file is by its first HEAD_BYTES and its size in bytes: xlsx, ole (old, or with a password) or text.

    Raises BadTable for anything else and for what is too large. Nothing is opened here.
    """
    if not size or not head.strip():
        raise BadTable("empty")
    if size > MOST_BYTES:
        raise BadTable("too_large")
    if head.startswith(_ZIP):
        return "xlsx"
    if head.startswith(_OLE):
        return "ole"
    if head.startswith(_OTHERS) or (b"\x00\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff"))):
        raise BadTable("wrong_type")
    return "text"


def read(source: Path, desk: Path, *, password: str = "", deadline_s: float = DEADLINE_S) -> Table:
    """Open the file at `source` in a limited process and write its rows into the folder `desk`.

    Raises BadTable, and OSError when the file is not to blame.
    """
    with open(source, "rb") as file:
        kind = look(file.read(HEAD_BYTES), os.fstat(file.fileno()).st_size)
    if password:
        (desk / "password").write_text(password, "utf-8")
    try:
        limited_process.run(_PROGRAM, kind, str(source), str(desk), deadline_s=deadline_s, limits=LIMITS)
    except FellOver:
        raise BadTable("too_heavy") from None
    return _result(desk)


def _result(desk: Path) -> Table:
    """Believe the process's answer only as far as it can be checked. Raises BadTable."""
    try:
        answer = json.loads(plain(desk / "answer", 200))
        refused, lines = str(answer.get("refused", "")), answer.get("lines", 0)
        if not refused and type(lines) is int and 0 < lines <= MOST_LINES:
            plain(desk / "rows", 1)
            return Table(desk / "rows", lines)
    except (OSError, ValueError, AttributeError):
        refused = ""
    raise BadTable(refused if refused in _SENTENCES else "too_heavy")
