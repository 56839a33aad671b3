"""Messages at NHN Cloud: handing one over, looking it up, reading delivery reports.

Documented (docs.nhncloud.com: SMS API v3.0, KakaoTalk Bizmessage API v2.3, both webhook pages): recipientGroupingKey
(at most 100 characters) is kept with a message, given back in lists and reports, and searched by; lists need a start
and an end at most a month apart; X-NC-API-IDEMPOTENCY-KEY for AlimTalk, refused (-1005) when it was used within ten
minutes, whatever became of that call; result codes, 1000 delivered, in lists as well; reports as {event, hooks[]} with the header
X-Toast-Webhook-Signature, which is the word that was typed in the console; UNSUBSCRIBE tells who called the 080
number. SMS has no such key: only the look-up tells whether a text whose answer was lost went out.
Inferred: that a list knows what was taken a few seconds before.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from app.kit import net
from app.kit.clock import KST
from app.kit.phone import korean_mobile
from app.kit.signing import same
from app.messages import retries
from app.messages.account_words import said
from app.messages.contract import (
    Absent,
    Accepted,
    Account,
    Asked,
    Found,
    Letter,
    Lookup,
    NoAnswer,
    Outcome,
    Rejected,
    Report,
    Unknown,
    Wire,
)
from app.messages.providers import nhn_http as http

PHOTO_BYTES = 300 * 1024
ACCOUNT_S = 15 * 60.0  # until the owner has seen to the account
_LOGIN_S = 60.0
# Around the first try: it finds what was written down while one of the two clocks was wrong, and is no month.
_AROUND = timedelta(days=13)
# Theirs broke in the middle, or (-1005) the same call came before: the look-up tells.
_UNCLEAR = {-9999, -2021, -7000, -1005}
_NO_SENDER, _BLOCKED_SENDER, _REFUSED = -2312, -2313, -6001
_NO_SUCH_NUMBER = {-2019, -5000}
_DELIVERED = {"1000", "MRC01"}
# Of a message in a list: which one, and what became of it.
_TOLD = ("requestId", "recipientSeq", "recipientGroupingKey", "resultCode", "resultCodeName", "resultDate")
_NOBODY = {"1002", "3001", "3003"}  # a text's codes: not a number, no subscriber, 결번


def hand_over(
    letter: Letter,
    *,
    service: str,
    path: str,
    body: dict[str, Any],
    rows: Callable[[dict[str, Any]], Any],
    wire: Wire,
    latest_start: float | None,
) -> Outcome:
    """Hand one message over. `rows` finds the results in an answer. Only a clear no is a no."""
    assert letter.account is not None  # the channels ask
    try:
        reply = http.call(
            letter.account,
            service,
            "POST",
            path,
            wire=wire,
            body=body,
            once=letter.key if service == http.TALK else "",
            latest_start=latest_start,
        )
    except net.NotSent as fault:
        return Rejected(str(fault), transport=True)
    except net.Unsure as fault:
        return Unknown(str(fault))
    answer = http.read(reply)
    code = http.code_of(answer)
    if reply.status != 200 or code != 0:
        return _refused(reply, code)
    found = rows(answer)
    for row in found if isinstance(found, list) else []:
        if isinstance(row, dict) and row.get("recipientGroupingKey") == letter.key:
            return _of_row(row, answer)
    return Unknown("the answer does not name it")


def _of_row(row: dict[str, Any], answer: dict[str, Any]) -> Outcome:
    code = row.get("resultCode")
    if code == 0:
        return Accepted(named(_request_of(answer), row.get("recipientSeq")))
    if not isinstance(code, int) or code in _UNCLEAR:
        return Unknown(f"result {code}")
    return Rejected(f"result {code}", permanent=True, dead_address=code in _NO_SUCH_NUMBER)


def _request_of(answer: dict[str, Any]) -> Any:
    body = answer.get("body")
    data = body.get("data") if isinstance(body, dict) else None
    holder = data if isinstance(data, dict) else answer.get("message")
    return holder.get("requestId") if isinstance(holder, dict) else None


def named(request: Any, seq: Any) -> str:
    """Return NHN's name of a message, as we keep it."""
    return f"{request or ''}:{seq or ''}"[:80]


def _refused(reply: net.Reply, code: int | None) -> Outcome:
    """Tell what a refusal of a whole call says."""
    detail = f"status {reply.status}" + ("" if code is None else f", result {code}")
    trouble = http.trouble(reply)
    if trouble in ("keys", "blocked"):
        wait = _LOGIN_S if trouble == "keys" else ACCOUNT_S
        return Rejected(detail, retry_after_s=wait, is_try=False, account=said(http.LABEL, trouble))
    if code in (_NO_SENDER, _BLOCKED_SENDER):
        about = "sender" if code == _NO_SENDER else "blocked"
        return Rejected(detail, retry_after_s=ACCOUNT_S, is_try=False, account=said(http.LABEL, about))
    if reply.status == 429:
        return Rejected(detail, retry_after_s=retries.pause_asked(reply.headers.get("retry-after")) or 5.0)
    if code is not None and code < 0 and code not in _UNCLEAR and reply.status < 500:
        return Rejected(detail, permanent=True)
    if 400 <= reply.status < 500 and reply.status != 408 and code is None:
        return Rejected(detail, permanent=True)
    return Unknown(detail)


