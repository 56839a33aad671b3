"""NHN Cloud: a shop's own account for texts and for AlimTalk: what its form asks for, how to get there.

Documented (docs.nhncloud.com): GET /sendNos {body.data: [{sendNo, useYn, blockYn}]}; GET /blockservice/recipients
{body.data: [{recipientNo, requestDate}], totalCount}, who called the account's 080 number; NHN bills afterwards, so
there is no balance to ask for, and no address tells a price.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from app.kit import net
from app.kit.clock import KST
from app.kit.phone import korean_mobile
from app.messages.contract import Account, Wire
from app.messages.provider_contract import KeyField, OptOut, Standing
from app.messages.providers import nhn_http as http
from app.messages.providers.nhn_templates import approval, ask_approval, inspect

__all__ = ["FIELDS", "KEY", "LABEL", "PROFILE", "SITE", "STEPS", "approval", "ask_approval", "inspect"]

KEY = "nhn"
LABEL = http.LABEL
SITE = "https://www.nhncloud.com"
_KEY_HINT = "영어와 숫자로 된 글자예요. 그대로 복사해서 붙여 주세요."
FIELDS = (
    KeyField(
        "app_key",
        "SMS 앱키(Appkey)",
        "NHN Cloud 콘솔의 SMS 화면에서 ‘URL & Appkey’를 누르면 나와요.",
        re.compile(r"[A-Za-z0-9_-]{8,60}"),
        f"SMS 앱키는 {_KEY_HINT}",
        is_secret=False,
    ),
    KeyField(
        "secret",
        "SMS Secret Key",
        "SMS 앱키 바로 아래에 있어요. 남에게 보여 주지 마세요.",
        re.compile(r"[A-Za-z0-9_-]{6,80}"),
        f"SMS Secret Key는 {_KEY_HINT}",
    ),
    KeyField(
        "free_call",
        "080 수신거부 번호",
        "광고를 보내실 때만 적어 주세요. NHN Cloud는 광고 끝에 이 번호가 있어야 보내 줘요.",
        re.compile(r"(?:080-?\d{3,4}-?\d{4})?"),
        "080으로 시작하는 번호를 적거나 비워 두세요. 예: 080-123-4567",
        is_secret=False,
    ),
    KeyField(
        "talk_app_key",
        "알림톡 앱키(Appkey)",
        "알림톡도 보내실 때만 적어 주세요. 콘솔의 KakaoTalk Bizmessage 화면에 있어요.",
        re.compile(r"[A-Za-z0-9_-]{0,60}"),
        f"알림톡 앱키는 {_KEY_HINT}",
        is_secret=False,
    ),
    KeyField(
        "talk_secret",
        "알림톡 Secret Key",
        "알림톡도 보내실 때만 적어 주세요. 알림톡 앱키 바로 아래에 있어요.",
        re.compile(r"[A-Za-z0-9_-]{0,80}"),
        f"알림톡 Secret Key는 {_KEY_HINT}",
    ),
)
PROFILE = KeyField(
    "profile",
    "발신 키(senderKey)",
    "알림톡도 보내실 때만 적어 주세요. 콘솔의 ‘발신 프로필’에 있는 40자 글자예요.",
    re.compile(r"[A-Za-z0-9]{40}"),
    "발신 키는 영어와 숫자로 된 40자예요. 그대로 복사해서 붙여 주세요.",
    is_secret=False,
)
STEPS = (
    "NHN Cloud(nhncloud.com)에 사업자로 가입하고 콘솔에서 ‘SMS’를 켜요. 쓴 만큼 다음 달에 내요.",
    "‘발신 번호 설정’에서 가게 번호를 등록해요. 통신사에서 떼는 ‘통신서비스 이용증명원’을 올리고 며칠 기다려요.",
    "광고를 보내시려면 ‘080 수신 거부 설정’에서 080 번호를 신청해요. 달마다 요금이 있고 3~4일 걸려요.",
    "‘URL & Appkey’를 눌러 앱키와 Secret Key를 여기에 붙여요.",
)

_DEADLINE_S = 5.0  # somebody waits before a page
_PAGE, _PAGES = 1000, 50


def standing(account: Account, wire: Wire) -> Standing:
    """Ask whether the keys open the account and the sender is registered. NHN tells no balance and no prices."""
    answer, trouble = _read(account, "/sendNos", wire, {"pageSize": str(_PAGE)})
    if trouble:
        return Standing(trouble=trouble)
    rows = _rows(answer)
    if rows is None:
        return Standing(trouble="odd")
    usable = {row.get("sendNo") for row in rows if row.get("useYn") != "N" and row.get("blockYn") != "Y"}
    return Standing(trouble="" if not account.sender or account.sender in usable else "sender")


def opt_outs(account: Account, *, since: datetime, wire: Wire) -> list[OptOut] | None:
    """Return who called the account's 080 number since a moment, the whole list or None."""
    query = {"startRequestDate": _written(since), "pageSize": str(_PAGE)}
    found: list[OptOut] = []
    for number in range(1, _PAGES + 1):
        answer, trouble = _read(account, "/blockservice/recipients", wire, {**query, "pageNum": str(number)})
        rows = None if trouble else _rows(answer)
        if rows is None:
            return None
        for row in rows:
            phone = korean_mobile(str(row.get("recipientNo", "")))
            if phone:
                found.append(OptOut(phone, _moment(row.get("requestDate")) or since))
        if len(rows) < _PAGE:
            return found
    return None


def _read(account: Account, path: str, wire: Wire, query: dict[str, str]) -> tuple[dict[str, Any], str]:
    """Return what a question is answered, and what was wrong ("" when nothing was)."""
    try:
        reply = http.call(account, http.SMS, "GET", path, wire=wire, query=query, deadline_s=_DEADLINE_S)
    except (net.NotSent, net.Unsure):
        return {}, "away"
    return http.read(reply), http.trouble(reply)


def _rows(answer: dict[str, Any]) -> list[dict[str, Any]] | None:
    body = answer.get("body")
    rows = body.get("data") if isinstance(body, dict) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else None


def _written(moment: datetime) -> str:
    return moment.astimezone(KST).strftime("%Y-%m-%d %H:%M:%S")


def _moment(written: Any) -> datetime | None:
    """Return the moment of "2018-05-14 17:07:29.0", Korean time."""
    try:
        moment = datetime.strptime(str(written)[:19], "%Y-%m-%d %H:%M:%S").replace(tzinfo=KST)
    except ValueError:
        return None
    return moment.astimezone(UTC)
