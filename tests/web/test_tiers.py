"""등급, 두 배의 날, 선물 챙기기 as people meet them: the owner's pages, the panel, the card."""

from __future__ import annotations

import pytest
from flask import Flask

from app.flows import boosts
from app.tiers import queries
from app.tiers.rules import BoostRule
from tests import factories
from tests.factories import ACustomer, AShop
from tests.flows.ladder import decide, statements
from tests.flows.test_referral import a_friend, an_inviter, switched_on
from tests.phone import Phone
from tests.world import Clock


def test_tiers_start_with_one_tap_and_a_look_at_whom_they_find(
    app: Flask, owner_phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    factories.a_card_with(4, shop, jiwoo)
    assert Phone(app).holding(jiwoo).open(f"/c/{shop.code}").words.count("등급") == 0
    page = owner_phone.open("/owner/more/tiers")
    assert "새싹 1번부터 · 지금 1명" in page.words
    page = owner_phone.submit("이대로 시작하기")
    assert "최근 1년 동안 오신 횟수로 정해요" in page.words
    card = Phone(app).holding(jiwoo)
    assert "새싹 등급 한 번 더 오시면 단골 등급이에요" in card.open(f"/c/{shop.code}").words
    page = card.tap("새싹 등급 한 번 더 오시면 단골 등급이에요")
    assert page.h1 == "내 등급"
    assert "다섯 번 오시면" in page.words
    assert "· 새 소식을 먼저 알려 드려요" in page.words
    page = owner_phone.open("/owner/more/tiers")
    owner_phone.submit("등급 끄기")
    assert "등급" not in card.open(f"/c/{shop.code}").words
    card.open(f"/c/{shop.code}/tier", status=404)


def test_a_new_rule_is_looked_at_before_it_is_saved(
    owner_phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    factories.a_card_with(4, shop, jiwoo)
    owner_phone.open("/owner/more/tiers")
    owner_phone.submit("이대로 시작하기")
    owner_phone.open("/owner/more/tiers/rule")
    page = owner_phone.submit("누가 바뀌는지 보기", least_2="4", name_2="단짝")
    assert page.h1 == "이렇게 바뀌어요"
    assert "올라가요 한지우 님 1명" in page.words
    assert [line.name for line in queries.tiers_of(shop.id)] == ["새싹", "단골", "으뜸"]
    page = owner_phone.submit("이대로 바꾸기")
    assert "새 기준으로 바꿨어요" in page.words
    assert "단짝 4번부터" in page.words and "1명" in page.words


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"least_2": "1"}, "다른 등급과 기준이 같아요. 다른 숫자를 적어 주세요."),
        ({"least_1": "하나"}, "1번부터 999번까지 숫자로 적어 주세요."),
        ({"name_3": ""}, "등급 이름을 적어 주세요. 예: 단골"),
    ],
)
def test_a_wrong_rule_stays_typed(
    owner_phone: Phone, shop: AShop, wrong: dict[str, str], sentence: str
) -> None:
    owner_phone.open("/owner/more/tiers/rule")
    page = owner_phone.submit("누가 바뀌는지 보기", status=422, **wrong)
    assert sentence in page.errors()
    for name, typed in wrong.items():
        assert page.value(name) == typed


