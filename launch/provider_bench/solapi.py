"""SOLAPI's doors, as documented: signed calls, sending, looking up, money, pictures, opt-outs.

Documented (developers.solapi.com, github.com/solapi/documents, its SDKs): the Authorization header and its four
errors, send-many/detail and its two lists, status codes, what a message may hold, /messages/v4/list and its
parameters, balance, prices, storage, iam/v1/black. Inferred, as no page says it: the status of a call without a
header (401), that an unknown query parameter is refused (400, seen in public code), page size 20 up to 500.
Messages of an AlimTalk template are in solapi_talk.py.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from launch.provider_bench import solapi_list, solapi_talk
from launch.provider_bench.accounts import PRICES, Solapi
from launch.provider_bench.calls import Answer, Call, NotJson, as_json, text_of
from launch.provider_bench.carrier import Carrier, Parcel
from launch.provider_bench.solapi_checks import DUPLICATE, NO_MONEY, SERVER_ERROR, WORDS, drawn_up, objection
from launch.provider_bench.solapi_list import iso, moment, refusal, stored

MOST_MESSAGES = 10_000
MOST_FILE_BYTES = 200 * 1024  # of a picture for MMS
_HEADER = re.compile(
    r"HMAC-SHA256 apiKey=(?P<key>[^,\s]+), ?date=(?P<date>[^,\s]+), ?salt=(?P<salt>[^,\s]+), ?signature=(?P<signature>[0-9a-f]+)"
)
# What becomes of a message to a number, in SOLAPI's codes.
_ENDS = {"": "4000", "gone": "3032", "off": "3043", "refuses": "3047"}


def answer(carrier: Carrier, call: Call) -> Answer:
    """Answer a call to one of SOLAPI's addresses."""
    if (call.method, call.path) == ("GET", "/pricing/v1/messaging/default"):
        return as_json([_prices()])
    account = _caller(carrier, call)
    if isinstance(account, Answer):
        return account
    for method, pattern, door in _DOORS:
        if call.method == method and (found := re.fullmatch(pattern, call.path.rstrip("/"))):
            try:
                with carrier.lock:
                    return door(carrier, account, call, found)
            except NotJson:
                return refusal(400, "ValidationError", "JSON이 아닙니다.")
    return refusal(404, "ResourceNotFound", "존재하지 않는 API입니다.")


def end_code(carrier: Carrier, parcel: Parcel) -> str:
    """Return what becomes of a parcel, in SOLAPI's codes."""
    fate = carrier.fate(parcel.to)
    if parcel.form == "ATA":  # comes over the network to whoever has KakaoTalk, phone off or not
        return "3104" if fate in ("no_talk", "gone") else "4000"
    return _ENDS.get(fate, "4000")


def _caller(carrier: Carrier, call: Call) -> Solapi | Answer:
    """Check who calls. A signature is good for 15 minutes, and once."""
    found = _HEADER.fullmatch(call.headers.get("authorization", "").strip())
    if found is None:
        return refusal(401, "Unauthorized", "인증 정보가 없습니다.")
    account = next((one for one in carrier.accounts.solapi if one.key == found["key"]), None)
    if account is None:
        return refusal(403, "InvalidAPIKey", "유효한 API Key가 아닙니다.")
    if not 12 <= len(found["salt"]) <= 64:
        return refusal(400, "ValidationError", "salt는 12~64바이트여야 합니다.")
    signed = hmac.new(account.secret.encode(), (found["date"] + found["salt"]).encode(), hashlib.sha256)
    if not hmac.compare_digest(signed.hexdigest(), found["signature"]):
        return refusal(403, "SignatureDoesNotMatch", "생성한 Signature가 일치하지 않습니다.")
    try:
        at = datetime.fromisoformat(found["date"])
    except ValueError:
        return refusal(400, "ValidationError", "date는 ISO 8601 형식이어야 합니다.")
    if at.tzinfo is None or abs(at.timestamp() - carrier.clock()) > carrier.skew_s:
        return refusal(403, "RequestTimeTooSkewed", "시간 값이 서버 시간을 15분 이상 벗어났습니다.")
    if not carrier.use_once(f"signature:{found['signature']}", 15 * 60):
        return refusal(403, "DuplicatedSignature", "15분 안에 동일한 signature 값을 사용했습니다.")
    return account


