"""바뀐 기록: who changed what in the shop and when, in sentences (S04)."""

from __future__ import annotations

from datetime import date

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.kit.korean import day_name
from app.kit.particles import josa
from app.messages import registry
from app.reviews.rules import CAUSES_SHORT
from app.shops import history
from app.shops.history import Change
from app.voices.rules import ANSWER_HOURS
from app.web.doors import door
from app.web.guards import current_staff
from app.web.owner import board_words, calendar_words, tester_words
from app.web.owner.blueprint import bp
from app.web.owner.staff import WORK_AS
from app.web.readable import row_number

_HOW = {
    "link": "들어가기 주소로 들어왔어요",
    "password": "비밀번호로 들어왔어요",
    "second": "2단계 인증까지 하고 들어왔어요",
    "recovery": "비상 번호로 들어왔어요",
}
_PLAIN = {
    "sudo": "중요한 것을 바꾸려고 본인 확인을 했어요",
    "second_on": "2단계 인증을 켰어요",
    "recovery_renewed": "비상 번호를 새로 만들었어요",
    "sharing_on": "기기 하나를 함께 쓰는 기기로 만들었어요",
    "sharing_off": "함께 쓰는 기기를 혼자 쓰는 기기로 돌렸어요",
    "shop_opened": "가게를 열었어요",
    "contact": "가게 연락처를 바꿨어요",
    "profile": "가게 소개를 바꿨어요",
    "hours": "영업시간을 바꿨어요",
    "use_undone": "혜택 사용을 취소했어요",
    "amount_changed": "적어 둔 금액을 고쳤어요",
    "prices_set": "금액 단추를 바꿨어요",
    "product_set": "상품 하나의 설정을 바꿨어요",
    "import_undone": "파일로 가져온 것을 되돌렸어요",
    "receipt": "영수증 하나를 방문과 맞췄어요",
    "kiosk_on": "기기 하나를 손님용 태블릿으로 만들었어요",
    "kiosk_off": "손님용 태블릿 하나를 껐어요",
    "coupon_kind": "쿠폰을 만들거나 고쳤어요",
    "coupon_kind_ended": "쿠폰을 그만 드리기로 했어요",
    "coupon_kind_again": "쿠폰을 다시 드리기로 했어요",
    "coupon_given": "쿠폰을 직접 드렸어요",
    "coupon_withdrawn": "드린 쿠폰을 거뒀어요",
    "coupon_use_undone": "쿠폰 사용을 취소했어요",
    "campaign_stopped": "단체 문자를 취소했어요",
    "refund": "방문 하나를 환불하고 그 적립을 되돌렸어요",
    "card_reissued": "잃어버린 카드의 예전 QR과 번호를 막았어요",
    "merge_undone": "합친 두 손님을 다시 나눴어요",
    "refusal": "손님 한 분의 광고 수신거부를 받아 적었어요",
    "staff_limits": "직원을 알려 드리는 기준을 바꿨어요",
    "hand_day": "손으로 보내는 시각이나 하루에 보낼 수를 바꿨어요",
    "work_done": "끝나면 알려 드리기를 켜거나 껐어요",
    "talk_channel": "카카오톡 채널 주소를 바꿨어요",
    "shop_links": "인스타그램·밴드·오픈채팅 주소를 바꿨어요",
    "notice_shown": "가게 소식을 손님께 보였어요",
    "notice_ended": "가게 소식을 내렸어요",
    "phone_changed": "손님 한 분의 전화번호를 고쳤어요",
    "tag_dropped": "손님 태그 하나를 지웠어요",
    "tag_renamed": "손님 태그 하나의 이름을 바꿨어요",
    "talk_file": "카카오톡 채널에 올릴 손님 번호를 내려받았어요",
    "group_set": "손님 그룹을 만들거나 고쳤어요",
    "group_removed": "손님 그룹을 지웠어요",
    "regular_from": "단골이 시작되는 횟수를 바꿨어요",
    "quiet_hours": "휴대폰 알림을 쉬는 시간을 바꿨어요",
    "warranties": "보증서를 켜거나 끄고, 종류를 바꾸고, 거뒀어요",
}
_CONNECTED = {
    "api_key:on": "다른 프로그램의 연결 키를 만들었어요",
    "api_key:off": "다른 프로그램의 연결 키를 끊었어요",
    "webhook:on": "소식을 보낼 주소를 적거나 다시 켰어요",
    "webhook:off": "소식을 보내던 주소를 껐어요",
    "webhook:removed": "소식을 보내던 주소를 지웠어요",
    "webhook:stopped": "소식을 받지 못하는 주소라 저절로 껐어요",
    "mall:on": "쇼핑몰에서 본 것을 받아 적기로 했어요",
    "mall:off": "쇼핑몰에서 본 것을 지우고 더는 받지 않기로 했어요",
}
_CHECKED = {
    "number": "이름과 번호를 묻고",
    "known": "아는 손님이라",
    "paper": "종이 카드를 보고",
}
_TIERS = {
    "on": "등급을 켰어요",
    "off": "등급을 껐어요",
    "rule": "등급을 정하는 기준을 바꿨어요",
    "benefits": "등급에서 드리는 것을 바꿨어요",
}
_REWORDED = {
    "text": "글을",
    "delay": "보내는 때를",
    "text+delay": "글과 보내는 때를",
    "ways": "보내는 방법을",
}
_CLASSED = {"raised": "광고로 보내기로 했어요", "lowered": "다시 안내로 보내기로 했어요"}
_COMPARED = {"compare": "두 가지 글을 비교하기 시작했어요", "compared": "두 가지 글 가운데 하나를 골랐어요"}
# Of oneself, and of somebody else ({} is their name).
_OF_WHOM = {
    "session_ended": ("다른 기기에서 로그아웃했어요", "{} 님의 기기 하나를 로그아웃했어요"),
    "password_set": ("비밀번호를 정했어요", "{} 님의 비밀번호를 바꿨어요"),
    "pin_set": ("비밀 숫자를 정했어요", "{} 님의 비밀 숫자를 정했어요"),
    "second_off": ("2단계 인증을 껐어요", "{} 님의 2단계 인증을 껐어요"),
    "staff_ended": ("스스로 직원에서 나갔어요", "{} 님을 직원에서 뺐어요"),
}


