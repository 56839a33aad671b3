"""달빛커피: a cafe in a side street, 600 people in 18 months. Invented; nobody is meant."""

from __future__ import annotations

from datetime import date

from app.flows.demo import dalbit_said, news_said
from app.flows.demo.description import Description, MenuItem, Offer, Pace, Promise

# How somebody takes it: short, seen at the very moment of stamping, and fit for "오늘도 … 드릴까요?".
_LIKES = (
    "얼음 적게", "연하게", "진하게 샷 추가해", "라떼 따뜻하게", "시럽 반만", "텀블러에", "빨대 없이", "오트밀크로 바꿔",
    "우유 조금 더", "뜨거운 물 한 컵 같이", "거품 적게", "크루아상 데워서", "얼음 가득", "디카페인으로", "시나몬 듬뿍",
    "케이크에 포크 두 개", "산미 있는 원두로", "고소한 원두로", "한겨울에도 아이스로", "머그컵에", "물 한 잔 먼저",
    "바닐라 시럽 한 번만", "소금빵 잘라서",
)  # fmt: skip

# What the owner would write on the back of a paper card.
_MEMOS = (
    "콩이(강아지)랑 와요. 문 앞에 물그릇 내놓기",
    "창가 두 번째 자리 좋아하세요. 콘센트 옆이요.",
    "출근길이라 늘 바쁘세요. 들어오시면 바로 내리기 시작!",
    "따님이 초등학생. 그림을 잘 그린대요.",
    "점심 지나 동료 셋이랑 같이 오세요. 계산은 돌아가면서.",
    "옆 세탁소 사장님. 커피는 배달 대신 직접 가지러 오세요.",
    "공방 하시는 분. 지난번 주신 컵 받침 잘 쓰고 있다고 인사드리기",
    "시험 준비 중이래요. 오래 앉아 계셔도 괜찮아요.",
    "말수 적으신 편. 조용한 자리로 안내하기",
    "주말엔 자전거 타고 오세요. 헬멧 놓을 자리 챙겨 드리기",
    "원두 사 가실 때는 갈지 말고 통으로",
    "어머니랑 같이 오시면 유자차 하나 더",
    "아이스 드시면서도 꼭 물 한 잔 찾으세요.",
    "화요일 로스팅 날 일부러 오시는 분. 새 원두 이야기 좋아하세요.",
    "복숭아 철에 복숭아청 부탁하셨어요. 6월에 말씀드리기",
    "지난번에 음료가 늦게 나와서 많이 기다리셨어요. 먼저 챙겨 드리기",
    "이사 가셨는데도 지하철 타고 와 주세요. 고마운 분",
    "꽃집 하시는 분. 가게 꽃은 여기서",
    "책 읽으러 오세요. 음악 조금 낮춰 드리기",
    "남편분 몫까지 두 잔. 한 잔은 연하게",
    "보리(고양이) 이야기하면 활짝 웃으세요.",
    "택시 하세요. 골목에 잠깐 대고 들르시니 미리 준비",
    "야근하시는 날 저녁에 오세요. 디카페인 권해 드리기",
    "계단 힘들어하셔서 1층 자리 비워 두기",
    "전에 도장 한 개 빠졌다고 하셔서 한 개 더 찍어 드렸어요. (확인 끝)",
    "동네 서점 직원분. 신간 나오면 한 권씩 놓고 가세요.",
    "커피 배우고 싶어 하세요. 원데이 클래스 열면 먼저 알려 드리기",
    "늘 “오늘의 추천”으로 드려요. 신 것만 빼고요.",
    "유모차 끌고 오세요. 문 잡아 드리기",
    "단골 중의 단골. 첫날 비 오는데 첫 손님으로 오셨어요.",
)

_MENU = (
    MenuItem("아메리카노", 4000, (46, 40, 26, 12)),
    MenuItem("카페라떼", 4500, (20, 16, 14, 8)),
    MenuItem("바닐라라떼", 5000, (8, 10, 10, 6)),
    MenuItem("콜드브루", 4800, (8, 12, 10, 4)),
    MenuItem("핸드드립", 5500, (3, 6, 10, 4)),
    MenuItem("디카페인 라떼", 5000, (2, 3, 7, 14)),
    MenuItem("유자차", 5000, (2, 3, 6, 12)),
    MenuItem("자몽에이드", 5500, (1, 5, 10, 10)),
    MenuItem("흑임자라떼", 5500, (4, 4, 8, 8), is_pick=True),
    MenuItem("버터 크루아상", 4200, (10, 3, 4, 1), is_extra=True),
    MenuItem("바스크 치즈케이크", 6500, (1, 4, 10, 7), is_extra=True),
    MenuItem("소금빵", 3500, (8, 4, 6, 2), is_extra=True),
)