def _send(carrier: Carrier, account: Solapi, call: Call, found: re.Match[str]) -> Answer:
    content = call.json()
    wanted = content.get("messages")
    if not isinstance(wanted, list) or not wanted or not all(isinstance(one, dict) for one in wanted):
        return refusal(400, "ValidationError", "messages는 1건 이상이어야 합니다.")
    if len(wanted) > MOST_MESSAGES:
        return refusal(400, "ValidationError", f"메시지는 한번에 {MOST_MESSAGES}건까지 접수할 수 있습니다.")
    group = carrier.new_id("G4V")
    taken: list[Parcel] = []
    failed: list[dict[str, Any]] = []
    seen: set[str] = set()
    for message in wanted:
        parcel = drawn_up(carrier, account, message, group)
        code = objection(carrier, account, message, parcel)
        if not code and parcel.to in seen and content.get("allowDuplicates") is not True:
            code = DUPLICATE
        if not code and carrier.turns_away(parcel):
            code = SERVER_ERROR
        if not code and account.balance is not None:
            if account.balance < PRICES[parcel.form]:
                code = NO_MONEY
            else:
                account.balance -= PRICES[parcel.form]
        if code:
            failed.append(_failed(account, parcel, code))
        else:
            seen.add(parcel.to)
            taken.append(parcel)
    carrier.take(taken)
    answered: dict[str, Any] = {
        "failedMessageList": failed,
        "groupInfo": _group(account, group, taken, len(failed), carrier.clock()),
    }
    if content.get("showMessageList") is True:
        answered["messageList"] = [
            {
                "messageId": one.id,
                "statusCode": "2000",
                "statusMessage": WORDS["2000"],
                "customFields": one.custom,
            }
            for one in taken
        ]
    return as_json(answered)


def _failed(account: Solapi, parcel: Parcel, code: str) -> dict[str, Any]:
    return {
        "to": parcel.to,
        "from": parcel.sender,
        "type": parcel.form,
        "country": "82",
        "messageId": parcel.id,
        "statusCode": code,
        "statusMessage": WORDS[code],
        "accountId": account.key,
        "customFields": parcel.custom,
    }


def _group(account: Solapi, group: str, taken: list[Parcel], failed: int, now: float) -> dict[str, Any]:
    counts = {form.lower(): {"82": sum(one.form == form for one in taken)} for form in PRICES}
    return {
        "groupId": group,
        "accountId": account.key,
        "status": "SENDING" if taken else "FAILED",
        "count": {
            "total": len(taken) + failed,
            "sentTotal": 0,
            "sentFailed": 0,
            "sentSuccess": 0,
            "sentPending": 0,
            "sentReplacement": 0,
            "refund": 0,
            "registeredFailed": failed,
            "registeredSuccess": len(taken),
        },
        "countForCharge": counts,
        "dateCreated": iso(now),
        "dateUpdated": iso(now),
    }


def _group_messages(carrier: Carrier, account: Solapi, call: Call, found: re.Match[str]) -> Answer:
    mine = [parcel for parcel in carrier.of(account.name) if parcel.group == found["id"]]
    if not mine:
        return refusal(404, "GroupNotFound", WORDS["1022"])
    if call.path.endswith("/messages"):
        listed = {parcel.id: stored(account, parcel) for parcel in mine}
        return as_json({"startKey": None, "nextKey": None, "limit": 20, "messageList": listed})
    return as_json(_group(account, found["id"], mine, 0, mine[-1].at))


def _balance(carrier: Carrier, account: Solapi, call: Call, found: re.Match[str]) -> Answer:
    balance = 1_000_000 if account.balance is None else account.balance
    return as_json({"accountId": account.key, "balance": balance, "point": 0, "autoRecharge": 0})


def _prices() -> dict[str, Any]:
    named = {form.lower(): price for form, price in PRICES.items()}
    return {"countryName": "Korea, South", "countryId": "82", **named}


def _price(carrier: Carrier, account: Solapi, call: Call, found: re.Match[str]) -> Answer:
    return as_json(_prices())


