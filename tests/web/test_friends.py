"""친구 데려오기 on the screens: the link and where it survives, what both read, what the owner sees."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from flask import Flask

from app.extensions import db
from app.referrals import queries as referrals
from app.referrals.models import Referral
from app.visits.models import Visit
from tests import factories
from tests.factories import ACustomer, AShop
from tests.flows.test_referral import a_friend, an_inviter, switched_on
from tests.phone import Phone
from tests.world import Clock

_KAKAO = {"User-Agent": "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 KAKAOTALK/25.1.0"}
XSS = "<b onclick=x>한</b>"


def brought_by() -> list[int]:
    """Return who brought somebody, row by row."""
    db.session.rollback()
    return list(db.session.scalars(db.select(Referral.inviter_id).order_by(Referral.id)))


def test_a_person_makes_a_link_and_a_friend_joins_by_it(app: Flask, shop: AShop, clock: Clock) -> None:
    switched_on(shop)
    inviter = factories.a_customer(shop, name="김단골")
    phone = Phone(app).holding(inviter)
    assert f"/c/{shop.code}/friends" in phone.open(f"/c/{shop.code}").html
    page = phone.open(f"/c/{shop.code}/friends")
    assert "나는 도장 2개, 친구는 도장 1개를 받아요" in page.words
    assert page.soup.find(id="invite-link") is None
    page = phone.submit("내 초대 링크 만들기", shows_name=True)
    link = str(page.soup.select_one("#invite-link")["value"])
    assert page.soup.select_one("svg.qr-small") is not None
    friend = Phone(app)
    page = friend.open(urlsplit(link).path + "?" + urlsplit(link).query)
    assert "김*골 님이 초대했어요. 첫 방문에 도장 1개를 더 드려요." in page.words
    assert "김단골" not in page.html
    page = friend.submit("카드 받기")
    assert "친구의 초대로 오셨네요. 첫 방문에 도장 1개를 더 드려요." in page.words
    card = factories.a_card(page_card(shop, inviter))
    Phone(app).signed_in(shop, shop.owner_id)
    factories.a_stamp(shop, card.id)
    assert "지금까지" in phone.open(f"/c/{shop.code}/friends").words
    assert "친구 소개로" in friend.open(f"/c/{shop.code}/visits").words
    assert "친구의 초대로 오셨네요" not in friend.open(f"/c/{shop.code}").words


def page_card(shop: AShop, inviter: ACustomer) -> int:
    """Return the card of the friend somebody brought."""
    from app.cards.models import Card

    db.session.rollback()
    found = db.session.scalar(
        db.select(Card.id)
        .join(Referral, Referral.friend_id == Card.customer_id)
        .where(Referral.shop_id == shop.id, Referral.inviter_id == inviter.id)
    )
    assert found is not None
    return int(found)


def test_days_later_the_browser_still_knows(app: Flask, shop: AShop, clock: Clock) -> None:
    switched_on(shop)
    inviter, word = an_inviter(shop)
    friend = Phone(app)
    friend.open(f"/s/{shop.code}?f={word}")
    clock.advance(days=20)
    friend.open(f"/s/{shop.code}?via=poster")  # at the shop's own poster, without the word
    friend.submit("카드 받기")
    assert brought_by() == [inviter.id]


def test_the_form_carries_it_where_no_cookie_is_kept(app: Flask, shop: AShop) -> None:
    switched_on(shop)
    inviter, word = an_inviter(shop)
    friend = Phone(app)
    friend.open(f"/s/{shop.code}?f={word}")
    friend.client.delete_cookie(f"__Host-friend-{shop.code}", domain=friend.host, path="/")
    friend.submit("카드 받기")
    assert brought_by() == [inviter.id]


def test_with_name_and_number_it_counts_too(app: Flask, shop: AShop) -> None:
    switched_on(shop)
    inviter, word = an_inviter(shop)
    friend = Phone(app)
    friend.open(f"/s/{shop.code}?f={word}")
    friend.client.delete_cookie(f"__Host-friend-{shop.code}", domain=friend.host, path="/")
    friend.open(f"/s/{shop.code}/details?f={word}")
    friend.client.delete_cookie(f"__Host-friend-{shop.code}", domain=friend.host, path="/")
    friend.submit("카드 받기", name="새친구", phone=factories.a_number(), age14=True, required=True)
    assert brought_by() == [inviter.id]


def test_from_kakaotalk_to_the_browser_and_from_join_to_both_rewarded(app: Flask, shop: AShop) -> None:
    switched_on(shop)
    inviter, word = an_inviter(shop)
    kakao, chrome = Phone(app), Phone(app)
    page = kakao.open(f"/s/{shop.code}?f={word}", headers=_KAKAO)
    out = str(next(a["href"] for a in page.soup.find_all("a") if "openExternal" in str(a.get("href", ""))))
    target = unquote(parse_qs(urlsplit(out).query)["url"][0])
    chrome.open(urlsplit(target).path + "?" + urlsplit(target).query)
    chrome.submit("카드 받기")
    assert brought_by() == [inviter.id]
    card_id = page_card(shop, inviter)
    counter = Phone(app).signed_in(shop, shop.owner_id)
    counter.open(f"/owner/panel/{card_id}")
    counter.submit("도장 찍기")
    assert factories.a_card(card_id).balance == 2
    assert factories.a_card(inviter.card_id).balance == 3
    mine = Phone(app).holding(inviter)
    assert "소개해 주신 분이 다녀가셨어요" in mine.open(f"/c/{shop.code}/inbox").words


def test_the_first_link_counts_and_a_holder_is_told_kindly(app: Flask, shop: AShop) -> None:
    switched_on(shop)
    (one, first), (two, second) = an_inviter(shop), an_inviter(shop)
    friend = Phone(app)
    friend.open(f"/s/{shop.code}?f={first}")
    friend.open(f"/s/{shop.code}?f={second}")
    friend.submit("카드 받기")
    assert brought_by() == [one.id]
    assert "처음 오시는 분께" in friend.open(f"/s/{shop.code}?f={second}").words
    assert "내 초대 링크예요" in Phone(app).holding(two).open(f"/s/{shop.code}?f={second}").words


@pytest.mark.parametrize("word", ["NOBODYSWRD", "x" * 300, "<b>", "%00"[:0], "2345", "가나다"])
def test_a_word_that_is_nobodys_is_a_plain_join(app: Flask, shop: AShop, word: str) -> None:
    switched_on(shop)
    friend = Phone(app)
    assert "초대" not in friend.open(f"/s/{shop.code}?f={word}").words
    friend.submit("카드 받기")
    assert brought_by() == []


def test_names_are_text_wherever_they_stand(app: Flask, shop: AShop) -> None:
    switched_on(shop)
    inviter, word = an_inviter(shop, name=XSS)
    friend = a_friend(shop, word)
    pages = [
        Phone(app).open(f"/s/{shop.code}?f={word}"),
        Phone(app).holding(inviter).open(f"/c/{shop.code}/friends"),
    ]
    owner = Phone(app).signed_in(shop, shop.owner_id)
    pages += [owner.open("/owner/friends"), owner.open(f"/owner/people/{friend.id}")]
    assert not [page.path for page in pages if "<b onclick" in page.html]
    assert XSS in pages[2].words


def test_a_shop_that_does_not_use_it_shows_and_asks_nothing(app: Flask, shop: AShop) -> None:
    person = factories.a_customer(shop)
    factories.a_stamp(shop, person.card_id)
    phone, owner = Phone(app).holding(person), Phone(app).signed_in(shop, shop.owner_id)
    assert "친구" not in phone.open(f"/c/{shop.code}").words
    phone.open(f"/c/{shop.code}/friends", status=404)
    assert "함께 오셨어요" not in owner.open(f"/owner/panel/{person.card_id}").words


def test_the_owner_decides_what_both_get(app: Flask, shop: AShop) -> None:
    owner = Phone(app).signed_in(shop, shop.owner_id)
    assert "/owner/more/friends" in owner.open("/owner/more").html
    owner.open("/owner/more/friends")
    page = owner.submit("저장하기", is_on=True, inviter="stamps:3", month_most="x", status=422)
    assert "숫자로" in " ".join(page.errors())
    assert page.value("inviter") == "stamps:3"
    owner.submit("저장하기", month_most="2")
    decided = referrals.settings(shop.id)
    assert decided is not None
    assert (decided.inviter.stamps, decided.friend.stamps, decided.month_most) == (3, 1, 2)
    assert "드릴 것을 정했어요" in owner.open("/owner/more/changes").words
    Phone(app).signed_in(shop, factories.a_staff(shop, role="manager")).open(
        "/owner/more/friends", status=403
    )


def test_the_panel_counts_who_came_along(app: Flask, shop: AShop) -> None:
    switched_on(shop)
    person = factories.a_customer(shop, name="이모임")
    factories.a_stamp(shop, person.card_id)
    counter = Phone(app).signed_in(shop, factories.a_staff(shop))
    counter.open(f"/owner/panel/{person.card_id}")
    for press, told in (
        ("함께 오셨어요 +1", "두 분이"),
        ("함께 오셨어요 +1", "세 분이"),
        ("한 분 빼기", "두 분이"),
    ):
        assert f"{told} 함께 오셨어요" in counter.submit(press).words
    page = counter.submit("함께 오셨어요 +1", htmx=True)
    assert "세 분이 함께 오셨어요" in page.words
    db.session.rollback()
    assert db.session.scalars(db.select(Visit.party_size)).all() == [3]
    manager = Phone(app).signed_in(shop, shop.owner_id)
    assert "함께 온 분" in manager.open(f"/owner/people/{person.id}").words


def test_the_owner_sees_who_brings_people(app: Flask, shop: AShop, other_shop: AShop) -> None:
    switched_on(shop)
    inviter, word = an_inviter(shop, name="김단골")
    came, waits = a_friend(shop, word, phone=factories.a_number()), a_friend(shop, word)
    factories.a_stamp(shop, came.card_id)
    owner = Phone(app).signed_in(shop, shop.owner_id)
    page = owner.open("/owner/friends")
    assert re.search(r"김단골 님 아직 안 온 친구 1명 1명", page.words)
    page = owner.open(f"/owner/people/{inviter.id}")
    assert "김단골 님이 모셔 온 분 2명" in page.words
    page = owner.open(f"/owner/people/{waits.id}")
    assert "소개한 분 김단골 님" in page.words
    assert "친구의 초대로 오셨어요" in page.words
    other = Phone(app).signed_in(other_shop, other_shop.owner_id)
    assert "김단골" not in other.open("/owner/friends").words


def test_a_persons_own_file_tells_that_they_were_invited_and_by_nobody(app: Flask, shop: AShop) -> None:
    switched_on(shop)
    _inviter, word = an_inviter(shop, name="김단골")
    friend = a_friend(shop, word)
    phone = Phone(app).holding(friend)
    assert "친구의 초대로" in phone.open(f"/c/{shop.code}/me/text").html
    assert "김단골" not in phone.open(f"/c/{shop.code}/me/download").html


def test_staff_see_what_they_stamped_themselves(app: Flask, shop: AShop) -> None:
    mine, other = factories.a_staff(shop, name="민수"), factories.a_staff(shop, name="지현")
    for by, name in ((mine, "손하나"), (other, "손둘")):
        factories.a_stamp(shop, factories.a_customer(shop, name=name).card_id, staff_id=by)
    page = Phone(app).signed_in(shop, mine).open("/owner/stamps/today")
    assert page.h1 == "오늘 내가 찍은 도장"
    assert "손하나" in page.words
    assert "손둘" not in page.words
    page = Phone(app).signed_in(shop, shop.owner_id).open("/owner/stamps/today")
    assert "손하나" in page.words
    assert "손둘" in page.words


def test_signing_in_and_joining_in_one_browser_is_ones_own_card(app: Flask, shop: AShop) -> None:
    staff_id = factories.a_staff(shop, name="민수")
    password = factories.a_password(shop, staff_id, login="minsu")
    holder = factories.a_customer(shop)
    first = Phone(app).holding(holder)
    first.open("/owner/login")
    first.submit("로그인", login="minsu", password=password)
    assert factories.a_person(holder.id).staff_id == staff_id
    first.open(f"/owner/panel/{holder.card_id}")
    page = first.submit("도장 찍기", status=409)
    assert "내 카드에는 직접 찍거나 쓸 수 없어요" in page.words
    second = Phone(app).signed_in(shop, staff_id)
    second.open(f"/s/{shop.code}")
    second.submit("카드 받기")
    db.session.rollback()
    assert len(referrals.own_cards(shop_id=shop.id)) == 2
    page = second.open("/owner/more/cards")
    assert page.words.count("카드 번호 ") >= 2
    spoken = factories.a_card(factories.a_customer(shop).card_id).spoken
    page = second.submit("내 카드로 적기", spoken="ZZZZZZ", status=422)
    assert page.value("spoken") == "ZZZZZZ"
    second.submit("내 카드로 적기", spoken=spoken)
    owner = Phone(app).signed_in(shop, shop.owner_id)
    owner.open("/owner/more/cards")
    page = owner.submit("빼기")
    assert "직원 카드에서 뺐어요" in page.words


def test_a_day_is_matched_with_its_receipts(app: Flask, shop: AShop, clock: Clock) -> None:
    staff_id = factories.a_staff(shop, name=XSS)
    for by in (staff_id, staff_id, shop.owner_id):
        factories.a_stamp(shop, factories.a_customer(shop).card_id, staff_id=by)
    owner = Phone(app).signed_in(shop, shop.owner_id)
    assert "/owner/closing" in owner.open("/owner/more").html
    owner.open("/owner/closing")
    page = owner.submit("맞춰 보기", receipts="열 장", status=422)
    assert page.value("receipts") == "열 장"
    page = owner.submit("맞춰 보기", receipts="3")
    assert "영수증과 도장이 잘 맞아요." in page.words
    assert "<b onclick" not in page.html
    page = owner.submit("맞춰 보기", receipts="5")
    assert "고쳐 적은 기록 2개" in page.words
    page = owner.open(f"/owner/closing/{staff_id}")
    assert page.words.count("도장 1개") == 2
    clock.advance(days=1)
    assert "11월 23일(월) 영수증 5장 · 도장 3개" in owner.open("/owner/closing").words
    assert "고쳐 적은 기록" in owner.open("/owner/closing?day=2026-11-23").words
    for day in ("2026-13-40", "2020-01-01", "2027-01-01"):
        owner.open(f"/owner/closing?day={day}", status=404)
    Phone(app).signed_in(shop, staff_id).open("/owner/closing", status=403)


def test_the_owners_home_tells_of_a_full_hour(app: Flask, clock: Clock) -> None:
    shop = factories.a_shop("바쁜", **factories.no_limits())
    staff_id = factories.a_staff(shop, name="민수")
    owner = Phone(app).signed_in(shop, shop.owner_id)
    owner.open("/owner/more/limits")
    page = owner.submit("저장하기", stamps_an_hour="0", status=422)
    assert "1부터 999 사이" in " ".join(page.errors())
    owner.submit("저장하기", stamps_an_hour="2")
    for _ in range(2):
        factories.a_stamp(shop, factories.a_customer(shop).card_id, staff_id=staff_id)
    page = owner.open("/owner")
    assert "민수 님이 오후 2시부터 한 시간에 도장을 2번 찍었어요." in page.words
    assert owner.tap("보기").h1 == "민수 님의 하루"
    assert "한 시간에" not in Phone(app).signed_in(shop, staff_id).open("/owner").words
