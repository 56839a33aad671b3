"""SOLAPI's doors for AlimTalk: channels, templates, and asking Kakao to look at one (the SDK's kakao/v2 addresses).

Documented by the SDK: addresses, fields and the four states. Inferred: that a change of an approved text puts it
back to PENDING, and how long the inspectors take (`Inspection`).
"""

from __future__ import annotations

import re
from typing import Any

from launch.provider_bench.accounts import Solapi
from launch.provider_bench.calls import Answer, Call, as_json, text_of
from launch.provider_bench.carrier import Carrier
from launch.provider_bench.inspection import CATEGORIES, TalkTemplate
from launch.provider_bench.solapi_list import refusal

_STATES = {"written": "PENDING", "asked": "INSPECTING", "approved": "APPROVED", "refused": "REJECTED"}


def channels(carrier: Carrier, account: Solapi, call: Call, found: re.Match[str]) -> Answer:
    """GET /kakao/v2/channels: the account's KakaoTalk channels."""
    listed = [
        {"channelId": profile, "searchId": "단골벤치", "accountId": account.key}
        for profile in sorted(account.profiles)
    ]
    return as_json({"startKey": None, "nextKey": None, "limit": 20, "channelList": listed})


def categories(carrier: Carrier, account: Solapi, call: Call, found: re.Match[str]) -> Answer:
    """GET /kakao/v2/templates/categories: a few of Kakao's (their names and codes are only like them)."""
    return as_json([{"code": code, "name": name} for code, name in CATEGORIES.items()])


def listed(carrier: Carrier, account: Solapi, call: Call, found: re.Match[str]) -> Answer:
    """GET /kakao/v2/templates, by channelId and status when asked so."""
    profile, state = call.first("channelId"), call.first("status")
    shown_all = [
        _as_shown(account, template)
        for template in carrier.inspection.of(account.name)
        if profile in ("", template.profile) and state in ("", _STATES[template.state])
    ]
    return as_json({"startKey": None, "nextKey": None, "limit": 20, "templateList": shown_all})


def made(carrier: Carrier, account: Solapi, call: Call, found: re.Match[str]) -> Answer:
    """POST /kakao/v2/templates: a new one, not yet looked at."""
    content = call.json()
    profile = text_of(content, "channelId")
    if profile not in account.profiles:
        return _refusal(400, "유효한 채널이 아닙니다.")
    name, text = text_of(content, "name"), text_of(content, "content")
    if not name or not text or text_of(content, "categoryCode") not in CATEGORIES:
        return _refusal(400, "name, content, categoryCode는 필수입니다.")
    if len(text) > 1_000:
        return _refusal(400, "content는 1000자까지 사용 가능합니다.")
    template = TalkTemplate(
        code=carrier.new_id("KA01TP"),
        account=account.name,
        profile=profile,
        name=name,
        text=text,
        buttons=_buttons(content),
        made_at=carrier.clock(),
    )
    carrier.inspection.add(template)
    return as_json(_as_shown(account, template))


def shown(carrier: Carrier, account: Solapi, call: Call, found: re.Match[str]) -> Answer:
    """GET /kakao/v2/templates/{id}."""
    template = carrier.inspection.find(account.name, found["id"])
    return _missing() if template is None else as_json(_as_shown(account, template))


def changed(carrier: Carrier, account: Solapi, call: Call, found: re.Match[str]) -> Answer:
    """PUT /kakao/v2/templates/{id}: other words, which must be looked at again."""
    template = carrier.inspection.find(account.name, found["id"])
    if template is None:
        return _missing()
    if template.state == "asked":
        return _refusal(400, "검수 중인 템플릿은 수정할 수 없습니다.")
    content = call.json()
    template.text = text_of(content, "content") or template.text
    template.name = text_of(content, "name") or template.name
    template.buttons = _buttons(content) or template.buttons
    template.state, template.comment = "written", ""
    return as_json(_as_shown(account, template))


def dropped(carrier: Carrier, account: Solapi, call: Call, found: re.Match[str]) -> Answer:
    """DELETE /kakao/v2/templates/{id}: not while it is looked at."""
    template = carrier.inspection.find(account.name, found["id"])
    if template is None:
        return _missing()
    if template.state == "asked":
        return _refusal(400, "검수 중인 템플릿은 삭제할 수 없습니다.")
    carrier.inspection.drop(template.code)
    return as_json(_as_shown(account, template))


def asked(carrier: Carrier, account: Solapi, call: Call, found: re.Match[str]) -> Answer:
    """PUT /kakao/v2/templates/{id}/inspection: only what waits (PENDING) can be asked for."""
    template = carrier.inspection.find(account.name, found["id"])
    if template is None:
        return _missing()
    if template.state != "written":
        return _refusal(400, "대기 상태의 템플릿만 검수 요청할 수 있습니다.")
    carrier.inspection.ask(template)
    return as_json(_as_shown(account, template))


def taken_back(carrier: Carrier, account: Solapi, call: Call, found: re.Match[str]) -> Answer:
    """PUT /kakao/v2/templates/{id}/inspection/cancel: only what is being looked at."""
    template = carrier.inspection.find(account.name, found["id"])
    if template is None:
        return _missing()
    if template.state != "asked":
        return _refusal(400, "검수 중인 템플릿만 검수 취소할 수 있습니다.")
    template.state = "written"
    return as_json(_as_shown(account, template))


def _as_shown(account: Solapi, template: TalkTemplate) -> dict[str, Any]:
    comments = [{"isAdmin": True, "memberId": "KAKAO", "content": template.comment, "dateCreated": ""}]
    return {
        "templateId": template.code,
        "accountId": account.key,
        "channelId": template.profile,
        "name": template.name,
        "content": template.text,
        "status": _STATES[template.state],
        "messageType": "BA",
        "emphasizeType": "NONE",
        "securityFlag": False,
        "isHidden": False,
        "commentable": True,
        "assignType": "CHANNEL",
        "buttons": template.buttons,
        "variables": [{"name": f"#{{{name}}}"} for name in template.variables],
        "comments": comments if template.comment else [],
    }


def _buttons(content: dict[str, Any]) -> list[dict[str, Any]]:
    found = content.get("buttons")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _missing() -> Answer:
    return _refusal(404, "해당 템플릿이 없습니다.")


def _refusal(status: int, words: str) -> Answer:
    return refusal(status, "ValidationError", words)