def _keep_file(carrier: Carrier, account: Solapi, call: Call, found: re.Match[str]) -> Answer:
    """POST /storage/v1/files: base64, at most 200 KB for MMS (it must be a JPEG: inferred)."""
    content = call.json()
    try:
        file = base64.b64decode(text_of(content, "file"), validate=True)
    except binascii.Error:
        return refusal(400, "ValidationError", "file은 base64여야 합니다.")
    if not file:
        return refusal(400, "ValidationError", "file이 비어 있습니다.")
    if content.get("type") == "MMS" and (len(file) > MOST_FILE_BYTES or not file.startswith(b"\xff\xd8")):
        return refusal(400, "FileSizeExceeded", "MMS 파일은 200KB 이하의 JPG여야 합니다.")
    file_id = carrier.new_id("ST01FP")
    carrier.keep_file(file_id, file)
    return as_json(
        {
            "fileId": file_id,
            "type": content.get("type") or "DOCUMENT",
            "name": text_of(content, "name") or f"{file_id}.jpg",
            "originalName": text_of(content, "name") or f"{file_id}.jpg",
            "fileSize": len(file),
            "accountId": account.key,
            "link": None,
            "dateCreated": iso(carrier.clock()),
            "dateUpdated": iso(carrier.clock()),
        }
    )


def _active_senders(carrier: Carrier, account: Solapi, call: Call, found: re.Match[str]) -> Answer:
    """GET /senderid/v1/numbers/active: numbers only (the shape is inferred from public code)."""
    return as_json(sorted(account.senders))


def _black(carrier: Carrier, account: Solapi, call: Call, found: re.Match[str]) -> Answer:
    """GET /iam/v1/black: who refused by the 080 number, for which of the account's 발신번호."""
    since = call.first("dateCreated[gte]")
    if call.first("type", "DENIAL") != "DENIAL":
        return refusal(400, "ValidationError", "type은 DENIAL만 사용할 수 있습니다.")
    try:
        earliest = moment(since) if since else 0.0
    except ValueError:
        return refusal(400, "ValidationError", "dateCreated는 ISO 8601 형식이어야 합니다.")
    denied = [
        {
            "handleKey": f"BL{number}{who}",
            "type": "DENIAL",
            "senderNumber": number,
            "recipientNumber": who,
            "dateCreated": iso(at),
            "dateUpdated": iso(at),
        }
        for (number, who), at in sorted(carrier.opt_outs.items(), key=lambda row: row[1])
        if number in account.senders and at >= earliest
    ]
    return as_json({"startKey": None, "nextKey": None, "limit": 500, "blackList": denied})


Door = Callable[[Carrier, Solapi, Call, re.Match[str]], Answer]
_ID = r"(?P<id>[A-Za-z0-9]+)"
_DOORS: list[tuple[str, str, Door]] = [
    ("POST", "/messages/v4/send-many/detail", _send),
    ("GET", "/messages/v4/list", solapi_list.listed),
    ("GET", f"/messages/v4/groups/{_ID}(?:/messages)?", _group_messages),
    ("GET", "/cash/v1/balance", _balance),
    ("GET", "/pricing/v1/messaging", _price),
    ("POST", "/storage/v1/files", _keep_file),
    ("GET", "/senderid/v1/numbers/active", _active_senders),
    ("GET", "/iam/v1/black", _black),
    ("GET", "/kakao/v2/channels", solapi_talk.channels),
    ("GET", "/kakao/v2/templates/categories", solapi_talk.categories),
    ("GET", "/kakao/v2/templates", solapi_talk.listed),
    ("POST", "/kakao/v2/templates", solapi_talk.made),
    ("GET", f"/kakao/v2/templates/{_ID}", solapi_talk.shown),
    ("PUT", f"/kakao/v2/templates/{_ID}", solapi_talk.changed),
    ("DELETE", f"/kakao/v2/templates/{_ID}", solapi_talk.dropped),
    ("PUT", f"/kakao/v2/templates/{_ID}/inspection", solapi_talk.asked),
    ("PUT", f"/kakao/v2/templates/{_ID}/inspection/cancel", solapi_talk.taken_back),
]


def report_body(parcel: Parcel, *, code: str, event: str, tries: int) -> list[Mapping[str, Any]]:
    """Return the body of a SINGLE-REPORT: an array of events, each with its message."""
    return [
        {
            "eventDataId": event,
            "retryCount": tries,
            "data": {
                "messageId": parcel.id,
                "groupId": parcel.group,
                "type": parcel.form,
                "to": parcel.to,
                "from": parcel.sender,
                "statusCode": code,
                "statusMessage": WORDS.get(code, ""),
                "networkCode": "ETC",
                "customFields": parcel.custom,
                "dateProcessed": iso(parcel.at),
                "dateReported": iso(parcel.ended_at or parcel.at),
                "dateReceived": iso(parcel.ended_at or parcel.at),
            },
        }
    ]
