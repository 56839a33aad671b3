"""The forms of the owner's side into which something is typed, and the words of their fields."""

from __future__ import annotations

_STAGE_WORDS = (("at", "중간 혜택 도장"), ("name", "중간 혜택"))
_DAYS = {
    "birth_month": "생일 달",
    "birth_day": "생일 날",
    "birth_calendar": "생일을 세는 법",
    "anniversary_name": "기념일 이름",
    "anniversary_month": "기념일 달",
    "anniversary_day": "기념일 날",
    "anniversary_calendar": "기념일을 세는 법",
    "days": "축하받겠다고 하셨어요",
}
# Whom a list was narrowed to: what is done with it must not fall on everybody.
_NARROWED = {"group": "그룹", "tag": "태그", "q": "찾은 말"}
_COMPANION = {
    "name": "부르는 이름",
    "note": "기억할 것",
    "birth_month": "생일 달",
    "birth_day": "생일 날",
    "birth_calendar": "생일을 세는 법",
    "days": "축하받겠다고 하셨어요",
}
_COUPON = {
    "rule": "언제 드릴까요?",
    "instead_of": "대신할 쿠폰",
    "rule_value": "몇 번째, 며칠, 어느 등급",
    "starts_on": "언제부터",
    "gives": "무엇을 드릴까요?",
    "name": "손님이 읽을 이름",
    "value": "얼마나",
    "valid_days": "며칠 동안",
    "valid_until": "늦어도 이날까지",
    "least_amount": "얼마 이상 사실 때",
    "least_tier": "누가 쓸 수 있나요?",
    "per_person": "한 분께 몇 장까지",
    "total": "모두 몇 장까지",
    "stacks": "다른 쿠폰과 함께",
}
# The forms into which something is typed: what they save, and each field by its name. Only these fields are
# kept, so that the page which sends them on can show every one. A mere press (찍기, 빼기) is pressed again.
TYPED: dict[str, tuple[str, dict[str, str]]] = {
    "owner.person": ("손님 정보", {"name": "이름", "likes": "좋아하는 것", "memo": "기억할 것"}),
    "owner.person_about": (
        "손님이 말해 준 것",
        {"found_by": "우리 가게를 어떻게 알고 오셨나요?", "gender": "성별"},
    ),
    "owner.new_person": (
        "손님 적기",
        {
            "name": "이름",
            "phone": "휴대폰 번호",
            "origin": "번호를 어떻게 알게 됐나요?",
            "agreed": "동의하셨어요",
        },
    ),
    "owner.new_companion": ("함께 오는 친구", _COMPANION),
    "owner.companion": ("함께 오는 친구", _COMPANION),
    "owner.people_file": (
        "명단 내려받기",
        {"reason": "왜 내려받으시나요?", "kind": "어떤 파일로", **_NARROWED},
    ),
    "owner.person_phone": ("전화번호", {"phone": "맞는 휴대폰 번호", "agreed": "동의하셨어요"}),
    "owner.tag": ("태그 이름", {"name": "새 이름"}),
    "owner.tag_many": (
        "태그 붙이기",
        {"name": "붙일 태그", "whom": "누구에게 붙일까요?", "picked": "고른 손님", **_NARROWED},
    ),
    "owner.shop_review": ("후기 답글", {"text": "답글"}),
    "owner.shop_voice": ("손님 말씀에 답하기", {"text": "답", "offer": "함께 드릴 쿠폰"}),
    "owner.heard_voice": (
        "들은 말 적기",
        {
            "kind": "어떤 말씀인가요?",
            "text": "말씀",
            "source": "어디서",
            "said_on": "언제",
            "who": "어느 손님",
            "person": "손님",
        },
    ),
    "owner.ready_answers": ("자주 쓰는 답", {"name": "무엇에 대한 답", "text": "답"}),
    "owner.shop_causes": ("새 원인", {"name": "원인"}),
    "owner.voice_causes": ("말씀의 원인", {"new_cause": "다른 원인"}),
    "owner.cause_fixed": ("고쳤다고 알리기", {"text": "무엇을 고쳤는지"}),
    "owner.close_voice": ("해결했어요", {"note": "어떻게 끝났는지"}),
    "owner.campaign_text": (
        "단체 문자",
        {"text": "보낼 글", "coupon": "함께 드릴 쿠폰", "compares": "두 가지 글", "text_b": "다른 글"},
    ),
    "owner.campaign_time": ("단체 문자를 보내는 때", {"when": "보내는 때", "day": "날", "hour": "시각"}),
    "owner.message_budget": ("문자 값 한도", {"month_won": "한 달 한도"}),
    "owner.comparison": ("비교할 글", {"text_b": "둘째 글"}),
    "owner.automation": ("보낼 글", {"delay_minutes": "보내는 때", "text": "글"}),
    "owner.shop_profile": (
        "가게 소개",
        {
            "name": "가게 이름",
            "mark": "도장에 새길 한 글자",
            "owner_name": "사장님 이름",
            "address": "주소",
            "story": "가게 이야기",
        },
    ),
    "owner.card_rule": (
        "카드 규칙",
        {
            "reward_name": "다 모으면 드릴 것",
            "goal": "모아야 할 도장",
            **{f"stage_{part}_{n}": f"{word} {n}" for n in (1, 2, 3) for part, word in _STAGE_WORDS},
            "point_percent": "금액의 몇 %",
            "point_visit": "방문마다 포인트",
            "point_least": "쓸 수 있는 포인트",
            "expiry": "기한",
            "expiry_months": "몇 달 동안",
            "expires_on": "마지막 날",
        },
    ),
    "owner.hours": ("영업시간", {"opens": "여는 시각", "closes": "닫는 시각"}),
    "owner.contact": (
        "연락처",
        {"phone": "손님이 전화할 번호", "opt_out_080": "080 수신거부 번호", "email": "가게 이메일"},
    ),
    "owner.review_settings": (
        "후기 설정",
        {
            "reward_stamps": "후기를 남기면 드릴 도장",
            "hashtag": "우리 가게 해시태그",
            "naver_url": "네이버 주소",
            "kakao_url": "카카오맵 주소",
            "google_url": "구글 지도 주소",
        },
    ),
    "owner.text_size": ("글자 크기", {"size": "글자 크기"}),
    "owner.password": ("아이디와 비밀번호", {"login": "아이디"}),
    "owner.staff_list": ("새 직원", {"name": "이름", "login": "아이디", "role": "맡길 일"}),
    "owner.staff_person": ("직원", {"name": "이름", "role": "맡은 일"}),
    "owner.new_cards": ("종이 카드", {"count": "장 수"}),
    "owner.friend_settings": (
        "친구 데려오기",
        {
            "is_on": "친구 데려오기",
            "inviter": "소개한 분께 드릴 것",
            "friend": "처음 온 친구께 드릴 것",
            "month_most": "한 분께 한 달에 몇 명까지",
        },
    ),
    "owner.own_cards": ("내 카드", {"spoken": "내 카드의 번호"}),
    "owner.closing": ("마감 맞춰 보기", {"day": "날", "receipts": "영수증 수"}),
    "owner.staff_limits": (
        "알려 드리는 기준",
        {
            "stamps_an_hour": "한 시간에 찍는 도장",
            "overrides_a_day": "하루에 한 번 더 찍는 도장",
            "checks_a_day": "하루에 카드 없이 써 드리는 혜택",
        },
    ),
    "owner.days": ("쉬는 요일", {"weekdays": "쉬는 요일", "kind": "이날은"}),
    "owner.special_days": (
        "쉬는 날",
        {"kind": "이날은", "first": "쉬는 날", "last": "마지막 날", "note": "까닭"},
    ),
    "owner.hand_settings": ("내 휴대폰으로 보내기", {"time": "몇 시부터", "most": "하루에 몇 통까지"}),
    "owner.letter": ("한 분께 쓰기", {"text": "보낼 말"}),
    "owner.done": ("끝났다고 알리기", {"text": "보낼 말"}),
    "owner.talk_channel": ("카카오톡 채널", {"link": "채널 주소"}),
    "owner.price_buttons": ("금액 단추", {f"price{n}": f"금액 {n}" for n in range(1, 7)}),
    "owner.product": (
        "상품 설정",
        {
            "review_days": "며칠 써 보면 어땠는지 알 수 있나요?",
            "rebuy_days": "며칠 뒤에 다 쓰고 다시 사시나요?",
            "is_pick": "추천할 상품",
        },
    ),
    "owner.gifts": ("선물 목록", {"name": "무엇을 드릴까요?", "tier": "누구에게"}),
    "owner.boost": (
        "두 배의 날",
        {
            "name": "이름",
            "percent": "얼마나 더 드릴까요?",
            "weekdays": "요일",
            "from_time": "몇 시부터",
            "to_time": "몇 시까지",
            "from_day": "며칠부터",
            "to_day": "며칠까지",
            "tier": "누구에게",
        },
    ),
    "owner.tier": (
        "등급에서 드리는 것",
        {
            "percent": "도장과 포인트",
            "discount": "늘 드리는 할인(%)",
            "extra": "덤",
            "coupon_kind": "들어올 때 드릴 쿠폰",
            "early_news": "소식 먼저 알리기",
        },
    ),
    "owner.person_days": ("생일과 기념일", _DAYS),
    "owner.person_coupons": ("쿠폰 드리기", {"kind": "드릴 쿠폰"}),
    "owner.new_coupon_kind": ("새 쿠폰", _COUPON),
    "owner.coupon_kind": ("쿠폰", {"per_person": "한 분께 몇 장까지", "total": "모두 몇 장까지"}),
    "owner.paper_by_hand": ("종이 카드의 도장", {"stamps": "찍힌 도장", "reason": "까닭"}),
    "owner.paper_card": (
        "종이 카드 옮기기",
        {"stamps": "옮길 도장", "reason": "까닭", "own_reason": "다른 까닭"},
    ),
}