def _rests(day: date) -> bool:
    """Every second Monday of a month, and three days of summer."""
    return (day.weekday() == 0 and 8 <= day.day <= 14) or (day.month == 8 and day.day in (5, 6, 7))


DALBIT = Description(
    seed="dangol demo shop 1",
    code="DALBIT",
    name="달빛커피",
    owner_name="문가람",
    colleagues=("서윤", "준호"),
    phone="02-0000-1225",  # no exchange begins with 000: nobody answers there
    address="서울 은하구 달빛로 12",  # a district that does not exist
    story=(
        "동네 골목에서 여섯 해째 커피를 내려요. 원두는 매주 화요일에 조금씩 볶아요.\n"
        "자주 오시는 분의 입맛은 적어 두고 기억할게요. 천천히 쉬었다 가세요."
    ),
    thank_you="{이름} 님, {가게}에 들러 주셔서 고맙습니다. 내려 드린 커피가 입에 맞으셨으면 좋겠어요.",
    thank_you_delay=None,
    reward="아메리카노 한 잔",
    goals=(12, 10),
    people=600,
    paces=(
        Pace("once", 0.26, (7, 7)),
        Pace("few", 0.16, (9, 35)),
        Pace("now_and_then", 0.22, (14, 40)),
        Pace("regular", 0.17, (4, 10)),
        Pace("daily", 0.05, (1, 2.2)),
        Pace("gone_quiet", 0.09, (3, 12)),
        Pace("new", 0.04, (2, 6)),
        Pace("never", 0.01, (7, 7)),
    ),
    number_blocks=("0000", "0001", "0002"),
    history_days=548,
    opens=8 * 60,
    closes=21 * 60,
    weekdays=(0.95, 0.9, 0.95, 1.05, 1.3, 1.15, 0.7),
    rushes=((8 * 60 + 40, 24), (12 * 60 + 35, 24), (15 * 60 + 20, 50), (18 * 60 + 35, 40)),
    rush_shares=((30, 34, 22, 14), (12, 24, 42, 22)),
    rests=_rests,
    feast_share=0,
    menu=_MENU,
    basket=(1,),
    extra_share=0.24,
    parties=(80, 15, 4, 1),
    just_been=(5, 12, 31, 55),
    likes=_LIKES,
    memos=_MEMOS,
    reviews=dalbit_said.REVIEWS,
    review_stamps=1,
    review_places=("https://naver.me/dalbitexample", "https://kko.to/dalbitexample"),
    hashtag="달빛한잔",
    threads=dalbit_said.THREADS,
    ready_answers=dalbit_said.READY_ANSWERS,
    has_tiers=True,
    promises=(
        Promise(
            "손 그라인더",
            12,
            "손잡이와 날이 헛돌거나 빠지면 무료로 고쳐 드려요.\n떨어뜨려 깨진 것과 물로 씻어 슨 녹은 부품값만 받아요.",
            "물로 씻지 말고 솔로 털어 주세요. 날은 반년에 한 번 갈아 드려요.",
        ),
        Promise(
            "드립 주전자",
            24,
            "이음새가 새거나 뚜껑 고무가 삭으면 무료로 바꿔 드려요. 겉의 찍힘은 빼요.",
            "쓰고 나면 물을 비우고 뚜껑을 열어 말려 주세요.",
        ),
    ),
    offers=(
        Offer("sign_up", "쿠키 한 개", 0.6),
        Offer("nth_visit", "사이즈업", 0.7, rule_value=3),
        Offer("birthday", "케이크 한 조각", 0, days=14),
        Offer("recovery", "따뜻한 음료 한 잔", 0, days=60),
        Offer("manual", "2,000원 할인", 0.4, form="amount", value=2000, least_amount=10_000),
    ),
    news=news_said.DALBIT,
    links=(
        ("instagram", "https://www.instagram.com/dalbit.example"),
        ("openchat", "https://open.kakao.com/o/gDalbitExample"),
    ),
)
