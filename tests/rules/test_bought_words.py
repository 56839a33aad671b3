"""What a shop may not promise for a review elsewhere or for a rating, and what reads like it and is fine."""

from __future__ import annotations

import pytest

from app.reviews.bought_rules import (
    FOR_EVENT,
    FOR_OUTSIDE,
    FOR_RATING,
    bought_gift,
    bought_prize,
    bought_words,
)

OUTSIDE = (
    "네이버 리뷰 쓰면 도장 하나 더 드려요",
    "영수증 리뷰 남기시면 음료 서비스!",
    "카카오맵에 후기 남겨 주시면 할인해 드립니다",
    "구글 별점 남기시면 쿠폰을 드려요",
    "네이버 리뷰 쓰시면 음료 드려요",
    "네이버 방문자 리뷰 작성 시 콜라 증정",
    "플레이스에 후기 올려 주신 분께 10% 할인",
    "블로그에 글 써 주시면 1만 원 상품권을 드려요",
    "인스타에 사진 올려 주시면 쿠키 하나 더 드려요",
    "리뷰 이벤트! 배민에 별점 남기고 감자튀김 서비스 받으세요",
    "다른 곳에도 후기 남겨 주시면 도장 두 개를 찍어 드려요",
    "네이버에 후기를 남기시고 화면을 보여 주시면 한 잔 공짜예요",
    "스마트스토어 후기 작성하시면 천 원 적립",
    "당근에 후기 남기면 추첨으로 경품을 드려요",
    "맘카페에 후기 올리시면 다음에 무료로 드려요",
    "카카오톡 후기 이벤트, 참여하신 분께 쿠폰을 드려요",
    "네이버 리뷰 감사의 뜻으로 음료를 드려요",
    "구글 지도 리뷰 쓰고 10% 할인 받으세요",
    "네이버에 리뷰를 남겨 주세요. 남기신 분께 음료를 드려요",
    "음료 한 잔 드려요! 네이버 리뷰 쓰시면요",
    "네이버 리뷰 남기시면 조건 없이 쿠폰을 드려요",
    "부담 없이 네이버 리뷰 남겨 주시면 커피 한 잔 드려요",
    "네이버 리뷰 남기시면 별점과 상관없이 쿠폰을 드려요",
    "네이버 리뷰 남기시면 커피를 안 드시는 분께도 쿠폰을 드려요",
)
RATING = (
    "별 다섯 개 주시면 쿠키를 드려요",
    "좋은 후기 남겨 주시면 도장 찍어 드릴게요",
    "별점 5점 주시면 아메리카노 한 잔 드려요",
    "만점 주신 분께 쿠폰을 보내 드려요",
    "별점을 높게 주시면 포인트 적립해 드려요",
    "후기를 예쁘게 써 주시면 덤을 드려요",
    "구글에 좋은 리뷰 남겨 주시면 선물을 드립니다",
    "별표 다섯 개 주시면 500원 깎아 드려요",
    "⭐⭐⭐⭐⭐ 남겨 주시면 커피 쏩니다",
    "5점 리뷰 써 주시면 사이드 하나 드립니다",
    "평점 잘 주시면 서비스 드려요",
    "칭찬 후기 남겨 주시면 쿠키를 드려요",
    "별점 5점 주시면 언제나 변함없이 쿠키를 드려요",
    "별 다섯 개 부탁드려요. 보여 주시면 쿠키를 드려요",
)
FINE = (
    "후기를 남겨 주셔서 고맙습니다",
    "네이버에서도 저희를 찾아 주세요. 오늘은 도장 두 개 드려요",
    "별점 감사합니다. 다음엔 더 맛있게 내려 드릴게요",
    "영수증을 보여 주시면 도장을 찍어 드려요",
    "네이버에도 후기를 남겨 주시면 큰 힘이 돼요",
    "후기를 남기시면 도장 1개를 드려요. 별점과 상관없이 드려요",
    "카카오톡 채널을 추가하시면 쿠폰을 드려요",
    "인스타에서 새 메뉴를 먼저 보실 수 있어요",
    "블로그를 보고 오셨다고 하시면 반갑게 맞을게요",
    "좋은 후기 고맙습니다. 다음에 오시면 창가 자리 비워 둘게요",
    "별 다섯 개, 정말 고맙습니다",
    "5점 만점에 5점을 주셔서 힘이 났어요",
    "친구와 함께 오시면 쿠폰을 드려요",
    "다섯 개 사시면 한 개를 더 드려요",
    "네이버 예약으로 오시면 자리를 먼저 드려요",
    "구글 지도에서 길을 찾으시면 쉬워요. 오시는 분께 도장 드려요",
    "리뷰 하나하나 잘 읽고 있어요",
    "다른 곳에 쓰신 후기에는 혜택을 드리지 않아요",
    "쿠팡에서 주문하신 분도 카드에 도장을 찍어 드려요",
    "오늘은 도장을 두 배로 드리는 날이에요",
    "네이버 페이로 결제하시면 포인트가 적립돼요",
    "당근케이크 사진을 올려 주시면 쿠폰을 드려요",
    "아쉬운 점도 그대로 적어 주세요",
    "생일이신 분께 케이크 한 조각을 드려요",
    "영수증은 버리지 말고 가져오세요. 쿠폰으로 바꿔 드려요",
    "별점이 낮아도 괜찮아요. 무엇이 아쉬웠는지 알려 주세요",
    "배민으로 주문하신 분께도 쿠폰을 드려요",
    "스마트스토어에서 사신 분께 손편지를 넣어 드려요",
    "후기 남기신 모든 분께 도장을 드려요",
    "점수와 관계없이 후기마다 도장 하나를 드려요",
    "사진을 함께 올려 주시면 다른 손님께 도움이 돼요",
    "네이버에도 후기를 남겨 주세요. 오늘도 고맙습니다",
    "별 다섯 개든 한 개든 상관없이 후기를 남기시면 도장을 드려요",
    "네이버 후기에는 쿠폰을 못 드려요. 남겨 주시면 고맙습니다",
    "후기를 남겨 주세요. 남기신 분께 도장 하나를 드려요",
)


