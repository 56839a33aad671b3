"""Which places of the owner's side there are beside the tabs: what is opened daily, the groups below it, what is inside others."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from app.web.guards import current_staff


@dataclass(frozen=True)
class Place:
    """One row: its name, where it leads, and by which other words people look for it.

    `when` names a fact that must hold for the shop; `where` is the group or the tab it belongs to.
    """

    name: str
    endpoint: str
    icon: str
    detail: str = ""
    also: str = ""
    when: str = ""
    value: str = ""
    where: str = ""

    @property
    def address(self) -> str:
        """Return where it leads."""
        if self.endpoint.startswith("public."):
            return url_for(self.endpoint, code=current_staff().shop.code)
        if self.endpoint == "owner.print_sheet":
            return url_for(self.endpoint, sheet="parcel")
        return url_for(self.endpoint)


# What is opened every day stands on top and not again below.
DAILY = (
    Place("손님 말씀", "owner.shop_voices", "talk", "칭찬, 불편, 문의, 제안", "불만 민원 클레임 한마디"),
    Place("후기", "owner.shop_reviews", "star", "손님이 남긴 후기에 답글 쓰기", "리뷰 별점 평점"),
    Place("가게 소식", "owner.notices", "bell", "알림, 제철 소식, 새 상품", "공지 신메뉴"),
    Place("쿠폰", "owner.coupon_kinds", "ticket", "첫 만남, 생일, 오랜만에 오신 날", "할인 혜택"),
    Place(
        "인쇄하기",
        "owner.print_room",
        "print",
        "포스터, 탁상 안내, 스티커, 쪽지, 종이 카드",
        "QR 큐알 프린트 전단",
    ),
    Place("가게 흐름", "owner.flow", "chart", "이번 달, 한 주, 붐비는 시간", "통계 매출 분석"),
)
GROUPS: tuple[tuple[str, tuple[Place, ...]], ...] = (
    (
        "카드와 혜택",
        (
            Place("카드 규칙", "owner.card_rule", "card", also="도장 개수 혜택 적립 포인트 유효 기간"),
            Place("등급", "owner.tiers", "heart", also="VIP 단골 우대"),
            Place("두 배의 날", "owner.boosts", "stamp", also="더블 적립 행사"),
            Place("친구 데려오기", "owner.friend_settings", "people", also="소개 추천"),
            Place(
                "손님을 모셔 온 분들",
                "owner.friends",
                "people",
                also="소개 추천 친구",
                when="sees_friends",
            ),
            Place(
                "보증서",
                "owner.shop_warranties",
                "shield",
                "드리기, 찾기, AS 요청",
                "수리 품질",
                "warranties",
            ),
            Place(
                "디지털 보증서",
                "owner.warranty_settings",
                "shield",
                also="AS 수리 품질",
                when="no_warranties",
            ),
            Place("상품 설정", "owner.products", "gift", "다 쓰는 날, 추천할 상품", "메뉴 물건", "products"),
        ),
    ),
    (
        "이벤트와 손님 글",
        (
            Place("이벤트", "owner.shop_events", "gift", "참여를 받고 공정하게 뽑기", "추첨 경품 당첨 응모"),
            Place(
                "체험단",
                "owner.testers",
                "gift",
                "새것을 먼저 드리고 솔직한 말씀 듣기",
                "모니터단 설문 맛보기 시식",
            ),
            Place(
                "손님 사진",
                "owner.customers_stories",
                "camera",
                "요리, 방문 인증, 사용 모습",
                "인스타 SNS 댓글",
            ),
            Place("질문과 답", "owner.shop_questions", "info", "누구나 보는 질문에 답하기", "문의 QNA"),
            Place("단골 게시판", "owner.shop_board", "people", also="글 댓글 커뮤니티", when="board"),
            Place("신고된 글과 사진", "owner.reported_things", "warn", also="욕설 가리기 차단"),
            Place(
                "사진과 게시판 설정",
                "owner.board_settings",
                "lock",
                "사진 받기, 게시판 열기, 홈페이지에 넣기",
                "갤러리 임베드",
            ),
            Place(
                "후기 설정",
                "owner.review_settings",
                "gift",
                "드릴 도장, 해시태그, 다른 곳 주소",
                "리뷰 네이버 카카오 구글",
            ),
        ),
    ),
    (
        "계산대",
        (
            Place("금액 단추", "owner.price_buttons", "plus", also="가격 값 결제"),
            Place("손님용 태블릿", "owner.kiosks", "phone", "손님이 직접 번호를 눌러요", "키오스크"),
            Place(
                "함께 쓰는 기기",
                "owner.share_device",
                "people",
                "계산대 태블릿 한 대를 여럿이 써요",
                "공용 교대",
            ),
            Place(
                "끝나면 사진 보내기",
                "owner.done_settings",
                "camera",
                "미용, 세탁, 수선처럼 맡기고 가시는 가게",
                "완성 완료",
            ),
            Place(
                "마감 맞춰 보기", "owner.closing", "check", "오늘 도장과 영수증 수를 견줘 봐요", "정산 결산"
            ),
        ),
    ),
    (
        "가게 정보",
        (
            Place("가게 이름과 소개", "owner.shop_profile", "shop", also="주소 상호 인사말"),
            Place("영업시간", "owner.hours", "clock", also="문 여는 시간 닫는 시간 오픈"),
            Place("쉬는 날", "owner.days", "clock", "쉬는 요일, 휴가, 명절", "휴무 휴일"),
            Place("연락처", "owner.contact", "call", also="전화번호 이메일 080 수신거부"),
            Place(
                "가게 링크", "owner.shop_links", "link", "인스타그램, 밴드, 오픈채팅", "SNS 블로그 해시태그"
            ),
            Place(
                "카카오톡 채널", "owner.talk_channel", "talk", "손님 카드에 채널 추가 단추", "카톡 플러스친구"
            ),
            Place(
                "가게 페이지 열어 보기",
                "public.shop_page",
                "eye",
                "손님이 보는 소식, 후기, 카드 받기",
                "손님 화면 미리 보기",
            ),
        ),
    ),
    (
        "직원과 연결",
        (
            Place("직원", "owner.staff_list", "staff", also="알바 아르바이트 매니저"),
            Place("바뀐 기록", "owner.changes", "paper", "누가 언제 무엇을 바꿨는지", "이력 로그"),
            Place(
                "문자 보내기 연결",
                "owner.sending",
                "send",
                "문자와 알림톡이 저절로 나가게",
                "솔라피 발신번호 카카오",
            ),
            Place(
                "다른 프로그램과 연결",
                "owner.programs",
                "link",
                "포스나 쇼핑몰이 구매를 알려 줘요",
                "POS API 홈페이지 자사몰",
            ),
            Place(
                "주문·명단 가져오기",
                "owner.shop_imports",
                "download",
                "스마트스토어, 쿠팡, 엑셀 명단",
                "업로드 파일 카페24",
            ),
        ),
    ),
    (
        "내 설정과 도움",
        (
            Place("글자 크기", "owner.text_size", "text", also="크게 글씨 돋보기"),
            Place(
                "내 휴대폰 알림",
                "owner.staff_notifications",
                "bell",
                "답할 말씀이 오면 바로 울려요",
                "푸시 소리 밤 조용히",
            ),
            Place("아이디와 비밀번호", "owner.password", "key", also="로그인 비번 암호"),
            Place("2단계 인증", "owner.second_step", "lock", also="보안 OTP 지문"),
            Place(
                "내 카드", "owner.own_cards", "card", "내 카드에는 다른 분이 찍어 드려요", when="colleagues"
            ),
            Place("비밀 숫자", "owner.own_pin", "lock", also="PIN 핀번호", when="colleagues"),
            Place("로그인한 기기", "owner.browsers", "phone", also="로그아웃 휴대폰 바꾸기"),
            Place(
                "소상공인 지원과 교육",
                "owner.support",
                "info",
                "나라에서 운영하는 곳 모아 보기",
                "대출 지원금 정책자금 소진공",
            ),
        ),
    ),
)
# Pages that live inside others: only looked for, never listed.
INSIDE: tuple[tuple[str, tuple[Place, ...]], ...] = (
    (
        "손님",
        (
            Place("손님 그룹", "owner.people_groups", "people", also="단골 휴면 VIP 생일"),
            Place("단골 기준 바꾸기", "owner.regulars", "people"),
            Place("태그 정리하기", "owner.tags", "edit"),
            Place("손님 적기", "owner.new_person", "plus", also="추가 등록"),
            Place("명단 내려받기", "owner.people_file", "download", also="엑셀 백업 내보내기"),
            Place("종이 카드 옮기기", "owner.paper_cards", "paper", also="쿠폰북 이전"),
        ),
    ),
    (
        "보내기",
        (
            Place("저절로 나가는 말", "owner.messages", "send", also="자동 문자 생일 감사 인사"),
            Place("단체 문자", "owner.shop_campaigns", "people", also="광고 전체 발송"),
            Place("문자 값", "owner.message_budget", "ticket", also="비용 한도 예산 요금"),
            Place("수신거부", "owner.refusals", "info", also="거절 차단 080"),
            Place("보낸 기록", "owner.message_history", "clock", also="실패 발송 내역"),
            Place("보낸 덕분에 온 손님", "owner.message_results", "chart", also="효과 결과"),
            Place("내 휴대폰으로 보내기 설정", "owner.hand_settings", "phone", also="문자"),
        ),
    ),
    (
        "손님 말씀",
        (
            Place("들은 말 적기", "owner.heard_voice", "edit"),
            Place("자주 쓰는 답", "owner.ready_answers", "edit", also="주차 템플릿"),
            Place("원인과 고친 일", "owner.shop_causes", "check", also="고쳤어요"),
            Place("답한 뒤에 어떻게 됐나요?", "owner.voice_results", "chart", also="다시 온 손님 결과"),
            Place("불편에 답하는 시간", "owner.voice_settings", "clock", also="기한 24시간"),
        ),
    ),
    (
        "후기",
        (
            Place("칭찬과 아쉬움", "owner.review_words", "chart", also="낱말 단어 분석"),
            Place("확인할 사진", "owner.review_photos", "camera", also="후기 사진"),
        ),
    ),
    (
        "보증서",
        (
            Place("보증서 종류", "owner.warranty_kinds", "edit", also="기간", when="warranties"),
            Place("포장에 붙일 QR", "owner.warranty_packages", "qr", also="보증서 라벨", when="warranties"),
            Place("AS 요청", "owner.shop_repairs", "shield", also="수리", when="warranties"),
            Place(
                "보증서 설정", "owner.warranty_settings", "shield", also="기한 알림 끄기", when="warranties"
            ),
        ),
    ),
    ("인쇄하기", (Place("소포에 넣는 쪽지", "owner.print_sheet", "print", also="택배 카드"),)),
    ("적립", (Place("계산대 QR 띄우기", "owner.counter_qr", "qr", also="태블릿"),)),
)
