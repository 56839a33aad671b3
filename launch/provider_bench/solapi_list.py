"""Looking messages up at SOLAPI: GET /messages/v4/list with its documented parameters, the newest first."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from launch.provider_bench.accounts import Solapi
from launch.provider_bench.calls import Answer, Call, as_json
from launch.provider_bench.carrier import Carrier, Parcel
from launch.provider_bench.solapi_checks import WORDS

_CRITERIA = {"messageId", "groupId", "to", "from", "type", "dateCreated", "dateUpdated", "statusCode"}
_LIST_PARAMETERS = _CRITERIA | {
    *("criteria", "cond", "value", "startKey", "limit", "dateType", "startDate", "endDate", "messageIds"),
}


def refusal(status: int, code: str, words: str) -> Answer:
    """Return an error as SOLAPI says it."""
    return as_json({"errorCode": code, "errorMessage": words}, status)


def listed(carrier: Carrier, account: Solapi, call: Call, found: re.Match[str]) -> Answer:
    """Answer GET /messages/v4/list; a parameter it doesn't know is an error."""
    strange = [name for name in call.query if name.partition("[")[0] not in _LIST_PARAMETERS]
    if strange:
        return refusal(400, "ValidationError", f"사용할 수 없는 파라미터입니다: {strange[0]}")
    try:
        tests = _conditions(call)
        limit = min(500, max(1, int(call.first("limit") or 20)))
    except ValueError:
        return refusal(400, "ValidationError", "검색 조건이 올바르지 않습니다.")
    listed = [parcel for parcel in carrier.of(account.name) if all(test(parcel) for test in tests)]
    if start := call.first("startKey"):
        ids = [parcel.id for parcel in listed]
        listed = listed[ids.index(start) :] if start in ids else []
    page, rest = listed[:limit], listed[limit:]
    return as_json(
        {
            "startKey": call.first("startKey") or None,
            "nextKey": rest[0].id if rest else None,
            "limit": limit,
            "messageList": {parcel.id: stored(account, parcel) for parcel in page},
        }
    )


def _conditions(call: Call) -> list[Callable[[Parcel], bool]]:
    """Return what a listed parcel must fulfil. Raises ValueError."""
    wanted = {name: call.first(name) for name in ("messageId", "groupId", "to", "from", "type", "statusCode")}
    tests = [_equal(name, value) for name, value in wanted.items() if value]
    ids = [value for name, values in call.query.items() if name.startswith("messageIds") for value in values]
    if ids:
        tests.append(lambda parcel: parcel.id in ids)
    if start := call.first("startDate"):
        tests.append(_compared("dateCreated", "gte", start))
    if end := call.first("endDate"):
        tests.append(_compared("dateCreated", "lte", end))
    names, conditions, values = (call.first(name) for name in ("criteria", "cond", "value"))
    if names:
        rows = zip(names.split(","), conditions.split(","), values.split(","), strict=True)
        for name, condition, value in rows:
            if name not in _CRITERIA:
                raise ValueError(name)
            tests.append(_compared(name, condition, value))
    return tests


def _equal(name: str, value: str) -> Callable[[Parcel], bool]:
    return lambda parcel: _field(parcel, name) == value


def _compared(name: str, condition: str, value: str) -> Callable[[Parcel], bool]:
    if name in ("dateCreated", "dateUpdated"):
        at = moment(value)
        return {
            "gt": lambda parcel: parcel.at > at,
            "gte": lambda parcel: parcel.at >= at,
            "lt": lambda parcel: parcel.at < at,
            "lte": lambda parcel: parcel.at <= at,
        }[condition]
    if condition == "ne":
        return lambda parcel: _field(parcel, name) != value
    if condition != "eq":
        raise ValueError(condition)
    return _equal(name, value)


def _field(parcel: Parcel, name: str) -> str:
    return {
        "messageId": parcel.id,
        "groupId": parcel.group,
        "to": parcel.to,
        "from": parcel.sender,
        "type": parcel.form,
        "statusCode": parcel.code or "2000",
    }[name]


def stored(account: Solapi, parcel: Parcel) -> dict[str, Any]:
    """Return a message as the list shows it."""
    return {
        "messageId": parcel.id,
        "groupId": parcel.group,
        "accountId": account.key,
        "type": parcel.form,
        "to": parcel.to,
        "from": parcel.sender,
        "subject": parcel.subject or None,
        "text": parcel.text,
        "imageId": parcel.photos[0] if parcel.photos else None,
        "country": "82",
        "status": "COMPLETE" if parcel.code else "PENDING",
        "statusCode": parcel.code or "2000",
        "reason": WORDS.get(parcel.code or "2000"),
        "networkName": "ETC",
        "customFields": parcel.custom,
        "replacement": False,
        "dateCreated": iso(parcel.at),
        "dateUpdated": iso(parcel.ended_at or parcel.at),
        "dateProcessed": iso(parcel.at),
        "dateReported": iso(parcel.ended_at) if parcel.code else None,
        "dateReceived": iso(parcel.ended_at) if parcel.code == "4000" else None,
    }


def moment(value: str) -> float:
    """Return the unix seconds of an ISO 8601 moment; without an offset it is UTC. Raises ValueError."""
    at = datetime.fromisoformat(value)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def iso(at: float) -> str:
    """Return a moment as SOLAPI writes it: ISO 8601 with milliseconds, in UTC."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
