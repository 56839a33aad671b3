"""적립: who waits, the camera, a code or four digits; every way ends in the person's panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import current_app, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cards import checks, counter, history, kiosk
from app.cards.rules import StampRefused, TooSoon
from app.coupons import book
from app.coupons.rules import is_coupon
from app.flows import stamp
from app.flows.stamp import Stamped
from app.kit.clock import kst_day, start_of_day
from app.kit.refusals import Refused
from app.kit.signing import new_token
from app.warranties.rules import is_warranty
from app.web import answers
from app.web.answers import fragment, see_other, wants_fragment
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked, coupon_use, queue, warranties
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look
from app.web.owner.panel_proof import WORDS
from app.web.owner.panels import panel_context

_WAYS = ("scan", "digits", "spoken", "more")


@door(bp, "/owner/stamps", audience="owner", role="staff", tenant="session")
def stamps() -> ResponseReturnValue:
    """Show the counter: claims above, camera below, code and digits, today's list."""
    context = page_context()
    note_waiting(context["claims"])
    return render_template("owner/stamps.html", **context)


def note_waiting(claims: list[counter.WaitingClaim]) -> None:
    """Write down that the names of waiting people were shown; an empty list shows nobody."""
    if claims:
        note_look("waiting")


def page_context(**more: Any) -> dict[str, Any]:
    """Return what owner/stamps.html needs, with what this answer adds to it."""
    shop = current_staff().shop
    claims = counter.waiting_claims(shop_id=shop.id, now=now())
    calls = kiosk.open_calls(shop_id=shop.id, now=now()) if shop.has("kiosk") else []
    return {
        "claims": claims,
        "calls": calls,
        "waiting": len(claims),  # the tab and the heading count the same people
        "in_place": False,  # True in an answer that is swapped into the page
        "claims_version": claims_version(claims, calls),
        "keys": [new_token() for _ in claims],
        "key": new_token(),
        "refusal": None,
        "found": None,
        "typed": "",
        "queue_since": queue.since(),
        "served": queue.served(),
        **more,
    }


def claims_version(claims: list[counter.WaitingClaim], calls: Sequence[kiosk.OpenCall] = ()) -> str:
    """Return what changes when the list of waiting people does, or that of numbers without a card."""
    return "-".join([*(str(claim.id) for claim in claims), *(f"c{call.id}" for call in calls)]) or "0"


@door(bp, "/owner/stamps", methods=("POST",), audience="owner", role="staff", tenant="session")
def give_stamp() -> ResponseReturnValue:
    """Stamp the card that was scanned (`code`) or picked (`card`), or say why not and what to do next."""
    staff = current_staff()
    code, card_id = asked.text("code").strip(), asked.number("card")
    how = asked.text("how")
    if (unsaid := reason_missing()) is not None:
        return unsaid
    try:
        if is_coupon(code):
            return coupon_use.scanned(code)
        if is_warranty(code):
            return warranties.scanned(code)
        stamped = stamp.give(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            once=asked.once(),
            now=now(),
            master=current_app.config["MASTER_KEY"],
            how=how if how in _WAYS and (code or how != "scan") else ("scan" if code else "digits"),
            code=code or None,
            card_id=card_id,
            override_reason=override_reason(),
            count=(asked.number("count") or 0) if "count" in request.form else 1,
        )
    except Refused as refusal:
        return refused(refusal, action=url_for("owner.give_stamp"), how=how)
    return landed(stamped)


def override_reason() -> str | None:
    """Return why the staff stamps once more: one of the choices, or their own words."""
    reason = asked.text("reason").strip()
    return asked.text("reason_text").strip() if reason == "other" else reason or None


