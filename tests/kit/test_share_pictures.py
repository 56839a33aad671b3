"""Pictures that we draw: their size, that every word stands inside the frame, and what the typeface has no letter for."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageChops

from app.kit.drawing import PAPER, lines_of
from app.kit.pdf import width_of
from app.kit.share_pictures import SQUARE, WIDE, Said, square, wide

LONG = "아주 길고 긴 이름의 우리 동네 커피 볶는 집"
BARE = Said("", "", "", "", "", "")
CASES = {
    "short": Said("봄날커피", "봄", "알림", "쉬어요", "", ""),
    "long": Said(LONG, "봄날", "제철 소식", LONG * 3, f"{LONG}\n" * 30, "#" + "긴해시태그" * 6),
    "odd": Said("茶☕", "☕", "알림", "🍊" * 40, "가" * 400, "👨‍🍳"),
}


def a_photo() -> bytes:
    """Return a photo as our own process writes one."""
    file = io.BytesIO()
    Image.new("RGB", (1600, 1200), "#3366CC").save(file, "WEBP")
    return file.getvalue()


@pytest.mark.parametrize("case", CASES)
def test_every_word_stands_inside_the_frame(case: str) -> None:
    for draw, size, inset in ((square, SQUARE, 60), (wide, WIDE, 60)):
        said = CASES[case]
        picture = Image.open(io.BytesIO(draw(said))).convert("RGB")
        bare = Image.open(io.BytesIO(draw(BARE))).convert("RGB")
        assert picture.size == size
        words = ImageChops.difference(picture, bare).convert("L").point(lambda grey: 255 * (grey > 60))
        left, top, right, bottom = words.getbbox() or (0, 0, *size)
        assert left >= inset and top >= inset and right <= size[0] - inset and bottom <= size[1] - inset + 20


def test_a_photo_fills_its_place_and_nothing_of_the_file_comes_along() -> None:
    said = Said("봄날커피", "봄", "알림", "쉬어요", "", "", a_photo())
    for made, place in ((square(said), (540, 100)), (wide(said), (1000, 300))):
        picture = Image.open(io.BytesIO(made))
        red, _green, blue = picture.convert("RGB").getpixel(place)  # type: ignore[misc]
        assert (picture.format, dict(picture.getexif())) == ("JPEG", {})
        assert blue > red + 100
    assert square(said) == square(said)
    assert PAPER.startswith("#")


def test_lines_break_between_words_and_what_is_left_out_ends_in_dots() -> None:
    lines = lines_of("달고 아삭한 햇사과가\n영월에서 왔어요", 40, 400, most=9)
    assert lines == ["달고 아삭한 햇사과가", "영월에서 왔어요"]
    cut = lines_of("가나다 라마바 사아자 차카타 파하", 40, 220, most=2)
    assert len(cut) == 2 and cut[1].endswith("…")
    assert all(width_of(line, 40) <= 220 for line in cut)
    assert lines_of("🍊 귤 🍊", 40, 300, most=2) == ["귤"]
