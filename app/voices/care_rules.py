"""What a shop does about voices: causes, answers at hand, what it may offer and how often, and its words. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta

from app.kit.refusals import Invalid, Refused
from app.reviews.bought_rules import bought_words
from app.voices.rules import HEARD, clean_answer, clean_voice

NAME_MAX = 20
NOTE_MAX = 200
READY_MAX = 500
MOST_CAUSES = 6  # of one voice
MOST_OF_SHOP = 30  # to choose from: more than that nobody reads
MOST_READY = 30
# What a shop begins with; it adds its own and lets go of what it does not need.
STARTING_CAUSES = ("기다림", "친절", "맛", "양", "온도", "청결", "가격", "불량", "배송", "안내 부족")
# An offer that nobody takes ends after so long.
OFFER_LIVES = timedelta(days=14)
# A person is offered a coupon so often within a span of days.
MOST_OFFERS = 2
OFFER_SPAN = timedelta(days=90)
# Said softly from so many complaints, or so many coupons, within half a year.
WARN_SPAN = timedelta(days=180)
_WARN_COMPLAINTS, _WARN_COUPONS = 3, 2
# How a matter ends that nobody answered in its thread: what was said aloud is an answer as any other.
SPOKEN = "spoken"
ENDINGS: Mapping[str, str] = {SPOKEN: "전화나 만나서 말씀드렸어요", "silent": "답 없이 마무리해요"}
# Whoever was answered is asked whether it is settled; "came back" is a visit within so long.
BACK_WITHIN = timedelta(days=60)

_APOLOGIES: Mapping[str, str] = {
    "기다림": "오래 기다리시게 해서 죄송해요. 바쁜 시간에 손을 더 두고, 늦어지면 먼저 말씀드릴게요.",
    "친절": "마음 상하게 해 드려 죄송해요. 함께 일하는 사람들과 이야기하고 바로잡을게요.",
    "맛": "맛이 예전 같지 않았다니 죄송해요. 바로 확인하고 다시 맞춰 볼게요.",
    "양": "양이 아쉬우셨다니 죄송해요. 담는 양을 다시 확인할게요.",
    "온도": "온도가 맞지 않아 불편하셨지요. 죄송해요. 다음에는 먼저 살필게요.",
    "청결": "불쾌하셨을 텐데 정말 죄송해요. 바로 치우고, 더 자주 살필게요.",
    "가격": "값이 부담스러우셨군요. 말씀해 주셔서 고마워요. 어떻게 정했는지 말씀드리고 더 살펴볼게요.",
    "불량": "잘못된 물건을 드려 죄송해요. 새것으로 바꾸거나 고쳐 드릴게요. 편하신 때를 알려 주세요.",
    "배송": "배송 때문에 걱정하셨지요. 죄송해요. 어디서 늦었는지 바로 알아보고 알려 드릴게요.",
    "안내 부족": "미리 알려 드리지 못해 죄송해요. 눈에 잘 띄게 적어 두고 먼저 말씀드릴게요.",
}
_APOLOGY = "불편을 드려 죄송해요. 말씀해 주셔서 고마워요. 바로 살펴보고 고칠게요."


class TooManyOffers(Refused):
    """The person was offered as much as anybody is within the span."""

    code = "too_many_offers"
    sentence = "이 손님께는 석 달 동안 쿠폰을 두 번 드렸어요. 이번에는 말로 답해 주세요."


class OfferOver(Refused):
    """The offer's time is over."""

    code = "offer_over"
    status = 410
    sentence = "쿠폰을 받을 수 있는 날이 지났어요. 가게에 한 번 더 말씀해 주세요."


class NoCouponLeft(Refused):
    """The kind gives nothing to this person any more."""

    code = "no_coupon_left"
    sentence = "이 쿠폰은 더 드릴 수 없어요. 다른 쿠폰을 골라 주세요."


def clean_name(name: str, *, field: str) -> str:
    """Return a cause's or an answer's name, tidied. Raises Invalid."""
    name = " ".join(name.split())
    if not name:
        raise Invalid({field: "이름을 적어 주세요."})
    if len(name) > NAME_MAX:
        raise Invalid({field: f"{NAME_MAX}자까지 쓸 수 있어요. 지금 {len(name)}자예요."})
    return name


def clean_causes(chosen: Iterable[str], new: str = "") -> list[str]:
    """Return the causes of a voice by name, each once: those that were ticked and a new one. Raises Invalid (causes)."""
    names = [clean_name(name, field="causes") for name in (*chosen, new) if name.strip()]
    names = list(dict.fromkeys(names))
    if len(names) > MOST_CAUSES:
        raise Invalid({"causes": "여섯 개까지 고를 수 있어요. 가장 가까운 것만 골라 주세요."})
    return names


