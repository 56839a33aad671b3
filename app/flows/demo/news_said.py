"""What the two demo shops tell their people. Invented; in the voice of who keeps each shop."""

from __future__ import annotations

from app.flows.demo.description import NewsWords as News

DALBIT = (
    News(
        "notice",
        41,
        "화장실 가는 길에 등을 달았어요",
        "밤에 어두워서 불편하셨죠. 계단마다 작은 등을 달았어요. 말씀해 주신 분들 덕분이에요.",
        0.14,
    ),
    News(
        "season",
        24,
        "제주 댕유자로 유자차를 담갔어요",
        "올해 딴 댕유자를 껍질째 썰어서 2주 재웠어요. 달기보다 향이 진해요.\n목이 칼칼한 날 따뜻하게 드세요.",
        0.22,
        about="유자차",
    ),
    News(
        "notice",
        13,
        "둘째 월요일은 쉬어요",
        "원두 볶는 기계를 청소하는 날이에요. 매달 둘째 월요일에는 문을 닫아요.",
        0.31,
        is_first=True,
    ),
    News(
        "product",
        5,
        "디카페인 원두를 바꿨어요",
        "에티오피아 콩을 물로만 씻어서 카페인을 뺐어요. 밤에 드셔도 괜찮고, 끝맛이 훨씬 달아요.\n궁금하시면 한 모금 먼저 드릴게요.",
        0.18,
        about="디카페인 라떼",
    ),
    News(
        "notice",
        2,
        "단골 손님께 먼저 알려 드려요",
        "겨울 원두를 이번 주말에 처음 볶아요. 토요일 아침에 오시면 갓 볶은 것으로 내려 드릴게요.",
        0.4,
        group="regular",
    ),
)

JEONGSUN = (
    News(
        "notice", 50, "냉장고를 고쳤어요", "하루 문을 닫아 죄송했어요. 이제 더 시원해요.", 0.1, is_over=True
    ),
    News(
        "season",
        12,
        "김장 김치 예약 받아요",
        "영월 배추로 담가요. 한 통 5kg이고 다음 달 첫째 주에 나와요. 전화 주시면 이름 적어 둘게요.",
        0.34,
        is_first=True,
    ),
    News(
        "notice",
        3,
        "아침 여덟 시에 문 열어요",
        "날이 추워서 반찬이 조금 늦게 나와요. 여덟 시 넘어서 와 주세요.",
        0.2,
    ),
)
