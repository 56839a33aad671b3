"""맛보기: the QR for the counter, and the answers as they come in."""

from __future__ import annotations

from flask import Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.kit import qr
from app.kit.clock import kst_day
from app.testers import results, rules
from app.testers.queries import ProgrammeView
from app.testers.rules import NoProgramme
from app.web.answers import fragment
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner.blueprint import bp
from app.web.owner.sheets import Code, is_reachable
from app.web.owner.testers import page_of, view_of


def tasting_address(ref: str) -> str:
    """Return the whole address behind a tasting's QR."""
    base: str = current_app.config["BASE_URL"]
    return base + url_for("public.tasting", code=current_staff().shop.code, ref=ref)


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
    """The QR as a picture."""
    view = _shown(programme_id)
    answer = Response(qr.svg(tasting_address(view.ref)), content_type="image/svg+xml")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@door(bp, "/owner/testers/<int:programme_id>/print", audience="owner", role="manager", tenant="session")
def tasting_print(programme_id: int) -> ResponseReturnValue:
    """The question and its QR, to stand on the counter."""
    view = _shown(programme_id)
    found = results.tasting(shop_id=current_staff().shop.id, programme_id=view.id, today=kst_day(now()))
    address = tasting_address(view.ref)
    return render_template(
        "print/tasting.html",
        view=view,
        tasting=found,
        code=Code(address, *qr.drawing(address)),
        is_reachable=is_reachable(),
    )


def _shown(programme_id: int) -> ProgrammeView:
    view = view_of(programme_id)
    if view.sort != rules.TASTING or view.shown_at is None:
        raise NoProgramme
    return view