def look_up(
    one: Asked,
    *,
    service: str,
    paths: tuple[str, ...],
    rows: Callable[[dict[str, Any]], Any],
    wire: Wire,
) -> Lookup:
    """Look a message up by our own key in every list that may hold it; absent only when all of them say so."""
    if one.account is None:
        return NoAnswer()
    query = {
        "startRequestDate": _written(one.at - _AROUND, service),
        "endRequestDate": _written(one.at + _AROUND, service),
        "recipientGroupingKey": one.key,
    }
    for path in paths:
        try:
            reply = http.call(one.account, service, "GET", path, wire=wire, query=query)
        except (net.NotSent, net.Unsure):
            return NoAnswer()
        answer = http.read(reply)
        listed = rows(answer) if reply.status == 200 and http.code_of(answer) == 0 else None
        if not isinstance(listed, list):
            return NoAnswer()
        for row in listed:
            if isinstance(row, dict) and row.get("recipientGroupingKey") == one.key:
                return Found(named(row.get("requestId"), row.get("recipientSeq")), _listed(row, service))
    return Absent()


def _listed(row: dict[str, Any], service: str) -> Report | None:
    """Return what a list says became of a message, None while it is on its way. Neither number nor words are kept."""
    told = {name: row[name] for name in _TOLD if name in row}
    is_talk = {"kakaoMessageType": "AT"} if service == http.TALK else {}
    return _result({**told, **is_talk})


def _written(moment: datetime, service: str) -> str:
    form = "%Y-%m-%d %H:%M" if service == http.TALK else "%Y-%m-%d %H:%M:%S"
    return moment.astimezone(KST).strftime(form)


def upload(account: Account, photo: bytes, wire: Wire, latest_start: float | None) -> int | Outcome:
    """Lay a picture (JPEG) ready for a message; returns its id, or why there is none. Nothing went out yet."""
    if len(photo) > PHOTO_BYTES:
        return Rejected("the picture is larger than 300 KB", permanent=True)
    body = {"fileName": "photo.jpg", "createUser": "dangol", "fileBody": base64.b64encode(photo).decode()}
    try:
        reply = http.call(
            account,
            http.SMS,
            "POST",
            "/attachfile/binaryUpload",
            wire=wire,
            body=body,
            latest_start=latest_start,
        )
    except (net.NotSent, net.Unsure) as fault:
        return Rejected(str(fault), transport=True)
    answer = http.read(reply)
    told = answer.get("body")
    data = told.get("data") if isinstance(told, dict) else None
    file_id = data.get("fileId") if isinstance(data, dict) else None
    if reply.status == 200 and http.code_of(answer) == 0 and isinstance(file_id, int):
        return file_id
    refused = _refused(reply, http.code_of(answer))
    # A picture nobody knows the fate of is no message: it is simply laid ready again.
    return refused if isinstance(refused, Rejected) else Rejected("the picture was not taken")


def reports(headers: Mapping[str, str], body: bytes, account: Account | None) -> list[Report]:
    """Read what NHN's webhooks tell: results, and who called the 080 number. Raises ValueError.

    Without a word in the account nothing is believed: the console lets it empty.
    """
    given = {name.lower(): value for name, value in headers.items()}.get("x-toast-webhook-signature", "")
    secret = account.keys.get("hook", "") if account is not None else ""
    if not secret or not same(given, secret):
        raise ValueError("not authentic")
    try:
        told = json.loads(body)
    except ValueError:
        raise ValueError("not JSON") from None
    hooks = told.get("hooks") if isinstance(told, dict) else None
    if not isinstance(hooks, list):
        raise ValueError("no hooks")
    reader = {"MESSAGE_RESULT_UPDATE": _result, "UNSUBSCRIBE": _refusal}.get(str(told.get("event")))
    if reader is None:
        return []
    read = (reader(hook) for hook in hooks if isinstance(hook, dict))
    return [report for report in read if report is not None]


def _result(hook: dict[str, Any]) -> Report | None:
    # Their own example spells the name in two ways.
    key = hook.get("recipientGroupingKey") or hook.get("recipientGropuingKey")
    code = hook.get("resultCode")
    if not isinstance(key, str) or not key or not isinstance(code, str) or not code:
        return None
    is_text = "kakaoMessageType" not in hook
    return Report(
        _event_of(hook, code),
        key,
        code in _DELIVERED,
        code,
        dead_address=is_text and code in _NOBODY,
        raw=json.dumps(hook, ensure_ascii=False),
    )


def _refusal(hook: dict[str, Any]) -> Report | None:
    number = hook.get("recipientNo")
    phone = korean_mobile(number) if isinstance(number, str) else None
    if phone is None:
        return None
    return Report(
        _event_of(hook, str(number)), "", False, opted_out=phone, raw=json.dumps(hook, ensure_ascii=False)
    )


def _event_of(hook: dict[str, Any], what: str) -> str:
    event = hook.get("hookId")
    if isinstance(event, str) and event:
        return event[:80]
    return f"{named(hook.get('requestId'), hook.get('recipientSeq'))}:{what}"[:80]
