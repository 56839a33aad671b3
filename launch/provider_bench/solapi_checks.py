"""What SOLAPI refuses about a message, in its own codes (github.com/solapi/documents, message-status-codes.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from launch.provider_bench.accounts import Solapi
from launch.provider_bench.calls import text_of
from launch.provider_bench.carrier import Carrier, Parcel
from launch.provider_bench.lengths import LONG_BYTES, SMS_BYTES, SUBJECT_BYTES, bytes_of

DUPLICATE, NO_MONEY, SERVER_ERROR = "1026", "1030", "1024"
WORDS = {
    "1010": "필수 입력 값 미입력",
    "1011": "Format Error",
    "1013": "제목은 문자 타입이 'SMS'일 경우 사용이 불가능합니다.",
    "1014": "제목은 40byte까지 사용 가능합니다.",
    "1022": "해당 그룹이 없음",
    "1024": "서버 오류",
    "1025": "잘못된 메시지 타입",
    "1026": "중복 수신번호",
    "1029": "문자메시지의 경우 EUC-KR(완성형 한글) 범위 안에 있는 문자만 사용 합니다.",
    "1030": "잔액 부족",
    "1031": "SMS는 90byte LMS, MMS는 2000byte ATA는 한/영포함 1000자까지 사용 가능 합니다.",
    "1032": "유효한 커스텀 필드 값이 아닙니다.",
    "1033": "kakaoOptions은 메시지가 ATA 나 CTA인 경우에만 사용가능합니다.",
    "1034": "imageId가 존재하지 않습니다.",
    "1041": "유효한 플러스 친구 값이 아닙니다.",
    "1042": "유효한 템플릿 아이디가 아닙니다.",
    "1043": "등록한 템플릿과 내용이 다릅니다.",
    "1061": "사용자에 의해 수신거부 됨(080무료수신거부)",
    "1062": "발신번호 미등록",
    "2000": "정상 접수(이통사로 접수 예정)",
    "3000": "이통사로 접수(리포트를 기다리는 중)",
    "3032": "미가입자",
    "3043": "단말기 Power off",
    "3047": "착신거절",
    "3104": "카카오톡 미사용자",
    "4000": "발송 처리 완료",
}
_FORMS = ("SMS", "LMS", "MMS", "ATA")
_TALK_LETTERS = 1_000


def drawn_up(carrier: Carrier, account: Solapi, message: Mapping[str, Any], group: str) -> Parcel:
    """Return the parcel a message would make, its kind found by what it holds when it is not named."""
    options = message.get("kakaoOptions")
    text, photo = text_of(message, "text"), text_of(message, "imageId")
    form = text_of(message, "type").upper()
    if not form:
        form = "ATA" if isinstance(options, dict) else "MMS" if photo else "LMS"
        if form == "LMS" and not text_of(message, "subject") and (bytes_of(text) or 0) <= SMS_BYTES:
            form = "SMS"
    custom = message.get("customFields")
    kept = custom if isinstance(custom, dict) and not _bad_fields(custom) else {}
    template = text_of(options, "templateId") if isinstance(options, dict) else ""
    if template and isinstance(options, dict):
        found = carrier.inspection.find(account.name, template)
        values = options.get("variables")
        named = values if isinstance(values, dict) else {}
        bare = {str(key).removeprefix("#{").removesuffix("}"): str(value) for key, value in named.items()}
        text = (found.filled(bare) if found else None) or text
    return Parcel(
        id=carrier.new_id("M4V"),
        provider="solapi",
        account=account.name,
        group=group,
        key=next(iter(kept.values()), ""),
        form=form,
        to=text_of(message, "to").replace("-", ""),
        sender=text_of(message, "from").replace("-", ""),
        subject=text_of(message, "subject"),
        text=text,
        is_ad=text.startswith("(광고)"),
        photos=[photo] if photo else [],
        template=template,
        custom=dict(kept),
        at=carrier.clock(),
    )


def objection(carrier: Carrier, account: Solapi, message: Mapping[str, Any], parcel: Parcel) -> str:
    """Return the code of what is wrong with a message, "" for nothing."""
    if not parcel.to or (not parcel.text and not parcel.template):
        return "1010"
    if not parcel.to.isdecimal() or not 8 <= len(parcel.to) <= 11:
        return "1011"
    if parcel.form not in _FORMS:
        return "1025"
    if _bad_fields(message.get("customFields")):
        return "1032"
    if parcel.form == "ATA":
        return _talk_objection(carrier, account, message, parcel)
    if message.get("kakaoOptions"):
        return "1033"
    return _text_objection(carrier, account, parcel)


def _text_objection(carrier: Carrier, account: Solapi, parcel: Parcel) -> str:
    if parcel.sender not in account.senders:
        return "1062"
    length, title = bytes_of(parcel.text), bytes_of(parcel.subject)
    if length is None or title is None:
        return "1029"
    if parcel.form == "SMS" and parcel.subject:
        return "1013"
    if title > SUBJECT_BYTES:
        return "1014"
    if length > (SMS_BYTES if parcel.form == "SMS" else LONG_BYTES):
        return "1031"
    if parcel.form == "MMS" and not all(carrier.file(name) for name in parcel.photos or [""]):
        return "1034"
    # That the 080 list stops ads only, and not a notice, is inferred.
    if parcel.is_ad and (parcel.sender, parcel.to) in carrier.opt_outs:
        return "1061"
    return ""


def _talk_objection(carrier: Carrier, account: Solapi, message: Mapping[str, Any], parcel: Parcel) -> str:
    options = message.get("kakaoOptions")
    if not isinstance(options, dict) or options.get("pfId") not in account.profiles:
        return "1041"
    template = carrier.inspection.find(account.name, parcel.template)
    if template is None or template.state != "approved" or template.profile != options["pfId"]:
        return "1042"
    # Either the variables are named, or the whole text is given and must be the template's.
    if not options.get("variables") and template.variables:
        return "1043"
    if not parcel.text or template.filled(dict.fromkeys(template.variables, "")) is None:
        return "1043"
    values = options.get("variables") or {}
    bare = {str(key).removeprefix("#{").removesuffix("}") for key in values}
    if set(template.variables) - bare:
        return "1043"
    return "1031" if len(parcel.text) > _TALK_LETTERS else ""


def _bad_fields(fields: Any) -> bool:
    """Tell whether customFields break their rule: names up to 30 letters, values up to 100, text only."""
    if fields is None:
        return False
    if not isinstance(fields, dict):
        return True
    return any(
        not isinstance(value, str) or len(value) > 100 or len(str(name)) > 30
        for name, value in fields.items()
    )
