"""The words by which Korean reviews praise and blame, and what they are about. Data alone; praise_rules reads by it."""

from __future__ import annotations

from collections.abc import Mapping

PRAISE, BLAME = "praise", "blame"


def _each(**words: str) -> dict[str, str]:
    """Return word by noun: what a topic is called, and the nouns that mean it."""
    return {noun: topic for topic, nouns in words.items() for noun in nouns.split()}


# What a review may be about: nouns → the word it is counted under.
TOPICS: Mapping[str, str] = _each(
    맛="맛 존맛 꿀맛 식감 간",
    친절="친절 응대 서비스 태도 말투 사장 직원 점원 알바 아르바이트 종업원 원장 선생 인사",
    양="양 양이",
    가격="가격 값 가성비 가격대 비용 단가",
    분위기="분위기 인테리어 음악 감성 뷰 전망 조명",
    청결="청결 위생 청소",
    기다림="기다림 줄 대기 웨이팅 대기시간",
    배송="배송 택배 배달",
    포장="포장",
    자리="자리 좌석 공간 매장 테이블 의자 콘센트",
    주차="주차 주차장",
    화장실="화장실",
    소음="소음",
    소리="소리",
    메뉴="메뉴 종류",
    신선함="신선도 재료 신선",
    품질="품질 마감 상품 물건 제품",
    예약="예약",
    위치="위치 접근성",
    커피="커피 원두 라떼 아메리카노 드립 핸드드립 콜드브루 디카페인",
    빵="빵 케이크 디저트 쿠키 크루아상 소금빵",
    음료="음료 차 에이드 주스",
    음식="음식 요리 반찬 밥 안주 국수 면 찌개",
    고기="고기",
    국물="국물",
    떡="떡",
    기름="참기름 들기름 기름",
    향="향 향기",
    김치="김치",
    나물="나물 채소 야채",
    과일="과일",
    생선="생선 회",
    머리="머리 커트 염색 펌 파마 스타일",
    미용="미용 목욕",
)
# Says by itself both what it is about and how it is: lemma → (word, side).
OWN: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(
        (
            "맛있",
            "맛나",
            "고소하",
            "촉촉하",
            "바삭하",
            "부드럽",
            "담백하",
            "쫄깃하",
            "감칠맛나",
            "존맛",
            "꿀맛",
        ),
        ("맛", PRAISE),
    ),
    **dict.fromkeys(
        (
            "맛없",
            "싱겁",
            "느끼하",
            "비리",
            "질기",
            "눅눅하",
            "퍽퍽하",
            "딱딱하",
            "텁텁하",
            "탄내",
            "잡내",
            "노맛",
        ),
        ("맛", BLAME),
    ),
    **dict.fromkeys(("친절하", "상냥하", "다정하", "싹싹하", "자상하", "따스하", "살갑"), ("친절", PRAISE)),
    **dict.fromkeys(
        ("불친절하", "불친절", "무뚝뚝하", "퉁명하", "퉁명스럽", "무례하", "무성의하", "불쾌하"),
        ("친절", BLAME),
    ),
    **dict.fromkeys(("푸짐하", "넉넉하"), ("양", PRAISE)),
    **dict.fromkeys(("저렴하", "착하", "싸", "합리"), ("가격", PRAISE)),
    **dict.fromkeys(("비싸", "바가지"), ("가격", BLAME)),
    **dict.fromkeys(("깨끗하", "깔끔하", "청결하", "위생적이"), ("청결", PRAISE)),
    **dict.fromkeys(("더럽", "지저분하", "불결하", "비위생", "끈적이", "머리카락"), ("청결", BLAME)),
    **dict.fromkeys(("시끄럽", "소란하", "소란스럽"), ("소음", BLAME)),
    **dict.fromkeys(("조용하", "아늑하", "포근하", "예쁘"), ("분위기", PRAISE)),
    **dict.fromkeys(("신선하", "싱싱하"), ("신선함", PRAISE)),
    **dict.fromkeys(("상하", "시들"), ("신선함", BLAME)),
    **dict.fromkeys(("넓", "널찍하"), ("자리", PRAISE)),
    **dict.fromkeys(("좁", "비좁"), ("자리", BLAME)),
    **dict.fromkeys(("기다리", "느리", "늦", "밀리"), ("기다림", BLAME)),
    **dict.fromkeys(("빠르", "신속하"), ("속도", PRAISE)),
    **dict.fromkeys(("춥", "덥", "식", "미지근하"), ("온도", BLAME)),
    **dict.fromkeys(("따끈따끈하", "뜨끈하", "따끈하"), ("온도", PRAISE)),
    **dict.fromkeys(("꼼꼼하", "정성스럽", "정성껏", "세심하"), ("정성", PRAISE)),
}
# Those say it of something else where it stands in the clause: "포장이 깔끔해요" is about the wrapping.
OF_ANOTHER: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        ("깔끔하", "꼼꼼하", "예쁘", "부드럽"),
        frozenset({"포장", "머리", "맛", "미용", "커피", "음료", "음식", "국물", "빵"}),
    ),
    "딱딱하": frozenset({"자리"}),
    **dict.fromkeys(("빠르", "신속하", "느리", "늦", "밀리"), frozenset({"배송", "포장", "예약"})),
    **dict.fromkeys(("깨끗하", "더럽", "지저분하"), frozenset({"화장실"})),
    **dict.fromkeys(("좁", "넓"), frozenset({"주차"})),
}
# Says how it is of whatever its clause is about.
GENERIC: Mapping[str, str] = {
    **dict.fromkeys(
        (
            *("좋", "훌륭하", "완벽하", "괜찮", "만족하", "만족스럽", "만족", "감동하", "감동", "감동받", "추천하", "추천", "강추", "최고", "최고이", "대박", "예술", "일품", "으뜸", "깡패", "마음에들"),
            *("굿", "짱", "뛰어나", "적당하", "편하", "편리하", "편안하", "든든하", "훈훈하", "감사하", "고맙", "끝내주", "풍부하", "진하", "다양하", "알차", "멋지"),
        ),
        PRAISE,
    ),
    **dict.fromkeys(
        (
            *("나쁘", "별로", "별로이", "아쉽", "아쉬움", "실망하", "실망스럽", "실망", "불편하", "불편", "불만", "불만족", "불만족스럽", "최악", "최악이", "엉망", "엉망이", "형편없", "부족하", "부실하"),
            *("힘들", "걱정되", "어렵", "답답하", "짜증나", "속상하", "거칠", "성의없", "허술하", "지저분하", "애매하", "문제이"),
        ),
        BLAME,
    ),
}  # fmt: skip
# Says something only together with what it is about: (word, lemma) → side.
PAIRS: Mapping[tuple[str, str], str] = {
    ("맛", "있"): PRAISE, ("맛", "없"): BLAME, ("맛", "떨어지"): BLAME, ("품질", "떨어지"): BLAME,
    ("양", "많"): PRAISE, ("양", "적"): BLAME, ("양", "작"): BLAME,
    ("가격", "높"): BLAME, ("가격", "낮"): PRAISE, ("가격", "오르"): BLAME, ("가격", "있"): BLAME, ("가격", "세"): BLAME,
    ("기다림", "길"): BLAME, ("기다림", "짧"): PRAISE, ("기다림", "없"): PRAISE,
    ("자리", "많"): PRAISE, ("자리", "적"): BLAME, ("자리", "없"): BLAME, ("자리", "모자라"): BLAME,
    ("주차", "없"): BLAME, ("주차", "되"): PRAISE, ("주차", "쉽"): PRAISE,
    ("메뉴", "많"): PRAISE, ("메뉴", "적"): BLAME,
    ("소음", "크"): BLAME, ("소리", "크"): BLAME, ("소음", "심하"): BLAME,
    ("친절", "없"): BLAME, ("화장실", "없"): BLAME, ("예약", "되"): PRAISE, ("위치", "멀"): BLAME, ("위치", "가깝"): PRAISE,
    ("향", "나"): PRAISE, ("머리", "상하"): BLAME,
}  # fmt: skip
# A fault that is not there has a name of its own.
CALLED: Mapping[tuple[str, str], str] = {
    ("소음", PRAISE): "조용함",
    ("기다림", PRAISE): "기다림 없음",
    ("속도", BLAME): "기다림",
}
# Too much of it is blamed; by itself it is only a taste.
TASTES = frozenset({"짜", "달", "쓰", "맵", "시", "진하"})
TOO = frozenset({"너무", "좀", "조금", "많이", "지나치게", "약간"})
