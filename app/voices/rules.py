"""What a customer may tell the shop alone, and who of the shop hears it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from app.kit.refusals import Invalid, Refused

TEXT_MAX = 1000
# A person's lines on one Korean day: a talk, not a flood.
MOST_A_DAY = 30

KINDS: Mapping[str, str] = {"praise": "칭찬", "complaint": "불편", "question": "문의", "idea": "제안"}
COMPLAINT = "complaint"
# A complaint is to be answered within a day, and again whenever its customer speaks after an answer.
ANSWER_WITHIN = timedelta(hours=24)
# A settled matter can be opened again for so long; after that a new one begins.
REOPEN_WITHIN = timedelta(days=30)
# Where a voice came from. What was heard elsewhere is written down by the shop.
SOURCES: Mapping[str, str] = {
    "card": "카드에서",
    "letter": "가게에서 온 말에서",
    "review": "후기에서",
    "warranty": "보증서에서",
    "spoken": "가게에서 들은 말",
    "market": "쇼핑몰에서 본 말",
    "sns": "SNS에서 본 말",
}
HEARD = ("spoken", "market", "sns")
# What a word beside a review is, by what the review said.
_AFTER_REVIEW: Mapping[str, str] = {"good": "praise", "bad": COMPLAINT}


class TooLateToReopen(Refused):
    """The matter was settled too long ago."""

    code = "too_late_to_reopen"
    sentence = "한 달이 넘은 말씀이라 다시 열 수 없어요. 새 말씀으로 남겨 주세요."


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


def may_hear(kind: str, role: str, *, is_handed: bool = False) -> bool:
    """Say whether a role hears this kind: a complaint is for the owner alone.

    `is_handed`: it was handed over to whoever asks; staff hear nothing else.
    """
    return role == "owner" or (kind != COMPLAINT and (role == "manager" or is_handed))


def may_reopen(closed_at: datetime | None, now: datetime) -> None:
    """Raise TooLateToReopen for a matter that was settled too long ago."""
    if closed_at is not None and now - closed_at > REOPEN_WITHIN:
        raise TooLateToReopen


def due_at(
    kind: str, *, waiting_since: datetime | None, first_due: datetime | None = None
) -> datetime | None:
    """Return until when the shop's answer is due; None when nobody waits for one, or it is no complaint.

    `first_due`: of a complaint that was never answered, as it was set when it began.
    """
    if waiting_since is None or kind != COMPLAINT:
        return None
    return first_due or waiting_since + ANSWER_WITHIN


def clock_words(due: datetime, now: datetime) -> str:
    """Return how much time is left to answer: "3시간 남았어요", "지났어요"."""
    left = due - now
    if left <= timedelta(0):
        return "답할 시간이 지났어요"
    hours, minutes = divmod(int(left.total_seconds()) // 60, 60)
    return f"{hours}시간 남았어요" if hours else f"{max(1, minutes)}분 남았어요"