def test_the_panel_says_what_to_take_off_and_notes_the_extra(
    app: Flask, owner_phone: Phone, shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    factories.a_card_with(2, shop, jiwoo)
    owner_phone.open("/owner/more/tiers")
    owner_phone.submit("이대로 시작하기")
    lowest = queries.tiers_of(shop.id)[0]
    owner_phone.open(f"/owner/more/tiers/{lowest.id}")
    page = owner_phone.submit("저장하기", discount="90", status=422)
    assert "할인은 0부터 50까지 숫자로 적어 주세요." in page.errors()
    owner_phone.submit("저장하기", discount="5", extra="쿠키 하나")
    owner_phone.open("/owner/more/gifts")
    owner_phone.submit("목록 만들기", name="설 선물", tier=str(lowest.id))
    staff = Phone(app).signed_in(shop, factories.a_staff(shop))
    page = staff.open(f"/owner/panel/{jiwoo.card_id}")
    assert "새싹 손님 · 늘 5% 할인" in page.words
    page = staff.submit("덤 드렸어요")
    assert "쿠키 하나를 드렸어요" in page.words
    assert "오후 2:49에 쿠키 하나를 드렸어요" in page.words
    page = staff.submit("설 선물 드렸어요")
    assert "설 선물을 드렸어요" in page.words
    assert "오후 2:49에 설 선물을 드렸어요" in page.words
    gift = owner_phone.open("/owner/more/gifts").words
    assert "1명 중 1명께 드렸어요" in gift
    page = owner_phone.open(f"/owner/people/{jiwoo.id}")
    assert "새싹 등급" in page.words and "쿠키 하나" in page.words and "기준을 바꿔서" in page.words
    page = staff.open(f"/owner/panel/{jiwoo.card_id}")
    staff.submit("쿠키 하나 되돌리기")
    assert "쿠키 하나를 드렸어요" not in staff.open(f"/owner/panel/{jiwoo.card_id}").words
    told = Phone(app).holding(jiwoo).open(f"/c/{shop.code}/me/text").html
    assert "지금 등급: 새싹" in told and "쿠키 하나 · 되돌렸어요" in told


def test_a_gift_is_ticked_on_its_list_and_taken_back(
    owner_phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    factories.a_card_with(1, shop, jiwoo)
    owner_phone.open("/owner/more/gifts")
    assert "등급을 켜면 쓸 수 있어요" in owner_phone.open("/owner/more/gifts").words
    owner_phone.open("/owner/more/tiers")
    owner_phone.submit("이대로 시작하기")
    owner_phone.open("/owner/more/gifts")
    page = owner_phone.submit("목록 만들기", name=" ", status=422)
    assert page.errors()
    page = owner_phone.submit("목록 만들기", name="설 선물", tier=str(queries.tiers_of(shop.id)[0].id))
    assert (page.h1, "아직 1명" in page.words) == ("설 선물", True)
    page = owner_phone.submit("한지우 님께 드렸어요")
    assert "모두 드렸어요" in page.words
    owner_phone.tap("드린 분 1명")
    page = owner_phone.submit("한지우 님 되돌리기")
    assert "아직 1명" in page.words
    page = owner_phone.submit("목록 닫기")
    assert "목록을 닫았어요" in page.words


def test_a_double_day_is_told_everywhere(
    app: Flask, owner_phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    owner_phone.open("/owner/more/boosts/new")
    page = owner_phone.submit("만들기", name="월요일은 두 배", to_day="2026-11-20", status=422)
    assert "끝나는 날이 지났어요. 오늘이나 뒷날을 골라 주세요." in page.errors()
    page = owner_phone.submit("만들기", from_time="14:00", to_time="17:00", to_day="")
    assert "월요일은 두 배 오후 2시–오후 5시 모든 손님 · 두 배" in page.words
    assert "월요일은 두 배 · 지금 두 배" in owner_phone.open(f"/owner/panel/{jiwoo.card_id}").words
    owner_phone.submit("도장 찍기")
    page = owner_phone.open(f"/owner/panel/{jiwoo.card_id}")
    assert "‘월요일은 두 배’라서 도장 2개를 찍었어요" in page.words
    assert "월요일은 두 배" in owner_phone.open("/owner/stamps/today").words
    phone = Phone(app).holding(jiwoo)
    page = phone.open(f"/c/{shop.code}/visits")
    assert "월요일은 두 배" in page.words and "+2" in page.words
    assert "지금이에요" in phone.open(f"/c/{shop.code}/tier").words
    owner_phone.open("/owner/more/boosts")
    page = owner_phone.submit("월요일은 두 배 끝내기")
    assert "끝냈어요. 이미 찍은 도장은 그대로예요" in page.words


def test_another_shops_things_are_not_here(
    app: Flask, owner_phone: Phone, shop: AShop, other_shop: AShop
) -> None:
    theirs = Phone(app).signed_in(other_shop, other_shop.owner_id)
    owner_phone.open("/owner/more/tiers")
    owner_phone.submit("이대로 시작하기")
    tier_id = queries.tiers_of(shop.id)[0].id
    for path in (f"tiers/{tier_id}", f"tiers/{tier_id}/people", "gifts/1"):
        theirs.open(f"/owner/more/{path}", status=404)
    theirs.open("/owner/more/boosts/new")
    form = {"csrf_token": theirs.token(), "customer": "1", "once": factories.once()}
    theirs.post("/owner/more/boosts/1/end", form, status=404)
    theirs.post("/owner/given/1/reversal", form, status=404)


def test_who_only_stamps_sees_no_settings(app: Flask, shop: AShop) -> None:
    staff = Phone(app).signed_in(shop, factories.a_staff(shop))
    for path in ("tiers", "boosts", "gifts", "tiers/rule"):
        staff.open(f"/owner/more/{path}", status=403)


def test_the_notice_can_be_looked_at_and_its_words_changed(owner_phone: Phone, jiwoo: ACustomer) -> None:
    page = owner_phone.open("/owner/messages/tier_changed")
    assert "오늘부터 단골 등급이에요" in page.words
    owner_phone.submit("저장하기", text="{이름} 님, {등급 소식}. 다음에 뵐게요.")


def test_the_card_pays_one_statement_for_tiers(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    phone = Phone(app, look=False).holding(jiwoo)

    def cost() -> int:
        with statements() as found:
            phone.open(f"/c/{shop.code}")
        return len(found)

    cost()
    bare = cost()
    decide(shop, 1, 2)
    assert cost() == bare + 1


def test_a_friends_gift_and_a_double_day_add_up_on_the_panel(owner_phone: Phone, shop: AShop) -> None:
    switched_on(shop)
    _inviter, word = an_inviter(shop)
    about = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": factories.now()}
    boosts.make(**about, rule=BoostRule("월요일은 두 배", 200, weekdays="0"), tier_id=None)
    friend = a_friend(shop, word)
    factories.a_stamp(shop, friend.card_id)
    page = owner_phone.open(f"/owner/panel/{friend.card_id}")
    assert "도장 10개 중 3개" in page.html
    told = [" ".join(note.get_text().split()) for note in page.soup.select(".note.ok")]
    assert told == ["친구 소개로 도장 1개를 더 드렸어요", "‘월요일은 두 배’라서 도장 2개를 찍었어요"]
    page = owner_phone.submit("적립 취소")
    assert "친구 소개로" not in page.words
