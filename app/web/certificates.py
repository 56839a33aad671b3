"""A certificate as its pages and its paper show it: its address, its QR, what it says, and the A5 slip."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import current_app, url_for

from app.kit import qr
from app.kit.korean import day_name
from app.kit.pdf import A5, LINE, SOFT, Paper
from app.shops.queries import ShopView
from app.warranties.queries import Certificate
from app.warranties.rules import STATES

_CHECK = "QR을 찍으면 지금도 보증되는 보증서인지 누구나 볼 수 있어요."
_ASK = "고장이 나거나 손볼 곳이 있으면 카드의 보증서에서 ‘AS 요청하기’를 눌러 주세요."


@dataclass(frozen=True)
class Code:
    """A QR as a page draws it."""

    text: str
    size: int
    path: str


def code_of(address: str) -> Code:
    """Return the QR of an address of ours."""
    return Code(address, *qr.drawing(address))


def check_address(certificate: Certificate) -> str:
    """Return the whole address of the public page that says whether a certificate is good."""
    return str(current_app.config["BASE_URL"]) + url_for("public.warranty_check", ref=certificate.ref)


def long_day(day: date | None) -> str:
    """Return "2027년 11월 26일(금)", "" for none: a certificate outlives the year."""
    return f"{day.year}년 {day_name(day)}" if day else ""


def facts(certificate: Certificate, *, holder: str) -> list[tuple[str, str]]:
    """Return what stands on a certificate, line by line; `holder`: the name as this reader may see it."""
    told = (
        ("보증서 번호", certificate.spoken),
        ("가진 분", f"{holder} 님" if holder else ""),
        ("산 날", long_day(certificate.bought_on)),
        ("산 곳", certificate.where),
        (
            "보증 기간",
            f"{certificate.period} · {long_day(certificate.until)}까지" if certificate.until else "",
        ),
    )
    return [(label, words) for label, words in told if words]


def state_words(certificate: Certificate, today: date) -> str:
    """Return where a certificate stands, and how long it still holds."""
    left = certificate.left(today)
    return left or STATES[certificate.state(today)]


def slip(certificate: Certificate, *, shop: ShopView, holder: str) -> bytes:
    """Return the certificate as an A5 page to print and lay beside what was bought."""
    paper = Paper(A5, title=f"보증서 · {certificate.product}")
    wide, left, label = A5[0], 14.0, 30.0
    paper.box(7, 7, wide - 14, A5[1] - 14, radius=4, weight=0.5)
    paper.box(9, 9, wide - 18, A5[1] - 18, radius=3, weight=0.2)
    paper.seal(wide - 36, 12, 22, shop.mark)
    paper.text(left, 24, "보증서", 8, bold=True)
    y = paper.block(left, 28, certificate.product, 6, width=wide - 2 * left - 26, lines=2, bold=True)
    y = max(y, 40) + 2
    for name, words in [*facts(certificate, holder=holder), ("보증하는 가게", _shop_words(shop))]:
        paper.text(left, y + 3.4, name, 3.2, colour=SOFT)
        below = paper.block(left + label, y, words, 3.8, width=wide - 2 * left - label, lines=2)
        y = max(below, y + 5.2) + 1.4
        paper.line(left, y - 0.7, wide - left, y - 0.7, colour=LINE, weight=0.1)
    side = 42.0
    top = A5[1] - side - 14
    for title, words in (("보증 내용", certificate.covers), ("관리 방법", certificate.care)):
        if words and y < top - 10:
            paper.text(left, y + 5, title, 3.2, bold=True)
            room = max(1, int((top - y - 8) / 5) if title == "관리 방법" else int((top - y - 16) / 10))
            y = paper.block(left, y + 6.4, " ".join(words.split()), 3.4, width=wide - 2 * left, lines=room)
    paper.qr(left, top, side, check_address(certificate))
    paper.block(left + side + 4, top + 6, _CHECK, 3.8, width=wide - 2 * left - side - 4, lines=4)
    paper.block(left + side + 4, top + 24, _ASK, 3.2, width=wide - 2 * left - side - 4, lines=4, colour=SOFT)
    return paper.finish()


def _shop_words(shop: ShopView) -> str:
    return " · ".join(word for word in (shop.name, shop.phone) if word)
