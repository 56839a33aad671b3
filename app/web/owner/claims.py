"""도장 받기, seen from the counter: the list that keeps itself fresh, approve, refuse."""

from __future__ import annotations

from flask import flash, make_response, request, url_for
from flask.typing import ResponseReturnValue

from app.cards import counter
from app.flows import claim as claim_flow
from app.kit.refusals import Refused
from app.web.answers import fragment, see_other, wants_fragment
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.stamps import landed, note_waiting, override_reason, page_context, reason_missing, refused


@door(bp, "/owner/claims", audience="owner", role="staff", tenant="session")
def claims() -> ResponseReturnValue:
    """Answer the waiting people as a fragment; 204 when nothing changed since `?v=`."""
    context = page_context(in_place=True)
    if request.args.get("v") == context["claims_version"]:
        return "", 204
    note_waiting(context["claims"])
    return fragment(_place(), "claims", **context)


def _place() -> str:
    """Return the page the list stands in: 적립, or the home page with its greeting above it."""
    return "owner/home.html" if request.args.get("at") == "home" else "owner/stamps.html"


@door(
    bp,
    "/owner/claims/<int:claim_id>/approval",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
)
def approve_claim(claim_id: int) -> ResponseReturnValue:
    """Stamp the card that asked. A second tap gives the same answer."""
    staff = current_staff()
    if (unsaid := reason_missing()) is not None:
        return unsaid
    try:
        stamped = claim_flow.approve(
            shop_id=staff.shop.id,
            claim_id=claim_id,
            staff_id=staff.staff_id,
            once=asked.once(),
            now=now(),
            override_reason=override_reason(),
        )
    except Refused as refusal:
        return refused(refusal, action=url_for("owner.approve_claim", claim_id=claim_id), how="claim")
    return landed(stamped)


@door(
    bp,
    "/owner/claims/<int:claim_id>/refusal",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
)
def refuse_claim(claim_id: int) -> ResponseReturnValue:
    """Take a claim out of the list without a stamp; the customer may ask again."""
    staff = current_staff()
    waiting = counter.waiting_claims(shop_id=staff.shop.id, now=now())
    word = next((claim.word for claim in waiting if claim.id == claim_id), "")
    claim_flow.refuse(shop_id=staff.shop.id, claim_id=claim_id, staff_id=staff.staff_id, now=now())
    said = f"{word} 손님을 목록에서 뺐어요" if word else "목록에서 뺐어요"
    if not wants_fragment():
        flash(said)
        return see_other(url_for("owner.stamps"))
    context = page_context(in_place=True, said=said)
    if asked.text("from") != "result":
        return fragment(_place(), "claims", **context)
    answer = make_response(fragment("owner/stamps.html", "result", **context))
    answer.headers["HX-Trigger"] = "dangol:tick"  # the list of waiting people looks again at once
    return answer
