"""Brings what became of a parcel to its sender: reports and opt-outs, posted to the hook of the account.

Documented: SOLAPI posts an array with X-SOLAPI-EVENT-NAME and X-SOLAPI-SECRET and calls five times in all until it
gets a 200; NHN posts hooksId, event and hooks with X-Toast-Webhook-Signature. That SOLAPI's header carries the
SHA-1 of the secret, in hex, is how several public receivers read it (no page of SOLAPI's own was found); the pause
between the calls, and that NHN calls again in the same way, are inferred.
"""

from __future__ import annotations

import hashlib
import heapq
import itertools
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from launch.provider_bench import nhn, nhn_talk, solapi
from launch.provider_bench.accounts import Hook
from launch.provider_bench.carrier import Carrier, Parcel

MOST_CALLS = 5
_END_CODE = {"solapi": solapi.end_code, "nhn_sms": nhn.end_code, "nhn_talk": nhn_talk.end_code}


@dataclass(frozen=True, slots=True)
class Note:
    """One post to a hook. `tries` were made before it."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    due: float
    tries: int = 0


@dataclass(order=True, slots=True)
class _Job:
    due: float
    number: int
    work: Parcel | Note = field(compare=False)


Post = Callable[[str, Mapping[str, str], bytes], int]


class Postman:
    """Ends parcels when their time has come and posts notes, again and again where nobody says 200.

    `mangle` may change what is posted: the tests' delayed, doubled, disordered and forged reports.
    """

    def __init__(
        self, carrier: Carrier, post: Post | None = None, *, report_after_s: float = 1.0, pause_s: float = 5.0
    ) -> None:
        self.carrier = carrier
        self.report_after_s = report_after_s
        self.pause_s = pause_s
        self.mangle: Callable[[list[Note]], list[Note]] = lambda notes: notes
        self._post = post or _posted
        self._jobs: list[_Job] = []
        self._numbers = itertools.count(1)
        self._changed = threading.Condition()
        self._stopped = False
        carrier.on_taken = self._expect
        self._expect([parcel for parcel in carrier.parcels.values() if not parcel.code])

    def unsubscribe(self, number: str, who: str) -> None:
        """Let somebody call a free number: kept, and told to NHN accounts with that 080 number."""
        self.carrier.opt_out(number, who)
        now = self.carrier.clock()
        for account in self.carrier.accounts.nhn:
            if account.unsubscribe_no != number or not account.sms_hook.url:
                continue
            hook = {
                "hookId": self.carrier.new_id("hook"),
                "recipientNo": who,
                "unsubscribeNo": number,
                "enterpriseName": "단골 벤치",
                "createdDateTime": _with_offset(now),
            }
            self._notes([_nhn_note(account.sms_hook, "SMS", account.sms_key, "UNSUBSCRIBE", hook, now, self)])

    def work(self) -> int:
        """Do everything whose time has come; returns how much it was."""
        done = 0
        while (job := self._next_due()) is not None:
            if isinstance(job.work, Parcel):
                self._end(job.work)
            else:
                self._deliver(job.work)
            done += 1
        return done

    def run(self) -> None:
        """Work until `stop` is called."""
        while not self._stopped:
            self.work()
            with self._changed:
                wait = self._jobs[0].due - self.carrier.clock() if self._jobs else 1.0
                self._changed.wait(min(1.0, max(0.01, wait)))

    def stop(self) -> None:
        """Let `run` return."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def hook_of(self, parcel: Parcel) -> Hook:
        """Return where reports of a parcel go."""
        for account in self.carrier.accounts.solapi:
            if account.name == parcel.account:
                return account.hook
        for other in self.carrier.accounts.nhn:
            if other.name == parcel.account:
                return other.talk_hook if parcel.provider == "nhn_talk" else other.sms_hook
        return Hook()

    def note_for(self, parcel: Parcel, code: str, hook: Hook | None = None) -> Note:
        """Return the report that says `code` of a parcel."""
        hook = hook or self.hook_of(parcel)
        event, now = self.carrier.new_id("event"), self.carrier.clock()
        if parcel.provider == "solapi":
            body = solapi.report_body(parcel, code=code, event=event, tries=0)
            headers = {
                "X-SOLAPI-EVENT-NAME": "SINGLE-REPORT",
                "X-SOLAPI-SECRET": hashlib.sha1(hook.secret.encode(), usedforsecurity=False).hexdigest(),
            }
            return _note(hook, headers, body, now)
        account = next(one for one in self.carrier.accounts.nhn if one.name == parcel.account)
        told = {
            "hookId": event,
            "requestId": parcel.group,
            "recipientSeq": parcel.seq,
            "requestDate": _local(parcel.at),
            "receiveDate": _local(parcel.ended_at or now),
            "recipientNo": parcel.to,
            "resultCode": code,
            "recipientGroupingKey": parcel.key,
            "senderGroupingKey": parcel.custom.get("senderGroupingKey", ""),
        }
        if parcel.provider == "nhn_talk":
            told |= {"kakaoMessageType": "ALIMTALK_NORMAL", "createDate": _local(parcel.at)}
            name, app = "KakaoTalk Bizmessage", account.talk_key
        else:
            status = "COMPLETED" if code == "1000" else "FAILED_AD" if code == "E919" else "FAILED"
            kind = f"{'AD' if parcel.is_ad else 'NORMAL'}_{'SMS' if parcel.form == 'SMS' else 'MMS'}"
            told |= {"senderType": kind, "sendNo": parcel.sender, "messageStatus": status}
            name, app = "SMS", account.sms_key
        return _nhn_note(hook, name, app, "MESSAGE_RESULT_UPDATE", told, now, self)

    def _expect(self, parcels: Any) -> None:
        due = self.carrier.clock() + self.report_after_s
        for parcel in parcels:
            self._add(due, parcel)

    def _notes(self, notes: list[Note]) -> None:
        for note in self.mangle(notes):
            self._add(note.due, note)

    def _add(self, due: float, work: Parcel | Note) -> None:
        with self._changed:
            heapq.heappush(self._jobs, _Job(due, next(self._numbers), work))
            self._changed.notify_all()

    def _next_due(self) -> _Job | None:
        with self._changed:
            if not self._jobs or self._jobs[0].due > self.carrier.clock():
                return None
            return heapq.heappop(self._jobs)

    def _end(self, parcel: Parcel) -> None:
        self.carrier.end(parcel, _END_CODE[parcel.provider](self.carrier, parcel))
        if self.hook_of(parcel).url:
            self._notes([self.note_for(parcel, parcel.code)])

    def _deliver(self, note: Note) -> None:
        body = note.body
        if note.tries and b'"retryCount": 0' in body:
            body = body.replace(b'"retryCount": 0', f'"retryCount": {note.tries}'.encode())
        if self._post(note.url, note.headers, body) == 200 or note.tries + 1 >= MOST_CALLS:
            return
        later = self.carrier.clock() + self.pause_s
        self._add(later, replace(note, due=later, tries=note.tries + 1))


