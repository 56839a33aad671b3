"""솔라피: a shop's own account with SOLAPI: what its form asks for, how to get there, what it has left.

Documented: GET /cash/v1/balance {balance, point}; GET /pricing/v1/messaging {countryId, sms, lms, mms, ata}, the
account's own prices; GET /iam/v1/black?type=DENIAL&dateCreated[gte]=… {blackList: [{recipientNumber, dateCreated}],
nextKey}, who called the account's 080 number (official SDKs 5.x).
Inferred: that prices may come as one row or as a list of countries, and that points pay for texts like money does.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from app.kit import net
from app.kit.phone import korean_mobile
from app.messages.contract import Account, Wire
from app.messages.provider_contract import KeyField, OptOut, Standing
from app.messages.providers import solapi_http as http
from app.messages.providers.solapi_templates import approval, ask_approval, inspect

__all__ = ["FIELDS", "KEY", "LABEL", "PROFILE", "SITE", "STEPS", "approval", "ask_approval", "inspect"]

KEY = "solapi"
LABEL = http.LABEL
SITE = "https://solapi.com"
FIELDS = (
    KeyField(
        "api_key",
        "API Key",
        "솔라피 콘솔의 ‘API Key 관리’에서 복사해 주세요. NCS로 시작해요.",
        re.compile(r"[A-Za-z0-9]{10,40}"),
        "API Key는 영어와 숫자로 된 16자쯤 되는 글자예요. 그대로 복사해서 붙여 주세요.",
        is_secret=False,
    ),
    KeyField(
        "api_secret",
        "API Secret",
        "API Key 바로 옆에 있어요. 남에게 보여 주지 마세요.",
        re.compile(r"[A-Za-z0-9]{16,80}"),
        "API Secret은 영어와 숫자로 된 긴 글자예요. 그대로 복사해서 붙여 주세요.",
    ),
)
PROFILE = KeyField(
    "profile",
    "카카오톡 채널 아이디(pfId)",
    "알림톡도 보내실 때만 적어 주세요. 솔라피에 카카오톡 채널을 연결하면 나와요. KA01PF로 시작해요.",
    re.compile(r"[A-Za-z0-9_@]{6,60}"),
    "pfId는 KA01PF로 시작하는 영어와 숫자예요. 그대로 복사해서 붙여 주세요.",
    is_secret=False,
)
STEPS = (
    "솔라피(solapi.com)에 사장님 이름이나 사업자로 가입하고 본인 인증을 해요. 가입은 무료예요.",
    "콘솔의 ‘발신번호’에서 가게 번호를 등록해요. 휴대폰 번호는 바로 되고, 가게 유선 번호는 통신사에서 떼는 ‘통신서비스 이용증명원’을 올려요.",
    "‘충전’에서 만 원쯤 충전해요. 쓴 만큼만 빠져나가요.",
    "‘API Key 관리’에서 새 키를 만들고, API Key와 API Secret을 여기에 붙여요. 키를 쓸 수 있는 IP를 정해 두셨다면 단골이 설치된 곳도 넣어 주세요.",
)

_DEADLINE_S = 5.0  # somebody waits before a page
_PAGES = 50
_MOST_WON = 10_000  # a price above it is no price of a text
_PRICES = {"sms": "sms", "lms": "lms", "mms": "mms", "talk": "ata"}


def standing(account: Account, wire: Wire) -> Standing:
    """Ask what is left, and what a text costs this account."""
    left, trouble = _read(account, "/cash/v1/balance", wire)
    if trouble:
        return Standing(trouble=trouble)
    money = [left.get(name) for name in ("balance", "point")] if isinstance(left, dict) else []
    known = [int(each) for each in money if isinstance(each, int | float) and not isinstance(each, bool)]
    if not known:
        return Standing(trouble="odd")
    answer, no_prices = _read(account, "/pricing/v1/messaging", wire)
    return Standing(balance=sum(known), prices=None if no_prices else _prices(answer))


def opt_outs(account: Account, *, since: datetime, wire: Wire) -> list[OptOut] | None:
    """Return who called the account's 080 number since a moment, the whole list or None."""
    query = {"type": "DENIAL", "dateCreated[gte]": since.strftime("%Y-%m-%dT%H:%M:%SZ"), "limit": "100"}
    found: list[OptOut] = []
    for _ in range(_PAGES):
        answer, trouble = _read(account, "/iam/v1/black", wire, query)
        rows = answer.get("blackList") if isinstance(answer, dict) else None
        if trouble or not isinstance(rows, list):
            return None
        for row in rows:
            phone = korean_mobile(str(row.get("recipientNumber", ""))) if isinstance(row, dict) else None
            if phone:
                found.append(OptOut(phone, _moment(row.get("dateCreated")) or since))
        if not answer.get("nextKey"):
            return found
        query["startKey"] = str(answer["nextKey"])
    return None


def _read(account: Account, path: str, wire: Wire, query: dict[str, str] | None = None) -> tuple[Any, str]:
    """Return what a question is answered, and what was wrong ("" when nothing was)."""
    try:
        reply = http.call(account, "GET", path, wire=wire, query=query, deadline_s=_DEADLINE_S)
    except (net.NotSent, net.Unsure):
        return None, "away"
    return http.read(reply), http.trouble(reply)


def _prices(answer: Any) -> dict[str, int] | None:
    """Return what texts cost in Korea, None when it is not said in full."""
    rows = answer if isinstance(answer, list) else [answer]
    row = next((each for each in rows if isinstance(each, dict) and str(each.get("countryId")) == "82"), None)
    if row is None:
        return None
    said = {form: row.get(name) for form, name in _PRICES.items()}
    # A price with a part of a won counts as the next whole one: a budget may not be passed by the parts.
    won = {form: -int(-price // 1) for form, price in said.items() if isinstance(price, int | float)}
    return won if len(won) == len(_PRICES) and all(0 < each <= _MOST_WON for each in won.values()) else None


def _moment(written: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(written).replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
