"""체험 휴대폰: a real HTTP provider whose customers' phone is a page of the demo shop.

POST {url}/messages {key,to,text,at} → 200 {"id": …}; GET {url}/messages?key= → 200 {"id": …}, or 404,
which says with authority that the key never arrived. Header X-Demo-Secret.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlsplit

from app.kit import net
from app.messages import retries
from app.messages.contract import (
    Absent,
    Accepted,
    Account,
    Asked,
    Capabilities,
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

KEY = "demo_phone"
LABEL = "체험 휴대폰"
# Its letters are handed over one by one; so many are begun together. Whatever is cut off can be asked for.
CAPABILITIES = Capabilities(transmits=True, max_batch=25, can_find=True, is_demo=True)


def send(batch: Sequence[Letter], wire: Wire, latest_start: float | None) -> list[Outcome]:
    """Hand each letter over; see `_judged` for what an answer means."""
    return [_send_one(letter, wire, latest_start) for letter in batch]


def find(asked: Sequence[Asked], wire: Wire) -> list[Lookup]:
    """Look each key up."""
    return [_find_one(one.key, wire) for one in asked]


def parse_report(headers: Mapping[str, str], body: bytes, account: Account | None = None) -> list[Report]:
    """Raise ValueError: a page shows what it got, that is all."""
    raise ValueError("the demo phone has no delivery reports")


def _send_one(letter: Letter, wire: Wire, latest_start: float | None) -> Outcome:
    if latest_start is not None and net.boot_clock() > latest_start:
        return Rejected("those before it took too long", is_try=False)
    body = json.dumps(
        {"key": letter.key, "to": letter.to, "text": letter.text, "at": letter.at.isoformat()}
    ).encode()
    try:
        reply = _call("POST", f"{wire.demo_phone_url}/messages", wire, body, latest_start)
    except net.NotSent as fault:
        return Rejected(str(fault), transport=True)
    except net.Unsure as fault:
        return Unknown(str(fault))
    return _judged(reply)


def _judged(reply: net.Reply) -> Outcome:
    """Tell what an answer says. Only a clear no is a no: a 500 may come after accepting."""
    if reply.status == 200:
        provider_id = _id_in(reply.body)
        return Accepted(provider_id) if provider_id else Unknown("the answer makes no sense")
    if reply.status == 429:
        return Rejected(
            "too many requests", retry_after_s=retries.pause_asked(reply.headers.get("retry-after")) or 1.0
        )
    if reply.status in (401, 403):
        return Rejected("the gateway does not know us", retry_after_s=60.0)
    if 400 <= reply.status < 500 and reply.status != 408:
        return Rejected(f"refused with status {reply.status}", permanent=True)
    return Unknown(f"status {reply.status}")


def _find_one(key: str, wire: Wire) -> Lookup:
    try:
        reply = _call("GET", f"{wire.demo_phone_url}/messages?key={quote(key)}", wire, None, None)
    except (net.NotSent, net.Unsure):
        return NoAnswer()
    if reply.status == 404 and _says_absent(reply.body):
        return Absent()
    provider_id = _id_in(reply.body) if reply.status == 200 else ""
    return Found(provider_id) if provider_id else NoAnswer()


def _call(method: str, url: str, wire: Wire, body: bytes | None, latest_start: float | None) -> net.Reply:
    parts = urlsplit(wire.demo_phone_url)
    return net.call(
        method,
        url,
        headers={"Content-Type": "application/json", "X-Demo-Secret": wire.demo_phone_secret},
        body=body,
        deadline_s=retries.CALL_DEADLINE_S,
        trusted=frozenset({f"{parts.scheme}://{parts.netloc}"}),  # the one origin the settings name
        latest_start=latest_start,
        ca_file=wire.ca_file,
    )


def _answer(body: bytes) -> dict[str, object]:
    try:
        answer = json.loads(body)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _id_in(body: bytes) -> str:
    found = _answer(body).get("id")
    return found if isinstance(found, str) else ""


def _says_absent(body: bytes) -> bool:
    """A bare 404 may come from a proxy in between; only the gateway's own words are authority."""
    return _answer(body).get("absent") is True
