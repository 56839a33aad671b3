"""맛보기: the QR for the counter, and the answers as they come in."""

from __future__ import annotations

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from app.kit import pdf, qr
from app.kit.clock import kst_day
from app.testers import results, rules
from app.testers.queries import ProgrammeView
from app.testers.rules import NoProgramme
from app.web.answers import fragment
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner.blueprint import bp
from app.web.owner.sheets import Code, is_reachable
from app.web.owner.tasting_pdf import TastingSheet, tasting_pdf
from app.web.owner.testers import address_of, page_of, view_of
from app.web.pdf_answer import file_of


@door(bp, "/owner/testers/<int:programme_id>/taps", audience="owner", role="manager", tenant="session")
def tasting_taps(programme_id: int) -> ResponseReturnValue:
    """The count alone, for a page that stays open; 204 while nobody tapped (H10)."""
    view = view_of(programme_id)
    found = results.tasting(shop_id=current_staff().shop.id, programme_id=view.id, today=kst_day(now()))
    if found is None or request.args.get("v") == str(found.people):
        return "", 204
    return fragment("owner/tester.html", "taps", **page_of(view, tasting=found))


@door(bp, "/owner/testers/<int:programme_id>/qr.svg", audience="owner", role="manager", tenant="session")
def tasting_qr(programme_id: int) -> ResponseReturnValue:
    """The QR as a picture, of a tasting or of what everybody may apply for."""
    view = view_of(programme_id)
    if view.shown_at is None or view.people:
        raise NoProgramme
    answer = Response(qr.svg(address_of(view)), content_type="image/svg+xml")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@door(bp, "/owner/testers/<int:programme_id>/print", audience="owner", role="manager", tenant="session")
def tasting_print(programme_id: int) -> ResponseReturnValue:
    """The question and its QR, to stand on the counter."""
    view, sheet = _shown(programme_id), _sheet(programme_id)
    return render_template(
        "print/tasting.html",
        view=view,
        sheet=sheet,
        is_reachable=is_reachable(),
        missing=pdf.missing(sheet.all),
    )


@door(bp, "/owner/testers/<int:programme_id>/print/pdf", audience="owner", role="manager", tenant="session")
def tasting_file(programme_id: int) -> ResponseReturnValue:
    """The same sheet as a file."""
    sheet = _sheet(programme_id)
    return file_of(tasting_pdf(sheet), shop=current_staff().shop, title="맛보기 QR", plain="tasting")


def _sheet(programme_id: int) -> TastingSheet:
    view, shop = _shown(programme_id), current_staff().shop
    found = results.tasting(shop_id=shop.id, programme_id=view.id, today=kst_day(now()))
    if found is None:
        raise NoProgramme
    address = address_of(view)
    code = Code(address, *qr.drawing(address))
    return TastingSheet(shop.name, shop.mark, found.question.text, view.product, code)


def _shown(programme_id: int) -> ProgrammeView:
    view = view_of(programme_id)
    if view.sort != rules.TASTING or view.shown_at is None:
        raise NoProgramme
    return view
