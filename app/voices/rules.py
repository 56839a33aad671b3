"""What a customer may tell the shop alone, and who of the shop hears it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.kit.refusals import Invalid, Refused
from app.reviews.bought_rules import bought_gift, bought_words

TEXT_MAX = 1000
# A person's lines on one Korean day: a talk, not a flood.
MOST_A_DAY = 30

KINDS: Mapping[str, str] = {"praise": "칭찬", "complaint": "불편", "question": "문의", "idea": "제안"}
COMPLAINT = "complaint"
# A complaint is to be answered within a day unless the shop decided otherwise, and again whenever its customer speaks
# after an answer. The clock is for an answer to this person: what is told to everybody with a cause ("고쳤어요") is
# read in the same thread and stops no clock.
ANSWER_WITHIN = timedelta(hours=24)
ANSWER_HOURS: Mapping[int, str] = {3: "3시간", 12: "12시간", 24: "하루", 48: "이틀"}
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
_SENTENCES = re.compile(r"[.!?。~…]+\s*|\n+")
# Asked for, or asked to be changed: "남겨 주세요", "내려 주시면". What was written already ("남겨 주신 후기") is none.
_PLEASE = re.compile(
    r"(?:남겨|남기|써|쓰|적어|올려|올리|달아|고쳐|바꿔|바꾸|지워|지우|내려|내리|수정해|삭제해)\s*(?:주(?:세|시[면길]|실|십)|줘|면)"
    r"|(?:수정|삭제|작성|후기|리뷰|별점|평점)[^,]{0,8}(?:부탁|바랍|바라|해\s*주(?:세|시[면길]))"
)


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


def clean_answer(text: str, *, with_coupon: bool = False) -> str:
    """Check what the shop says in a thread; returns it tidied. Raises Invalid (text).

    Nothing is promised for a review elsewhere or a good rating, and a coupon that goes with the words is none for one.
    """
    words = clean_line(text)
    if (sentence := bought_words(words)) is not None:
        raise Invalid({"text": sentence})
    if with_coupon and any(_PLEASE.search(each) and bought_gift(each) for each in _SENTENCES.split(words)):
        raise Invalid(
            {"text": "쿠폰을 드리면서 다른 곳의 후기나 별점을 부탁할 수 없어요. 그 말이나 쿠폰을 빼 주세요."}
        )
    return words


def clean_hours(hours: int | None) -> int:
    """Check within how many hours a shop answers a complaint. Raises Invalid (hours)."""
    if hours is None or hours not in ANSWER_HOURS:
        raise Invalid({"hours": "3시간, 12시간, 하루, 이틀 가운데 하나를 골라 주세요."})
    return hours


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
    kind: str,
    *,
    waiting_since: datetime | None,
    answered_at: datetime | None = None,
    first_due: datetime | None = None,
    again_due: datetime | None = None,
) -> datetime | None:
    """Return until when the shop's answer is due; None when nobody waits for one, or it is no complaint.

    Each waiting's end was written down when it began: `first_due` until the first answer, `again_due` after it. Without
    one a day is given.
    """
    if waiting_since is None or kind != COMPLAINT:
        return None
    set_due = first_due if answered_at is None else again_due
    return set_due or waiting_since + ANSWER_WITHIN


@dataclass(frozen=True)
class Matter:
    """How one matter stands, wherever it is shown."""

    kind: str
    waiting_since: datetime | None
    closed_at: datetime | None
    answered_at: datetime | None
    due_at: datetime | None  # of the first answer
    again_due_at: datetime | None

    @property
    def due(self) -> datetime | None:
        """Until when the shop's answer is due; None when nobody waits."""
        return due_at(
            self.kind,
            waiting_since=self.waiting_since,
            answered_at=self.answered_at,
            first_due=self.due_at,
            again_due=self.again_due_at,
        )


def is_left(customer_id: int | None, source: str) -> bool:
    """Tell whether who brought it up had their data erased: it goes on without them, and nobody is there to answer.

    What the shop heard elsewhere may have been nobody's from the beginning.
    """
    return customer_id is None and source not in HEARD


def clock_words(due: datetime, now: datetime) -> str:
    """Return how much time is left to answer: "3시간 남았어요", "지났어요"."""
    left = due - now
    if left <= timedelta(0):
        return "답할 시간이 지났어요"
    hours, minutes = divmod(int(left.total_seconds()) // 60, 60)
    return f"{hours}시간 남았어요" if hours else f"{max(1, minutes)}분 남았어요"
