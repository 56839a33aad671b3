"""동의 기록: what one person agreed to, for the owner and for a dispute; and what may be sent to them now."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.customers import evidence as reads
from app.customers import queries as customers
from app.customers.texts import CONSENT_NAMES
from app.flows import reconsent
from app.kit.refusals import NotHere
from app.messages import checks, duties
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look

_ACTIONS = {
    "grant": "동의했어요",
    "decline": "동의하지 않았어요",
    "withdraw": "동의를 거뒀어요",
    "merge": "카드를 합치면서 끝났어요",
    "number": "번호가 바뀌어 끝났어요",
}
# Where it was said, as the sources of consents and refusals are called.
_PLACES = {
    "qr": "가게 QR로 카드를 받으면서",
    "link": "메시지의 수신거부 링크에서",
    "poster": "포스터의 QR로 카드를 받으면서",
    "table": "탁상 안내의 QR로 카드를 받으면서",
    "sticker": "스티커의 QR로 카드를 받으면서",
    "parcel": "소포의 쪽지로 카드를 받으면서",
    "counter": "계산대의 QR로 카드를 받으면서",
    "friend": "친구의 초대로 카드를 받으면서",
    "printed": "종이 카드에서",
    "card": "카드의 내 정보에서",
    "staff": "가게에 말씀하셔서",
    "demo": "예시로 만든 기록",
    "import": "가져온 명단에서",
    "api": "포스나 쇼핑몰에서",
    "merge": "두 카드를 하나로 합치면서",
    "080": "080 수신거부 목록에서",
    "solapi": "문자 업체가 받은 수신거부로",
    "nhn": "문자 업체가 받은 수신거부로",
    "reconsent": "2년마다 여쭙는 안내에서",
    "silence": "2년마다 여쭙는 안내에 답이 없어서",
}


@door(bp, "/owner/people/<int:customer_id>/consents", audience="owner", role="manager", tenant="session")
def consents(customer_id: int) -> ResponseReturnValue:
    """Show every line of evidence with the exact words, and how its result was told."""
    page = _page(customer_id)
    note_look("consents", customer_id)
    return render_template("owner/consents.html", **page)


@door(
    bp, "/owner/people/<int:customer_id>/consents/sheet", audience="owner", role="manager", tenant="session"
)
def consents_sheet(customer_id: int) -> ResponseReturnValue:
    """Show the same as one sheet of paper, for whoever asks the shop to prove it."""
    page = _page(customer_id)
    note_look("consents", customer_id)
    return render_template("print/consents.html", **page, at=now())


def _page(customer_id: int) -> dict[str, Any]:
    shop_id = current_staff().shop.id
    known = reads.evidence(shop_id=shop_id, customer_id=customer_id)
    if known is None:
        raise NotHere("찾으시는 손님이 없어요. 손님 목록에서 다시 골라 주세요.")
    return {
        "known": known,
        "customer_id": customer_id,
        "told": duties.told(shop_id, customer_id=customer_id),
        "names": CONSENT_NAMES,
        "actions": _ACTIONS,
        "places": _PLACES,
    }


@door(
    bp,
    "/owner/messages/reconsent/silence",
    methods=("POST",),
    audience="owner",
    role="owner",
    tenant="session",
)
def choose_silence() -> ResponseReturnValue:
    """Decide what it means when nobody answers the two-yearly question."""
    staff, keeps = current_staff(), request.form.get("keeps") == "y"
    reconsent.choose_silence(shop_id=staff.shop.id, keeps=keeps, staff_id=staff.staff_id, now=now())
    flash("답이 없으면 계속 보내요" if keeps else "답이 없으면 그만 보내요")
    return see_other(url_for("owner.automation", kind="reconsent"))


@door(bp, "/owner/people/<int:customer_id>/sending", audience="owner", role="manager", tenant="session")
def person_sending(customer_id: int) -> ResponseReturnValue:
    """Show what may be sent to one person now, on which way, and why not."""
    shop_id = current_staff().shop.id
    person = customers.person(shop_id=shop_id, customer_id=customer_id)
    if person is None:
        raise NotHere("찾으시는 손님이 없어요. 손님 목록에서 다시 골라 주세요.")
    note_look("sending", customer_id)
    checked = checks.may_send_now(
        shop_id, customer_id=customer_id, wire=current_app.config["WIRE"], now=now()
    )
    return render_template("owner/person_sending.html", checked=checked, customer_id=customer_id)
