"""One line of 적립·사용 내역 in words: the page and the file a person takes along say the same."""

from __future__ import annotations

from app.cards.queries import CardLine

_WHAT = {
    "earn": "도장을 받았어요",
    "fill": "카드를 다 채워 혜택이 되었어요",
    "use": "혜택을 썼어요",
    "use_back": "혜택 사용을 취소했어요",
    "migrate": "종이 쿠폰에서 옮겼어요",
    "adjust": "가게에서 바로잡았어요",
    "expire": "기한이 지났어요",
}
_REFUSED = {
    "too_soon": "바로 전에 도장을 받아서 더 찍지 않았어요",
    "offline": "인터넷이 끊겼을 때 찍은 도장인데, 가게에서 확인하지 못했어요",
    "over_cap": "그날 받을 수 있는 도장을 다 받아서 더 찍지 않았어요",
}
_HOW = {
    "claim": "‘도장 받기’를 눌러서",
    "scan": "QR을 찍어서",
    "offline": "인터넷 없이 QR을 찍어서",
    "digits": "전화번호 끝자리로",
    "spoken": "카드 번호를 불러서",
    "printed": "종이 카드로",
    "more": "한 개 더",
    "review": "후기를 남기셔서",
}


def what(line: CardLine) -> str:
    """Return what happened: "도장을 받았어요", with the reward's name where there is one."""
    if line.kind == "reverse":
        return "적립을 취소했어요" if line.delta < 0 else "다 채운 카드를 되돌렸어요"
    if line.kind == "refuse":
        return _REFUSED.get(line.reason, "도장을 찍지 않았어요")
    words = _WHAT.get(line.kind, "바뀌었어요")
    return f"{words} · {line.name}" if line.name else words


def how(line: CardLine) -> str:
    """Return how it came about: "‘도장 받기’를 눌러서", "나중에 취소했어요", or ""."""
    told = [_HOW.get(line.how, "")] if line.kind == "earn" else []
    if line.undone:
        told.append("나중에 취소했어요")
    return " · ".join(word for word in told if word)
