"""포장용 보증서 QR: ask for how many, and the sheet of labels as a page and as a PDF. It can be printed again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import warranty_package as flow
from app.kit.pdf import A4, Paper
from app.kit.refusals import Invalid, NotHere
from app.kit.signing import new_token
from app.shops.queries import ShopView
from app.warranties import kinds as promised
from app.warranties.rules import months_words
from app.web import answers, certificates
from app.web.answers import see_other
from app.web.certificates import Code
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.sheet_pdfs import LABELS, label_corner, marks_of
from app.web.owner.sheets import is_reachable
from app.web.pdf_answer import file_of

_TITLE = "보증서 QR"
_INVITE = "비추면 보증서를 담아 드려요"


@dataclass(frozen=True)
class PackageLabel:
    """One label as it is printed: what it is for, its number, and the QR that the buyer claims by."""

    product: str
    period: str
    spoken: str
    code: Code
    is_open: bool


@door(
    bp,
    "/owner/warranties/packages",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
)
def warranty_packages() -> ResponseReturnValue:
    """Ask for which product and how many, or make them. Twice the same press, one sheet."""
    shop_id = current_staff().shop.id
    typed = {"kind": asked.text("kind"), "pieces": asked.text("pieces")[:4] or "24"}
    page: dict[str, Any] = {
        "kinds": promised.kinds(shop_id),
        "sheets": promised.sheets(shop_id),
        "typed": typed,
        "once": new_token(),
        "wrong": {},
    }
    if request.method == "GET":
        return render_template("owner/warranty_packages.html", **page)
    try:
        kind_id = asked.number("kind")
        if kind_id is None:
            raise Invalid({"kind": "어떤 보증서인지 골라 주세요."})
        sheet_id = flow.make_sheet(
            shop_id=shop_id,
            staff_id=current_staff().staff_id,
            kind_id=kind_id,
            pieces=typed["pieces"],
            once=asked.once(),
            master=current_app.config["MASTER_KEY"],
            now=now(),
        )
    except Invalid as error:
        return answers.invalid("owner/warranty_packages.html", **page | {"wrong": error.fields})
    return see_other(url_for("owner.warranty_sheet", sheet_id=sheet_id))


@door(bp, "/owner/warranties/packages/<int:sheet_id>", audience="owner", role="manager", tenant="session")
def warranty_sheet(sheet_id: int) -> ResponseReturnValue:
    """Show a sheet as it will be printed."""
    labels = _labels(sheet_id)
    on_one = LABELS[0] * LABELS[1]
    return render_template(
        "print/warranty_labels.html",
        pages=[labels[first : first + on_one] for first in range(0, len(labels), on_one)],
        marks=marks_of("stickers"),
        is_reachable=is_reachable(),
        invite=_INVITE,
        pdf=url_for("owner.warranty_sheet_file", sheet_id=sheet_id),
    )


@door(bp, "/owner/warranties/packages/<int:sheet_id>/pdf", audience="owner", role="manager", tenant="session")
def warranty_sheet_file(sheet_id: int) -> ResponseReturnValue:
    """The same sheet as a file."""
    shop = current_staff().shop
    return file_of(_paper(shop, _labels(sheet_id)), shop=shop, title=_TITLE, plain="warranty-labels")


def _labels(sheet_id: int) -> list[PackageLabel]:
    shop = current_staff().shop
    found = promised.on_sheet(shop.id, sheet_id)
    if not found:
        raise NotHere("찾으시는 QR이 없어요. 포장용 보증서 QR에서 새로 만들어 주세요.")
    master, base = current_app.config["MASTER_KEY"], str(current_app.config["BASE_URL"])
    labels = []
    for label in found:
        secret = flow.secret_on(master, shop_id=shop.id, sheet_id=sheet_id, place=label.place)
        address = base + url_for("public.package", code=shop.code, secret=secret)
        is_open = label.claimed_at is None and label.ended_at is None
        labels.append(
            PackageLabel(
                label.product,
                months_words(label.months),
                label.spoken,
                certificates.code_of(address),
                is_open,
            )
        )
    return labels


def _paper(shop: ShopView, labels: list[PackageLabel]) -> bytes:
    paper = Paper(A4, title=f"{shop.name} {_TITLE}")
    on_one = LABELS[0] * LABELS[1]
    for place, label in enumerate(labels):
        if place and place % on_one == 0:
            paper.next_page()
        with paper.at(*label_corner(place % on_one)):
            paper.qr(2, 2.2, 29.5, label.code.text)
            paper.seal(52.6, 2.6, 8.6, shop.mark, turn=11)
            y = paper.block(33, 4, shop.name, 3.2, width=19, leading=1.2)
            y = paper.block(
                33, max(y + 0.6, 11), label.product, 3.7, width=28.5, lines=2, leading=1.2, bold=True
            )
            paper.block(33, y + 0.4, f"보증 {label.period} · {label.spoken}", 2.6, width=28.5, lines=1)
            paper.block(33, 27, _INVITE, 2.5, width=28.5, lines=1)
    return paper.finish()
