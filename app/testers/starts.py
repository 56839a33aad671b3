"""Ready sets of questions to start from, so that an owner need not begin with an empty page. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.testers.rules import (
    AFTER,
    APPLY,
    CHOICE,
    MANY,
    MONITOR,
    PHOTO,
    SCALE,
    TASTING,
    TEXT,
    TRIAL,
    Question,
)

_AGAIN = Question(AFTER, CHOICE, "제값에 나오면 사시겠어요?", ("살래요", "아직 모르겠어요", "안 살래요"))
_BETTER = Question(AFTER, TEXT, "아쉬웠던 점을 솔직하게 적어 주세요", is_needed=False)
_GOOD = Question(AFTER, TEXT, "좋았던 점이 있었다면 적어 주세요", is_needed=False)
_PHOTO = Question(AFTER, PHOTO, "써 보신 모습을 한 장 보여 주세요", is_needed=False)


@dataclass(frozen=True)
class Start:
    """One set: what the owner reads, for which sorts it is, and its questions in order."""

    label: str
    sorts: tuple[str, ...]
    questions: tuple[Question, ...] = ()


STARTS: Mapping[str, Start] = {
    "skin": Start(
        "비누·화장품",
        (TRIAL,),
        (
            Question(APPLY, CHOICE, "피부가 어떤 편이세요?", ("건성", "지성", "복합성", "민감한 편")),
            Question(AFTER, SCALE, "전체적으로 얼마나 마음에 드셨어요?"),
            Question(AFTER, SCALE, "쓰고 난 뒤 촉촉함은 어땠어요?"),
            Question(AFTER, CHOICE, "향은 어땠어요?", ("너무 세요", "알맞아요", "너무 약해요")),
            Question(
                AFTER,
                MANY,
                "쓰면서 느끼신 것을 모두 골라 주세요",
                ("당겨요", "미끄러워요", "거품이 적어요", "빨리 닳아요", "불편한 점이 없어요"),
            ),
            _AGAIN,
            _BETTER,
            _PHOTO,
        ),
    ),
    "food": Start(
        "음식·음료",
        (TRIAL,),
        (
            Question(APPLY, CHOICE, "단맛을 어떻게 드세요?", ("달게", "보통", "덜 달게")),
            Question(AFTER, SCALE, "전체적으로 얼마나 맛있었어요?"),
            Question(AFTER, CHOICE, "단맛은 어땠어요?", ("너무 달아요", "알맞아요", "덜 달아요")),
            Question(AFTER, CHOICE, "양은 어땠어요?", ("많아요", "알맞아요", "적어요")),
            _AGAIN,
            _BETTER,
            _PHOTO,
        ),
    ),
    "goods": Start(
        "생활용품·옷",
        (TRIAL,),
        (
            Question(APPLY, CHOICE, "어디에서 주로 쓰실 거예요?", ("집", "일터", "밖에서")),
            Question(AFTER, SCALE, "전체적으로 얼마나 마음에 드셨어요?"),
            Question(AFTER, SCALE, "쓰기에 얼마나 편했어요?"),
            Question(AFTER, SCALE, "튼튼해 보였어요?"),
            _AGAIN,
            _GOOD,
            _BETTER,
            _PHOTO,
        ),
    ),
    "month": Start(
        "달마다 여쭤볼 것",
        (MONITOR,),
        (
            Question(APPLY, TEXT, "우리 가게에 바라는 점을 한 가지 적어 주세요", is_needed=False),
            Question(AFTER, SCALE, "이번 달 우리 가게는 전체적으로 어땠어요?"),
            Question(AFTER, SCALE, "직원이 맞이하는 모습은 어땠어요?"),
            Question(AFTER, SCALE, "가게는 깨끗했어요?"),
            Question(AFTER, TEXT, "이번 달에 고쳤으면 하는 것을 한 가지 적어 주세요", is_needed=False),
        ),
    ),
    "taste": Start("맛이 어땠는지", (TASTING,), (Question(AFTER, SCALE, "방금 드신 것, 맛이 어땠어요?"),)),
    "which": Start(
        "어느 쪽이 나은지",
        (TASTING,),
        (Question(AFTER, CHOICE, "어느 쪽이 더 나으셨어요?", ("왼쪽", "오른쪽", "비슷해요")),),
    ),
    "blank": Start("빈 종이에서", (TRIAL, MONITOR, TASTING)),
}


def starts_for(sort: str) -> list[tuple[str, str]]:
    """Return the sets a sort may start from: (key, label), the fullest first."""
    return [(key, start.label) for key, start in STARTS.items() if sort in start.sorts]


def questions_of(key: str, sort: str) -> tuple[Question, ...]:
    """Return the questions of a set; none for one that is not for this sort."""
    start = STARTS.get(key)
    return start.questions if start is not None and sort in start.sorts else ()
