"""NHN Cloud's doors for AlimTalk (KakaoTalk Bizmessage API v2.3), as documented on docs.nhncloud.com.

Documented: addresses, the idempotency key (X-NC-API-IDEMPOTENCY-KEY: the same one within 10 minutes fails, code
-1005), codes, the four states of a template (TSC01–04), lists. Inferred: that a refused key is used up as well,
and that a template is handed to the inspectors when it is registered (there is no address for asking).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from launch.provider_bench import nhn_list
from launch.provider_bench.accounts import Nhn
from launch.provider_bench.calls import Answer, Call, NotJson, text_of
from launch.provider_bench.carrier import Carrier, Parcel
from launch.provider_bench.inspection import CATEGORIES, TalkTemplate
from launch.provider_bench.nhn_list import failure, success

MOST_RECIPIENTS = 1_000
SAME_KEY_S = 10 * 60
_STATES = {"written": "TSC01", "asked": "TSC02", "approved": "TSC03", "refused": "TSC04"}
_NO_TALK = "3019"  # 메시지를 발송할 수 없음: 카카오톡 유저가 아님


def answer(carrier: Carrier, call: Call) -> Answer:
    """Answer a call to one of the AlimTalk addresses."""
    found = re.fullmatch(r"/alimtalk/v2\.3/appkeys/(?P<app>[^/]+)(?P<rest>/.+)", call.path)
    account = next((one for one in carrier.accounts.nhn if found and one.talk_key == found["app"]), None)
    if found is None or account is None:
        return failure(-1000, "Invalid appKey.")
    if call.headers.get("x-secret-key") != account.talk_secret:
        return failure(-1001, "Invalid secretKey.")
    for method, pattern, door in _DOORS:
        if call.method == method and (rest := re.fullmatch(pattern, found["rest"])):
            try:
                with carrier.lock:
                    return door(carrier, account, call, rest)
            except NotJson:
                return failure(-3002, "Field is not valid.")
    return failure(-9998, "Not exist API")


def end_code(carrier: Carrier, parcel: Parcel) -> str:
    """Return what becomes of a parcel, in NHN's codes for KakaoTalk."""
    return _NO_TALK if carrier.fate(parcel.to) in ("no_talk", "gone") else "1000"


def _send(carrier: Carrier, account: Nhn, call: Call, rest: re.Match[str]) -> Answer:
    once = call.headers.get("x-nc-api-idempotency-key", "")
    if once and not carrier.use_once(f"talk:{account.talk_key}:{once}", SAME_KEY_S):
        return failure(-1005, "The same 'X-NC-API-IDEMPOTENCY-KEY' was used within the last 10 minute.")
    content = call.json()
    recipients = content.get("recipientList")
    if (
        not isinstance(recipients, list)
        or not recipients
        or not all(isinstance(one, dict) for one in recipients)
    ):
        return failure(-2002, "The 'recipientList' must not be null.")
    if len(recipients) > MOST_RECIPIENTS:
        return failure(-2004, f"The 'recipientList' must be between 1 and {MOST_RECIPIENTS}.")
    if text_of(content, "senderKey") not in account.profiles:
        return failure(-2017, "Not exist plus friend.")
    template = carrier.inspection.find(account.name, text_of(content, "templateCode"))
    if template is None or template.profile != content["senderKey"]:
        return failure(-3003, "Template does not exist.")
    if template.state != "approved":
        return failure(-3005, "Please check template status.")
    request = carrier.new_id("20")
    taken, results = [], []
    for seq, one in enumerate(recipients, 1):
        parcel = _parcel(carrier, account, content, one, template, request, seq)
        code, words = _recipient_objection(carrier, parcel)
        results.append(
            {
                "recipientSeq": seq,
                "recipientNo": parcel.to,
                "resultCode": code,
                "resultMessage": words,
                "recipientGroupingKey": parcel.key or None,
            }
        )
        if code == 0:
            taken.append(parcel)
    carrier.take(taken)
    grouping = text_of(content, "senderGroupingKey") or None
    return success({"message": {"requestId": request, "senderGroupingKey": grouping, "sendResults": results}})


