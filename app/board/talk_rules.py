"""What may be written on the 단골 게시판 and asked in public, and what may be reported and hidden. Pure.

Law: whoever runs a place where others write takes down what breaks another's rights once it is told to, and says why
(정보통신망법 44조의2); there are no blocked words and nothing is hidden because it is unkind to the shop.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.kit.private_numbers import public_sentence
from app.kit.refusals import Invalid, NotHere, Refused

TITLE_MAX, POST_MAX, COMMENT_MAX, QUESTION_MAX, ANSWER_MAX = 40, 1000, 300, 300, 500
POSTS_A_DAY, COMMENTS_A_DAY, QUESTIONS_A_DAY, REPORTS_A_DAY = 5, 30, 5, 20
# So many people saying the same of one thing ring: it goes to the top of the owner's home.
RINGS = 3
# Who came at least so often writes among the regulars.
STAMPS_TO_WRITE = 1

# The same five causes that hide a review (reviews/rules.py), in the words that fit anything people write.
CAUSES: Mapping[str, str] = {
    "abuse": "욕설이나 모욕",
    "private": "개인정보",
    "untrue": "사실이 아닌 내용",
    "ad": "다른 가게나 물건의 광고",
    "twice": "같은 글을 여러 번",
}
# What can be reported and hidden, as the owner's list calls it.
WHATS: Mapping[str, str] = {
    "review": "후기",
    "story": "손님 사진",
    "post": "게시판 글",
    "comment": "게시판 댓글",
    "question": "질문",
}
# Its writer took it down: no cause, and nobody's business.
MINE = "mine"


class NothingThere(NotHere):
    """Nothing of that number in this shop, or not for these eyes."""

    code = "nothing_there"
    sentence = "찾으시는 글이 없어요. 지웠거나 가려진 글이에요."


class NoBoard(NotHere):
    """The shop has no board."""

    code = "no_board"
    sentence = "이 가게에는 게시판이 없어요."


class NotYetRegular(Refused):
    """Writing is for who has been there."""

    code = "not_yet_regular"
    status = 403
    sentence = "도장을 한 번이라도 받으신 분이 쓸 수 있어요. 다녀가신 뒤에 다시 와 주세요."


class WroteTooMuch(Refused):
    """More on one day than a talk has."""

    code = "wrote_too_much"
    status = 429
    sentence = "오늘은 많이 써 주셨어요. 나머지는 내일 써 주세요."


class OwnThing(Refused):
    """Nobody reports themselves."""

    code = "own_thing"
    status = 422
    sentence = "내가 쓴 글이에요. 지우려면 ‘지우기’를 눌러 주세요."


@dataclass(frozen=True)
class CleanPost:
    """A post that may be kept."""

    title: str
    text: str


def clean_post(*, title: str, text: str, by_shop: bool = False) -> CleanPost:
    """Check a post; the shop may give its own number. Raises Invalid (title, text)."""
    wrong: dict[str, str] = {}
    title, text = " ".join(title.split()), _tidy(text)
    if not 1 <= len(title) <= TITLE_MAX:
        wrong["title"] = f"제목을 {TITLE_MAX}자 안으로 적어 주세요."
    wrong |= _too_long(text, POST_MAX, "하고 싶은 말을 적어 주세요.")
    if not by_shop:
        told = {"title": public_sentence(title), "text": public_sentence(text)}
        wrong |= {field: sentence for field, sentence in told.items() if sentence and field not in wrong}
    if wrong:
        raise Invalid(wrong)
    return CleanPost(title, text)


def clean_comment(text: str, *, by_shop: bool = False) -> str:
    """Check a comment; the shop may give its own number. Raises Invalid (text)."""
    return _clean(text, COMMENT_MAX, "댓글을 적어 주세요.", by_shop=by_shop)


def clean_question(text: str) -> str:
    """Check a question that everybody will read. Raises Invalid (text)."""
    return _clean(text, QUESTION_MAX, "궁금하신 것을 적어 주세요.")


def clean_answer(text: str) -> str:
    """Check the shop's answer that everybody will read. Raises Invalid (text)."""
    return _clean(text, ANSWER_MAX, "답을 적어 주세요.", by_shop=True)


def clean_cause(cause: str) -> str:
    """Check why something is reported or hidden. Raises Invalid (cause)."""
    if cause not in CAUSES:
        raise Invalid({"cause": "다섯 가지 까닭 가운데 하나를 골라 주세요."})
    return cause


def _clean(text: str, most: int, empty: str, *, by_shop: bool = False) -> str:
    text = _tidy(text)
    if wrong := _too_long(text, most, empty):
        raise Invalid(wrong)
    if not by_shop and (sentence := public_sentence(text)):
        raise Invalid({"text": sentence})
    return text


def _tidy(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _too_long(text: str, most: int, empty: str) -> dict[str, str]:
    if not text:
        return {"text": empty}
    return {"text": f"{most:,}자까지 쓸 수 있어요. 지금 {len(text):,}자예요."} if len(text) > most else {}