def clean_ready(*, name: str, text: str) -> tuple[str, str]:
    """Check an answer to have at hand; returns it tidied. It promises nothing for a review. Raises Invalid (name, text)."""
    wrong: dict[str, str] = {}
    try:
        name = clean_name(name, field="name")
    except Invalid as error:
        wrong |= error.fields
    text = text.replace("\r\n", "\n").strip()
    if not text:
        wrong["text"] = "답을 적어 주세요."
    elif len(text) > READY_MAX:
        wrong["text"] = f"{READY_MAX}자까지 쓸 수 있어요. 지금 {len(text):,}자예요."
    elif (sentence := bought_words(text)) is not None:
        wrong["text"] = sentence
    if wrong:
        raise Invalid(wrong)
    return name, text


def clean_note(note: str) -> str:
    """Return the owner's note on how a matter ended, "" for none. Raises Invalid (note)."""
    note = " ".join(note.split())
    if len(note) > NOTE_MAX:
        raise Invalid({"note": f"{NOTE_MAX}자까지 쓸 수 있어요. 지금 {len(note)}자예요."})
    return note


def clean_ending(*, note: str, how: str, is_answered: bool) -> tuple[str, bool]:
    """Check how a matter ends: (the note, whether the shop answered aloud now).

    `how`: a key of ENDINGS; asked for only while nobody answered the customer here (`is_answered`). Raises Invalid
    (how, note).
    """
    wrong: dict[str, str] = {}
    if not is_answered and how not in ENDINGS:
        wrong["how"] = "손님께 말씀드렸는지 골라 주세요. 제때 답했는지 셀 때 쓰여요."
    try:
        note = clean_note(note)
    except Invalid as error:
        wrong |= error.fields
    if wrong:
        raise Invalid(wrong)
    return note, not is_answered and how == SPOKEN


def clean_heard(*, kind: str, text: str, source: str, said_on: str, today: date) -> tuple[str, str, date]:
    """Check what the shop heard elsewhere: (kind, words, the Korean day it was said on; today when left open).

    Raises Invalid with a sentence a field: kind, text, source, said_on.
    """
    wrong: dict[str, str] = {}
    try:
        kind, text = clean_voice(kind=kind, text=text)
    except Invalid as error:
        wrong |= error.fields
    if source not in HEARD:
        wrong["source"] = "어디서 들으셨는지 골라 주세요."
    day = today
    if said_on.strip():
        try:
            day = date.fromisoformat(said_on.strip())
        except ValueError:
            wrong["said_on"] = "날짜를 2026-03-15처럼 적어 주세요."
        else:
            if not today - timedelta(days=366) <= day <= today:
                wrong["said_on"] = "지난 한 해 안의 날짜를 적어 주세요."
    if wrong:
        raise Invalid(wrong)
    return kind, text, day


def clean_fix(text: str) -> str:
    """Check what was done about a cause; returns it tidied. Raises Invalid (text)."""
    return clean_answer(text)


def may_add_causes(new: Collection[str], *, living: Collection[str], field: str) -> None:
    """Raise Invalid (`field`) when the shop would have more causes to choose from than anybody reads."""
    if len(set(living) | set(new)) > max(MOST_OF_SHOP, len(set(living))):
        raise Invalid(
            {field: "원인은 서른 개까지 둘 수 있어요. 쓰지 않는 것을 빼거나 비슷한 것끼리 합쳐 주세요."}
        )


def living_causes(own: Iterable[tuple[str, bool]]) -> list[str]:
    """Return the names a cause is chosen from, out of the shop's own with whether each has ended."""
    own = list(own)
    ended = {name for name, is_over in own if is_over}
    names = dict.fromkeys((*STARTING_CAUSES, *(name for name, is_over in own if not is_over)))
    return [name for name in names if name not in ended]


def apology(causes: Sequence[str], *, name: str) -> str:
    """Return words to begin an answer to a complaint with, fit to its causes; the owner changes them as they like."""
    found = [_APOLOGIES[cause] for cause in causes if cause in _APOLOGIES][:2]
    words = " ".join(found) or _APOLOGY
    return f"{name} 님, {words}" if name else words


def repeat_warning(*, complaints: int, coupons: int) -> str:
    """Return what the owner is told of who complains again and again, "" for nearly everybody.

    `complaints` and `coupons`: within half a year, this one included.
    """
    if complaints < _WARN_COMPLAINTS and coupons < _WARN_COUPONS:
        return ""
    told = f"반년 동안 불편을 {complaints}번 말씀하셨어요."
    if coupons:
        told = f"반년 동안 불편을 {complaints}번 말씀하시고 쿠폰을 {coupons}번 받으셨어요."
    return f"{told} 쿠폰은 천천히 생각하셔도 돼요."