@pytest.mark.parametrize("text", OUTSIDE)
def test_nothing_is_promised_for_a_review_elsewhere(text: str) -> None:
    assert bought_words(text) == FOR_OUTSIDE


@pytest.mark.parametrize("text", RATING)
def test_nothing_is_promised_for_a_rating(text: str) -> None:
    assert bought_words(text) == FOR_RATING


@pytest.mark.parametrize("text", FINE)
def test_plain_words_pass(text: str) -> None:
    assert bought_words(text) is None


def test_lines_of_one_thought_are_read_together() -> None:
    assert bought_words("네이버에 리뷰를 남겨 주시면\r\n음료 한 잔을 드려요")
    assert bought_words("오늘도 고맙습니다.\n\n별점 5점 주시면 쿠키를 드려요")


@pytest.mark.parametrize(
    "name", ["네이버 리뷰 감사 쿠폰", "별점 5점 쿠폰", "영수증 리뷰 음료", "구글 후기 아메리카노"]
)
def test_no_gift_is_called_after_such_a_review(name: str) -> None:
    assert bought_gift(name)


@pytest.mark.parametrize(
    "name", ["후기 감사 쿠폰", "생일 아메리카노", "네이버 예약 첫 방문", "리뷰 고마워요 쿠폰"]
)
def test_what_a_gift_may_be_called(name: str) -> None:
    assert bought_gift(name) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("네이버 리뷰 이벤트", FOR_OUTSIDE),
        ("참여 방법: 영수증 리뷰 남기기", FOR_OUTSIDE),
        ("구글에 후기를 쓰고 화면을 캡처해 주세요. 커피를 드려요", FOR_OUTSIDE),
        ("네이버 리뷰를 남겨 주신 분 가운데 세 분을 추첨해요", FOR_OUTSIDE),
        ("인스타에 사진을 올리고 참여해 주세요", FOR_OUTSIDE),
        ("별점 5점 남기고 참여하기", FOR_RATING),
        ("여름 사진전", None),
        ("정성 만점 추석 이벤트", None),
        ("네이버에 남겨 주신 후기를 읽고 마련한 이벤트예요", None),
        ("가게에서 찍은 사진을 올리고 참여해 주세요", None),
        ("별점과 상관없이 후기를 남기신 분 모두와 함께하는 이벤트", FOR_EVENT),
        ("후기 이벤트", FOR_EVENT),
        ("리뷰를 남겨 주신 분 가운데 세 분을 뽑아요", FOR_EVENT),
        ("지난달 후기에서 자주 나온 맛으로 만든 케이크예요. 참여해 주세요", None),
        ("후기를 쓰지 않아도 참여할 수 있어요", None),
        ("당근 케이크 사진을 올려 주세요", None),
        ("당근에 후기를 남기고 참여해 주세요", FOR_OUTSIDE),
        ("후기 말고 사진을 올려 주세요", None),
        ("후기 작성과 관계없이 누구나 참여할 수 있어요", None),
        ("체험단 후기를 보고 응모해 주세요", None),
        ("후기를 보고 후기를 써 주신 분 가운데 뽑아요", FOR_EVENT),
        ("후기를 남겨 주셔서 고마워요. 그 마음으로 여는 이벤트예요", None),
    ],
)
def test_nothing_is_won_for_such_a_review(text: str, why: str | None) -> None:
    assert bought_prize(text) == why
