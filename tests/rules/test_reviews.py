"""What a review, an answer and a shop's settings may hold; what a role hears."""

from __future__ import annotations

import pytest

from app.kit.refusals import Invalid
from app.reviews import given_rules, rules
from app.voices.rules import KINDS, kind_after_review, may_hear

NO_LINKS = {"naver_url": "", "kakao_url": "", "google_url": ""}


@pytest.mark.parametrize(
    ("name", "shown"),
    [("", ""), ("김", "*"), ("김지", "김*"), ("김민지", "김*지"), ("민지 엄마", "민***마"), ("Kim", "K*m")],
)
def test_a_name_is_shown_covered(name: str, shown: str) -> None:
    assert rules.shown_name(name) == shown


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"stars": "", "mood": "", "text": ""}, "stars"),
        ({"stars": "0", "mood": "", "text": ""}, "stars"),
        ({"stars": "٣", "mood": "", "text": ""}, "stars"),
        ({"stars": "5", "mood": "great", "text": ""}, "mood"),
        ({"stars": "5", "mood": "", "text": "가" * 1001}, "text"),
    ],
)
def test_what_no_review_is(typed: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as wrong:
        rules.clean_review(**typed)
    assert list(wrong.value.fields) == [field]


def test_stars_alone_are_a_review() -> None:
    assert rules.clean_review(stars="1", mood="", text=" \r\n ") == rules.Written(1, "", "")
    assert rules.clean_review(stars="4", mood="bad", text="줄\r\n줄").text == "줄\n줄"


@pytest.mark.parametrize(
    ("field", "url"),
    [
        ("naver_url", "https://naver.me/xAbC12"),
        ("naver_url", "https://m.place.naver.com/restaurant/123/review/visitor?entry=pll"),
        ("kakao_url", "https://kko.to/abc"),
        ("kakao_url", "https://place.map.kakao.com/123"),
        ("google_url", "https://maps.app.goo.gl/AbC"),
        ("google_url", "https://g.page/r/AbC/review"),
        ("naver_url", "https://map.naver.com/p/entry/place/123?c=15.00,0,0,0,dh"),
        ("naver_url", "https://map.naver.com/p/search/봄날커피/place/123"),
        ("naver_url", "https://pcmap.place.naver.com/restaurant/123/home"),
        ("kakao_url", "https://map.kakao.com/?itemId=123"),
        ("kakao_url", "https://kko.kakao.com/AbC"),
        ("google_url", "https://www.google.com/maps/place/봄날커피/@37.5,126.9,17z/data=!3m1!4b1?entry=ttu"),
        ("google_url", "https://www.google.co.kr/maps?cid=123"),
        ("google_url", "https://maps.google.com?cid=123"),
        ("google_url", "https://maps.google.com/maps?cid=123"),
        ("google_url", "https://goo.gl/maps/AbC"),
        ("google_url", "https://g.co/kgs/AbC"),
        ("google_url", "https://search.google.com/local/writereview?placeid=AbC"),
    ],
)
def test_a_link_of_the_three_places(field: str, url: str) -> None:
    kept = rules.clean_settings(reward_stamps="0", hashtag="", **{**NO_LINKS, field: f" {url} "})
    assert getattr(kept, field) == url
    assert [address for _name, address in kept.places()] == [url]


@pytest.mark.parametrize(
    ("field", "pasted", "kept"),
    [
        ("naver_url", "naver.me/abc", "https://naver.me/abc"),
        ("naver_url", "http://naver.me/abc", "https://naver.me/abc"),
        ("naver_url", "[달빛커피] 서울 마포구 3.5층 https://naver.me/FxYz1234", "https://naver.me/FxYz1234"),
        ("naver_url", "[네이버 지도]\n달빛커피\nHTTPS://naver.me/FxYz1234\n", "https://naver.me/FxYz1234"),
        ("naver_url", "달빛커피https://naver.me/FxYz1234", "https://naver.me/FxYz1234"),
        ("kakao_url", "[카카오맵] 달빛커피 서울 https://kko.to/abc 커피", "https://kko.to/abc"),
        ("google_url", "달빛커피 maps.app.goo.gl/AbC", "https://maps.app.goo.gl/AbC"),
    ],
)
def test_what_a_share_button_copies_is_enough(field: str, pasted: str, kept: str) -> None:
    found = rules.clean_settings(reward_stamps="0", hashtag="", **{**NO_LINKS, field: pasted})
    assert getattr(found, field) == kept


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("naver_url", "붙인 글에 네이버 주소가 없어요. 네이버 지도에서 ‘공유’를"),
        ("kakao_url", "붙인 글에 카카오맵 주소가 없어요. 카카오맵에서 ‘공유’를"),
        ("google_url", "붙인 글에 구글 지도 주소가 없어요. 구글 지도에서 ‘공유’를"),
    ],
)
def test_without_an_address_each_place_says_its_own_name(field: str, said: str) -> None:
    with pytest.raises(Invalid) as wrong:
        rules.clean_settings(reward_stamps="0", hashtag="", **{**NO_LINKS, field: "달빛커피"})
    assert said in wrong.value.fields[field]


