"""One call to NHN Cloud, and what its refusals mean.

Documented (docs.nhncloud.com, SMS API v3.0 and KakaoTalk Bizmessage API v2.3): the two hosts, the app key in the
path, X-Secret-Key, and that a refusal is an answer like any other: {"header": {isSuccessful, resultCode,
resultMessage}}, also with status 200. Inferred: that 401 and 403 speak of the secret, and 429 with Retry-After.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from app.kit import net
from app.messages import retries
from app.messages.contract import NHN_SMS_URL, NHN_TALK_URL, Account, Wire

LABEL = "NHN Cloud"
SMS, TALK = "sms", "talk"
_BODY_CAP = 1024 * 1024
# Codes of both services that speak of the account, and not of the message.
_KEYS = {-1000, -1001, -1003, -1004, -1007, -4004}
_BLOCKED = {-1002, -1008, -4005, -1027}


def call(
    account: Account,
    service: str,
    method: str,
    path: str,
    *,
    wire: Wire,
    query: dict[str, str] | None = None,
    body: Any = None,
    once: str = "",
    latest_start: float | None = None,
    deadline_s: float | None = None,
) -> net.Reply:
    """Make one call to a service: SMS or TALK. `once` is the key that only AlimTalk's addresses know.

    Raises net.NotSent, net.Unsure.
    """
    is_talk = service == TALK
    base, own = (wire.nhn_talk_url, NHN_TALK_URL) if is_talk else (wire.nhn_sms_url, NHN_SMS_URL)
    app_key = quote(account.keys.get("talk_app_key" if is_talk else "app_key", ""), safe="")
    root = f"/alimtalk/v2.3/appkeys/{app_key}" if is_talk else f"/sms/v3.0/appKeys/{app_key}"
    parts = urlsplit(base)
    # Only the settings can name another place than NHN's own, and then it may be on this machine.
    named = frozenset({f"{parts.scheme}://{parts.netloc}"}) if base != own else frozenset()
    headers = {
        "X-Secret-Key": account.keys.get("talk_secret" if is_talk else "secret", ""),
        "Content-Type": "application/json;charset=UTF-8",
    }
    if once:
        headers["X-NC-API-IDEMPOTENCY-KEY"] = once
    return net.call(
        method,
        f"{base}{root}{path}" + (f"?{urlencode(query)}" if query else ""),
        headers=headers,
        body=None if body is None else json.dumps(body, ensure_ascii=False).encode(),
        deadline_s=deadline_s or retries.CALL_DEADLINE_S,
        body_cap=_BODY_CAP,
        trusted=named,
        latest_start=latest_start,
        ca_file=wire.ca_file if named else None,
    )


def read(reply: net.Reply) -> dict[str, Any]:
    """Return what an answer says as JSON, {} when it is none."""
    try:
        found = json.loads(reply.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def code_of(answer: dict[str, Any]) -> int | None:
    """Return the resultCode of an answer, 0 when all went well; None when it doesn't say."""
    header = answer.get("header")
    if not isinstance(header, dict):
        return None
    code = header.get("resultCode")
    if isinstance(code, bool) or not isinstance(code, int):
        return None
    # Two fields say the same thing: where they differ nobody knows.
    return code if header.get("isSuccessful") is (code == 0) else None


def trouble(reply: net.Reply) -> str:
    """Return what a refused call says about the account: keys, blocked, busy, odd; "" for a good answer."""
    code = code_of(read(reply))
    if reply.status == 200 and code == 0:
        return ""
    if reply.status in (401, 403) or code in _KEYS:
        return "keys"
    if code in _BLOCKED:
        return "blocked"
    return "busy" if reply.status == 429 or reply.status >= 500 or code in (-9999, -2021) else "odd"