def _parcel(
    carrier: Carrier,
    account: Nhn,
    content: Mapping[str, Any],
    recipient: Mapping[str, Any],
    template: TalkTemplate,
    request: str,
    seq: int,
) -> Parcel:
    values = recipient.get("templateParameter")
    named = {str(key): str(value) for key, value in values.items()} if isinstance(values, dict) else {}
    return Parcel(
        id=f"{request}-{seq}",
        provider="nhn_talk",
        account=account.name,
        group=request,
        seq=seq,
        key=text_of(recipient, "recipientGroupingKey"),
        form="ATA",
        to=re.sub(r"^\+?82(?=1)", "0", text_of(recipient, "recipientNo").replace("-", "")),
        sender=text_of(content, "senderKey"),
        text=template.filled(named) or "",
        template=template.code,
        custom={"senderGroupingKey": text_of(content, "senderGroupingKey")},
        at=carrier.clock(),
    )


def _recipient_objection(carrier: Carrier, parcel: Parcel) -> tuple[int, str]:
    if not parcel.to.isdecimal() or not 8 <= len(parcel.to) <= 15:
        return -5000, "RecipientNo is invalid."
    if not parcel.text:
        return -3004, "Please check template parameter."
    if carrier.turns_away(parcel):
        return -9999, "System error. Please inquire at support@toast.com."
    return 0, "SUCCESS"


def _listed(carrier: Carrier, account: Nhn, call: Call, rest: re.Match[str]) -> Answer:
    bounds = nhn_list.asked_bounds(call)
    if isinstance(bounds, Answer):
        return failure(-4103, "RequestId or startRequestDate/endRequestDate is invalid.")
    rows = [
        _as_listed(parcel)
        for parcel in carrier.of(account.name, "nhn_talk")
        if nhn_list.fits(parcel, call, bounds) and call.first("senderKey") in ("", parcel.sender)
    ]
    part, _, _ = nhn_list.cut_out(call, rows)
    return success({"messageSearchResultResponse": {"messages": part, "totalCount": len(rows)}})


def _one(carrier: Carrier, account: Nhn, call: Call, rest: re.Match[str]) -> Answer:
    for parcel in carrier.of(account.name, "nhn_talk"):
        if parcel.group == rest["request"] and str(parcel.seq) == rest["seq"]:
            return success({"message": _as_listed(parcel)})
    return failure(-4016, "Not exist data.")


def _as_listed(parcel: Parcel) -> dict[str, Any]:
    status = "COMPLETED" if parcel.code in ("", "1000") else "FAILED"
    return {
        "requestId": parcel.group,
        "recipientSeq": parcel.seq,
        "plusFriendId": "@단골벤치",
        "senderKey": parcel.sender,
        "templateCode": parcel.template,
        "recipientNo": parcel.to,
        "content": parcel.text,
        "requestDate": nhn_list.written(parcel.at),
        "createDate": nhn_list.written(parcel.at),
        "receiveDate": nhn_list.written(parcel.ended_at) if parcel.code else None,
        "resendStatus": "RSC01",
        "resendStatusName": "대체 발송 미대상",
        "messageStatus": status,
        "resultCode": {"": None, "1000": "MRC01"}.get(parcel.code, "MRC02"),
        "senderGroupingKey": parcel.custom.get("senderGroupingKey") or None,
        "recipientGroupingKey": parcel.key or None,
    }


def _categories(carrier: Carrier, account: Nhn, call: Call, rest: re.Match[str]) -> Answer:
    """Show a few of Kakao's categories (their names and codes are only like them)."""
    inner = [{"code": code, "name": name, "groupName": "기타"} for code, name in CATEGORIES.items()]
    return success({"categories": [{"name": "기타", "subCategories": inner}]})


