"""Six digits that change every 30 seconds (TOTP, RFC 6238: SHA-1, 30 s, as every authenticator app has it)."""

from __future__ import annotations

from datetime import datetime

import pyotp

from app.kit.signing import same

STEP_S = 30
# A phone's clock may be one step off, and a code may be typed as it changes (RFC 6238 section 5.2).
_AROUND = (0, -1, 1)


def new_secret() -> str:
    """Return a fresh secret of 160 bits in base32 (RFC 4226 section 4 asks for 160)."""
    return str(pyotp.random_base32(32))


def step_of(moment: datetime) -> int:
    """Return the number of the 30-second step an aware moment is in."""
    return int(moment.timestamp()) // STEP_S


def code_at(secret: str, step: int) -> str:
    """Return the six digits of a step."""
    return str(pyotp.HOTP(secret).at(step))


def matching_step(secret: str, typed: str, now: datetime) -> int | None:
    """Return the step whose code was typed, one step early or late allowed, or None."""
    found = None
    for around in _AROUND:  # all are looked at: the time taken tells nothing
        step = step_of(now) + around
        if same(code_at(secret, step), typed) and found is None:
            found = step
    return found


def app_link(secret: str, *, account: str, issuer: str) -> str:
    """Return the otpauth:// address that an authenticator app reads from a QR."""
    return str(pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer))
