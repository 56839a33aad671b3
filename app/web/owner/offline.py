"""인터넷이 끊겼을 때: the page that scans without a network, the door its scans come in by, the owner's list."""

from __future__ import annotations

import base64
from typing import Any

from flask import current_app, flash, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from app.cards import offline as reads
from app.cards import offline_rules
from app.cards.offline_rules import Scan
from app.flows import offline as flow
from app.kit.refusals import Invalid, Refused
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look

_TEXT_MOST, _MAC_LENGTH = 100, 64


@door(bp, "/owner/offline", audience="owner", role="staff", tenant="session", device="own")
def offline_counter() -> ResponseReturnValue:
    """The camera alone. The browser keeps this page for when there is no network: it shows nobody's data."""
    return render_template("owner/offline.html", most=offline_rules.MOST)


@door(bp, "/owner/offline/key", audience="owner", role="staff", tenant="session", device="own")
def offline_key() -> ResponseReturnValue:
    """What a phone needs to keep scans and to send them: its session's key, the server's time, a form token."""
    staff = current_staff()
    key = flow.scan_key(current_app.config["MASTER_KEY"], shop_id=staff.shop.id, session_id=staff.session_id)
    return jsonify(
        key=base64.b64encode(key).decode(),
        session=staff.session_id,
        shop=staff.shop.id,
        server_time=now().timestamp(),
        token=generate_csrf(),
    )


@door(bp, "/owner/offline-stamps", methods=("POST",), audience="owner", role="staff", tenant="session")
def take_offline_stamps() -> ResponseReturnValue:
    """Take in what a phone scanned without a network; says of each what became of it, by the phone's own id."""
    staff = current_staff()
    try:
        scans = _scans(request.get_json(silent=True))
    except Invalid as error:
        return error.sentence, error.status, {"Content-Type": "text/plain; charset=utf-8"}
    taken = flow.take_in(
        shop_id=staff.shop.id,
        staff_id=staff.staff_id,
        scans=scans,
        master=current_app.config["MASTER_KEY"],
        now=now(),
    )
    return jsonify(
        scans=[{"id": each.client_id, "state": each.state, "why": _why(each.reason)} for each in taken]
    )


def _why(reason: str) -> str:
    return offline_rules.why(reason) if reason else ""


def _scans(sent: Any) -> list[Scan]:
    """Read what the page sent. Raises Invalid when it is not of our page's making."""
    rows = sent.get("scans") if isinstance(sent, dict) else None
    if not isinstance(rows, list) or len(rows) > offline_rules.MOST:
        raise Invalid({"scans": "화면을 새로 열어 다시 보내 주세요."})
    return [_scan(row) for row in rows]


def _scan(row: Any) -> Scan:
    kinds = {"id": str, "session": int, "text": str, "at": int, "mac": str}
    if (
        not isinstance(row, dict)
        or any(type(row.get(name)) is not kind for name, kind in kinds.items())
        or not 8 <= len(row["id"]) <= 40
        or not row["id"].isascii()
        or not row["id"].isalnum()
        or not 0 <= row["session"] < 2**31
        or not row["text"].isprintable()
        or not 0 < len(row["text"]) <= _TEXT_MOST
        or len(row["mac"]) != _MAC_LENGTH
    ):
        raise Invalid({"scans": "화면을 새로 열어 다시 보내 주세요."})
    return Scan(row["id"], row["session"], row["text"], row["at"], row["mac"])


@door(bp, "/owner/offline-stamps", audience="owner", role="manager", tenant="session")
def offline_stamps() -> ResponseReturnValue:
    """확인할 적립: what did not count by itself, each with its reason, to stamp or to leave."""
    return render_template("owner/offline_stamps.html", **_context())


def _context(**more: Any) -> dict[str, Any]:
    scans = [(scan, offline_rules.why(scan.reason)) for scan in reads.listed(current_staff().shop.id)]
    if any(scan.card_id for scan, _why in scans):
        note_look("list")
    return {"scans": scans, "error": "", **more}


@door(
    bp,
    "/owner/offline-stamps/<int:offline_id>/approval",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def approve_offline(offline_id: int) -> ResponseReturnValue:
    """Stamp it as of the moment it was scanned. A second press gives the same answer."""
    staff = current_staff()
    try:
        flow.approve(shop_id=staff.shop.id, offline_id=offline_id, staff_id=staff.staff_id, now=now())
    except (flow.NoCard, flow.Decided) as refusal:
        return _refused(refusal)
    flash("도장을 찍었어요")
    return see_other(url_for("owner.offline_stamps"))


@door(
    bp,
    "/owner/offline-stamps/<int:offline_id>/refusal",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def refuse_offline(offline_id: int) -> ResponseReturnValue:
    """Take it out of the list without a stamp; the customer's history says so."""
    staff = current_staff()
    try:
        flow.refuse(shop_id=staff.shop.id, offline_id=offline_id, staff_id=staff.staff_id, now=now())
    except flow.Decided as refusal:
        return _refused(refusal)
    flash("목록에서 뺐어요")
    return see_other(url_for("owner.offline_stamps"))


def _refused(refusal: Refused) -> ResponseReturnValue:
    return answers.invalid("owner/offline_stamps.html", **_context(error=refusal.sentence))
