"""Looking messages up at NHN Cloud: lists by request or by at most a month, one message, results by their time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from launch.provider_bench.accounts import Nhn
from launch.provider_bench.calls import Answer, Call, as_json
from launch.provider_bench.carrier import Carrier, Parcel

MOST_SECONDS = 31 * 24 * 3600
_SEOUL = ZoneInfo("Asia/Seoul")
_WORDS = {
    "1000": "성공",
    "2003": "단말기 전원 꺼짐",
    "3003": "수신 번호 형식 오류 또는 결번(없는 번호)",
    "3006": "착신 거절",
    "E919": "발송 제한 시간인 경우, 메시지 재발송 처리가 금지된 경우",
}


def success(content: dict[str, Any]) -> Answer:
    """Return an answer that says it went well."""
    header = {"isSuccessful": True, "resultCode": 0, "resultMessage": "SUCCESS"}
    return as_json({"header": header, **content})


def failure(code: int, words: str, *, status: int = 200) -> Answer:
    """Return a refusal: also with status 200, as NHN does."""
    return as_json(
        {"header": {"isSuccessful": False, "resultCode": code, "resultMessage": words}, "body": None}, status
    )


def page(call: Call, rows: Sequence[dict[str, Any]]) -> Answer:
    """Return the page of rows that a call asks for (pageNum from 1, pageSize 15, at most 1,000)."""
    part, number, size = cut_out(call, rows)
    return success({"body": {"pageNum": number, "pageSize": size, "totalCount": len(rows), "data": part}})


def cut_out(call: Call, rows: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], int, int]:
    """Return the rows of the page that is asked for, its number and its size."""
    number = max(1, int(call.first("pageNum") or 1)) if call.first("pageNum", "1").isdecimal() else 1
    size = int(call.first("pageSize") or 15) if call.first("pageSize", "15").isdecimal() else 15
    size = min(1000, max(1, size))
    return list(rows[(number - 1) * size : number * size]), number, size


def listed(carrier: Carrier, account: Nhn, call: Call, rest: re.Match[str]) -> Answer:
    """List what was sent; needs a requestId or a start and an end."""
    bounds = asked_bounds(call)
    if isinstance(bounds, Answer):
        return bounds
    forms = ("SMS",) if rest["form"] == "sms" else ("LMS", "MMS")
    rows = [
        as_listed(parcel)
        for parcel in carrier.of(account.name, "nhn_sms")
        if parcel.form in forms and fits(parcel, call, bounds)
    ]
    return page(call, rows)


def asked_bounds(call: Call) -> tuple[float, float] | Answer:
    """Return from when to when (unix seconds, both included) a list is asked for, or what is wrong with it."""
    pairs = (("startCreateDate", "endCreateDate"), ("startRequestDate", "endRequestDate"))
    for first, last in pairs:
        start, end = moment(call.first(first)), moment(call.first(last), at_end=True)
        if start is None or end is None:
            continue
        if end - start > MOST_SECONDS:
            return failure(-4000, "Search is possible within one month.")
        return start, end
    if call.first("requestId"):
        return 0.0, float("inf")
    return failure(-2011, "RequestId or start/endRequestDate or start/endCreateDate is required.")


def fits(parcel: Parcel, call: Call, bounds: tuple[float, float]) -> bool:
    """Tell whether a parcel is one of those a list asks for."""
    wanted = {
        "requestId": parcel.group,
        "sendNo": parcel.sender,
        "recipientNo": parcel.to,
        "recipientGroupingKey": parcel.key,
        "senderGroupingKey": parcel.custom.get("senderGroupingKey", ""),
        "resultCode": parcel.code,
        "templateCode": parcel.template,
    }
    if not bounds[0] <= parcel.at <= bounds[1]:
        return False
    return all(call.first(name) in ("", value) for name, value in wanted.items())


def as_listed(parcel: Parcel) -> dict[str, Any]:
    """Return a message as the list shows it."""
    status = "1" if not parcel.code else "3" if parcel.code == "1000" else "0"
    if parcel.code == "E919":
        status = "6"  # 실패(광고 제한)
    return {
        "requestId": parcel.group,
        "requestDate": written(parcel.at),
        "resultDate": written(parcel.ended_at) if parcel.code else None,
        "title": parcel.subject or None,
        "body": parcel.text,
        "sendNo": parcel.sender,
        "countryCode": "82",
        "recipientNo": parcel.to,
        "msgStatus": status,
        "msgStatusName": {"0": "실패", "1": "요청", "3": "성공", "6": "실패(광고 제한)"}[status],
        "resultCode": parcel.code or None,
        "resultCodeName": _WORDS.get(parcel.code),
        "recipientSeq": parcel.seq,
        "sendType": "0" if parcel.form == "SMS" else "1",
        "messageType": parcel.form,
        "messageCount": 1,
        "adYn": "Y" if parcel.is_ad else "N",
        "senderGroupingKey": parcel.custom.get("senderGroupingKey") or None,
        "recipientGroupingKey": parcel.key or None,
    }


def one(carrier: Carrier, account: Nhn, call: Call, rest: re.Match[str]) -> Answer:
    """Show one message by its requestId and recipientSeq."""
    for parcel in carrier.of(account.name, "nhn_sms"):
        if parcel.group == rest["request"] and str(parcel.seq) == call.first("recipientSeq"):
            return success({"body": {"data": as_listed(parcel)}})
    return failure(-2012, "Search parameter is invalid.(requestId and mtPr).")


def results(carrier: Carrier, account: Nhn, call: Call, rest: re.Match[str]) -> Answer:
    """List results by the time they came in: a day at most."""
    start, end = moment(call.first("startUpdateDate")), moment(call.first("endUpdateDate"), at_end=True)
    if start is None or end is None or end - start > 24 * 3600 + 1:
        return failure(-1005, "Service parameter is invalid.")
    rows = [
        {**as_listed(parcel), "updateDate": written(parcel.ended_at)}
        for parcel in carrier.of(account.name, "nhn_sms")
        if parcel.code and start <= parcel.ended_at <= end and call.first("messageType") in ("", parcel.form)
    ]
    return page(call, rows)


def moment(value: str, *, at_end: bool = False) -> float | None:
    """Return the unix seconds of "yyyy-MM-dd HH:mm" or with seconds, Korean time; None when it is neither.

    `at_end`: the last moment that is written so.
    """
    for form, length in (("%Y-%m-%d %H:%M:%S", 1.0), ("%Y-%m-%d %H:%M", 60.0)):
        try:
            at = datetime.strptime(value, form).replace(tzinfo=_SEOUL).timestamp()
        except ValueError:
            continue
        return at + length - 0.001 if at_end else at
    return None


def written(at: float) -> str:
    """Return a moment as NHN writes it: Korean time."""
    return f"{datetime.fromtimestamp(at, UTC).astimezone(_SEOUL):%Y-%m-%d %H:%M:%S}.0"
