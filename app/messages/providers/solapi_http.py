"""One call to SOLAPI, signed, and what its refusals mean.

Documented (developers.solapi.com "API Key", docs.solapi.com): the Authorization header, HMAC-SHA256 over date and
salt, a skew of 15 minutes, no signature twice; 403 with InvalidAPIKey, SignatureDoesNotMatch, RequestTimeTooSkewed,
DuplicatedSignature; every other refusal as {"errorCode", "errorMessage"}; 402 for too little money.
Inferred: that 401 means the same as 403, and 429 with Retry-After (neither is in the documents we could read).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from typing import Any
from urllib.parse import urlencode, urlsplit

from app.kit import net
from app.kit.clock import signing_moment
from app.messages import retries
from app.messages.contract import SOLAPI_URL, Account, Wire

LABEL = "솔라피"
_BODY_CAP = 1024 * 1024  # a page of a hundred messages with their logs


def authorization(account: Account) -> str:
    """Return the header that signs one call; never the same twice."""
    date, salt = signing_moment(), secrets.token_hex(16)
    secret = account.keys.get("api_secret", "").encode()
    signature = hmac.new(secret, f"{date}{salt}".encode(), hashlib.sha256).hexdigest()
    key = account.keys.get("api_key", "")
    return f"HMAC-SHA256 apiKey={key}, date={date}, salt={salt}, signature={signature}"


def call(
    account: Account,
    method: str,
    path: str,
    *,
    wire: Wire,
    query: dict[str, str] | None = None,
    body: Any = None,
    latest_start: float | None = None,
    deadline_s: float | None = None,
) -> net.Reply:
    """Make one signed call. Raises net.NotSent, net.Unsure."""
    parts = urlsplit(wire.solapi_url)
    # Only the settings can name another place than SOLAPI's own, and then it may be on this machine.
    named = frozenset({f"{parts.scheme}://{parts.netloc}"}) if wire.solapi_url != SOLAPI_URL else frozenset()
    return net.call(
        method,
        f"{wire.solapi_url}{path}" + (f"?{urlencode(query)}" if query else ""),
        headers={"Authorization": authorization(account), "Content-Type": "application/json"},
        body=None if body is None else json.dumps(body, ensure_ascii=False).encode(),
        deadline_s=deadline_s or retries.CALL_DEADLINE_S,
        body_cap=_BODY_CAP,
        trusted=named,
        latest_start=latest_start,
        ca_file=wire.ca_file if named else None,
    )


def read(reply: net.Reply) -> Any:
    """Return what an answer says as JSON, None when it is none."""
    try:
        return json.loads(reply.body)
    except ValueError:
        return None


def error_code(reply: net.Reply) -> str:
    """Return the errorCode of a refusal, "" when it names none. At most forty plain characters."""
    answer = read(reply)
    code = answer.get("errorCode") if isinstance(answer, dict) else None
    return "".join(char for char in code if char.isalnum())[:40] if isinstance(code, str) else ""


def trouble(reply: net.Reply) -> str:
    """Return what a refused call says about the account: keys, balance, busy, odd; "" for a good answer."""
    if reply.status == 200:
        return ""
    if reply.status in (401, 403):
        return "keys"
    if reply.status == 402 or error_code(reply) == "NotEnoughBalance":
        return "balance"
    return "busy" if reply.status == 429 or reply.status >= 500 else "odd"
