"""Headers of every answer (OWASP ASVS 5.0 V3): a strict policy, no inline code, no caching of people."""

from __future__ import annotations

from flask import Flask, Response, request

from app.web.origin import is_loopback, is_secure

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


def add(answer: Response) -> Response:
    """Add the headers; a view may have set its own Cache-Control."""
    headers = answer.headers
    headers.setdefault("Content-Security-Policy", POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=(), payment=()")
    if is_secure():  # elsewhere a browser ignores it, and says so in its console
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cache-Control", "no-store")
    if is_secure() and not is_loopback(request.host):  # also behind a proxy that ends TLS for us
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return answer


def register(app: Flask) -> None:
    """Add the headers to every answer."""
    app.after_request(add)