def _number(detail: str) -> str:
    return f"{int(detail):,}" if detail.isdigit() else detail


def _because(done: str, doing: str, cause: str) -> str:
    """Return what was done, with its cause where one is known: "가리고 까닭을 ‘욕설’로 적었어요"."""
    short = CAUSES_SHORT.get(cause)
    return f"{doing} 까닭을 ‘{short}’{josa(short, '으로/로')[len(short) :]} 적었어요" if short else done


def sentence(line: Change) -> str:
    """Return what was done, without who did it."""
    whom = line.whom or "누군가"
    if line.what == "sign_in":
        return _HOW.get(line.detail, "들어왔어요")
    if line.what == "sign_in_failed":
        return f"{whom} 님 이름으로 여러 번 틀리게 들어오려 했어요"
    if line.what == "sudo_failed":
        return f"{whom} 님의 본인 확인이 여러 번 틀렸어요"
    if line.what == "staff_added":
        return f"{whom} 님을 {WORK_AS.get(line.detail, '직원으로')} 넣었어요"
    if line.what == "staff_changed":
        role = WORK_AS.get(line.detail.partition(">")[2])
        return f"{whom} 님을 {role} 바꿨어요" if role else f"{whom} 님의 이름을 바꿨어요"
    if line.what == "card_rule":
        before, _, after = line.detail.partition(">")
        return (
            "카드 혜택을 바꿨어요"
            if before == after
            else f"카드 규칙을 도장 {before}개에서 {after}개로 바꿨어요"
        )
    if line.what == "automation":
        key, _, how = line.detail.partition(":")
        kind = registry.kinds().get(key)
        label = kind.label if kind else "자동 안내"
        if how in _CLASSED:
            return f"{josa(label, '을/를')} {_CLASSED[how]}"
        if how in ("tenth", "no_tenth"):
            return f"‘{label}’에서 열 분 중 한 분을 빼고 비교{'해요' if how == 'tenth' else '하지 않아요'}"
        if how in _REWORDED:
            return f"‘{label}’의 {_REWORDED[how]} 바꿨어요"
        if how in _COMPARED:
            return f"‘{label}’의 {_COMPARED[how]}"
        return f"{josa(label, '을/를')} {'켰어요' if how == 'on' else '껐어요'}"
    if line.what == "campaign":
        return f"{_number(line.detail)}명께 단체 문자를 보내기로 했어요"
    if line.what == "import":
        return f"파일에서 {_number(line.detail)}건을 가져왔어요"
    if line.what == "message_budget":
        return f"문자 값 한도를 한 달 {_number(line.detail)}원으로 정했어요"
    if line.what == "review_settings":
        before, _, after = line.detail.partition(">")
        if before == after:
            return "후기 해시태그나 다른 곳 주소를 바꿨어요"
        return f"후기를 남기면 드릴 도장을 {before}개에서 {after}개로 바꿨어요"
    if line.what == "voice_hours":
        hours = int(line.detail) if line.detail.isdecimal() else 0
        within = ANSWER_HOURS.get(hours, f"{line.detail}시간")
        return f"불편 말씀에 답하는 시간을 {josa(within, '으로/로')} 정했어요"
    if line.what in ("review_hidden", "review_shown"):
        return (
            f"후기를 {_because('가렸어요', '가리고', line.detail)}"
            if line.what == "review_hidden"
            else "가렸던 후기를 다시 보였어요"
        )
    if line.what == "photos_refused":
        many, _, cause = line.detail.partition(":")
        return f"후기 사진 {many}장을 {_because('싣지 않았어요', '싣지 않고', cause)}"
    if line.what == "refusals":
        return f"수신거부 목록을 넣어 번호 {line.detail}개에 광고를 막았어요"
    if line.what == "silence":
        kept = "동의를 이어 가기로" if line.detail == "keeps" else "동의를 거두기로"
        return f"2년마다 여쭐 때 답이 없으면 {kept} 했어요"
    if line.what == "people_file":
        taken, _, reason = line.detail.partition(":")
        count, _, whom = taken.partition("/")
        return f"{whom or '손님'} {_number(count)}명의 명단을 내려받았어요" + (
            f". ‘{reason}’ 라고 적었어요" if reason else ""
        )
    if line.what == "tag_renamed" and line.detail == "joined":
        return "손님 태그 둘을 하나로 합쳤어요"
    if line.what == "people_merged":
        return f"도장 {line.detail}개를 옮겨 두 손님을 한 분으로 합쳤어요"
    if line.what == "card_moved":
        return f"{_CHECKED.get(line.detail, '확인하고')} 손님 카드를 새 휴대폰으로 옮겼어요"
    if line.what == "card_restored":
        by = "가게 휴대폰으로 보낸 인증번호" if line.detail == "own_phone" else "인증번호"
        return f"손님이 {josa(by, '으로/로')} 카드를 새 휴대폰에서 열었어요"
    if line.what == "referrals":
        return "친구 데려오기를 껐어요" if line.detail == "off" else "친구 데려오기에서 드릴 것을 정했어요"
    if line.what == "phone_rings":
        return f"휴대폰 하나에서 손님 말씀 알림을 {'켰어요' if line.detail == 'on' else '껐어요'}"
    if line.what == "own_card":
        return f"{whom} 님의 카드 하나를 직원 카드{'로 적었어요' if line.detail == 'on' else '에서 뺐어요'}"
    if line.what == "day_closed":
        return _closed(line.detail)
    if line.what == "tiers":
        return _TIERS.get(line.detail.partition(":")[0], "등급을 바꿨어요")
    if line.what in ("boosts", "gifts"):
        word = "두 배의 날을" if line.what == "boosts" else "선물 목록을"
        return f"{word} {'만들었어요' if line.detail == 'on' else '끝냈어요'}"
    if line.what == "sending_account":
        return _account_changed(line.detail)
    if line.what == "talk_asked":
        asked_of = registry.kinds().get(line.detail)
        return f"‘{asked_of.label if asked_of else '알림톡'}’ 글을 카카오에 확인해 달라고 했어요"
    if line.what in ("api_key", "webhook", "mall"):
        return _CONNECTED.get(f"{line.what}:{line.detail}", "다른 프로그램과의 연결을 바꿨어요")
    if line.what in _OF_WHOM:
        of_self, of_other = _OF_WHOM[line.what]
        return of_self if line.is_self else of_other.format(whom)
    if line.what in calendar_words.KINDS:
        return calendar_words.sentence(line.what, line.detail)
    if line.what in board_words.KINDS:
        return board_words.sentence(line.what, line.detail)
    if line.what in tester_words.KINDS:
        return tester_words.sentence(line.what, line.detail)
    return _PLAIN[line.what]


