"""S11, S12, F13: whatever is sent as a spreadsheet becomes plain text, or is refused with a sentence."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import xlsxwriter

from app.kit import sealed_file, tables
from app.kit.sealing import Unreadable
from app.kit.tables import BadTable
from tests import exports
from tests.kit import hostile

_SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
    + _SHEET.format('<row r="1"><c r="A1" t="inlineStr"><is><t>&c;</t></is></c></row>')
)
_FILES = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + _SHEET.format(
    '<row r="1"><c r="A1" t="inlineStr"><is><t>이름&a;</t></is></c></row>'
)


def read(data: bytes, folder: Path, **how: str) -> list[list[str]]:
    """Read a file as the worker does."""
    desk = Path(tempfile.mkdtemp(dir=folder))
    (desk / "file").write_bytes(data)
    table = tables.read(desk / "file", desk, **how)
    rows = list(table.rows())
    assert len(rows) == table.lines
    return rows


REFUSED: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "nothing": (lambda: b"", {"empty"}),
    "spaces": (lambda: b"  \r\n \n", {"empty"}),
    "a photo": (hostile.encoded, {"wrong_type"}),
    "a PDF": (lambda: b"%PDF-1.7 ...", {"wrong_type"}),
    "a program": (lambda: b"MZ\x90\x00\x03\x00\x00\x00" + bytes(200), {"wrong_type"}),
    "another archive": (lambda: exports.packed(word__document=b"<a/>"), {"wrong_type"}),
    "a web page named .xls": (
        lambda: "<html><table><tr><td>이름</td></tr></table></html>".encode(),
        {"web_page"},
    ),
    "no letters": (lambda: b"\xff\xfa\x81\x20" * 40, {"wrong_letters"}),
    "cut in half": (lambda: exports.xlsx([["이름", "전화"]] * 200)[:3000], {"broken"}),
    "a torn container": (lambda: exports.locked(exports.xlsx([["이름"]]), "x")[:2000], {"broken"}),
    "a bomb": (lambda: exports.packed(xl__workbook=b"0" * 60_000_000), {"too_heavy"}),
    "laughs": (lambda: exports.sheet_of(_LAUGHS), {"broken", "empty", "too_heavy"}),
    "a file's name": (lambda: exports.sheet_of(_FILES), {"broken", "empty", "too_heavy"}),
    "300 columns": (lambda: exports.xlsx([["이름"] * 300]), {"too_wide"}),
    "300 columns of text": (lambda: b",".join([b"a"] * 300), {"too_wide"}),
    "one cell in the last corner": (
        lambda: exports.sheet_of(
            _SHEET.format(
                '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
            )
        ),
        {"too_heavy", "too_wide", "too_long"},
    ),
    "a quote that never ends": (lambda: b'name,phone\n"' + b"x" * 200_000, {"broken"}),
    "too many lines": (lambda: b"a\n" * 200_001, {"too_long"}),
    "an empty workbook": (lambda: exports.xlsx([]), {"empty"}),
}


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_with_a_sentence(tmp_path: Path, what: str) -> None:
    data, codes = REFUSED[what]
    with pytest.raises(BadTable) as refusal:
        read(data(), tmp_path)
    assert refusal.value.code in codes
    assert refusal.value.sentence.endswith("요.")


def test_a_password_is_asked_for_and_tried(tmp_path: Path) -> None:
    data = exports.locked(exports.xlsx([["이름"], ["김민지"]]), "1234")
    for word, code in (("", "password"), ("4321", "wrong_password")):
        with pytest.raises(BadTable) as refusal:
            read(data, tmp_path, password=word)
        assert refusal.value.code == code
    assert read(data, tmp_path, password="1234") == [["이름"], ["김민지"]]


@pytest.mark.parametrize("letters", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
@pytest.mark.parametrize("divider", [",", "\t", ";"])
def test_korean_files_are_read(tmp_path: Path, letters: str, divider: str) -> None:
    rows = [["이름", "전화", "메모"], ["김민지", "010-1234-5678", "두 줄\n메모"], [], ["똠방각하", "", ""]]
    found = read(exports.plain(rows, letters=letters, divider=divider), tmp_path)
    assert found == [["이름", "전화", "메모"], ["김민지", "010-1234-5678", "두 줄 메모"], [], ["똠방각하"]]


@pytest.mark.parametrize("slip", ['"박서준,2', '박서준,"2', '"박서준,2\n"최하나,3'])
def test_a_quote_typed_by_a_slip_swallows_no_line(tmp_path: Path, slip: str) -> None:
    found = read(f'이름,수\n"김, 민지",1\n\n{slip}\n한지우,"4"\n'.encode(), tmp_path)
    names = ["이름", "김, 민지", None, "박서준", *(["최하나"] if "최" in slip else []), "한지우"]
    assert [line[0] if line else None for line in found] == names
    assert (found[3], found[-1]) == (["박서준", "2"], ["한지우", "4"])


def test_a_workbook_is_read_as_text(tmp_path: Path) -> None:
    when = datetime(2026, 11, 20, 14, 3, tzinfo=UTC).replace(tzinfo=None)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    page = book.add_worksheet()
    page.write_datetime(2, 1, when, book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))
    page.write(2, 2, 1012345678)
    page.write_formula(2, 3, '=HYPERLINK("http://x")', None, "=cmd|calc")
    page.write(2, 4, 2026112012345678)
    for line in range(5_000):
        page.write_blank(line, 5, None, book.add_format({"bold": True}))
    book.close()
    assert read(out.getvalue(), tmp_path) == [
        [],
        [],
        ["", "2026-11-20 14:03:00", "1012345678", "=cmd|calc", "2026112012345678"],
    ]


def test_what_is_too_large_is_said_before_it_is_kept() -> None:
    with pytest.raises(BadTable) as refusal:
        tables.look(b"PK\x03\x04", tables.MOST_BYTES + 1)
    assert refusal.value.code == "too_large"


def test_a_sealed_file_is_read_only_whole_and_in_its_place(tmp_path: Path) -> None:
    place, master = tmp_path / "sealed", b"m" * 32
    assert sealed_file.write(place, master, [b"one", b"two"], bound_to="1:a") == 2
    assert b"one" not in place.read_bytes()
    with open(place, "rb") as file:
        assert list(sealed_file.pieces_of(file, master, bound_to="1:a")) == [b"one", b"two"]
        with pytest.raises(Unreadable):
            sealed_file.read_at(file, master, 0, bound_to="1:b")
    raw = place.read_bytes()
    half = len(raw) // 2
    place.write_bytes(raw[half:] + raw[:half])
    with open(place, "rb") as file, pytest.raises(Unreadable):
        list(sealed_file.pieces_of(file, master, bound_to="1:a"))
