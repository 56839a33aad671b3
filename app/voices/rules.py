"""What a customer may tell the shop alone, and who of the shop hears it. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from app.kit.refusals import Invalid, Refused

TEXT_MAX = 1000
# A person's lines on one Korean day: a talk, not a flood.
MOST_A_DAY = 30

KINDS: Mapping[str, str] = {"praise": "칭찬", "complaint": "불편", "question": "문의", "idea": "제안"}
COMPLAINT = "complaint"
# What a word beside a review is, by what the review said.
_AFTER_REVIEW: Mapping[str, str] = {"good": "praise", "bad": COMPLAINT}


class TooMuchSaid(Refused):
    """More lines on one day than a talk has."""

    code = "too_much_said"
    status = 429
    sentence = "오늘은 많이 남겨 주셨어요. 급한 일은 가게에 전화해 주세요."


def clean_voice(*, kind: str, text: str) -> tuple[str, str]:
    """Check what a customer begins: what it is about, and the words. Raises Invalid with a sentence a field."""
    wrong = {} if kind in KINDS else {"kind": "칭찬, 불편, 문의, 제안 가운데 하나를 골라 주세요."}
    try:
        words = clean_line(text)
    except Invalid as error:
        raise Invalid({**wrong, **error.fields}) from None
    if wrong:
        raise Invalid(wrong)
    return kind, words


def clean_line(text: str) -> str:
    """Check one thing said in a thread; returns it tidied. Raises Invalid."""
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise Invalid({"text": "하실 말씀을 적어 주세요."})
    if len(text) > TEXT_MAX:
        raise Invalid({"text": f"한 번에 {TEXT_MAX:,}자까지 쓸 수 있어요. 지금 {len(text):,}자예요."})
    return text


def kind_after_review(*, mood: str, stars: int) -> str:
    """Return what a word to the owner beside a review is: the answer decides, without one the stars."""
    if mood in _AFTER_REVIEW:
        return _AFTER_REVIEW[mood]
    return "idea" if mood or 2 < stars < 5 else (COMPLAINT if stars <= 2 else "praise")


def may_hear(kind: str, role: str) -> bool:
    """Say whether a role hears this kind: a complaint is for the owner alone."""
    return role == "owner" or (role == "manager" and kind != COMPLAINT)
