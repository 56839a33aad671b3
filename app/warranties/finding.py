"""Reads that find a certificate among a hundred thousand: by serial, the last digits, a name, or what a camera read."""

from __future__ import annotations

from app.customers import searching
from app.kit.signing import token_hash
from app.warranties import rules
from app.warranties.models import Warranty
from app.warranties.queries import CERTIFICATES, Certificate, found

# So many are shown; more, and it has to be typed more exactly.
MOST = 30
# Up to so many people are found by the index of names first; of more the newest certificates hold enough.
_FEW = 200


def find(*, shop_id: int, typed: str) -> list[Certificate]:
    """Return the certificates that fit, the newest MOST.

    A serial is looked up as one; anything else is a person: a name, its first sounds, the last digits of a number.
    """
    serial = rules.read_serial(typed)
    if serial:
        exact = found(CERTIFICATES.where(Warranty.shop_id == shop_id, Warranty.serial == serial))
        if exact:
            return exact
    people = searching.few(shop_id=shop_id, typed=typed, most=_FEW)
    if people is None:
        fits = searching.fitting(shop_id, typed)
    else:
        fits = [Warranty.customer_id.in_(people)]
    if not typed.strip() or people == []:
        return []
    return found(
        CERTIFICATES.where(Warranty.shop_id == shop_id, *fits).order_by(Warranty.id.desc()).limit(MOST)
    )


def scanned(*, shop_id: int, text: str) -> str | None:
    """Return the serial of the certificate whose QR, or whose package's, a camera read; None when it is no one of ours."""
    ref, secret = rules.read_check(text), rules.read_package(text)
    which = Warranty.check_ref == ref if ref else Warranty.claim_hash == token_hash(secret)
    lines = found(CERTIFICATES.where(Warranty.shop_id == shop_id, which))
    return lines[0].serial if lines else None