@pytest.mark.parametrize(
    "url",
    [
        "https://naver.me.evil.kr/x",
        "https://evilnaver.com/x",
        "https://naver.com@evil.kr/x",
        "https://evil.kr\\@naver.com/x",
        "https://naver.com:8443/x",
        "https://google.com/maps",
        "javascript:alert(1)//naver.com",
        "https://naver.com/" + "a" * 200,
        "https://[naver.com/",
        "달빛커피",
        "서울 마포구 3.5층/2호",
        "https://evil.kr/ https://naver.me/x",
    ],
)
def test_no_link_of_naver(url: str) -> None:
    with pytest.raises(Invalid) as wrong:
        rules.clean_settings(reward_stamps="0", hashtag="", **{**NO_LINKS, "naver_url": url})
    assert "네이버" in wrong.value.fields["naver_url"]


@pytest.mark.parametrize(
    ("field", "url"),
    [
        ("google_url", "https://google.com/url?q=https://evil.kr"),
        ("google_url", "https://www.google.com/url?q=https://evil.kr"),
        ("google_url", "https://www.google.co.kr/url?q=https://evil.kr"),
        ("google_url", "https://maps.google.com/url?q=https://evil.kr"),
        ("google_url", "https://maps.google.com/local_url?q=https://evil.kr"),
        ("google_url", "https://www.google.com/amp/s/evil.kr"),
        ("google_url", "https://www.google.com/maps/../url?q=https://evil.kr"),
        ("google_url", "https://www.google.com/maps/%2e%2E/url?q=https://evil.kr"),
        ("google_url", "https://www.google.com/mapsurl"),
        ("google_url", "https://www.google.com/search?q=evil"),
        ("google_url", "https://accounts.google.com/ServiceLogin?continue=https://evil.kr"),
        ("google_url", "https://translate.google.com/translate?u=https://evil.kr"),
        ("google_url", "https://sites.google.com/view/evil"),
        ("google_url", "https://maps.app.goo.gl/?link=https://evil.kr"),
        ("google_url", "https://evil.app.goo.gl/AbC"),
        ("google_url", "https://goo.gl/AbC"),
        ("google_url", "https://g.co/AbC"),
        ("google_url", "https://google.com"),
        ("naver_url", "https://nid.naver.com/nidlogin.login?url=https://evil.kr"),
        ("naver_url", "https://link.naver.com/bridge?url=https://evil.kr"),
        ("naver_url", "https://cr.naver.com/rd?u=https://evil.kr"),
        ("naver_url", "https://blog.naver.com/evil"),
        ("naver_url", "https://naver.me/"),
        ("naver_url", "https://evil.map.naver.com/x"),
        ("kakao_url", "https://accounts.kakao.com/login?continue=https://evil.kr"),
        ("kakao_url", "https://link.kakao.com/x?u=https://evil.kr"),
        ("kakao_url", "https://kko.to"),
    ],
)
def test_no_page_of_the_three_that_sends_on_elsewhere(field: str, url: str) -> None:
    with pytest.raises(Invalid) as wrong:
        rules.clean_settings(reward_stamps="0", hashtag="", **{**NO_LINKS, field: url})
    assert list(wrong.value.fields) == [field]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reward_stamps": "4"}, "reward_stamps"),
        ({"reward_stamps": "-1"}, "reward_stamps"),
        ({"reward_stamps": ""}, "reward_stamps"),
        ({"hashtag": "달빛 커피"}, "hashtag"),
        ({"hashtag": "가" * 31}, "hashtag"),
    ],
)
def test_settings_that_cannot_be_kept(changes: dict[str, str], field: str) -> None:
    typed = {"reward_stamps": "0", "hashtag": "", **NO_LINKS}
    with pytest.raises(Invalid) as wrong:
        rules.clean_settings(**{**typed, **changes})
    assert list(wrong.value.fields) == [field]


