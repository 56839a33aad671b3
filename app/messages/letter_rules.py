"""What an owner may write to one person, and what it then is: an ad, an answer, the news somebody asked for. Pure."""

from __future__ import annotations

import unicodedata

from app.kit.refusals import Invalid
from app.kit.text import LMS_BYTES, carrier_bytes
from app.messages.forms import false_label, promotion_word
from app.reviews.bought_rules import bought_words

# What the frame around an ad takes: label, name, contact, opt-out link.
_ROOM_FOR_FRAME = 300
LONGEST_DRAFT = 4000  # characters that are kept while somebody still writes
WHAT_MOST = 20
PERSONAL, ANSWER, DONE = "personal", "personal_answer", "work_done"


def kind_of(text: str, *, answers: bool, is_done: bool) -> str:
    """Return what these words are. `answers`: the person said something and waits; `is_done`: they asked for news.

    Who answers advertises nothing, but one promotional word makes an ad of it (KISA guide).
    """
    if is_done:
        return DONE
    return ANSWER if answers and promotion_word(text) is None else PERSONAL


def class_words(kind: str, text: str, *, answers: bool) -> str:
    """Say what it is and why, as the owner reads it before sending."""
    if kind == DONE:
        return "손님이 부탁하신 소식이라 (광고) 없이 가요."
    if kind == ANSWER:
        return "손님 말씀에 드리는 답장이라 (광고) 없이 가요."
    if answers:
        return f"답장이지만 홍보하는 말(‘{promotion_word(text)}’)이 있어서 광고로 보내요. 문자 앞에 (광고)가 붙어요."
    return "가게에서 먼저 건네는 말은 광고예요. 문자 앞에 (광고)가 붙고, 광고 문자에 동의한 손님께만 문자로 가요."


def check(text: str, *, is_done: bool) -> None:
    """Refuse words that can't be sent. Raises Invalid (field: text)."""
    wrong = ""
    if not text:
        wrong = "보낼 말을 한 줄이라도 적어 주세요."
    elif carrier_bytes(text) > LMS_BYTES - _ROOM_FOR_FRAME:
        wrong = "글이 너무 길어요. 문자 한 통에 들어가게 조금 줄여 주세요."
    elif false_label(text):
        wrong = "(광고) 표시는 저절로 붙으니 빼고 적어 주세요."
    elif (sentence := bought_words(text)) is not None:
        wrong = sentence
    elif is_done and (word := promotion_word(text)) is not None:
        wrong = f"부탁하신 소식에는 홍보하는 말(‘{word}’)을 넣을 수 없어요. 그 말을 빼 주세요."
    if wrong:
        raise Invalid({"text": wrong})


def clean_draft(text: str) -> str:
    """Return the words as they are kept while somebody still writes. Raises Invalid (field: text)."""
    words = text.replace("\r\n", "\n").replace("\0", "").strip()
    if len(words) > LONGEST_DRAFT:
        raise Invalid({"text": "글이 너무 길어요. 문자 한 통에 들어가게 조금 줄여 주세요."})
    return words


def clean_what(what: str) -> str:
    """Return whom or what somebody left, on one line; "" when they did not say. Raises Invalid (field: what)."""
    name = " ".join("".join(" " if unicodedata.category(c).startswith("C") else c for c in what).split())
    if len(name) > WHAT_MOST:
        raise Invalid({"what": f"{WHAT_MOST}자까지 적어 주세요. 예: 콩이"})
    return name


def done_words(*, what: str, name: str) -> str:
    """Return the words to start from when the work is done."""
    if what:
        return f"{what}, 다 됐어요. 편하실 때 찾으러 오세요."
    return f"{name + ' 님, ' if name else ''}맡기신 것이 다 됐어요. 편하실 때 찾으러 오세요."
