"""AlimTalk texts at NHN Cloud: laying one before Kakao's inspectors, and asking what they said.

Documented (KakaoTalk Bizmessage API v2.3): POST, GET and PUT /senders/{senderKey}/templates[/{templateCode}] with
templateCode (ours, at most 20 characters), templateName, templateContent (1,300), templateMessageType BA,
buttons[{ordering, type: WL, name, linkMo, linkPc}], categoryCode; GET /template/categories; states TSC01 asked for,
TSC02 looked at, TSC03 approved, TSC04 refused, with comments[{content, status, createdAt}].
Inferred: that registering is asking for the inspection (no address for asking is documented), that the newest
comment is the reason of a refusal, and that a text is found by its code right after it was registered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from app.kit import net
from app.kit.signing import random_code
from app.kit.text import shortened
from app.messages.contract import Account, Wire
from app.messages.provider_contract import Inspection
from app.messages.providers import nhn_http as http
from app.messages.providers.solapi_templates import fitting

_STATES = {"TSC01": "asked", "TSC02": "asked", "TSC03": "approved", "TSC04": "refused"}
_DEADLINE_S = 6.0  # somebody waits before a page
_CODE_LETTERS = 12  # 60 bits, with two letters before them


def ask_approval(
    account: Account, *, name: str, text: str, button: str, link: str, about: Sequence[str], wire: Wire
) -> Inspection:
    """Register a text, which asks for its inspection."""
    category = fitting(_categories(account, wire), about)
    code = f"dg{random_code(_CODE_LETTERS)}"
    body: dict[str, Any] = {
        "templateCode": code,
        # A name may be there once in an account, and a text may be asked for again.
        "templateName": f"{name} {code}",
        "templateContent": text,
        "templateMessageType": "BA",
        "templateEmphasizeType": "NONE",
        **({"categoryCode": category} if category else {}),
    }
    if button:
        body["buttons"] = [{"ordering": 1, "type": "WL", "name": button, "linkMo": link, "linkPc": link}]
    _, trouble, words = _call(account, "POST", _path(account), wire, body)
    if trouble:
        return Inspection(trouble=trouble, words=words)
    return Inspection(code=code, state="asked", text=text)


def inspect(account: Account, *, code: str, wire: Wire) -> Inspection:
    """Return where a text stands: here it is before the inspectors as soon as it is registered."""
    return approval(account, code=code, wire=wire)


def approval(account: Account, *, code: str, wire: Wire) -> Inspection:
    """Ask where a text stands."""
    answer, trouble, words = _call(account, "GET", f"{_path(account)}/{quote(code, safe='')}", wire)
    if trouble:
        return Inspection(trouble=trouble, words=words)
    # The page shows one text under the name of many; a single one of a list is taken as well.
    shown = answer.get("templates") or answer.get("template")
    found = shown[0] if isinstance(shown, list) and shown else shown
    if not isinstance(found, dict):
        return Inspection(trouble="odd")
    return Inspection(
        code=str(found.get("templateCode", ""))[:64],
        state=_STATES.get(str(found.get("status", "")), ""),
        words=_inspectors(found.get("comments")),
        text=str(found.get("templateContent") or ""),
    )


def _path(account: Account) -> str:
    return f"/senders/{quote(str(account.settings.get('profile', '')), safe='')}/templates"


def _categories(account: Account, wire: Wire) -> list[dict[str, Any]]:
    """Return the categories that can be chosen, the groups they lie in left out; none when nobody says."""
    answer, _, _ = _call(account, "GET", "/template/categories", wire)
    groups = answer.get("categories")
    inner = [group.get("subCategories") for group in groups or [] if isinstance(group, dict)]
    rows = [row for part in inner if isinstance(part, list) for row in part if isinstance(row, dict)]
    return [{"code": row.get("code"), "name": row.get("name")} for row in rows]


def _call(
    account: Account, method: str, path: str, wire: Wire, body: Any = None
) -> tuple[dict[str, Any], str, str]:
    """Return what is answered, what was wrong ("" when nothing was), and their words about it."""
    try:
        reply = http.call(account, http.TALK, method, path, wire=wire, body=body, deadline_s=_DEADLINE_S)
    except (net.NotSent, net.Unsure):
        return {}, "away", ""
    answer, trouble = http.read(reply), http.trouble(reply)
    header = answer.get("header")
    words = header.get("resultMessage") if isinstance(header, dict) and trouble else ""
    return answer, trouble, _line(words) if isinstance(words, str) else ""


def _inspectors(comments: Any) -> str:
    """Return what an inspector said last, on one line."""
    rows = [row for row in comments if isinstance(row, dict)] if isinstance(comments, list) else []
    said = [row for row in rows if isinstance(row.get("content"), str)]
    said.sort(key=lambda row: str(row.get("createdAt", "")))
    return _line(said[-1]["content"]) if said else ""


def _line(words: str) -> str:
    return shortened(" ".join(words.split()), 150)
