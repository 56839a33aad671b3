"""What a 체험단 may promise and ask, where it stands, and what may be answered. Pure.

Law: who got something for trying says so first wherever they write of it (추천·보증 등에 관한 표시·광고 심사지침, in
force 2024-12-01); a shop that asks for praise makes what follows a deceptive one (표시광고법 3조 ①). So no text of a
programme may ask for a good rating, and a tester reads what to write first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.kit.refusals import NotHere, Refused
from app.reviews.bought_rules import bought_words

TRIAL, MONITOR, TASTING = "trial", "monitor", "tasting"
SORTS: Mapping[str, str] = {TRIAL: "체험단", MONITOR: "모니터단", TASTING: "맛보기"}
SORT_DETAILS: Mapping[str, str] = {
    TRIAL: "몇 분께 먼저 드리고 여러 가지를 여쭤봐요",
    MONITOR: "정한 기간 동안 달마다 한 번씩 여쭤봐요",
    TASTING: "계산대에서 QR로 한 가지만 여쭤봐요",
}
APPLY, AFTER = "apply", "after"
SCALE, CHOICE, MANY, TEXT, PHOTO = "scale", "choice", "many", "text", "photo"
FORMS: Mapping[str, str] = {
    SCALE: "1점에서 5점",
    CHOICE: "하나 고르기",
    MANY: "여러 개 고르기",
    TEXT: "글로 쓰기",
    PHOTO: "사진",
}
# Whoever applies types on a phone, before anything is promised: no photo there.
FORMS_OF: Mapping[str, tuple[str, ...]] = {
    APPLY: (CHOICE, MANY, TEXT),
    AFTER: (SCALE, CHOICE, MANY, TEXT, PHOTO),
    TASTING: (SCALE, CHOICE),
}
SCALE_WORDS: Mapping[int, str] = {
    5: "아주 좋아요",
    4: "좋아요",
    3: "보통이에요",
    2: "조금 아쉬워요",
    1: "많이 아쉬워요",
}
VERDICTS: Mapping[str, str] = {"launch": "출시해요", "improve": "보완해요", "stop": "그만둬요"}
# The turn of what is answered once, not month by month.
ONLY_TURN = date(2000, 1, 1)
MOST_QUESTIONS: Mapping[str, int] = {APPLY: 3, AFTER: 15}
OPTIONS_LEAST, OPTIONS_MOST, OPTION_MAX = 2, 8, 30
QUESTION_MAX, PRODUCT_MAX, ABOUT_MAX, NOTE_MAX, ANSWER_MAX = 120, 60, 1000, 80, 1000
VERDICT_MAX, CHANGE_MAX, BENEFIT_MAX = 300, 500, 60
MOST_PLACES, MOST_WON, MOST_TRY_DAYS, MOST_VISITS = 50, 1_000_000, 60, 100
# A tasting's answers in one minute: more than a queue at a counter taps, and than one address is let through with.
TASTING_MINUTE = 60

_PRAISE = re.compile(
    r"(?:좋은|긍정적인?|높은|최고의?|칭찬)\s*(?:후기|리뷰|평가|평점|별점|점수|말씀?|글|답)[^.!?\n]{0,20}(?:부탁|써|쓰|남겨|남기|적어|올려|주)"
    r"|(?:별|별점)\s*(?:5|다섯)\s*(?:개|점)|(?:5\s*점|만점)[^.!?\n]{0,12}(?:부탁|주세요|주셔|눌러|드려)"
)
_HUSH = re.compile(
    r"(?:나쁜|안\s*좋은|부정적인?|아쉬운|불편한?)\s*(?:후기|리뷰|말씀?|평가|평|점수|점|이야기|글)[^.!?\n]{0,15}(?:말아|마세요|삼가|빼\s*주|안\s*돼|금지|자제)"
)


class NoProgramme(NotHere):
    """No such programme here, or not for this person."""

    code = "no_programme"
    sentence = "찾으시는 체험단이 없어요. 목록에서 다시 골라 주세요."


class AnswersBegan(Refused):
    """Somebody has answered: a changed question would give their answer another meaning."""

    code = "answers_began"
    sentence = (
        "이미 답하신 분이 있어 질문을 바꿀 수 없어요. ‘질문을 고쳐 새로 하기’를 눌러 새로 시작해 주세요."
    )


class NotNow(Refused):
    """The programme is not where this can be done."""

    code = "not_now"


class NotForYou(Refused):
    """A condition of the programme that the person does not fulfil."""

    code = "not_for_you"


class TooFewPlaces(Refused):
    """More were picked than there are places."""

    code = "too_few_places"
    status = 422


class LastQuestion(Refused):
    """The only question of what people see already."""

    code = "last_question"
    status = 422
    sentence = "하나뿐인 질문이라 뺄 수 없어요. 질문을 눌러 말을 고치거나, 새 질문을 먼저 더해 주세요."


class TooManyTaps(Refused):
    """More answers in a minute than people stand at a counter."""

    code = "too_many_taps"
    status = 429
    sentence = "지금은 답이 한꺼번에 몰렸어요. 1분 뒤에 다시 눌러 주세요."


@dataclass(frozen=True)
class Facts:
    """What an owner decided about a programme; days are days in Korea, the last good one."""

    sort: str
    product: str
    about: str = ""
    people: str = ""
    places: int = 0
    price: int = 0
    benefit: str = ""
    coupon_kind_id: int | None = None
    least_visits: int = 0
    note: str = ""
    try_days: int = 3
    apply_until: date | None = None
    answer_until: date | None = None
    term_starts: date | None = None
    term_ends: date | None = None
    invites: bool = False


@dataclass(frozen=True)
class Question:
    """What is asked. `position` counts from 0 within the programme; `when`: apply | after."""

    when: str
    form: str
    text: str
    options: tuple[str, ...] = ()
    is_needed: bool = True
    id: int = 0
    position: int = 0

    @property
    def field(self) -> str:
        """What its field is called in the form of who applies."""
        return f"q{self.id}"

    @property
    def first_field(self) -> str:
        """Where somebody begins to answer it there: the first of what there is to choose, or the field."""
        return f"{self.field}-0" if self.form in (CHOICE, MANY) else self.field

    @property
    def choices(self) -> list[tuple[int, str]]:
        """What there is to choose from, each with its place."""
        return list(enumerate(self.options))


@dataclass(frozen=True)
class Answer:
    """One answer. `is_empty`: skipped, where that is allowed."""

    number: int | None = None
    picks: tuple[int, ...] = ()
    text: str = ""
    photo_id: int | None = None

    @property
    def is_empty(self) -> bool:
        """Nothing was said."""
        return self.number is None and not self.picks and not self.text and self.photo_id is None


@dataclass(frozen=True)
class Part:
    """How far one person is in a programme."""

    id: int
    number: int  # in the order they came
    ticket: str  # stands for them in a draw
    applied_at: datetime | None
    chosen_at: datetime | None
    declined_at: datetime | None
    told_at: datetime | None
    given_at: datetime | None
    done_at: datetime | None

    @property
    def state(self) -> str:
        """Return where they are: invited | applied | chosen | given | done | gone."""
        if self.declined_at is not None:
            return "gone"
        passed = (
            ("done", self.done_at),
            ("given", self.given_at),
            ("chosen", self.chosen_at),
            ("applied", self.applied_at),
        )
        return next((word for word, moment in passed if moment is not None), "invited")


@dataclass(frozen=True)
class Standing:
    """Where a programme is, from what its row says."""

    sort: str
    shown_at: datetime | None = None
    closed_at: datetime | None = None
    apply_until: datetime | None = None
    answer_until: datetime | None = None
    ended_at: datetime | None = None

    def stage(self, now: datetime) -> str:
        """Return draft | recruiting | trying | open (a tasting) | ended."""
        if self.ended_at is not None:
            return "ended"
        if self.shown_at is None:
            return "draft"
        if self.sort == TASTING:
            return "open"
        return "recruiting" if self.takes_applications(now) else "trying"

    def takes_applications(self, now: datetime) -> bool:
        """Tell whether one may apply at this moment."""
        return (
            self.sort != TASTING
            and self.shown_at is not None
            and self.ended_at is None
            and self.closed_at is None
            and (self.apply_until is None or now < self.apply_until)
        )

    def takes_answers(self, now: datetime) -> bool:
        """Tell whether a tester may still answer."""
        return (
            self.shown_at is not None
            and self.ended_at is None
            and (self.answer_until is None or now < self.answer_until)
        )


def asks_for_praise(text: str) -> str | None:
    """Return why a programme's text may not go out: it asks for a good rating, or rewards one; None when it is well."""
    if _PRAISE.search(text):
        return "좋은 평가를 부탁하는 말은 쓸 수 없어요. ‘솔직하게 들려주세요’처럼 바꿔 주세요."
    if _HUSH.search(text):
        return "아쉬운 말을 막는 글은 쓸 수 없어요. 그 말을 빼 주세요."
    return bought_words(text)


