"""What a shop may write as news, which addresses elsewhere are the shop's, and what is made of news for there."""

from __future__ import annotations

import pytest

from app.board import link_rules, notice_rules
from app.kit.refusals import Invalid


@pytest.mark.parametrize(
    ("sort", "pasted", "kept"),
    [
        ("instagram", "@bomnal.coffee", "https://www.instagram.com/bomnal.coffee"),
        ("instagram", "instagram.com/bomnal/", "https://instagram.com/bomnal"),
        ("instagram", "http://www.instagram.com/bomnal?igsh=abc", "https://www.instagram.com/bomnal"),
        ("instagram", "우리 가게 https://www.instagram.com/bomnal 놀러 오세요", "https://www.instagram.com/bomnal"),
        ("band", "https://band.us/@bomnal", "https://band.us/@bomnal"),
        ("band", "https://www.band.us/band/12345678", "https://www.band.us/band/12345678"),
        ("band", "https://band.us/n/a1b2C3", "https://band.us/n/a1b2C3"),
        ("openchat", "https://open.kakao.com/o/gAbCdEf", "https://open.kakao.com/o/gAbCdEf"),
        ("openchat", "  ", ""),
    ],
)  # fmt: skip
def test_an_address_of_the_shop_is_kept_with_https(sort: str, pasted: str, kept: str) -> None:
    assert link_rules.clean_links({sort: pasted})[sort] == kept


@pytest.mark.parametrize(
    ("sort", "pasted"),
    [
        ("instagram", "https://instagram.com.evil.test/bomnal"),
        ("instagram", "https://evil.test/instagram.com/bomnal"),
        ("instagram", "https://www.instagram.com@evil.test/bomnal"),
        ("instagram", "https://www.instagram.com:8443/bomnal"),
        ("instagram", "https://www.instagram.com/accounts/../bomnal"),
        ("instagram", "https://www.instagram.com/bomnal/%2e%2e/logout"),
        ("instagram", "https://www.instagram.com\\@evil.test/bomnal"),
        ("instagram", "javascript:alert(1)//www.instagram.com/x"),
        ("instagram", "https://www.instagram.com/" + "b" * 300),
        ("band", "https://band.us/@bomnal/../../x"),
        ("band", "https://open.kakao.com/o/gAbCdEf"),
        ("openchat", "https://pf.kakao.com/_abCd"),
        ("openchat", "https://open.kakao.com/o/<script>"),
        ("openchat", "오픈채팅방"),
    ],
)
def test_any_other_address_gets_one_sentence_with_an_example(sort: str, pasted: str) -> None:
    with pytest.raises(Invalid) as refusal:
        link_rules.clean_links({sort: pasted})
    assert list(refusal.value.fields) == [sort]
    assert refusal.value.fields[sort].endswith(link_rules.SITES[sort].example)


def test_a_caption_names_what_where_and_the_hashtag_last() -> None:
    said = notice_rules.caption(
        title="햇 생강청이 나왔어요",
        text="열 병만 담갔어요.",
        product="생강청 500g",
        hashtag="봄날커피",
        address="서울 달빛로 12",
        link="https://dangol.test/s/BOMNAL/shop",
    )
    assert said.split("\n\n") == [
        "햇 생강청이 나왔어요",
        "열 병만 담갔어요.",
        "✔ 생강청 500g",
        "📍 서울 달빛로 12\nhttps://dangol.test/s/BOMNAL/shop",
        "#봄날커피",
    ]
    bare = notice_rules.caption(title="쉬어요", text="", product="", hashtag="", address="", link="")
    assert bare == "쉬어요"


def test_a_slip_never_buys_a_review_elsewhere() -> None:
    assert notice_rules.clean_thanks("  주문해 주셔서 고맙습니다 ") == ""
    assert notice_rules.clean_thanks("맛있게   드세요") == "맛있게 드세요"
    for wrong in ("가" * 41, "네이버 리뷰 남기시면 쿠폰 드려요"):
        with pytest.raises(Invalid):
            notice_rules.clean_thanks(wrong)
