"""보증서 확인: whether a certificate is good, for anybody who was shown its QR. Whose it is stays covered."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.kit.clock import kst_day
from app.shops import queries as shops
from app.warranties import queries as warranties
from app.web import certificates
from app.web.doors import door, now
from app.web.guards import must_be_safe
from app.web.public.blueprint import bp


# The reference is 128 bits: nobody comes upon one, and every other text is answered alike, by the same one question.
@door(bp, "/w/<ref>", audience="public", tenant="token")
def warranty_check(ref: str) -> ResponseReturnValue:
    """Say where a certificate stands and whose it is, covered; or that there is none, the same for every other address."""
    certificate = warranties.by_ref(ref)
    if certificate is None:
        return render_template("public/warranty_check.html", certificate=None), 404
    shop = shops.shop_by_id(certificate.shop_id)
    must_be_safe(shop)
    today = kst_day(now())
    return render_template(
        "public/warranty_check.html",
        certificate=certificate,
        shop=shop,
        state=certificate.state(today),
        state_words=certificates.state_words(certificate, today),
        lines=certificates.facts(certificate, holder=certificate.masked),
    )
