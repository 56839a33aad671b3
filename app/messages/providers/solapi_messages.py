"""Messages at SOLAPI: handing over, looking up, reading delivery reports.

Documented (developers.solapi.com, the API's own status list, the official SDKs 5.x): POST
/messages/v4/send-many/detail with messages[], allowDuplicates, showMessageList; failedMessageList and messageList
with statusCode and customFields; customFields (name ≤ 30, value ≤ 100 characters) kept with a message and given
back in lists and reports; GET /messages/v4/list by `to`, `startDate`, `startKey` with `nextKey` null at the end;
2000 taken, 3000 at the carrier, 4000 done, 1xxx refused at the door, other 2xxx and 3xxx failed later; POST
/storage/v1/files {file: base64, type: MMS}, at most 200 KB; a report is a JSON array with the header
X-SOLAPI-EVENT-NAME: SINGLE-REPORT, repeated up to five times until it is answered with 200.
Seen in public integrations only: that X-SOLAPI-SECRET is the SHA-1 of the secret; we take the secret itself too.
Inferred: that a list knows what was taken a few seconds before, and takes `limit` up to 100.

There is no idempotency key: only the look-up tells whether a message whose answer was lost went out.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.kit import net
from app.kit.phone import digits_of
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
from app.messages.providers import solapi_http as http

OUR_KEY = "mid"  # the custom field that holds our own key
PHOTO_BYTES = 200 * 1024
NO_MONEY_S = 15 * 60.0  # until the owner has paid in, or registered the number
_LOGIN_S = 60.0
_PAGE, _PAGES = 100, 20
_SKEW = timedelta(minutes=20)  # more than the 15 that a signature may be off

# What a code says of the account, and not of the message: that waits, and is not given up.
_ABOUT = {
    "1020": "keys",
    "1030": "balance", "2230": "balance",
    "1062": "sender", "2062": "sender", "3059": "sender", "3013": "sender",
    "1064": "blocked", "2063": "blocked", "2064": "blocked",
    "1041": "profile", "3101": "profile", "3106": "profile",
}  # fmt: skip
# Theirs broke before the message was taken.
_THEIRS = {"1024", "2024"}
# The number is nobody's, or none at all.
_NOBODY = {"3010", "3032"}
_ON_ITS_WAY = {"2000", "3000"}
# Of a message in a list: which one, and what became of it; neither its number nor its words.
_TOLD = ("statusCode", "customFields", "dateReported")
_DONE = "4000"


def addressed(letter: Letter, account: Account) -> dict[str, Any]:
    """Return what every message carries: from whom, to whom, our own key."""
    return {"to": digits_of(letter.to), "from": account.sender, "customFields": {OUR_KEY: letter.key}}


def write_and_hand_over(
    account: Account,
    letters: Sequence[Letter],
    write: Callable[[Letter], dict[str, Any] | Outcome],
    wire: Wire,
    latest_start: float | None,
) -> list[Outcome]:
    """Hand letters over in one call, those of them that `write` can put as SOLAPI wants them; else it says why not."""
    written = [write(letter) for letter in letters]
    rows = [row for row in written if isinstance(row, dict)]
    going = [letter for letter, row in zip(letters, written, strict=True) if isinstance(row, dict)]
    taken = iter(hand_over(account, going, rows, wire, latest_start) if going else ())
    return [next(taken) if isinstance(row, dict) else row for row in written]


def hand_over(
    account: Account,
    letters: Sequence[Letter],
    messages: Sequence[Any],
    wire: Wire,
    latest_start: float | None,
) -> list[Outcome]:
    """Hand messages over in one call; one outcome for each letter, in order. Only a clear no is a no.

    A whole call refused with 400 took nothing in; each is then tried alone, so that one bad message costs the
    others nothing.
    """
    body = {"messages": list(messages), "allowDuplicates": True, "showMessageList": True}
    try:
        reply = http.call(
            account,
            "POST",
            "/messages/v4/send-many/detail",
            wire=wire,
            body=body,
            latest_start=latest_start,
        )
    except net.NotSent as fault:
        return [Rejected(str(fault), transport=True) for _ in letters]
    except net.Unsure as fault:
        return [Unknown(str(fault)) for _ in letters]
    if reply.status == 200:
        return _each(http.read(reply), letters)
    if reply.status == 400 and len(letters) > 1 and http.trouble(reply) != "balance":
        return [
            hand_over(account, [letter], [message], wire, latest_start)[0]
            for letter, message in zip(letters, messages, strict=True)
        ]
    return [_refused(reply) for _ in letters]


def _refused(reply: net.Reply) -> Outcome:
    """Tell what a refusal of a whole call says."""
    detail = f"status {reply.status} {http.error_code(reply)}".strip()
    if reply.status in (401, 403):
        return Rejected(detail, retry_after_s=_LOGIN_S, is_try=False, account=said(http.LABEL, "keys"))
    if http.trouble(reply) == "balance":
        return Rejected(detail, retry_after_s=NO_MONEY_S, is_try=False, account=said(http.LABEL, "balance"))
    if reply.status == 429:
        return Rejected(detail, retry_after_s=retries.pause_asked(reply.headers.get("retry-after")) or 5.0)
    if 400 <= reply.status < 500 and reply.status != 408:
        return Rejected(detail, permanent=True)
    return Unknown(detail)


def _each(answer: Any, letters: Sequence[Letter]) -> list[Outcome]:
    """Tell what an answer says of each letter; of one that it does not name nobody knows anything."""
    if not isinstance(answer, dict):
        return [Unknown("the answer makes no sense") for _ in letters]
    rows = [*_rows(answer.get("messageList")), *_rows(answer.get("failedMessageList"))]
    known = {key: row for row in rows if (key := _key_of(row))}
    return [_of_row(known[letter.key]) if letter.key in known else _unnamed(answer) for letter in letters]


def _unnamed(answer: dict[str, Any]) -> Outcome:
    return Unknown("the answer does not name it" if answer else "the answer is empty")


def _of_row(row: dict[str, Any]) -> Outcome:
    code = str(row.get("statusCode", ""))
    if code in _ON_ITS_WAY or code == _DONE:
        return Accepted(_text(row.get("messageId"))[:80])
    if code in _ABOUT:
        return Rejected(code, retry_after_s=NO_MONEY_S, is_try=False, account=said(http.LABEL, _ABOUT[code]))
    if code in _THEIRS:
        return Rejected(code)
    if not code.isdigit():
        return Unknown("the answer has no status")
    return Rejected(code, permanent=True, dead_address=code in _NOBODY)


def look_up(asked: Sequence[Asked], wire: Wire) -> list[Lookup]:
    """Look messages up by the number they went to, and by our own key among those."""
    return [_look_up_one(one, wire) for one in asked]


def _look_up_one(one: Asked, wire: Wire) -> Lookup:
    if one.account is None or not one.to:
        return NoAnswer()
    query = {"to": digits_of(one.to), "startDate": _iso(one.at - _SKEW), "limit": str(_PAGE)}
    turned_away: Report | None = None
    for _ in range(_PAGES):
        try:
            reply = http.call(one.account, "GET", "/messages/v4/list", wire=wire, query=query)
        except (net.NotSent, net.Unsure):
            return NoAnswer()
        answer = http.read(reply) if reply.status == 200 else None
        page = answer.get("messageList") if isinstance(answer, dict) else None
        if not isinstance(page, dict):
            return NoAnswer()
        for message_id, row in page.items():
            if not isinstance(row, dict) or _key_of(row) != one.key:
                continue
            told = {name: row[name] for name in _TOLD if name in row}
            report = _report({**told, "messageId": str(message_id)})
            # An earlier try of ours may stand there too, turned away: one that went out is enough.
            if _went(str(row.get("statusCode", ""))):
                return Found(str(message_id)[:80], report)
            turned_away = report
        following = answer.get("nextKey") if isinstance(answer, dict) else None
        if not following:
            return Absent(turned_away)
        query["startKey"] = str(following)
    return NoAnswer()


def _went(code: str) -> bool:
    """What was turned away, at the door or inside the house, went to no carrier, whatever list it stands in."""
    return code in _ON_ITS_WAY or not code.isdigit() or code[:1] not in ("1", "2")


def upload(account: Account, photo: bytes, wire: Wire, latest_start: float | None) -> str | Outcome:
    """Lay a picture (JPEG) ready for a message; returns its id, or why there is none. Nothing went out yet."""
    if len(photo) > PHOTO_BYTES:
        return Rejected("the picture is larger than 200 KB", permanent=True)
    body = {"file": base64.b64encode(photo).decode(), "name": "photo.jpg", "type": "MMS"}
    try:
        reply = http.call(
            account, "POST", "/storage/v1/files", wire=wire, body=body, latest_start=latest_start
        )
    except (net.NotSent, net.Unsure) as fault:
        return Rejected(str(fault), transport=True)
    answer = http.read(reply) if reply.status == 200 else None
    file_id = _text(answer.get("fileId")) if isinstance(answer, dict) else ""
    if file_id:
        return file_id
    refused = _refused(reply)
    # A picture nobody knows the fate of is no message: it is simply laid ready again.
    return refused if isinstance(refused, Rejected) else Rejected("the picture was not taken")


def reports(headers: Mapping[str, str], body: bytes, account: Account | None) -> list[Report]:
    """Read delivery reports. Raises ValueError when they are not SOLAPI's, or not authentic.

    A status on its way is no report: what is told by it is known already.
    """
    named = {name.lower(): value for name, value in headers.items()}
    secret = account.keys.get("hook", "") if account is not None else ""
    given = named.get("x-solapi-secret", "")
    digest = hashlib.sha1(secret.encode(), usedforsecurity=False).hexdigest()
    # Both are compared, so that the time does not tell which one it is.
    as_digest, as_itself = same(given.lower(), digest), same(given, secret)
    if not secret or not (as_digest or as_itself):
        raise ValueError("not authentic")
    try:
        events = json.loads(body)
    except ValueError:
        raise ValueError("not JSON") from None
    if not isinstance(events, list):
        raise ValueError("not a list of events")
    if named.get("x-solapi-event-name", "SINGLE-REPORT") != "SINGLE-REPORT":
        return []
    return [report for event in _rows(events) if (report := _report(event)) is not None]


def _report(event: dict[str, Any]) -> Report | None:
    wrapped = event.get("data")
    row = wrapped if isinstance(wrapped, dict) else event  # both forms are seen
    code, key = str(row.get("statusCode", "")), _key_of(row)
    if not key or not code.isdigit() or code in _ON_ITS_WAY:
        return None
    event_id = _text(event.get("eventDataId")) or f"{_text(row.get('messageId'))}:{code}"
    return Report(
        event_id[:80],
        key,
        code == _DONE,
        code,
        dead_address=code in _NOBODY,
        raw=json.dumps(event, ensure_ascii=False),
    )


def _key_of(row: dict[str, Any]) -> str:
    fields = row.get("customFields")
    return _text(fields.get(OUR_KEY)) if isinstance(fields, dict) else ""


def _rows(value: Any) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