def _account_changed(detail: str) -> str:
    key, _, how = detail.partition(":")
    provider = registry.providers().get(key)
    label = provider.LABEL if provider else "문자 보내는 곳"
    if how == "on":
        return f"{josa(label, '으로/로')} 문자 보내기를 켰어요"
    if how == "off":
        return f"{josa(label, '으로/로')} 문자 보내기를 껐어요"
    return f"{label} 연결을 지웠어요" if how == "removed" else f"{label} 키나 발신번호를 저장했어요"


def _closed(detail: str) -> str:
    day, _, receipts = detail.partition(":")
    if not receipts:
        return "마감을 맞춰 봤어요"
    counted = "영수증을 세지 않고" if receipts == "-" else f"영수증 {receipts}장으로"
    return f"{day_name(date.fromisoformat(day))} 마감을 {counted} 맞춰 봤어요"


@door(bp, "/owner/more/changes", audience="owner", role="owner", tenant="session", device="own")
def changes() -> ResponseReturnValue:
    """Show what was changed, the newest first."""
    before = row_number(request.args.get("before"))
    page = history.changes(current_staff().shop.id, before=before)
    lines = [(line, sentence(line)) for line in page.lines]
    return render_template("owner/changes.html", lines=lines, before=page.before, is_first=before is None)
