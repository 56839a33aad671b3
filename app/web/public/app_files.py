"""What makes the pages an app: two manifests with ids of their own, and the service worker at the root."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify
from flask.typing import ResponseReturnValue

from app.web.assets import asset_url, source_text
from app.web.doors import door
from app.web.public.blueprint import bp

_PAPER = "#FAF6EF"


def _icons(name: str) -> list[dict[str, str]]:
    def icon(file: str, size: int, purpose: str) -> dict[str, str]:
        return {
            "src": asset_url(f"img/{file}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }

    return [
        icon(f"{name}-192", 192, "any"),
        icon(f"{name}-512", 512, "any"),
        icon(f"{name}-maskable-512", 512, "maskable"),
        icon("icon-monochrome-512", 512, "monochrome"),
    ]


def _manifest(**facts: Any) -> Response:
    answer = jsonify(
        lang="ko",
        dir="ltr",
        display="standalone",
        orientation="any",
        background_color=_PAPER,
        theme_color=_PAPER,
        **facts,
    )
    answer.content_type = "application/manifest+json; charset=utf-8"
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


@door(bp, "/manifest.webmanifest", audience="public")
def manifest() -> ResponseReturnValue:
    """The customer's app: 내 카드."""
    return _manifest(
        id="/",
        start_url="/",
        scope="/",
        name="내 단골 카드",
        short_name="내 카드",
        description="단골 가게의 도장 카드를 한곳에",
        icons=_icons("icon"),
        shortcuts=[{"name": "내 카드 열기", "url": "/", "icons": _icons("icon")[:1]}],
    )


@door(bp, "/owner.webmanifest", audience="public")
def owner_manifest() -> ResponseReturnValue:
    """The owner's app: 단골 사장님."""
    return _manifest(
        id="/owner",
        start_url="/owner",
        scope="/owner",
        name="단골 사장님",
        short_name="단골 사장님",
        description="도장 찍고, 손님을 기억해요",
        icons=_icons("owner"),
        shortcuts=[
            {"name": "도장 찍기", "url": "/owner/stamps", "icons": _icons("owner")[:1]},
            {"name": "손님 찾기", "url": "/owner/people", "icons": _icons("owner")[:1]},
        ],
    )


@door(bp, "/sw.js", audience="public")
def service_worker() -> ResponseReturnValue:
    """The service worker, served from the root so that it may save the card page."""
    answer = Response(source_text("js/sw.js"), content_type="text/javascript; charset=utf-8")
    answer.headers["Cache-Control"] = "no-cache"
    return answer
