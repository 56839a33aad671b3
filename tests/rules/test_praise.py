"""What reviews praise and what they blame: read by the library that reads them at night, on the right side."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.flows.demo import dalbit_said, jeongsun_said
from app.kit import morphemes
from app.reviews.praise_rules import said

# A text, and what it says: + praises, - blames. Nothing where nothing can be told.
TABLE = """
친절하지 않아요|-친절
하나도 안 친절해요|-친절
불친절했어요|-친절
친절하지는 않지만 맛은 있어요|-친절 +맛
사장님이 정말 친절하세요. 커피도 맛있고 분위기도 좋아요|+친절 +맛 +분위기
친절하신 사장님|+친절
직원분들이 상냥하세요|+친절
직원분이 별로예요|-친절
친절함이 없어요|-친절
기다림이 너무 길었어요|-기다림
오래 기다렸어요|-기다림
기다림 없이 바로 먹었어요|+기다림_없음
안 기다리고 바로 들어갔어요|+기다림_없음
별로 안 기다렸어요|+기다림_없음
기다릴 만해요|
기다린 보람이 있어요|
또 오기를 기다릴게요|
줄이 길어요|-기다림
음식이 늦게 나와요|-기다림
배송이 빨라요|+배송
배송이 늦었어요|-배송
포장이 꼼꼼했어요|+포장
양이 많아요|+양
양이 적어요|-양
양이 좀 더 많았으면 좋겠어요|-양
맛도 좋고 양도 많아요|+맛 +양
맛은 있는데 양이 적어요|+맛 -양
맛이 없어요|-맛
맛없어요|-맛
맛있지 않아요|-맛
맛있는지 모르겠어요|
너무 달지 않아서 좋아요|+맛
너무 짜요|-맛
국물이 싱거워요|-맛
가격이 비싸요|-가격
비싸지 않아요|+가격
가격이 착해요|+가격
가성비 최고|+가격
가격에 비해 양이 적어요|-양
가격보다 맛이 중요해요|
분위기 깡패|+분위기
조용하고 음악 소리가 딱 좋아요|+분위기 +소리
시끄러워서 오래 있기 힘들었어요|-소음
시끄럽지 않아서 책 읽기 좋아요|+조용함
깔끔하고 깨끗해요|+청결
화장실이 더러워요|-화장실
머리카락이 나왔어요|-청결
위생이 걱정돼요|-청결
자리가 좁아요|-자리
콘센트 자리가 좀 더 있으면 완벽해요|-자리
주차가 불편해요|-주차
주차가 불편하지 않아요|+주차
아쉬운 점은 주차예요|-주차
음식이 식어서 나왔어요|-온도
매장이 추워요|-온도
나쁘지 않아요|
맛이 나쁘지 않아요|+맛
불편함이 없었어요|
커피가 별로였어요|-커피
별로예요|
라떼가 정말 맛있어요|+맛
재료가 신선해요|+신선함
머리가 마음에 들어요|+머리
또 올게요|
만족합니다|
좋은 분위기에서 잘 먹었어요|+분위기
최고의 맛이에요|+맛
친절하고 맛있어요. 그런데 비싸요|+친절 +맛 -가격
서비스가 엉망이에요|-친절
택배 포장이 엉망|-배송 -포장
맛은 그냥 그래요|
직원분은 친절했지만 주문이 늦었어요|+친절 -기다림
아메리카노가 식어도 맛있는 집이에요|+맛
사장님이 벌써 내려 놓고 기다리셔요|
컵에 적어 주시는 말이 은근히 기다려져요|
커피 맛은 말할 것도 없고요|
의자가 조금 딱딱해요|-자리
더운 날이라 그런가 봐요|
콜드브루 진하고 깔끔합니다|+커피
콜드브루를 병으로도 파셨으면 좋겠어요|
소금빵이 다 떨어졌어요|
커피는 정말 좋아요. 점심시간엔 줄이 좀 길어요|+커피 -기다림
분위기 좋고 친절해요. 콘센트 자리가 좀 더 있으면 완벽해요|+분위기 +친절 -자리
ㅠㅠ|
👍👍👍|
<script>alert(1)</script>|
"""
DEMO = (*dalbit_said.REVIEWS, *jeongsun_said.REVIEWS)
LINES = [line.partition("|") for line in TABLE.strip().split("\n")]


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[tuple[str, str]]]:
    """Read all texts as a night does: by one process."""
    texts = [*(text for text, _bar, _said in LINES), *(each.text for each in DEMO)]
    found = morphemes.read(texts, tmp_path_factory.mktemp("desk"))
    return {text: said(one) for text, one in zip(texts, found, strict=True)}


@pytest.mark.parametrize(("text", "_bar", "told"), LINES, ids=[line[0] for line in LINES])
def test_it_stands_on_the_right_side(
    read: dict[str, set[tuple[str, str]]], text: str, _bar: str, told: str
) -> None:
    sides = {"+": "praise", "-": "blame"}
    assert read[text] == {(word[1:].replace("_", " "), sides[word[0]]) for word in told.split()}


def test_the_demo_says_what_a_night_would_find(read: dict[str, set[tuple[str, str]]]) -> None:
    sides = {"+": "praise", "-": "blame"}
    for each in DEMO:
        assert (
            read[each.text] == {(word[1:].replace("_", " "), sides[word[0]]) for word in each.words.split()}
            or each.hidden
        ), each.text


def test_a_desk_holds_what_was_read(tmp_path: Path) -> None:
    assert morphemes.read(["맛있어요", ""], tmp_path)[1] == []
