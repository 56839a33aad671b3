"""A dangerous form meets the question who this is: the form stays in the page, and one press proves and sends it."""

from __future__ import annotations

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import sudo
from app.kit.refusals import Refused
from app.shops import queries as shops
from app.shops import signins
from app.shops.queries import StaffView
from app.web.answers import asked_for_piece, page_around
from app.web.doors import now
from app.web.resume import Kept, this_form


def is_due(staff: StaffView) -> bool:
    """Tell whether this browser has to prove again whose it is before something dangerous."""
    if staff.sudo_until is not None and staff.sudo_until > now():
        return False
    return signins.must_prove(
        shop_id=staff.shop.id,
        staff_id=staff.holder_id,
        session_id=staff.session_id,
        is_shared=staff.is_shared,
        now=now(),
    )


def prove(staff: StaffView) -> None:
    """Take what was typed as proof; at a shared device the password alone. Raises WrongProof, TooManyTries."""
    sudo.prove(
        shop_id=staff.shop.id,
        staff_id=staff.holder_id,
        session_id=staff.session_id,
        typed=request.form.get("proof", ""),
        master=current_app.config["MASTER_KEY"],
        now=now(),
        # Anybody stands before it, and six digits are guessed or seen sooner than a password.
        takes_codes=not staff.is_shared,
    )


def ask_again(staff: StaffView) -> ResponseReturnValue | None:
    """Let a POST through that is proved or carries its proof; else answer with its form and the question."""
    if not is_due(staff):
        return None
    if request.form.get("proof"):
        try:
            prove(staff)
        except Refused as refusal:
            if asked_for_piece():
                refusal.status = 409  # said as a toast, never swapped in: nothing typed moves
                raise
            return _page(staff, kept=this_form(), refusal=refusal)
        return None
    if asked_for_piece():
        # A typed form is then sent plainly (page.js) and comes back with the question; anything else goes there.
        return "", 401, {"HX-Redirect": url_for("owner.proof", next=page_around() or None)}
    return _page(staff, kept=this_form())


def _page(staff: StaffView, *, kept: Kept, refusal: Refused | None = None) -> ResponseReturnValue:
    holder = next((line for line in shops.staff_of(staff.shop.id) if line.id == staff.holder_id), None)
    said = refusal.sentence if refusal else None
    shown = render_template("owner/proof.html", kept=kept, next="", holder=holder, error=said)
    return shown, refusal.status if refusal else 401
