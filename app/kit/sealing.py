"""Secrets that must be read again, encrypted at rest (AES-256-GCM, NIST SP 800-38D)."""

from __future__ import annotations

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.kit.signing import derive_key

_NONCE_BYTES = 12


class Unreadable(Exception):
    """The sealed text was altered, moved to another row, or sealed under another master key."""


def seal(master: bytes, purpose: str, text: str, *, bound_to: str) -> str:
    """Return the text encrypted for one purpose, readable only together with `bound_to` (whose it is)."""
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(derive_key(master, purpose)).encrypt(nonce, text.encode(), bound_to.encode())
    return base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(master: bytes, purpose: str, sealed: str, *, bound_to: str) -> str:
    """Return what was sealed. Raises Unreadable."""
    try:
        raw = base64.urlsafe_b64decode(sealed)
        key = AESGCM(derive_key(master, purpose))
        return key.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], bound_to.encode()).decode()
    except (InvalidTag, ValueError) as fault:
        raise Unreadable from fault
