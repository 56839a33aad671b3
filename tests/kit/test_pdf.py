"""The drawing of paper: lines that fit, letters we have, the seal that the screen shows too."""

from __future__ import annotations

import pytest

from app.kit import pdf, qr, seal
from config import ROOT
from tests import paper


@pytest.mark.parametrize(
    ("text", "kept", "left"),
    [
        ("달빛커피", "달빛커피", ""),
        ("Café № 7 · “달”", "Café № 7 · “달”", ""),
        ("봄 ☕\n날", "봄 날", "☕"),
        ("茶茶집", "집", "茶"),
        ("👩\u200d🍳 반찬\u0007", "반찬", "👩🍳"),
        ("\u1103\u1161\u11af", "달", ""),  # letters of a Mac's file name, one by one
        ("", "", ""),
    ],
)
def test_what_the_typeface_can_draw(text: str, kept: str, left: str) -> None:
    assert (pdf.drawable(text), pdf.missing(text)) == (kept, left)


@pytest.mark.parametrize(
    "text",
    [
        "매일 새벽에 볶은 콩으로 내려요. 골목 끝 파란 문을 찾아 주세요",
        "띄어쓰기없이아주길게이어지는이름이라도줄은넘지않아요",
        "가",
        "",
    ],
)
def test_lines_keep_their_width_and_lose_nothing(text: str) -> None:
    lines = pdf.wrapped(text, 5, 40)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(pdf.width_of(line, 5) <= 40 for line in lines)


def test_a_block_keeps_to_its_lines() -> None:
    sheet = pdf.Paper(pdf.A5, title="시험")
    below = sheet.block(10, 10, "가나다라마바사아 " * 40, 6, width=60, lines=2)
    words = paper.text_of(sheet.finish())
    assert below < 10 + 2 * 6 * 1.35 + 0.1
    assert "…" in words
    assert len(words.split("\n")) == 2


def test_the_seal_is_the_screens() -> None:
    drawn = (ROOT / "templates" / "components" / "card.html").read_text("utf-8")
    assert seal.RING in drawn
    assert seal.NICKS in drawn
    assert all(f'cx="{x}" cy="{y}" r="{str(r).removeprefix("0")}"' in drawn for x, y, r in seal.SPOTS)
    kinds = "".join(kind for kind, _numbers in seal.strokes(seal.RING))
    assert (kinds.count("M"), kinds.count("z"), set(kinds)) == (2, 2, {"M", "C", "z"})


@pytest.mark.parametrize(
    ("text", "worn"), [("https://dangol.test/s/ABCDEF?via=poster", False), ("P1.A.B", True)]
)
def test_a_code_is_drawn_module_by_module(text: str, worn: bool) -> None:
    sheet = pdf.Paper(pdf.A5, title="시험")
    sheet.qr(20, 30, 50, text, worn=worn)
    assert paper.codes_of(sheet.finish()) == [qr.modules(text, worn=worn)]


def test_the_same_words_are_the_same_file() -> None:
    def made() -> bytes:
        sheet = pdf.Paper(pdf.A4, title="시험")
        sheet.text(10, 10, "단골", 8, bold=True)
        return sheet.finish()

    assert made() == made()
