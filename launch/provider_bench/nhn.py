"""NHN Cloud's doors for SMS (API v3.0), as documented on docs.nhncloud.com and github.com/TOAST-DOCS/SMS.

Documented: addresses, X-Secret-Key, result codes, the ad addresses and what an ad must say, what a list needs
(requestId, or a start and end of at most a month), pictures, the 080 list, sender numbers. Errors come with status
200 and `header.isSuccessful: false`. There is no idempotency key for SMS: the same call twice is two messages.
Inferred: a wrong secret is 401 with an unsuccessful header (the SMS page has no code for it); a text of more than
90 (2,000) bytes but at most 255 (4,000) letters is taken and arrives cut; an ad in the hours that the console
closes ends as FAILED_AD with code E919. AlimTalk is in nhn_talk.py.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from launch.provider_bench import nhn_list
from launch.provider_bench.accounts import Nhn
from launch.provider_bench.calls import Answer, Call, NotJson, text_of
from launch.provider_bench.carrier import Carrier, Parcel
from launch.provider_bench.lengths import LONG_BYTES, SMS_BYTES, bytes_of, cut
from launch.provider_bench.nhn_list import failure, success

MOST_RECIPIENTS = 1_000
_SEOUL = ZoneInfo("Asia/Seoul")
_LETTERS = {"SMS": 255, "LMS": 4_000, "MMS": 4_000}
_ENDS = {"": "1000", "gone": "3003", "off": "2003", "refuses": "3006"}
_GUIDE = re.compile(r"무료\s*(?:수신\s*)?거부\s*\]?\s*(080[\d-]{7,})\s*$")


def answer(carrier: Carrier, call: Call) -> Answer:
    """Answer a call to one of the SMS addresses."""
    found = re.fullmatch(r"/sms/v3\.0/appKeys/(?P<app>[^/]+)(?P<rest>/.+)", call.path)
    account = next((one for one in carrier.accounts.nhn if found and one.sms_key == found["app"]), None)
    if found is None or account is None:
        return failure(-1000, "Invalid appKey.")
    if call.headers.get("x-secret-key") != account.sms_secret:
        return failure(-1001, "Invalid secretKey.", status=401)
    for method, pattern, door in _DOORS:
        if call.method == method and (rest := re.fullmatch(pattern, found["rest"])):
            try:
                with carrier.lock:
                    return door(carrier, account, call, rest)
            except NotJson:
                return failure(-9997, "Invalid API parameters.")
    return failure(-9998, "Not exist API.")


def end_code(carrier: Carrier, parcel: Parcel) -> str:
    """Return what becomes of a parcel, in NHN's codes for a phone's text."""
    account = next((one for one in carrier.accounts.nhn if one.name == parcel.account), None)
    if parcel.is_ad and account is not None and account.ad_minutes is not None:
        at = datetime.fromtimestamp(parcel.at, UTC).astimezone(_SEOUL)
        first, last = account.ad_minutes
        if not first <= at.hour * 60 + at.minute < last:
            return "E919"
    return _ENDS.get(carrier.fate(parcel.to), "1000")


def _send(carrier: Carrier, account: Nhn, call: Call, rest: re.Match[str]) -> Answer:
    content = call.json()
    is_ad, form = bool(rest["ad"]), "SMS" if rest["form"] == "sms" else "LMS"
    photos = content.get("attachFileIdList")
    named = [str(one) for one in photos] if isinstance(photos, list) else []
    if form == "LMS" and named:
        form = "MMS"
    wrong = _objection(carrier, account, content, form, is_ad=is_ad, photos=named)
    if wrong is not None:
        return wrong
    request = carrier.new_id("20")
    taken, results = [], []
    for seq, one in enumerate(content["recipientList"], 1):
        parcel = _parcel(carrier, account, content, one, request, seq, form, is_ad=is_ad, photos=named)
        code, words = _recipient_objection(carrier, account, parcel)
        results.append(
            {
                "recipientNo": parcel.to,
                "resultCode": code,
                "resultMessage": words,
                "recipientSeq": seq,
                "recipientGroupingKey": parcel.key or None,
            }
        )
        if code == 0:
            taken.append(parcel)
    carrier.take(taken)
    data = {
        "requestId": request,
        "statusCode": "2" if taken else "3",
        "senderGroupingKey": text_of(content, "senderGroupingKey") or None,
        "sendResultList": results,
    }
    return success({"body": {"data": data}})


def _parcel(
    carrier: Carrier,
    account: Nhn,
    content: Mapping[str, Any],
    recipient: Mapping[str, Any],
    request: str,
    seq: int,
    form: str,
    *,
    is_ad: bool,
    photos: list[str],
) -> Parcel:
    to = text_of(recipient, "recipientNo") or text_of(recipient, "internationalRecipientNo")
    key = text_of(recipient, "recipientGroupingKey")
    return Parcel(
        id=f"{request}-{seq}",
        provider="nhn_sms",
        account=account.name,
        group=request,
        seq=seq,
        key=key,
        form=form,
        to=re.sub(r"^\+?82(?=1)", "0", to.replace("-", "")),
        sender=text_of(content, "sendNo").replace("-", ""),
        subject=text_of(content, "title"),
        text=cut(text_of(content, "body"), SMS_BYTES if form == "SMS" else LONG_BYTES),
        is_ad=is_ad,
        photos=photos,
        custom={"senderGroupingKey": text_of(content, "senderGroupingKey")},
        at=carrier.clock(),
    )


def _objection(
    carrier: Carrier, account: Nhn, content: Mapping[str, Any], form: str, *, is_ad: bool, photos: list[str]
) -> Answer | None:
    """Return what is wrong with a whole call, None for nothing."""
    recipients, body, title = (
        content.get("recipientList"),
        text_of(content, "body"),
        text_of(content, "title"),
    )
    if not isinstance(recipients, list) or not recipients:
        return failure(-2001, "RecipientList can not be null.")
    if not all(isinstance(one, dict) for one in recipients):
        return failure(-9997, "Invalid API parameters.")
    if len(recipients) > MOST_RECIPIENTS:
        return failure(-2016, "The max recipient size is 1000.")
    if not body or (form != "SMS" and not title):
        return failure(-2014, "The recipient can not be empty.")
    if len(body) > _LETTERS[form] or len(title) > 120:
        return failure(-2015, "Title or Body exceed maximum byte.")
    if bytes_of(body) is None or bytes_of(title) is None:
        return failure(-2023, "Unacceptable characters in title and body.")
    if text_of(content, "sendNo").replace("-", "") not in account.senders:
        return failure(-2312, "Not regist sendno.")
    if len(photos) > 3 or any(carrier.file(name) is None for name in photos):
        return failure(-2004, "File is expired or does not exist.")
    return _ad_objection(account, body) if is_ad else None


def _ad_objection(account: Nhn, body: str) -> Answer | None:
    if not account.unsubscribe_no:
        return failure(-6000, "Block service is not joined.")
    guide = _GUIDE.search(body.strip())
    if not body.startswith("(광고)") or guide is None:
        return failure(-6003, "The body must contain block guide ment.")
    if guide.group(1).replace("-", "") != account.unsubscribe_no:
        return failure(-6004, "This is not a joined unsubscribeNo.")
    return None


def _recipient_objection(carrier: Carrier, account: Nhn, parcel: Parcel) -> tuple[int, str]:
    if not parcel.to:
        return -2018, "RecipientNo can not be empty."
    if not parcel.to.isdecimal() or not 8 <= len(parcel.to) <= 11:
        return -2019, "RecipientNo is invalid."
    if parcel.is_ad and (account.unsubscribe_no, parcel.to) in carrier.opt_outs:
        return -6001, "Recipient Number is refused."
    if carrier.turns_away(parcel):
        return -2021, "System error. Failed insert queue."
    return 0, "SUCCESS"


def _keep_file(carrier: Carrier, account: Nhn, call: Call, rest: re.Match[str]) -> Answer:
    """Take a picture: base64, .jpg or .jpeg, at most 300 KB."""
    content = call.json()
    if not re.search(r"\.jpe?g$", text_of(content, "fileName"), re.IGNORECASE):
        return failure(-2003, "Attach file required jpg or jpeg.")
    try:
        file = base64.b64decode(text_of(content, "fileBody"), validate=True)
    except binascii.Error:
        return failure(-2009, "Upload attach file error.")
    if not 0 < len(file) <= 300 * 1024:
        return failure(-2005, "The file size must be greater than 0 and less than 300KB.")
    file_id = int(carrier.new_id("")[-12:])
    carrier.keep_file(str(file_id), file)
    name = text_of(content, "fileName")
    return success({"body": {"data": {"fileId": file_id, "fileName": name, "filePath": f"0/{file_id}"}}})


def _opt_outs(carrier: Carrier, account: Nhn, call: Call, rest: re.Match[str]) -> Answer:
    """List who refused by the 080 number."""
    start, end = (nhn_list.moment(call.first(name)) for name in ("startRequestDate", "endRequestDate"))
    rows = [
        {"unsubscribeNo": number, "recipientNo": who, "requestDate": nhn_list.written(at)}
        for (number, who), at in sorted(carrier.opt_outs.items(), key=lambda row: row[1])
        if number == account.unsubscribe_no
        and call.first("recipientNo") in ("", who)
        and (start is None or at >= start)
        and (end is None or at <= end)
    ]
    return nhn_list.page(call, rows)


def _sender_numbers(carrier: Carrier, account: Nhn, call: Call, rest: re.Match[str]) -> Answer:
    rows = [{"sendNo": number, "useYn": "Y", "blockYn": "N"} for number in sorted(account.senders)]
    return nhn_list.page(call, rows)


Door = Callable[[Carrier, Nhn, Call, re.Match[str]], Answer]
_DOORS: list[tuple[str, str, Door]] = [
    ("POST", r"/sender/(?P<ad>ad-)?(?P<form>sms|mms)", _send),
    ("GET", r"/sender/(?P<form>sms|mms)", nhn_list.listed),
    ("GET", r"/sender/(?P<form>sms|mms)/(?P<request>[^/]+)", nhn_list.one),
    ("GET", r"/message-results", nhn_list.results),
    ("POST", r"/attachfile/binaryUpload", _keep_file),
    ("GET", r"/blockservice/recipients", _opt_outs),
    ("GET", r"/sendNos", _sender_numbers),
]
