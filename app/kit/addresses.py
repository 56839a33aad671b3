"""E-mail addresses: what a person types, and the one spelling we store."""

from __future__ import annotations

import re
import unicodedata

# Stricter than RFC 5321: only what mail servers everywhere deliver to without extensions.
_LOCAL = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ADDRESS = re.compile(
    rf"(?P<local>{_LOCAL})@(?:{_LABEL}\.)+(?:[a-z]{{2,63}}|xn--[a-z0-9-]{{2,59}})", re.IGNORECASE
)


def email_address(raw: str) -> str | None:
    """Return an e-mail address as we store it, or None when it is not one.

    Full-width letters of a Korean keyboard become plain ones, and the whole is written small: no provider
    people use tells A from a, and a refusal must be found again however it is typed (RFC 5321 2.4, 4.5.3.1).
    """
    typed = unicodedata.normalize("NFKC", raw).strip()
    found = _ADDRESS.fullmatch(typed)
    if found is None or len(typed) > 254 or len(found["local"]) > 64:
        return None
    return typed.lower()


def masked_email(address: str) -> str:
    """Return "mi•••@naver.com": enough to recognise, too little to write to."""
    local, _, domain = address.partition("@")
    return f"{local[:2]}•••@{domain}"