def _templates(carrier: Carrier, account: Nhn, call: Call, rest: re.Match[str]) -> Answer:
    mine = [one for one in carrier.inspection.of(account.name) if one.profile == rest["sender"]]
    rows = [_template(one) for one in mine if call.first("templateStatus") in ("", _STATES[one.state])]
    part, _, _ = nhn_list.cut_out(call, rows)
    return success({"templateListResponse": {"templates": part, "totalCount": len(rows)}})


def _new_template(carrier: Carrier, account: Nhn, call: Call, rest: re.Match[str]) -> Answer:
    content = call.json()
    code, name, text = (text_of(content, f"template{part}") for part in ("Code", "Name", "Content"))
    if rest["sender"] not in account.profiles:
        return failure(-2017, "Not exist plus friend.")
    if not code or not name or not text:
        return failure(-2001, "The 'templateCode' must not be blank.")
    if len(code) > 20 or len(text) > 1_300:
        return failure(-2004, "The 'templateContent' must be between 1 and 1300.")
    if any(code == one.code or name == one.name for one in carrier.inspection.of(account.name)):
        return failure(-3001, "Already exist templateCode or templateName.")
    buttons = content.get("buttons")
    template = TalkTemplate(
        code=code,
        account=account.name,
        profile=rest["sender"],
        name=name,
        text=text,
        buttons=buttons if isinstance(buttons, list) else [],
        made_at=carrier.clock(),
    )
    carrier.inspection.add(template)
    carrier.inspection.ask(template)
    return success({})


def _one_template(carrier: Carrier, account: Nhn, call: Call, rest: re.Match[str]) -> Answer:
    found = carrier.inspection.find(account.name, rest["code"])
    if found is None or found.profile != rest["sender"]:
        return failure(-3003, "Template does not exist.")
    if call.method == "DELETE":
        carrier.inspection.drop(found.code)
        return success({})
    if call.method == "GET":
        return success({"templates": _template(found)})  # the plural is theirs
    if found.state not in ("approved", "refused"):
        return failure(-3012, "Only templates with TSC03(APPROVE)/TSC04(REJECT) can be modified.")
    content = call.json()
    found.text = text_of(content, "templateContent") or found.text
    found.name = text_of(content, "templateName") or found.name
    carrier.inspection.ask(found)
    return success({})


def _template(template: TalkTemplate) -> dict[str, Any]:
    comments = [{"id": 1, "content": template.comment, "userName": "검수자", "status": "REJ"}]
    return {
        "senderKey": template.profile,
        "templateCode": template.code,
        "templateName": template.name,
        "templateContent": template.text,
        "templateMessageType": "BA",
        "templateEmphasizeType": "NONE",
        "buttons": template.buttons,
        "status": _STATES[template.state],
        "comments": comments if template.comment else [],
        "createDate": nhn_list.written(template.made_at),
    }


Door = Callable[[Carrier, Nhn, Call, re.Match[str]], Answer]
_DOORS: list[tuple[str, str, Door]] = [
    ("POST", r"/messages", _send),
    ("GET", r"/messages", _listed),
    ("GET", r"/messages/(?P<request>[^/]+)/(?P<seq>\d+)", _one),
    ("GET", r"/template/categories", _categories),
    ("GET", r"/senders/(?P<sender>[^/]+)/templates", _templates),
    ("POST", r"/senders/(?P<sender>[^/]+)/templates", _new_template),
    ("GET", r"/senders/(?P<sender>[^/]+)/templates/(?P<code>[^/]+)", _one_template),
    ("PUT", r"/senders/(?P<sender>[^/]+)/templates/(?P<code>[^/]+)", _one_template),
    ("DELETE", r"/senders/(?P<sender>[^/]+)/templates/(?P<code>[^/]+)", _one_template),
]
