"""Turns one spreadsheet into plain rows. A program of its own, run by kit/tables.py in a limited process.

    python -I table_process.py KIND SOURCE FOLDER

KIND is xlsx, ole or text; FOLDER/password may hold a password. Writes FOLDER/rows (a line a row, cells divided by
\\x1f, everything as text) and FOLDER/answer (JSON). Formulas are not worked out, nothing is fetched, no entity is
expanded: what stands in a cell is text to us. It must not import the application: a start would take longer than the work.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import os
import sys
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

MOST_LINES = 200_000
MOST_COLUMNS = 256
_MOST_UNPACKED = 600 * 1024 * 1024
# Nothing that people type packs better than this; a bomb packs a thousand times.
_MOST_PACKED = 400
CELL, ROW = "\x1f", "\n"
_CLEAN = str.maketrans(
    {
        CELL: " ",
        "\n": " ",
        "\r": " ",
        "\x00": None,
        "\x0b": " ",
        "\x0c": " ",
        "\u2028": " ",
        "\u2029": " ",
        "\x85": " ",
        "\x1c": " ",
        "\x1d": " ",
        "\x1e": " ",
    }
)
_DELIMITERS = ",\t;"


class Refused(Exception):
    """The file is not taken; its text is a code of kit/tables.py."""


def read(kind: str, source: Path, folder: Path) -> dict[str, Any]:
    """Write the rows; returns {"lines"} or {"refused": code}."""
    password = folder / "password"
    word = password.read_text("utf-8") if password.exists() else ""
    try:
        rows = _text(source) if kind == "text" else _workbook(kind, source, word)
        return {"lines": _write(rows, folder / "rows")}
    except Refused as refusal:
        return {"refused": str(refusal)}
    except MemoryError:
        return {"refused": "too_heavy"}


def _write(rows: Iterable[Iterable[Any]], path: Path) -> int:
    lines = last = 0
    with open(path, "w", encoding="utf-8", errors="replace", newline="") as file:
        for row in rows:
            cells = _cells(row)
            while cells and not cells[-1]:
                cells.pop()
            if len(cells) > MOST_COLUMNS:
                raise Refused("too_wide")
            lines += 1
            if cells:
                if lines > MOST_LINES:
                    raise Refused("too_long")
                file.write(
                    ROW * (lines - last - 1) + CELL.join(cells) + ROW
                )  # empty rows only where more follow
                last = lines
    if not last:
        raise Refused("empty")
    return last


def _cells(row: Iterable[Any]) -> list[str]:
    values = list(row)
    try:
        if "".join(values).isprintable():  # nothing to be cleaned in it: nearly every line of a CSV
            return [value.strip() for value in values]
    except TypeError:
        pass
    return [_cell(value) for value in values]


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value.translate(_CLEAN).strip()
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e18 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value)


def _workbook(kind: str, source: Path, password: str) -> Iterator[Any]:
    from python_calamine import (
        CalamineError,
        CalamineWorkbook,
        PasswordError,
        SheetTypeEnum,
        SheetVisibleEnum,
        XmlError,
        ZipError,
    )

    data = io.BytesIO(source.read_bytes())
    if kind == "ole":
        data = _opened(data, password)
    if data.getvalue()[:2] == b"PK":
        _no_bomb(data)
    try:
        book = CalamineWorkbook.from_filelike(data)
        seen = [
            each.name
            for each in book.sheets_metadata
            if each.typ == SheetTypeEnum.WorkSheet and each.visible == SheetVisibleEnum.Visible
        ]
        # The marketplace's own sheet where there is one; else the first that holds anything.
        for name in sorted(seen, key=lambda name: name != "발송처리"):
            sheet = book.get_sheet_by_name(name)
            if not sheet.height:
                continue
            if sheet.width > MOST_COLUMNS:
                raise Refused("too_wide")
            # From the first row on, but from the first column that holds anything.
            left = [None] * (sheet.start or (0, 0))[1]
            yield from ([*left, *row] for row in sheet.iter_rows())
            return
    except PasswordError:
        raise Refused("password") from None
    except (CalamineError, XmlError, ZipError, OSError, ValueError):
        raise Refused("broken") from None
    raise Refused("empty")


def _no_bomb(data: io.BytesIO) -> None:
    try:
        with zipfile.ZipFile(data) as packed:
            parts = packed.infolist()
            if not any(part.filename.lower().startswith(("xl/", "content.xml")) for part in parts):
                raise Refused("wrong_type")
            whole = sum(part.file_size for part in parts)
            if whole > _MOST_UNPACKED or whole > _MOST_PACKED * max(len(data.getbuffer()), 65536):
                raise Refused("too_heavy")
    except zipfile.BadZipFile:
        raise Refused("broken") from None
    data.seek(0)


def _opened(data: io.BytesIO, password: str) -> io.BytesIO:
    """Return what lies in an OLE container: the workbook behind a password, or the old .xls itself."""
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError

    opened = io.BytesIO()
    try:
        locked = msoffcrypto.OfficeFile(data)
        if not locked.is_encrypted():
            data.seek(0)
            return data
        if not password:
            raise Refused("password")
        locked.load_key(password=password)
        locked.decrypt(opened)
    except (InvalidKeyError, DecryptionError):
        raise Refused("wrong_password") from None
    except (
        FileFormatError,
        ParseError,
        OSError,
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
    ):
        raise Refused("broken") from None
    opened.seek(0)
    if not opened.getvalue()[:2] == b"PK" and not opened.getvalue()[:4] == b"\xd0\xcf\x11\xe0":
        raise Refused("wrong_password")
    return opened


def _text(source: Path) -> Iterator[Any]:
    """Yield the rows of a CSV as Korean programs write it: UTF-8 with or without its mark, cp949, UTF-16."""
    raw = source.read_bytes()
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        found = _decoded(raw, "utf-16")
    else:
        found = _decoded(raw, "utf-8-sig")
        if found is None:
            found = _decoded(raw, "cp949")
    if found is None or "\x00" in found:
        raise Refused("wrong_letters")
    del raw
    if found.lstrip()[:1] == "<":
        raise Refused("web_page")
    head = found[:20_000].splitlines()[:10]
    divider = max(_DELIMITERS, key=lambda mark: sum(line.count(mark) for line in head))
    csv.field_size_limit(32_768)
    try:
        if '"' in found and not _closes_its_quotes(found, divider):
            yield from _line_by_line(found, divider)
        else:
            yield from csv.reader(io.StringIO(found, newline=""), delimiter=divider)
    except csv.Error:
        raise Refused("broken") from None


def _closes_its_quotes(text: str, divider: str) -> bool:
    """Tell whether every quote ends where its cell ends: else one typed by a slip would swallow the lines after it."""
    try:
        for _row in csv.reader(io.StringIO(text, newline=""), delimiter=divider, strict=True):
            pass
    except csv.Error:
        return False
    return True


def _line_by_line(text: str, divider: str) -> Iterator[list[str]]:
    """Yield each line by itself, as nothing in it says what belongs to the one before; an odd quote stands for nothing."""
    for line in io.StringIO(text, newline=""):
        bare = line.rstrip("\r\n")
        if bare.count('"') % 2:
            cells = next(csv.reader([bare], delimiter=divider, quoting=csv.QUOTE_NONE))
            yield [cell.replace('"', "") for cell in cells]
        else:
            yield next(csv.reader([bare], delimiter=divider))


def _decoded(raw: bytes, name: str) -> str | None:
    try:
        return raw.decode(name)
    except UnicodeDecodeError:
        return None


def main(arguments: list[str]) -> int:
    """Do the work of one file; returns the exit status, os.EX_IOERR when the file is not to blame."""
    kind, source, folder = arguments
    try:
        answer = read(kind, Path(source), Path(folder))
        (Path(folder) / "answer").write_text(json.dumps(answer), "ascii")
    except ImportError:  # nothing of the file was read yet: the installation is being replaced
        return os.EX_IOERR
    except OSError as fault:
        import errno

        if fault.errno == errno.EFBIG:
            return 1
        return os.EX_IOERR
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
