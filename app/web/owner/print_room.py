"""The print room: what a shop puts on its counter, its cups and its parcels, as a page and as a PDF."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.kit import pdf
from app.kit.refusals import NotHere
from app.web.doors import door
from app.web.guards import current_staff
from app.web.owner.blueprint import bp
from app.web.owner.sheet_pdfs import LABELS, marks_of, sheet_pdf
from app.web.owner.sheets import SHEETS, Sheet, Slips, Words, words_for
from app.web.pdf_answer import file_of

_TEMPLATES = {"poster-a5": "poster", "parcel-2": "parcel", "parcel-8": "parcel"}


@door(bp, "/owner/print", audience="owner", role="staff", tenant="session")
def print_room() -> ResponseReturnValue:
    """Show everything that can be printed, each with a small picture of it."""
    return render_template(
        "owner/print_room.html", sheets=[sheet for sheet in SHEETS.values() if not sheet.beside]
    )


@door(bp, "/owner/print/<sheet>", audience="owner", role="staff", tenant="session")
def print_sheet(sheet: str) -> ResponseReturnValue:
    """Show a sheet as it will be printed. Its QR opens the join page and never stamps (S02)."""
    asked = _sheet(sheet)
    words = words_for(current_staff().shop, asked)
    template = _TEMPLATES.get(asked.name, asked.name)
    return render_template(
        f"print/{template}.html",
        sheet=asked,
        words=words,
        labels=LABELS,
        marks=marks_of(asked.name),
        sizes=sorted(
            (each.per, each.name) for each in SHEETS.values() if "parcel" in (each.name, each.beside)
        ),
        **page_facts(words),
    )


@door(bp, "/owner/print/<sheet>/pdf", audience="owner", role="staff", tenant="session")
def sheet_file(sheet: str) -> ResponseReturnValue:
    """The same sheet as a file for a printing shop, or to print from another machine."""
    asked = _sheet(sheet)
    shop = current_staff().shop
    return file_of(sheet_pdf(words_for(shop, asked), asked), shop=shop, title=asked.title, plain=asked.name)


def _sheet(name: str) -> Sheet:
    if name not in SHEETS:
        raise NotHere("찾으시는 인쇄물이 없어요. 인쇄하기에서 다시 골라 주세요.")
    return SHEETS[name]


def page_facts(words: Words | Slips) -> dict[str, Any]:
    """Return what every page of a sheet says beside it: characters that the file's typeface has no letter for."""
    return {"missing": pdf.missing(words.all)}
