"""How a PDF is answered: under a name that says what it is."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response

from app.shops.queries import ShopView


def file_of(body: bytes, *, shop: ShopView, title: str, plain: str) -> Response:
    """Answer a PDF under a name that says what it is; `plain` is for programs that know no Korean (RFC 6266)."""
    answer = Response(body, content_type="application/pdf")
    name = "".join(char for char in f"{shop.name} {title}" if char.isalnum() or char in " -_").strip()
    answer.headers["Content-Disposition"] = (
        f"attachment; filename=\"dangol-{shop.code}-{plain}.pdf\"; filename*=UTF-8''{quote(f'{name}.pdf')}"
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