def words(text: str, name: str, most: int, wrong: dict[str, str], needed: str = "") -> str:
    """Return a text tidied; what is wrong with it goes into `wrong`. `needed`: what is said when it is empty."""
    text = text.replace("\r\n", "\n").strip()
    if not text and needed:
        wrong[name] = needed
    elif len(text) > most:
        wrong[name] = f"{most:,}자까지 쓸 수 있어요. 지금 {len(text):,}자예요."
    elif (sentence := asks_for_praise(text)) is not None:
        wrong[name] = sentence
    return text


def turn_of(sort: str, today: date) -> date:
    """Return the turn an answer given on a Korean day belongs to: the month of a 모니터단, else the only one."""
    return today.replace(day=1) if sort == MONITOR else ONLY_TURN


def is_of_month(day: date, today: date) -> bool:
    """Tell whether a Korean day lies in this month: what a 모니터단 gets is handed over once a month."""
    return turn_of(MONITOR, day) == turn_of(MONITOR, today)


def said(question: Question, answer: Answer) -> str:
    """Return an answer in words, for a table or a list; "" when it was skipped."""
    if question.form == SCALE and answer.number is not None:
        return f"{answer.number}점"
    if question.form == CHOICE and answer.number is not None:
        return question.options[answer.number] if answer.number < len(question.options) else ""
    if question.form == MANY:
        return ", ".join(question.options[n] for n in answer.picks if n < len(question.options))
    return answer.text or ("사진" if answer.photo_id is not None else "")


def name_of(product: str, sort: str) -> str:
    """Return what a programme is called in full; one that says what it is already says it once."""
    word = SORTS[sort]
    return product if product.endswith(word) else f"{product} {word}"


def price_words(price: int) -> str:
    """Return what a tester pays: "무료로", "체험가 5,000원에"."""
    return f"체험가 {price:,}원에" if price else "무료로"


def disclosure_words(shop: str, product: str, price: int) -> str:
    """Return what a tester writes first wherever they write of it (심사지침: clear, at the beginning)."""
    return f"[체험단] {shop}에서 {product} 상품을 {price_words(price)} 받아 써 보고 쓴 후기예요."