def test_a_hashtag_loses_its_sign() -> None:
    assert rules.clean_settings(reward_stamps="3", hashtag=" #달빛커피 ", **NO_LINKS).hashtag == "달빛커피"


def test_what_was_given_is_said_first() -> None:
    assert given_rules.disclosure(given_rules.reward_words(1)) == "혜택 제공 · 도장 1개를 받고 쓴 후기예요"
    assert given_rules.disclosure(given_rules.reward_words(0)) == ""
    both = given_rules.reward_words(1, coupon=True)
    assert given_rules.disclosure(both) == "혜택 제공 · 도장 1개와 쿠폰 1장을 받고 쓴 후기예요"


def test_who_works_there_is_said_before_what_was_given() -> None:
    inside = given_rules.reward_words(0, works_here=True)
    assert given_rules.disclosure(inside) == "가게 관계자 · 이 가게에서 일하는 분이 쓴 후기예요"
    given = given_rules.reward_words(1, tried=given_rules.TRIED, works_here=True)
    assert given_rules.disclosure(given).startswith("가게 관계자 · 혜택 제공 · 체험단 상품과 도장 1개를")
    assert (given_rules.thanked(inside), given_rules.thanked(given)) == ("", "도장 1개")
    assert len(given_rules.reward_words(3, coupon=True, tried=given_rules.TRIED, works_here=True)) <= 40


@pytest.mark.parametrize(
    ("stamps", "told", "thanked"),
    [
        (0, "혜택 제공 · 모니터단 혜택을 받고 쓴 후기예요", ""),
        (1, "혜택 제공 · 모니터단 혜택과 도장 1개를 받고 쓴 후기예요", "도장 1개"),
    ],
)
def test_who_gets_something_month_by_month_says_so(stamps: int, told: str, thanked: str) -> None:
    reward = given_rules.reward_words(stamps, tried=given_rules.MONITORED)
    assert (given_rules.disclosure(reward), given_rules.thanked(reward)) == (told, thanked)


@pytest.mark.parametrize(
    ("mood", "stars", "kind"),
    [
        ("good", 1, "praise"),
        ("bad", 5, "complaint"),
        ("fair", 1, "idea"),
        ("", 5, "praise"),
        ("", 4, "idea"),
        ("", 3, "idea"),
        ("", 2, "complaint"),
        ("", 1, "complaint"),
    ],
)
def test_a_word_beside_a_review(mood: str, stars: int, kind: str) -> None:
    assert kind_after_review(mood=mood, stars=stars) == kind


def test_who_hears_what() -> None:
    heard = {role: [kind for kind in KINDS if may_hear(kind, role)] for role in ("owner", "manager", "staff")}
    assert heard == {
        "owner": list(KINDS),
        "manager": [kind for kind in KINDS if kind != "complaint"],
        "staff": [],
    }


@pytest.mark.parametrize(
    ("cause", "note", "field"),
    [
        ("", "욕이 있어요", "cause"),
        ("rating", "욕이 있어요", "cause"),
        ("low", "", "cause"),
        ("abuse", "", "note"),
        ("untrue", "", "note"),
        ("abuse", "별점 1점이라서", "note"),
        ("untrue", "평점이 낮아요", "note"),
        ("abuse", "별 한 개", "note"),
        ("ad", "악평이에요", "note"),
        ("private", "가" * 201, "note"),
    ],
)
def test_no_review_is_hidden_for_its_rating_or_for_nothing(cause: str, note: str, field: str) -> None:
    with pytest.raises(Invalid) as wrong:
        rules.clean_hiding(cause=cause, note=note)
    assert list(wrong.value.fields) == [field]


@pytest.mark.parametrize("cause", list(rules.CAUSES))
def test_the_five_causes_for_which_one_may(cause: str) -> None:
    assert rules.clean_hiding(cause=cause, note="  둘째 줄에\n있어요 ") == rules.Hiding(
        cause, "둘째 줄에 있어요"
    )


def test_what_is_hidden_is_told_by_cause() -> None:
    assert rules.hidden_sentence({}) == ""
    assert rules.hidden_sentence({"private": 1, "abuse": 1}) == "가린 후기 2개: 욕설 1 · 개인정보 1"
