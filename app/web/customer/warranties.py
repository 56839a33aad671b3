"""보증서: what one holds beside the card, one of them with its QR, handing it on, asking for a repair."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import repair as repair_flow
from app.flows import warranty_move
from app.flows.warranty import GONE
from app.kit.clock import kst_day
from app.kit.refusals import Invalid, NotHere, Refused
from app.voices.rules import TooMuchSaid
from app.warranties import hands, repairs
from app.warranties import queries as warranties
from app.warranties.queries import Certificate
from app.warranties.repair_rules import RepairCameAlong, RepairOpen
from app.web import answers, certificates
from app.web.answers import see_other
from app.web.customer.blueprint import bp
from app.web.doors import door, now
from app.web.form_photos import MOST_BYTES, ONCE_MAX, of_form, once_of_form, take
from app.web.guards import current_card, current_shop
from app.web.pdf_answer import file_of

_FORM = "voice"  # a repair is talked about in one, and its photos lie there


@door(bp, "/c/<code>/warranties", audience="customer", role="holder", tenant="code")
def my_warranties(code: str) -> ResponseReturnValue:
    """Show what one holds, what holds longest on top; and what one handed on, when."""
    holder, today = current_card(), kst_day(now())
    held = warranties.certificates_of(shop_id=holder.shop_id, customer_id=holder.customer_id)
    lines = [(each, certificates.state_words(each, today), each.state(today)) for each in held]
    gone = hands.handed_on(shop_id=holder.shop_id, customer_id=holder.customer_id)
    return render_template("customer/warranties.html", shop=current_shop(), lines=lines, gone=gone)


@door(bp, "/c/<code>/warranties/<serial>", audience="customer", role="holder", tenant="code")
def warranty(code: str, serial: str) -> ResponseReturnValue:
    """Show one: until when, what is covered, how to care for it, its QR, and what can be done with it.

    Of one that was handed on the shop's earlier words still lead here: they go on to the list, which tells when it was.
    """
    try:
        certificate, today = _mine(serial), kst_day(now())
    except NotHere:
        if not _is_handed_on(serial):
            raise
        return see_other(url_for("customer.my_warranties", code=code))
    mine = {
        "shop_id": certificate.shop_id,
        "warranty_id": certificate.id,
        "customer_id": current_card().customer_id,
    }
    return render_template(
        "customer/warranty.html",
        shop=current_shop(),
        certificate=certificate,
        state=certificate.state(today),
        state_words=certificates.state_words(certificate, today),
        lines=certificates.facts(certificate, holder=certificate.name),
        code=certificates.code_of(certificates.check_address(certificate)),
        repairs=repairs.of_certificate(**mine),
        came_along=repairs.come_along(**mine),
        offer=_offer(certificate),
    )


@door(bp, "/c/<code>/warranties/<serial>/pdf", audience="customer", role="holder", tenant="code")
def warranty_file(code: str, serial: str) -> ResponseReturnValue:
    """The same certificate as a file to keep or to print."""
    certificate = _mine(serial)
    body = certificates.slip(certificate, shop=current_shop(), holder=certificate.name)
    return file_of(body, shop=current_shop(), title=f"보증서 {certificate.product}", plain="warranty")


@door(
    bp,
    "/c/<code>/warranties/<serial>/offers",
    methods=("GET", "POST"),
    audience="customer",
    role="holder",
    tenant="code",
)
def warranty_offer(code: str, serial: str) -> ResponseReturnValue:
    """넘기기: show the link and its QR while it is open; the POST makes it."""
    certificate = _mine(serial)
    if request.method == "POST":
        holder = current_card()
        warranty_move.offer(
            shop_id=holder.shop_id,
            customer_id=holder.customer_id,
            serial=certificate.serial,
            master=current_app.config["MASTER_KEY"],
            now=now(),
        )
        return see_other(url_for("customer.warranty_offer", code=code, serial=certificate.serial))
    offer = _offer(certificate)
    return render_template(
        "customer/warranty_offer.html",
        shop=current_shop(),
        certificate=certificate,
        offer=offer,
        is_mended=repairs.is_under_way(shop_id=certificate.shop_id, warranty_id=certificate.id),
        code=certificates.code_of(offer["link"]) if offer else None,
    )


@door(
    bp,
    "/c/<code>/warranties/<serial>/offers/removal",
    methods=("POST",),
    audience="customer",
    role="holder",
    tenant="code",
)
def warranty_offer_removal(code: str, serial: str) -> ResponseReturnValue:
    """Keep it after all: the link is dead."""
    holder, certificate = current_card(), _mine(serial)
    warranty_move.call_off(
        shop_id=holder.shop_id, customer_id=holder.customer_id, serial=certificate.serial, now=now()
    )
    flash("넘기기를 그만두었어요. 보낸 링크로는 이제 받을 수 없어요")
    return see_other(url_for("customer.warranty", code=code, serial=certificate.serial))


@door(
    bp,
    "/c/<code>/warranties/<serial>/repairs",
    methods=("GET", "POST"),
    audience="customer",
    role="holder",
    tenant="code",
    max_bytes=MOST_BYTES,
)
def warranty_repair(code: str, serial: str) -> ResponseReturnValue:
    """AS 요청하기: say what is wrong; it goes on in a thread with the shop."""
    holder, certificate, picks_once = current_card(), _mine(serial), once_of_form()
    refused = take(_FORM, picks_once) if request.method == "POST" else ""
    page: dict[str, Any] = {
        "shop": current_shop(),
        "certificate": certificate,
        "state": certificate.state(kst_day(now())),
        "typed": request.form.get("text", ""),
        "wrong": {},
        "once": (request.form.get("once") or picks_once)[:ONCE_MAX],
        "photos": of_form(_FORM, picks_once),
    }
    if request.method == "GET":
        return render_template("customer/warranty_repair.html", **page)
    if refused:
        return answers.invalid("customer/warranty_repair.html", **page | {"wrong": {"photo": refused}})
    try:
        voice_id = repair_flow.ask(
            shop_id=holder.shop_id,
            customer_id=holder.customer_id,
            serial=certificate.serial,
            text=page["typed"],
            once=page["once"],
            picks_once=picks_once,
            now=now(),
        )
    except (Invalid, TooMuchSaid, RepairOpen, RepairCameAlong) as error:
        return answers.invalid("customer/warranty_repair.html", **page | {"wrong": _beside(error)})
    flash("AS를 요청했어요. 가게에서 보는 대로 여기에서 알려 드려요")
    return see_other(url_for("customer.voice", code=code, voice_id=voice_id))


def _beside(error: Refused) -> dict[str, str]:
    return error.fields if isinstance(error, Invalid) else {"text": error.sentence}


def _offer(certificate: Certificate) -> dict[str, Any] | None:
    """Return the open link to take a certificate, with until when, or None."""
    found = hands.open_offer(shop_id=certificate.shop_id, warranty_id=certificate.id, now=now())
    if found is None:
        return None
    place, until = found
    token = warranty_move.token_on(
        current_app.config["MASTER_KEY"],
        shop_id=certificate.shop_id,
        warranty_id=certificate.id,
        place=place,
    )
    path = url_for("public.handover_offer", code=current_shop().code, token=token)
    return {"link": f"{current_app.config['BASE_URL']}{path}", "until": until}


def _mine(serial: str) -> Certificate:
    holder = current_card()
    certificate = warranties.certificate(shop_id=holder.shop_id, serial=serial[:16].upper())
    if certificate is None or certificate.customer_id != holder.customer_id:
        raise NotHere(GONE)
    return certificate


def _is_handed_on(serial: str) -> bool:
    holder = current_card()
    gone = hands.handed_on(shop_id=holder.shop_id, customer_id=holder.customer_id)
    return serial[:16].upper() in {each.serial for each in gone}
