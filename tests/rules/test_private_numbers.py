"""Which numbers in a text that everybody reads are somebody's own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.board import story_rules, talk_rules
from app.kit.private_numbers import private_number, public_sentence
from app.kit.refusals import Invalid
from app.reviews import rules as review_rules

_SAID = "010-1234-5678로 연락 주세요"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("010-1234-5678로 연락 주세요", "휴대폰 번호"),
        ("제 번호 01012345678이에요", "휴대폰 번호"),
        ("010 1234 5678", "휴대폰 번호"),
        ("010.1234.5678", "휴대폰 번호"),
        ("０１０－１２３４－５６７８", "휴대폰 번호"),
        ("+82 10-1234-5678", "휴대폰 번호"),
        ("010)1234-5678", "휴대폰 번호"),
        ("(010) 1234-5678", "휴대폰 번호"),
        ("011-234-5678", "휴대폰 번호"),
        ("900101-1234567이에요", "주민등록번호"),
        ("900101 1234567", "주민등록번호"),
        ("9001011234568", "주민등록번호"),
        ("4111-1111-1111-1111로 결제했어요", "카드 번호"),
        ("4111 1111 1111 1111", "카드 번호"),
        ("카카오뱅크 3333-01-1234567로 보내 주세요", "계좌번호"),
        ("국민은행 123456-04-123456 김민지", "계좌번호"),
        ("110-123-456789 신한은행", "계좌번호"),
        ("계좌 11012345678901", "계좌번호"),
        ("", ""),
        ("아메리카노 4,500원, 라떼 5,000원", ""),
        ("총 1,012,345,678원이래요", ""),
        ("2026-11-27에 갔어요", ""),
        ("20261127 방문, 3번째예요", ""),
        ("2026.11.27 18:30에 예약", ""),
        ("도장 10개 중 1234번째 손님", ""),
        ("가게 전화 02-1234-5678로 예약했어요", ""),
        ("농협 옆 가게예요. 02-1234-5678", ""),
        ("1588-1234, 070-1234-5678", ""),
        ("주문번호 2026112712345678", ""),
        ("주문번호 2611271234567을 받았어요", ""),
        ("은행 앞이에요. 주문번호 20261127123456", ""),
        ("CJ대한통운 송장 601234567890", ""),
        ("계좌로 보냈고 주문 12345678901234", ""),
        ("우리은행 옆에서 2026-11-27 12:30에 만나요", ""),
        ("10-11-12월에 세 번 갔어요", ""),
        ("사이즈 240-250-260 있나요?", ""),
        ("바코드 8801043014830", ""),
    ],
)
def test_what_a_number_seems_to_be(text: str, found: str) -> None:
    assert private_number(text) == found
    assert bool(public_sentence(text)) == bool(found)


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        (lambda: review_rules.clean_review(stars="5", mood="", text=_SAID), "text"),
        (lambda: story_rules.clean_story(sort="visit", text=_SAID, link=""), "text"),
        (lambda: talk_rules.clean_post(title="나눔", text=_SAID), "text"),
        (lambda: talk_rules.clean_post(title=_SAID, text="나눔해요"), "title"),
        (lambda: talk_rules.clean_comment(_SAID), "text"),
        (lambda: talk_rules.clean_question(_SAID), "text"),
    ],
)
def test_no_customer_sends_one_where_everybody_reads(sent: Callable[[], object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        sent()
    assert refused.value.fields == {field: public_sentence(_SAID)}


def test_a_shop_may_give_its_own() -> None:
    assert talk_rules.clean_post(title="예약", text=_SAID, by_shop=True).text == _SAID
    assert talk_rules.clean_comment(_SAID, by_shop=True) == talk_rules.clean_answer(_SAID) == _SAID
