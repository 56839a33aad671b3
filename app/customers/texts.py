"""The exact words a person agrees to. Versioned: evidence stores the version and the text's hash.

Change a sentence → raise TEXT_VERSION and put the old words into _EARLIER: evidence must be able to show them
for as long as it is kept. The rows follow 개인정보 보호법 15조 2항 (purpose, items, period, right to
refuse); what must stand out (22조 2항, 시행령 17조 3항: contact for promotion, period) is in `loud`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

TEXT_VERSION = "2026-11"
OPTIONAL_NOTE = "동의하지 않아도 적립돼요"


def text_hash(text: str) -> str:
    """Return what evidence keeps of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class ConsentText:
    """One box: its line, its four rows (label, words), and the words that must be conspicuous."""

    kind: str
    required: bool
    line: str
    rows: tuple[tuple[str, str], ...]
    loud: str = ""

    def full(self) -> str:
        """Return everything that was shown with the box, as one text (this is what is hashed)."""
        parts = [("[필수] " if self.required else "[선택] ") + self.line]
        parts += [f"{label}: {words}" for label, words in self.rows]
        if self.loud:
            parts.append(self.loud)
        if not self.required:
            parts.append(OPTIONAL_NOTE)
        return "\n".join(parts)


_UNTIL = "마지막 방문 후 1년 또는 삭제를 요청할 때까지(남은 도장·혜택이 있으면 그때까지)"

CONSENTS: tuple[ConsentText, ...] = (
    ConsentText(
        kind="age14",
        required=True,
        line="만 14세 이상이에요",
        rows=(),
    ),
    ConsentText(
        kind="required",
        required=True,
        line="개인정보 수집·이용에 동의해요",
        rows=(
            ("목적", "카드 주인 확인, 적립과 혜택 안내, 카드를 잃어버렸을 때 되찾기"),
            ("항목", "휴대폰 번호, 이름(적은 경우), 방문·적립·사용 내역"),
            ("기간", _UNTIL),
            (
                "거부할 권리",
                "동의하지 않을 수 있어요. 그때는 이름과 번호 없이 카드만 쓸 수 있고, 카드를 잃어버리면 되찾기 어려워요.",
            ),
        ),
    ),
    ConsentText(
        kind="marketing",
        required=False,
        line="맞춤 혜택을 위한 이용에 동의해요",
        rows=(
            ("목적", "방문 내역과 취향에 맞는 혜택·소식 고르기"),
            ("항목", "휴대폰 번호, 이름, 방문·구매 내역, 좋아하는 메뉴"),
            ("기간", "동의를 철회하거나 정보를 지울 때까지"),
            ("거부할 권리", "동의하지 않을 수 있고, 언제든 내 정보에서 철회할 수 있어요."),
        ),
        loud="적어 주신 번호로 홍보를 위한 연락을 드리는 데 쓰여요. 보관 기간: 철회하거나 지울 때까지",
    ),
    ConsentText(
        kind="ads",
        required=False,
        line="광고 문자를 받을게요",
        rows=(
            ("받는 방법", "문자"),
            ("내용", "감사 인사, 쿠폰, 새 메뉴와 행사 소식 (광고)"),
            ("거부할 권리", "문자마다 있는 무료수신거부 링크나 내 정보에서 언제든 그만 받을 수 있어요."),
        ),
        loud="맞춤 혜택 동의가 함께 필요해요.",
    ),
    ConsentText(
        kind="ads_night",
        required=False,
        line="밤(오후 9시~오전 8시)에도 광고 문자를 받을게요",
        rows=(("거부할 권리", "동의하지 않으면 낮에만 보내요. 언제든 철회할 수 있어요."),),
    ),
)

# Stands beside the e-mail address alone; the address itself is part of what is agreed to.
ADS_EMAIL = ConsentText(
    kind="ads_email",
    required=False,
    line="광고 이메일을 받을게요",
    rows=(
        ("목적", "이메일로 적립과 혜택 안내, 동의한 경우 감사 인사·쿠폰·새 소식 (광고) 보내기"),
        ("항목", "이메일 주소"),
        ("기간", "이메일을 지우거나 내 정보를 지울 때까지"),
        (
            "거부할 권리",
            "적지 않거나 동의하지 않을 수 있어요. 메일마다 있는 무료 수신거부 주소나 내 정보에서 언제든 그만 받을 수 있어요.",
        ),
    ),
    loud="적어 주신 이메일은 홍보를 위한 연락에 쓰여요. 보관 기간: 이메일을 지울 때까지. 맞춤 혜택 동의가 함께 필요해요.",
)

# Stands where notifications are switched on. The browser's own question is about ringing at all, not about ads.
ADS_PUSH = ConsentText(
    kind="ads_push",
    required=False,
    line="광고 알림을 받을게요",
    rows=(
        ("받는 방법", "이 카드가 있는 휴대폰의 알림"),
        ("내용", "감사 인사, 쿠폰, 새 메뉴와 행사 소식 (광고)"),
        ("거부할 권리", "알림에 있는 무료 ‘수신거부’나 내 정보에서 언제든 그만 받을 수 있어요."),
    ),
    loud="맞춤 혜택 동의가 함께 필요해요. 밤(오후 9시~오전 8시)에는 보내지 않아요.",
)

# Stands beside the days alone; without it none is kept. What is sent for them needs the consents to ads besides.
DAYS = ConsentText(
    kind="days",
    required=False,
    line="생일과 기념일을 축하받을게요",
    rows=(
        ("목적", "생일과 기념일에 축하 인사와 축하 혜택 (광고) 드리기"),
        ("항목", "생일과 기념일의 달과 날, 음력인지, 기념일 이름 (태어난 해는 받지 않아요)"),
        ("기간", "적은 날을 지우거나 내 정보를 지울 때까지"),
        ("거부할 권리", "적지 않거나 동의하지 않을 수 있고, 언제든 내 정보에서 지울 수 있어요."),
    ),
    loud="적어 주신 날은 홍보를 위한 연락에 쓰여요. 보관 기간: 적은 날을 지울 때까지. "
    "문자나 이메일은 광고를 받겠다고 하셨을 때만 보내요.",
)

_BY_KIND = {text.kind: text for text in (*CONSENTS, ADS_EMAIL, ADS_PUSH, DAYS)}

CONSENT_TEXTS: dict[str, str] = {kind: text.full() for kind, text in _BY_KIND.items()}


# What boxes said in earlier versions, whole, as it was hashed then: [text, text …].
_EARLIER: tuple[str, ...] = ()
_BY_HASH = {text_hash(text): text for text in (*_EARLIER, *CONSENT_TEXTS.values())}


def shown(hashed: str) -> str:
    """Return the words whose hash stands in a line of evidence, or "" for words that were never ours."""
    return _BY_HASH.get(hashed, "")


def consent_text(kind: str) -> ConsentText:
    """Return the words of one box. Raises KeyError for a kind that does not exist."""
    return _BY_KIND[kind]


# What a list calls each consent.
CONSENT_NAMES: dict[str, str] = {
    "age14": "만 14세 이상",
    "required": "개인정보 수집·이용",
    "marketing": "맞춤 혜택",
    "ads": "광고 문자",
    "ads_night": "밤 광고 문자",
    "ads_email": "광고 이메일",
    "ads_push": "광고 알림",
    "days": "생일과 기념일",
}
