"""What people of the demo shops show, ask, write among each other and enter. Invented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Shown:
    """One photo: what it is, its picture's file ("" = only a link), the words, how long ago; `reply` "" = none yet,
    `state` as below, `link`: where it was posted."""

    sort: str
    picture: str
    text: str
    days_ago: float
    reply: str = ""
    state: str = "shown"  # shown | waits (for the shop's look) | private (for the shop alone)
    link: str = ""


@dataclass(frozen=True)
class Drawn:
    """One event: from so many days ago to so many; a negative number is to come."""

    title: str
    prize: str
    winners: int
    text: str
    begins: int
    ends: int
    people: int
    visits: int = 0
    asks: str = ""  # see event_rules.ASKS: photos shown since it began were sent for it


@dataclass(frozen=True)
class Gathered:
    """All of a shop. Posts: (title, text, days ago, comments); a comment that begins with "> " is the shop's,
    one with "! " was reported as an ad."""

    shown: tuple[Shown, ...]
    events: tuple[Drawn, ...]
    questions: tuple[tuple[str, str, float], ...]  # question, answer ("" = it waits), days ago
    posts: tuple[tuple[str, str, float, tuple[str, ...]], ...] = ()
    welcome: tuple[str, str] | None = None  # the shop's pinned post; None: it has no board


OF_SHOPS: Mapping[str, Gathered] = {
    "DALBIT": Gathered(
        shown=(
            Shown("cook", "story_latte", "가르쳐 주신 대로 집에서 라떼 해 봤어요. 하트가 자꾸 갈라지네요.", 19, "하트가 세 개나 떴는데요? 우유를 조금만 더 천천히 부어 보세요."),
            Shown("use", "story_gift", "드립백 세 가지 부모님께 보내 드렸더니 아침마다 하나씩 골라 드신대요.", 11, "부모님 입맛에는 어떤 게 맞으셨는지 궁금해요. 고맙습니다!"),
            Shown("visit", "review_latte", "창가 자리에서 오늘의 첫 잔. 비 오는 날이 제일 좋아요.", 4, "그 자리, 비 오는 날 제가 제일 좋아하는 자리예요."),
            Shown("use", "story_gift", "친구 집들이 선물로 가져갔어요. 포장이 예뻐서 그냥 뒀대요.", 0.2, state="waits", link="https://www.instagram.com/p/DalbitGift01/"),
            Shown("cook", "story_latte", "거품 내는 게 어려워서 여쭤봐요. 어디가 잘못된 걸까요?", 1.2, state="private"),
        ),
        events=(
            Drawn("새 라떼 이름 짓기", "흑임자라떼 한 잔", 2, "군고구마가 들어간 겨울 라떼예요. 이름을 지어 주신 모든 분 가운데 두 분께 한 잔씩 드려요.", 24, 15, 41),
            Drawn("겨울 사진전", "원두 200g 한 봉지", 3, "달빛커피와 함께한 사진을 ‘손님 사진’에 올리고 참여해 주세요.\n뽑히신 분은 가게에서 받아 가시면 돼요. 받는 기한은 발표 뒤 한 달이에요.", 5, -6, 11, visits=1, asks="photo"),
        ),
        questions=(
            ("콜드브루는 며칠까지 두고 마셔도 되나요?", "냉장고에서 일주일까지 괜찮아요. 열고 나면 사흘 안에 드시는 게 제일 맛있어요.", 20),
            ("반려견과 함께 앉을 수 있나요?", "네, 1층 안쪽 자리에 물그릇도 있어요. 목줄만 꼭 부탁드려요.", 9),
            ("주말에도 디카페인으로 바꿀 수 있나요?", "", 0.3),
        ),
        posts=(
            ("비 오는 날엔 다들 뭐 드세요?", "저는 비 오는 날 창가에서 마시는 따뜻한 라떼가 제일이에요. 다들 어떤 걸 드시는지 궁금해요.", 6, ("저는 유자차요. 목이 따뜻해져요.", "핸드드립이요! 향이 더 잘 나는 것 같아요.", "> 비 오는 날엔 우산도 빌려 드려요. 말씀만 하세요.")),
            ("소금빵 나오는 시간", "오늘 세 시쯤 갔더니 막 나오고 있었어요. 따뜻할 때 드세요!", 2, ("앗 내일 그 시간에 가야겠어요.", "! 제 블로그에 빵집 할인 쿠폰 많아요. 구경 오세요.")),
        ),
        welcome=("단골 게시판을 열었어요", "단골손님들끼리 편하게 이야기 나누시라고 열었어요. 서로 다정하게 써 주세요. 가게에만 하실 말씀은 ‘사장님께 한마디’로 남겨 주세요."),
    ),
    "JEONGSUN": Gathered(
        shown=(
            Shown("cook", "story_table", "순두부에 정순네 김치 넣고 끓였어요. 국물이 끝내줘요.", 13, "아이고, 맛나게도 끓이셨네. 다음엔 새우젓 조금만 넣어 봐요."),
            Shown("cook", "", "오늘 저녁상. 반찬이 다 정순네 거예요. 블로그에 자세히 적었어요.", 3, "상이 꽉 찼네! 많이 드시고 또 와요.", link="https://blog.naver.com/jeongsun_fan/223000000001"),
        ),
        events=(
            Drawn("김장 도움 뽑기", "배추김치 1kg", 3, "카드가 있는 분은 누구나 참여하세요. 김장하는 날 세 분께 드려요.", 3, -8, 19),
        ),
        questions=(("깻잎장아찌는 얼마나 두고 먹어요?", "냉장고에 두면 두 달은 너끈해요. 국물에 잠기게 두세요.", 8),),
    ),
}  # fmt: skip
