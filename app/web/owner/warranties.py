"""보증서: find one by what somebody says, see it whole, take it back, print it; and whether the shop gives any."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import warranty as flow
from app.kit.clock import kst_day
from app.kit.refusals import Invalid, NotHere
from app.visits import queries as visits
from app.warranties import finding, hands, repairs, runs
from app.warranties import kinds as promised
from app.warranties import queries as warranties
from app.warranties.queries import Certificate
from app.warranties.rules import USE
from app.web import answers, certificates
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look
from app.web.pdf_answer import file_of

_VISITS_SHOWN = 10
_NO_CODE = "우리 가게 보증서가 아니에요. 보증서나 포장의 QR을 다시 비춰 주세요."


@door(bp, "/owner/warranties", audience="owner", role="manager", tenant="session")
def shop_warranties() -> ResponseReturnValue:
    """Find a certificate by its number, the last digits of a phone or a name; without a word the newest."""
    shop_id, today = current_staff().shop.id, kst_day(now())
    typed = request.args.get("q", "").strip()[:40]
    found = finding.find(shop_id=shop_id, typed=typed) if typed else warranties.newest(shop_id=shop_id)
    if found:
        note_look("search" if typed else "list")
    return render_template(
        "owner/warranties.html",
        typed=typed,
        is_cut=bool(typed) and len(found) == finding.MOST,
        lines=[(each, certificates.state_words(each, today)) for each in found],
        kinds=promised.kinds(shop_id),
        repairs=repairs.under_way(shop_id),
        runs=runs.lately(shop_id, now=now()),
        is_on=current_staff().shop.has(USE),
    )


@door(bp, "/owner/warranties/<serial>", audience="owner", role="staff", tenant="session")
def shop_warranty(serial: str) -> ResponseReturnValue:
    """Show one whole: whose, until when, out of which purchase, how it went from hand to hand, what was asked."""
    certificate, today = _one(serial), kst_day(now())
    shop_id = certificate.shop_id
    note_look("view", certificate.customer_id)
    came = []
    if certificate.customer_id is not None and current_staff().role != "staff":
        came = visits.visits_of(shop_id=shop_id, customer_id=certificate.customer_id, limit=_VISITS_SHOWN)
    return render_template(
        "owner/warranty.html",
        certificate=certificate,
        state=certificate.state(today),
        state_words=certificates.state_words(certificate, today),
        lines=certificates.facts(certificate, holder=certificate.name),
        hands=[each for each in hands.hands(shop_id=shop_id, warranty_id=certificate.id) if each.taken_at],
        repairs=repairs.of_certificate(shop_id=shop_id, warranty_id=certificate.id),
        came=[visit for visit in came if visit.items and not visit.reversed],
        code=certificates.code_of(certificates.check_address(certificate)),
    )


@door(
    bp,
    "/owner/warranties/<serial>/removal",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def take_warranty_back(serial: str) -> ResponseReturnValue:
    """거두기: it was given by mistake."""
    staff, certificate = current_staff(), _one(serial)
    flow.take_back(shop_id=staff.shop.id, staff_id=staff.staff_id, serial=certificate.serial, now=now())
    flash("보증서를 거뒀어요. 손님 카드에서도 없어져요")
    return see_other(url_for("owner.shop_warranty", serial=certificate.serial))


@door(bp, "/owner/warranties/<serial>/slip", audience="owner", role="staff", tenant="session")
def warranty_slip(serial: str) -> ResponseReturnValue:
    """Show the A5 slip as it will be printed."""
    certificate = _one(serial)
    note_look("view", certificate.customer_id)
    return render_template(
        "print/warranty.html",
        certificate=certificate,
        lines=certificates.facts(certificate, holder=certificate.name),
        code=certificates.code_of(certificates.check_address(certificate)),
    )


@door(bp, "/owner/warranties/<serial>/pdf", audience="owner", role="staff", tenant="session")
def shop_warranty_file(serial: str) -> ResponseReturnValue:
    """The same slip as a file."""
    certificate, shop = _one(serial), current_staff().shop
    note_look("view", certificate.customer_id)
    body = certificates.slip(certificate, shop=shop, holder=certificate.name)
    return file_of(body, shop=shop, title=f"보증서 {certificate.product}", plain="warranty")


def scanned(code: str) -> ResponseReturnValue:
    """Answer the QR of a certificate or of a package with its page. Raises NotHere for one that is not ours."""
    serial = finding.scanned(shop_id=current_staff().shop.id, text=code)
    if serial is None:
        raise NotHere(_NO_CODE)
    return see_other(url_for("owner.shop_warranty", serial=serial))


@door(bp, "/owner/more/warranties", methods=("GET", "POST"), audience="owner", role="owner", tenant="session")
def warranty_settings() -> ResponseReturnValue:
    """Give warranties, or no longer; and how long before the end a holder is told."""
    staff = current_staff()
    page: dict[str, Any] = {
        "is_on": staff.shop.has(USE),
        "typed": str(promised.notice_days(staff.shop.id)),
        "wrong": {},
    }
    if request.method == "GET":
        return render_template("owner/warranty_settings.html", **page)
    is_on, typed = asked.text("is_on") == "y", asked.text("notice_days")[:6]
    try:
        flow.switch(shop_id=staff.shop.id, staff_id=staff.staff_id, is_on=is_on, notice_days=typed, now=now())
    except Invalid as error:
        return answers.invalid("owner/warranty_settings.html", is_on=is_on, typed=typed, wrong=error.fields)
    flash("보증서를 켰어요. 먼저 종류를 하나 만들어 주세요" if is_on and not page["is_on"] else "저장했어요")
    return see_other(url_for("owner.warranty_kinds" if is_on else "owner.warranty_settings"))


def _one(serial: str) -> Certificate:
    certificate = warranties.certificate(shop_id=current_staff().shop.id, serial=serial[:16].upper())
    if certificate is None:
        raise NotHere(flow.GONE)
    return certificate
