"""AlimTalk texts at SOLAPI: laying one before Kakao's inspectors, and asking what they said.

Documented (solapi.com/developers, official SDKs 5.x): GET /kakao/v2/templates/categories → [{code, name}]; POST
/kakao/v2/templates {channelId, name, content, categoryCode, buttons[{buttonType: WL, buttonName, linkMo, linkPc}],
messageType: BA}; GET /kakao/v2/templates/{id} with status PENDING | INSPECTING | APPROVED | REJECTED and comments
[{isAdmin, content, dateCreated}]; a registered text goes to the inspectors only when they are asked to.
Documented for v1, and in the SDK for v2: PUT …/templates/{id}/inspection.
Inferred: that the newest comment of an administrator is the reason of a refusal, and which category fits (by the
words in its name; where none fits the last one, which is what SOLAPI's own example takes).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from app.kit import net
from app.kit.text import shortened
from app.messages.contract import Account, Wire
from app.messages.provider_contract import Inspection
from app.messages.providers import solapi_http as http

_STATES = {"PENDING": "written", "INSPECTING": "asked", "APPROVED": "approved", "REJECTED": "refused"}
_DEADLINE_S = 6.0  # somebody waits before a page


def ask_approval(
    account: Account, *, name: str, text: str, button: str, link: str, about: Sequence[str], wire: Wire
) -> Inspection:
    """Register a text and ask for its inspection. Registered, but not asked about: state "written"."""
    categories = _get(account, "/kakao/v2/templates/categories", wire)
    if isinstance(categories, Inspection):
        return categories
    category = fitting(categories, about)
    if not category:
        return Inspection(trouble="odd")
    body: dict[str, Any] = {
        "channelId": account.settings.get("profile", ""),
        "name": name,
        "content": text,
        "categoryCode": category,
        "messageType": "BA",
    }
    if button:
        body["buttons"] = [{"buttonType": "WL", "buttonName": button, "linkMo": link, "linkPc": link}]
    registered = _asked(account, "POST", "/kakao/v2/templates", wire, body)
    if registered.trouble or not registered.code:
        return registered if registered.trouble else Inspection(trouble="odd")
    asked = _asked(account, "PUT", f"{_path(registered.code)}/inspection", wire, {})
    # It lies there now, whatever became of the second step: asking once more goes on from here.
    return registered if asked.trouble else asked


def inspect(account: Account, *, code: str, wire: Wire) -> Inspection:
    """Ask for the inspection of a text that is registered already."""
    return _asked(account, "PUT", f"{_path(code)}/inspection", wire, {})


def approval(account: Account, *, code: str, wire: Wire) -> Inspection:
    """Ask where a text stands."""
    return _asked(account, "GET", _path(code), wire, None)


def fitting(categories: Any, about: Sequence[str]) -> str:
    """Return the code of the category whose name has the first of these words that any has, else the last one's."""
    rows = [row for row in categories if isinstance(row, dict)] if isinstance(categories, list) else []
    named = [(str(row.get("name", "")), str(row.get("code", ""))) for row in rows if row.get("code")]
    for word in about:
        for name, code in named:
            if word in name:
                return code
    return named[-1][1] if named else ""


def _path(code: str) -> str:
    return f"/kakao/v2/templates/{quote(code, safe='')}"


def _get(account: Account, path: str, wire: Wire) -> Any:
    try:
        reply = http.call(account, "GET", path, wire=wire, deadline_s=_DEADLINE_S)
    except (net.NotSent, net.Unsure):
        return Inspection(trouble="away")
    return Inspection(trouble=http.trouble(reply)) if reply.status != 200 else http.read(reply)


def _asked(account: Account, method: str, path: str, wire: Wire, body: Any) -> Inspection:
    try:
        reply = http.call(account, method, path, wire=wire, body=body, deadline_s=_DEADLINE_S)
    except (net.NotSent, net.Unsure):
        return Inspection(trouble="away")
    answer = http.read(reply)
    if reply.status != 200 or not isinstance(answer, dict):
        return Inspection(trouble=http.trouble(reply) or "odd", words=_error(answer))
    return Inspection(
        code=str(answer.get("templateId", ""))[:64],
        state=_STATES.get(str(answer.get("status", "")), ""),
        words=_inspectors(answer.get("comments")),
        text=str(answer.get("content") or ""),
    )


def _error(answer: Any) -> str:
    words = answer.get("errorMessage") if isinstance(answer, dict) else ""
    return _line(words) if isinstance(words, str) else ""


def _inspectors(comments: Any) -> str:
    """Return what an inspector said last, on one line."""
    rows = [row for row in comments if isinstance(row, dict)] if isinstance(comments, list) else []
    said = [row for row in rows if row.get("isAdmin") and isinstance(row.get("content"), str)]
    said.sort(key=lambda row: str(row.get("dateCreated", "")))
    return _line(said[-1]["content"]) if said else ""


def _line(words: str) -> str:
    return shortened(" ".join(words.split()), 150)
