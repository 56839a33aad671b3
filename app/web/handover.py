"""KakaoTalk's own browser must do everything, and one line offers the real one. The card goes along by a link."""

from __future__ import annotations

from urllib.parse import quote

from flask import current_app, request


def in_kakao() -> bool:
    """Tell whether the page is open in KakaoTalk's in-app browser (it names itself)."""
    return "KAKAOTALK" in (request.user_agent.string or "").upper()


def external_url(path: str) -> str:
    """Return the address that asks KakaoTalk to open `path` of ours in the phone's browser."""
    return "kakaotalk://web/openExternal?url=" + quote(current_app.config["BASE_URL"] + path, safe="")
