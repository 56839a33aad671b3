"""One push to one browser: sealed for it alone (RFC 8291), signed as ours (RFC 8292), handed over (RFC 8030).

The address comes from a browser, so from anybody: only the four push services that browsers use are called, by
https at their own port, and whatever they answer is never followed elsewhere (S13).
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.kit import net
from app.messages import retries
from app.messages.contract import Accepted, Outcome, Rejected, Target, Unknown, Wire

# Chrome and Samsung, Firefox, Edge, Safari.
_HOSTS = frozenset({"fcm.googleapis.com", "web.push.apple.com"})
_SUFFIXES = (".push.services.mozilla.com", ".notify.windows.com")
ENDPOINT_MOST = 1000
# What a push service must take (RFC 8030 section 7.2), less our header, the delimiter and the seal (RFC 8291 section 4).
PAYLOAD_MOST = 4096 - 86 - 17
_RECORD = 4096
_POINT = 65  # bytes of an uncompressed point of P-256
_SECRET = 16
# Several browsers of one person are rung one after another, all within the sender's lease.
_CALL_S = 5.0
# They limit one address as well as all of ours, and whoever rests here rests for everybody's phones.
_REST_MOST_S = 60.0
_TOKEN_LIVES = timedelta(hours=12)  # a day at most (RFC 8292 section 2)


def is_push_service(endpoint: str, trusted: str = "") -> bool:
    """Tell whether an address is one of the push services that browsers use. `trusted`: an origin tests may add."""
    if not endpoint.isascii() or not endpoint.isprintable() or set(endpoint) & set(" \\#"):
        return False
    if len(endpoint) > ENDPOINT_MOST:
        return False
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return False
    if "@" in parts.netloc:
        return False
    if trusted and f"{parts.scheme}://{parts.netloc}" == trusted:
        return True
    host = parts.hostname or ""
    is_theirs = host in _HOSTS or any(host.endswith(suffix) and host != suffix for suffix in _SUFFIXES)
    return parts.scheme == "https" and is_theirs and port in (None, 443) and len(parts.path) > 1


def are_keys(p256dh: str, auth: str) -> bool:
    """Tell whether these are a browser's public key (a point on P-256) and its secret, in base64url."""
    try:
        _public(unpacked(p256dh))
        return len(unpacked(auth)) == _SECRET
    except ValueError:
        return False


def unpacked(text: str) -> bytes:
    """Return the bytes of base64url with or without its padding. Raises ValueError."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as fault:
        raise ValueError("not base64url") from fault


def packed(content: bytes) -> str:
    """Return bytes as base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def sealed(
    plain: bytes,
    *,
    p256dh: bytes,
    auth: bytes,
    salt: bytes | None = None,
    own: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """Return the body only that browser can read: aes128gcm with one record (RFC 8291, RFC 8188).

    `salt` and `own` are new ones for every push; the RFC's example names its own. Raises ValueError for keys
    that are none.
    """
    salt, own = salt or secrets.token_bytes(16), own or ec.generate_private_key(ec.SECP256R1())
    ours = own.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    shared = own.exchange(ec.ECDH(), _public(p256dh))
    secret = _derived(shared, salt=auth, info=b"WebPush: info\0" + p256dh + ours, length=32)
    key = _derived(secret, salt=salt, info=b"Content-Encoding: aes128gcm\0", length=16)
    nonce = _derived(secret, salt=salt, info=b"Content-Encoding: nonce\0", length=12)
    record = AESGCM(key).encrypt(nonce, plain + b"\2", None)
    return salt + _RECORD.to_bytes(4, "big") + bytes([len(ours)]) + ours + record


def signed(endpoint: str, *, wire: Wire, now: datetime) -> str:
    """Return the header that says who we are to the push service of an address (VAPID, RFC 8292)."""
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((now + _TOKEN_LIVES).timestamp()),
        "sub": _whom_to_ask(wire),
    }
    told = f"{_json({'typ': 'JWT', 'alg': 'ES256'})}.{_json(claims)}"
    first, second = decode_dss_signature(
        _private(wire.push_key).sign(told.encode(), ec.ECDSA(hashes.SHA256()))
    )
    signature = packed(first.to_bytes(32, "big") + second.to_bytes(32, "big"))
    return f"vapid t={told}.{signature}, k={wire.push_public}"


def ring(
    target: Target,
    plain: bytes,
    *,
    topic: str,
    lasts_s: int,
    is_urgent: bool,
    wire: Wire,
    now: datetime,
    latest_start: float | None,
    is_alarm: bool = False,
) -> Outcome:
    """Hand one push over. `topic`: a second one of it takes the first one's place. `gone`: that browser is no more.

    `is_alarm`: it wakes a phone that saves its battery, too (RFC 8030 section 5.3).
    """
    if not is_push_service(target.endpoint, wire.push_origin):
        return Rejected("not a push service", permanent=True, gone=(target.id,))
    try:
        body = sealed(plain, p256dh=unpacked(target.p256dh), auth=unpacked(target.auth))
    except ValueError:
        return Rejected("not a browser's keys", permanent=True, gone=(target.id,))
    try:
        reply = net.call(
            "POST",
            target.endpoint,
            headers={
                "Authorization": signed(target.endpoint, wire=wire, now=now),
                "Content-Encoding": "aes128gcm",
                "Content-Type": "application/octet-stream",
                "TTL": str(max(0, lasts_s)),
                "Urgency": "high" if is_alarm else "normal" if is_urgent else "low",
                "Topic": topic,
            },
            body=body,
            deadline_s=_CALL_S,
            trusted=frozenset({wire.push_origin} - {""}),
            latest_start=latest_start,
        )
    except net.NotSent as fault:
        # Of a name that anybody could have made up below theirs this says nothing about the service.
        return Rejected(str(fault), transport=urlsplit(target.endpoint).hostname in _HOSTS)
    except net.Unsure as fault:
        return Unknown(str(fault))
    return _judged(reply.status, reply.headers, target)


def _judged(status: int, headers: Mapping[str, str], target: Target) -> Outcome:
    if status in (200, 201, 202):
        return Accepted()
    said = f"the push service answered {status}"
    if status in (404, 410):
        return Rejected(said, permanent=True, gone=(target.id,))
    if status in (429, 503):
        # Turned away for now (RFC 9110 15.6.4, RFC 6585 4): it did not take it.
        asked = retries.pause_asked(headers.get("retry-after"))
        return Rejected(said, retry_after_s=None if asked is None else min(asked, _REST_MOST_S))
    if status >= 500:  # what broke there may have broken after it rang the phone, and nobody can be asked
        return Unknown(said)
    return Rejected(said, permanent=True)


def _whom_to_ask(wire: Wire) -> str:
    # An address of ours that answers, as the push services want it (RFC 8292 section 2.1).
    ours = wire.public_url or wire.base_url
    return f"mailto:{wire.mail_from}" if wire.mail_from and not ours.startswith("https://") else ours


def _public(point: bytes) -> ec.EllipticCurvePublicKey:
    if len(point) != _POINT:
        raise ValueError("not a point of P-256")
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)


@cache
def _private(pem: str) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)  # made by the launcher
    return key


def _derived(secret: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(secret)


def _json(facts: dict[str, Any]) -> str:
    return packed(json.dumps(facts, separators=(",", ":")).encode())