def _note(hook: Hook, headers: Mapping[str, str], content: Any, due: float) -> Note:
    body = json.dumps(content, ensure_ascii=False).encode()
    return Note(hook.url, {"Content-Type": "application/json", **headers}, body, due)


def _nhn_note(
    hook: Hook, product: str, app: str, event: str, told: dict[str, Any], now: float, postman: Postman
) -> Note:
    content = {
        "hooksId": postman.carrier.new_id("hooks"),
        "webhookConfigId": "bench",
        "productName": product,
        "appKey": app,
        "event": event,
        "hooks": [told],
    }
    return _note(hook, {"X-Toast-Webhook-Signature": hook.secret}, content, now)


def _posted(url: str, headers: Mapping[str, str], body: bytes) -> int:
    """Post a note; returns the status, 0 when nobody answered."""
    call = urllib.request.Request(url, data=body, headers=dict(headers), method="POST")
    try:
        with urllib.request.urlopen(call, timeout=10) as answered:
            return int(answered.status)
    except urllib.error.HTTPError as refused:
        return refused.code
    except (OSError, ValueError):
        return 0


def _local(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo('Asia/Seoul')):%Y-%m-%dT%H:%M:%S}"


def _with_offset(at: float) -> str:
    moment = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo("Asia/Seoul"))
    return moment.isoformat(timespec="milliseconds")
