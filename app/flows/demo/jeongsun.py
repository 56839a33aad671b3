"""정순네 반찬: a stall for side dishes in a market hall, 200 people in a year. Invented; nobody is meant."""

from __future__ import annotations

from datetime import date

from app.flows.demo import jeongsun_said, news_said
from app.flows.demo.description import Description, MenuItem, Pace

_LIKES = (
    "싱겁게 무친 걸로", "참기름 빼고", "잡채 넉넉히", "고춧가루 적게", "깻잎 두 묶음", "마늘 빼고", "작은 통에 나눠",
    "국물 따로 담아", "멸치 작은 걸로", "계란 많이", "두부 부드러운 걸로", "겉절이 갓 무친 걸로", "들기름으로 무쳐",
    "반 통씩 여러 가지", "덜 달게", "봉지 말고 가져온 통에",
)  # fmt: skip

# What 정순 would say to her daughter behind the stall.
_MEMOS = (
    "토요일마다 따님 반찬까지 사 가세요. 진미채 꼭 챙기기",
    "혼자 사세요. 조금씩 여러 가지로",
    "정육점 사장님. 점심 전에 오시니 장조림 한 통 빼 두기",
    "명절 앞두고는 전을 두 접시씩. 사흘 전에 여쭤보기",
    "무릎이 불편하셔서 계단 아래까지 들어다 드리기",
    "아이가 계란만 골라 먹는대요. 장조림에 계란 넉넉히",
    "늘 가져오신 통에 담아 가세요.",
    "떡집 이모. 반찬 드리면 떡으로 갚으시는 분",
    "참기름 냄새를 싫어하세요. 따로 무쳐 두기",
    "퇴근이 늦으셔서 여섯 시 넘어 오세요. 겉절이 남겨 두기",
    "며느님이 시험을 준비한대요. 붙으면 떡 돌린다고 하심",
    "지난번에 통이 새서 가방이 젖었대요. 한 번 더 싸 드리기",
    "국숫집 하시는 분. 열무김치는 큰 통으로",
    "손주 오는 날은 동그랑땡. 방학 때 자주 오세요.",
    "말씀은 없어도 늘 웃으며 가시는 분",
    "경로당에 나눠 드신대요. 나물은 넉넉히",
)

_MENU = (
    MenuItem("멸치볶음", 5000, (16, 12, 10, 8)),
    MenuItem("배추겉절이", 6000, (14, 14, 16, 14)),
    MenuItem("잡채", 7000, (8, 16, 12, 6)),
    MenuItem("소고기 장조림", 8000, (10, 9, 9, 8)),
    MenuItem("진미채볶음", 6000, (9, 8, 10, 8)),
    MenuItem("콩나물무침", 3000, (10, 12, 12, 12)),
    MenuItem("시금치나물", 4000, (9, 8, 8, 6)),
    MenuItem("두부조림", 4500, (6, 9, 9, 10)),
    MenuItem("오이소박이", 6000, (5, 6, 8, 6)),
    MenuItem("깻잎장아찌", 5000, (6, 6, 7, 6), rebuy_days=30),
    MenuItem("열무김치", 6500, (5, 6, 7, 6)),
    MenuItem("동그랑땡", 8000, (4, 8, 9, 6)),
    MenuItem("식혜", 4000, (3, 5, 7, 3), is_extra=True),
    MenuItem("호박죽", 5000, (5, 3, 3, 2), is_extra=True, is_pick=True),
)


def _rests(day: date) -> bool:
    """Sundays, as the market does, and two days of summer."""
    return day.weekday() == 6 or (day.month == 8 and day.day in (14, 15))


JEONGSUN = Description(
    seed="dangol demo shop 2",
    code="JEONGSUN",
    name="정순네 반찬",
    owner_name="박정순",
    colleagues=("하영",),
    phone="02-0000-0814",  # no exchange begins with 000: nobody answers there
    address="서울 은하구 달빛시장길 7, 시장 안 23호",  # a district that does not exist
    story=(
        "시장 안쪽에서 스물세 해째 반찬을 해요. 새벽에 장을 봐서 그날 무친 것만 내놓아요.\n"
        "일요일은 쉬어요. 명절 음식은 사흘 전에만 말씀해 주세요."
    ),
    thank_you="{이름} 님, {가게}에 들러 주셔서 고마워요. 저녁 밥상에 맛있게 올리셨으면 좋겠어요.",
    thank_you_delay=180,  # by then it has been supper
    reward="반찬 한 통",
    prices="5000 10000 15000 20000",
    goals=(10, 8),
    people=200,
    paces=(
        Pace("once", 0.18, (7, 7)),
        Pace("few", 0.16, (10, 30)),
        Pace("now_and_then", 0.22, (12, 26)),
        Pace("regular", 0.29, (6, 8)),  # the week's side dishes
        Pace("daily", 0.02, (2, 4)),
        Pace("gone_quiet", 0.08, (6, 10)),
        Pace("new", 0.04, (3, 7)),
        Pace("never", 0.01, (7, 7)),
    ),
    number_blocks=("0003", "0004"),
    history_days=365,
    opens=8 * 60,
    closes=18 * 60 + 30,
    weekdays=(0.8, 0.85, 0.95, 0.95, 1.2, 1.6, 0.1),
    rushes=((9 * 60 + 10, 40), (11 * 60 + 20, 35), (15 * 60 + 40, 50), (17 * 60 + 20, 30)),
    rush_shares=((24, 26, 22, 28), (34, 36, 22, 8)),
    rests=_rests,
    feast_share=0.6,
    menu=_MENU,
    basket=(22, 38, 27, 13),
    extra_share=0.14,
    parties=(93, 6, 1, 0),
    just_been=(5, 12, 31, 55, 240, 290, 345),
    likes=_LIKES,
    memos=_MEMOS,
    reviews=jeongsun_said.REVIEWS,
    review_stamps=1,
    hashtag="정순네반찬",
    point_permille=10,
    threads=jeongsun_said.THREADS,
    day_off=6,
    news=news_said.JEONGSUN,
    links=(("band", "https://band.us/@jeongsun-example"),),
)
