"""How an e-mail looks: its subject, its end, and whether an ad has the form the law asks for. Pure.

An ad by e-mail: `(광고)` first in the subject; in the body the sender's name, address, phone and e-mail, and
how to refuse in Korean and in English (망법 50조④, 시행령 별표 6 as reported; bilingual since 2003).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LABEL = "(광고)"
_REFUSE_KO = "수신을 원하지 않으시면 아래 [수신거부] 주소를 눌러 주세요. (무료)"
_REFUSE_EN = (
    "If you do not wish to receive these emails, click the [Unsubscribe] address below. (free of charge)"
)
_LINK = r"https?://\S+"
_END = re.compile(
    rf"{re.escape(_REFUSE_KO)}\n\[수신거부\] (?P<ko>{_LINK})\n{re.escape(_REFUSE_EN)}\n\[Unsubscribe\] (?P<en>{_LINK})"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """What an e-mail says about its sender."""

    name: str
    owner_name: str
    address: str
    phone: str
    email: str


def one_line(text: str) -> str:
    """Return a text as it may stand in a header: no line end and no control character (header injection)."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def subject(*, is_ad: bool, shop_name: str, label: str) -> str:
    """Return "(광고) 달빛커피 감사 인사", or "[달빛커피] 도장을 다 모았어요" for an 안내."""
    return one_line(f"{LABEL} {shop_name} {label}" if is_ad else f"[{shop_name}] {label}")


def ad_body(*, body: str, shop: Shop, opt_out: str) -> str:
    """Return an ad's whole text: the words, who sends them, and the free way to refuse, in both languages."""
    return (
        f"{body.strip()}\n\n{signature(shop)}\n\n"
        f"{_REFUSE_KO}\n[수신거부] {opt_out}\n{_REFUSE_EN}\n[Unsubscribe] {opt_out}"
    )


def service_body(*, body: str, shop: Shop) -> str:
    """Return an 안내: the words, and whom to ask."""
    return f"{body.strip()}\n\n{signature(shop)}"


def signature(shop: Shop) -> str:
    """Return "달빛커피 | 대표 김사장 | 서울 … | 전화 02-123-4567 | hi@dal.kr", without what is not known."""
    parts = (
        shop.name,
        f"대표 {shop.owner_name}" if shop.owner_name else "",
        shop.address,
        f"전화 {shop.phone}" if shop.phone else "",
        shop.email,
    )
    return " | ".join(one_line(part) for part in parts if part)


def missing(shop: Shop) -> str:
    """Return what an ad may not leave out and the shop has not said, in words, or ""."""
    facts = (
        ("대표 이름", shop.owner_name),
        ("주소", shop.address),
        ("전화번호", shop.phone),
        ("이메일", shop.email),
    )
    return ", ".join(word for word, known in facts if not known.strip())


def form_fault(subject_line: str, text: str, shop: Shop) -> str | None:
    """Return what is wrong with an ad's form as a sentence, or None when it is exactly as asked."""
    name = one_line(shop.name)
    if not name or not subject_line.startswith(f"{LABEL} {name} "):
        return "광고 이메일의 제목은 (광고)와 가게 이름으로 시작해야 해요."
    end = _END.search(text)
    if end is None or end.end() != len(text) or end["ko"] != end["en"]:
        return "광고 이메일은 한국어와 영어 수신거부 안내로 끝나야 해요."
    if f"\n\n{signature(shop)}\n\n" not in text[: end.start()]:
        return "광고 이메일에는 가게 이름, 대표, 주소, 전화, 이메일이 있어야 해요."
    return None
