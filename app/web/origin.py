"""Where a request really comes from: secure or plain, our own host or another's (S08, S20, S26)."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import current_app, request

_LOOPBACK_NAMES = {"localhost"}


def _hostname(host: str) -> str:
    return urlsplit(f"//{host}").hostname or ""


def is_loopback(host: str) -> bool:
    """Tell whether a Host header names this very machine."""
    name = _hostname(host)
    if name in _LOOPBACK_NAMES:
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def is_secure() -> bool:
    """Tell whether browsers treat this origin as a secure context (https, or http on loopback)."""
    return request.is_secure or _through_our_tls() or is_loopback(request.host)


def _through_our_tls() -> bool:
    """Tell whether a proxy of ours took https off this request: it came for our public name, not an address."""
    config = current_app.config
    return bool(config["BEHIND_TLS"]) and _hostname(request.host) == config["PUBLIC_HOST"]


def host_allowed(host: str) -> bool:
    """Tell whether we answer for this Host header: our public name, loopback, or a bare address.

    A bare address can't be spoofed into a link that leads elsewhere; a foreign name could.
    """
    name = _hostname(host)
    if name == current_app.config["PUBLIC_HOST"] or is_loopback(host):
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def same_origin() -> bool:
    """Tell whether a state-changing request was made by our own page.

    Browsers say so in Sec-Fetch-Site on secure contexts; on plain http the exact Origin is required.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    if origin is None:
        return False
    scheme = "https" if _through_our_tls() else request.scheme
    return origin == f"{scheme}://{request.host}"
