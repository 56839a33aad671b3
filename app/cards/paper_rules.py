"""What may be written about a paper card that is moved over. Pure."""

from __future__ import annotations

from app.kit.refusals import Invalid

MOST = 60  # stamps of one paper card, or of a few together
REASON_MAX = 60
# Why a paper card is not moved, in words the customer reads.
REFUSALS = (
    "사진에서 도장이 잘 안 보여요. 밝은 곳에서 다시 찍어 주세요.",
    "우리 가게 종이 카드가 아니에요.",
    "이미 다 쓰신 종이 카드예요.",
    "가게에 가져와서 보여 주세요. 같이 세어 볼게요.",
)


def clean_stamps(typed: str) -> int:
    """Check how many stamps are on a paper card. Raises Invalid (stamps)."""
    text = typed.strip()
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    if not 1 <= number <= MOST:
        raise Invalid({"stamps": f"찍힌 도장이 몇 개인지 1부터 {MOST}까지 숫자로 적어 주세요."})
    return number


def clean_reason(typed: str, *, field: str) -> str:
    """Check a word why. Raises Invalid."""
    text = " ".join(typed.split())
    if not text:
        raise Invalid({field: "까닭을 한마디 적어 주세요."})
    if len(text) > REASON_MAX:
        raise Invalid({field: f"까닭은 {REASON_MAX}자까지 쓸 수 있어요."})
    return text