def reason_missing() -> ResponseReturnValue | None:
    """Ask again when the form for one stamp more came back without its reason; None when it may go on."""
    card_id = asked.number("card")
    if "again" not in request.form or card_id is None or override_reason():
        return None
    seen = counter.panel(shop_id=current_staff().shop.id, card_id=card_id, now=now())
    if seen is None or seen.last is None:
        return None
    too_soon = TooSoon(int(abs((now() - seen.last.at).total_seconds()) // 60))
    too_soon.card_id = card_id
    own_words = asked.text("reason") == "other"
    return refused(
        too_soon,
        action=request.path,
        how=asked.text("how"),
        why_wrong={"reason_text": "이유를 적어 주세요."} if own_words else {"reason": "이유를 골라 주세요."},
    )


def landed(stamped: Stamped) -> ResponseReturnValue:
    """Answer a stamp with the person's panel: in place, or as a page; in a queue with one line."""
    if queue.since() is not None:
        return queue.next_one(stamped)
    if not wants_fragment():
        return see_other(url_for("owner.panel", card_id=stamped.card_id))
    # The ledger line itself says who saw whom and when; a second log line would double every stamp's write.
    context = panel_context(
        stamped.card_id, just=not stamped.repeated, filled=stamped.filled, again=stamped.repeated
    )
    if not stamped.repeated:
        undo = url_for("owner.undo_stamp", entry_id=stamped.entry_id)
        context |= {"said": "도장 찍었어요", "undo": undo, "undo_label": "적립 취소"}
    answer = make_response(fragment("owner/panel.html", "panel", **context, in_place=True))
    answer.headers["HX-Trigger"] = "dangol:tick"  # the list of waiting people looks again at once
    return answer


def refused(
    refusal: Refused,
    *,
    action: str,
    how: str,
    why_wrong: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    """Answer a refusal where it happened: the sentence, the person when known, the way on.

    `why_wrong`: what is wrong with the reason for one stamp more, by field. A claim of this person that
    still waits may be taken out of the list right here.
    """
    seen = None
    if isinstance(refusal, StampRefused) and refusal.card_id is not None:
        seen = counter.panel(shop_id=current_staff().shop.id, card_id=refusal.card_id, now=now())
    context = page_context(
        refusal=refusal,
        refused_card=seen,
        again_at=action,
        how=how,
        why_wrong=why_wrong or {},
        in_place=wants_fragment(),
    )
    if seen is not None:
        mine = (claim.id for claim in context["claims"] if claim.card_id == seen.card_id)
        context["claim_id"] = next(mine, None)
    # 422 is the one error that a script swaps in; a plain page keeps the refusal's own status.
    status = 422 if wants_fragment() else refusal.status
    return answers.invalid("owner/stamps.html", "result", status=status, **context)


@door(bp, "/owner/lookups", methods=("POST",), audience="owner", role="staff", tenant="session")
def look_up() -> ResponseReturnValue:
    """Find cards by the spoken code or the last four digits; the staff picks from a masked list."""
    typed = asked.text("q").strip()[:40]
    found = counter.lookup(shop_id=current_staff().shop.id, typed=typed)
    note_look("search")
    context = page_context(found=found, typed=typed, found_keys=[new_token() for _ in found])
    if wants_fragment():
        return fragment("owner/stamps.html", "lookup", **context)
    return render_template("owner/stamps.html", **context)


@door(bp, "/owner/stamps/today", audience="owner", role="staff", tenant="session")
def todays_stamps() -> ResponseReturnValue:
    """Show today's stamps and uses, each with a way to take it back. Staff see what they did themselves."""
    staff = current_staff()
    whose = staff.staff_id if staff.role == "staff" else None
    lines = history.today(shop_id=staff.shop.id, now=now(), staff_id=whose)
    looked = checks.checks_without_card(shop_id=staff.shop.id, since=start_of_day(kst_day(now())))
    if whose is not None:
        looked = [line for line in looked if line.staff_id == whose]
    if lines or looked:
        note_look("list")
    uses = []
    if staff.shop.has("coupons"):
        uses = book.uses_today(shop_id=staff.shop.id, now=now(), staff_id=whose)
    return render_template(
        "owner/todays_stamps.html", lines=lines, uses=uses, looked=looked, check_words=dict(WORDS)
    )
