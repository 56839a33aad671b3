"""One line of 적립·사용 내역 in words: the page and the file a person takes along say the same."""

from __future__ import annotations

from app.cards.lines import CardLine
from app.web import endings
from app.web.doors import now

_WHAT = {
    "earn": "도장을 받았어요",
    "fill": "카드를 다 채워 혜택이 되었어요",
    "redeem": "포인트를 썼어요",
    "use": "혜택을 썼어요",
    "use_back": "혜택 사용을 취소했어요",
    "migrate": "종이 카드에서 옮겼어요",
    "merge": "다른 카드와 합쳤어요",
    "adjust": "가게에서 바로잡았어요",
    "expire": "기한이 지났어요",
}
_ONE_AND_TWO = {"merge": "다른 카드를 이 카드에 합쳤어요", "unmerge": "합친 카드를 다시 나눴어요"}
_REFUSED = {
    "too_soon": "방금 찍어서 이번에는 찍지 않았어요",
    "offline": "인터넷이 끊겼을 때 찍은 도장인데, 가게에서 확인하지 못했어요",
    "over_cap": "그날 받을 수 있는 도장을 다 받아서 더 찍지 않았어요",
    "own_card": "가게에서 일하는 분의 카드라 직접 찍거나 쓸 수 없었어요",
    "staff_limit": "가게에서 한 번 더 확인하고 찍기로 했어요",
    "over_scan": "한 번에 찍을 수 있는 개수보다 많아서 찍지 않았어요",
    "old_code": "시간이 지난 QR이라 찍지 않았어요",
    "already_used": "이미 쓴 QR이라 찍지 않았어요",
    "old_print": "새로 만들기 전의 종이 카드라 찍지 않았어요",
    "forged_print": "가게에서 인쇄하지 않은 종이 카드라 찍지 않았어요",
}
_CHECKED = {
    "number": "이름과 번호를 물어 확인했어요",
    "known": "아는 손님이라고 확인했어요",
    "paper": "종이 카드를 보고 확인했어요",
}
_HOW = {
    "claim": "‘도장 받기’를 눌러서",
    "counter": "계산대의 QR을 비춰서",
    "kiosk": "가게 태블릿에 번호를 눌러서",
    "scan": "QR을 찍어서",
    "offline": "인터넷 없이 QR을 찍어서",
    "digits": "전화번호 끝자리로",
    "spoken": "카드 번호를 불러서",
    "printed": "종이 카드로",
    "more": "한 개 더",
    "review": "후기를 남기셔서",
    "referral": "친구 소개로",
    "coupon": "쿠폰으로",
}


def why_not(reason: str) -> str:
    """Return why there was no stamp: "방금 찍어서 이번에는 찍지 않았어요"."""
    return _REFUSED.get(reason, "도장을 찍지 않았어요")


def what(line: CardLine) -> str:
    """Return what happened: "도장을 받았어요", with the reward's name where there is one."""
    if line.kind == "reverse":
        return _turned(line)
    if line.kind == "refuse":
        return why_not(line.reason)
    if line.kind == "check":
        return "휴대폰의 카드 없이 확인했어요"
    if line.how in _ONE_AND_TWO:
        return _ONE_AND_TWO[line.how]
    if line.kind == "adjust" and line.how == "amount":
        return "금액을 적어 포인트를 받았어요" if line.points > 0 else "금액을 고쳐 포인트가 줄었어요"
    if line.kind == "adjust" and line.how == "visit":
        return "방문 포인트는 그대로 받았어요"
    if line.kind == "adjust" and line.reason == "ended":
        return "이미 기한이 지난 것은 빼지 않았어요"
    if line.kind == "earn" and line.points and line.delta:
        return "도장과 포인트를 받았어요"
    if line.kind == "expire":
        return f"{_what_of(line)} 기한이 지났어요"
    words = _WHAT.get(line.kind, "바뀌었어요")
    return f"{words} · {line.name}" if line.name else words


def _turned(line: CardLine) -> str:
    if line.of == "fill":
        return "다 채운 카드를 되돌렸어요"
    if line.of == "redeem":
        return "쓴 포인트를 돌려받았어요"
    if line.of == "adjust" and line.points > 0:
        return "줄었던 포인트를 되돌렸어요"
    return "환불해서 적립을 되돌렸어요" if line.how == "refund" else "적립을 취소했어요"


def _what_of(line: CardLine) -> str:
    if line.delta and line.points:
        return "도장과 포인트의"
    return "도장의" if line.delta else "포인트의"


def good_until(line: CardLine) -> str:
    """Return how long what a line brought is good: "이때 받은 것은 12월 31일(목)까지", "" where it never ends."""
    return f"이때 받은 것은 {endings.last_day(line.ends_at, now())}까지" if line.ends_at is not None else ""


def how(line: CardLine) -> str:
    """Return how it came about: "‘도장 받기’를 눌러서", "나중에 취소했어요", or ""."""
    told = [_HOW.get(line.how, ""), line.boosted] if line.kind == "earn" else []
    if line.kind == "check":
        told.append(_CHECKED.get(line.how, ""))
    if line.kind == "use" and line.how == "staff_check":
        told.append("직원이 확인하고 드렸어요")
    if line.undone:
        told.append("나중에 취소했어요")
    return " · ".join(word for word in told if word)
