"""Tags for many: picked over pages and searches, nothing lost on the way; a tag called anew, two made one."""

from __future__ import annotations

import pytest
from flask import Flask

from app.coupons.models import CouponGift
from app.customers import known, roster
from app.customers.known_models import CustomerTag
from app.customers.models import Customer
from app.extensions import db
from app.flows import groups, tags
from app.insights import own_groups
from app.web import picked
from tests import coupons, factories
from tests.factories import ACustomer, AShop
from tests.phone import Page, Phone
from tests.web.test_known_person import a_tag
from tests.world import all_at_once

pytestmark = pytest.mark.databases("sqlite", "postgres")


@pytest.mark.parametrize("ids", [set(), {1}, {7, 8, 9, 40_000, 2**63 - 1}, set(range(5, 1500, 5))])
def test_picks_fit_into_an_address(ids: set[int]) -> None:
    assert picked.read(picked.write(ids)) == ids
    assert len(picked.write(ids)) < 1500


@pytest.mark.parametrize("word", ["", ".", "!", "1.!.2", "a" * 40, "-1", "1 .2"])
def test_a_spoilt_word_is_nobody_more(word: str) -> None:
    assert picked.read(word) <= {1}


def tick(phone: Phone, *who: ACustomer, press: str) -> Page:
    """Tick people on the page and press one of its buttons."""
    assert phone.page is not None
    form = phone.page.soup.find("form", id="picks")
    assert form is not None
    fields = [
        (str(each["name"]), str(each["value"]))
        for each in form.find_all("input")
        if each.get("type") != "checkbox" or each.has_attr("checked")
        if each.get("value")
    ]
    chosen = form.find_all("option", selected=True)
    fields += [
        (str(each.find_parent("select")["name"]), str(each["value"])) for each in chosen if each["value"]
    ]
    fields += [("who", str(each.id)) for each in who]
    button = next(each for each in phone.page.soup.find_all("button") if press in each.get_text())
    fields += [("after", str(button["value"]))] if button.get("name") == "after" else []
    where = str(button.get("formaction") or form["action"])
    return phone.open(where + "?" + "&".join(f"{name}={value}" for name, value in fields))


def names_with(tag: str, shop: AShop) -> set[str]:
    """Return the names of who carries a tag."""
    db.session.rollback()
    tag_id = next(each.id for each in known.tags(shop.id) if each.name == tag)
    carries = db.select(CustomerTag.customer_id).where(CustomerTag.tag_id == tag_id)
    return set(db.session.scalars(db.select(Customer.name).where(Customer.id.in_(carries))))


def test_picks_survive_the_next_page_and_a_search(
    owner_phone: Phone, shop: AShop, other_shop: AShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = factories.a_customer(other_shop, name="김남의")
    people = {
        name: factories.a_customer(shop, name=name) for name in ("김하나", "이두리", "박세찬", "최네모")
    }
    real = roster.people
    monkeypatch.setattr(roster, "people", lambda **what: real(**(what | {"limit": 2})))
    page = owner_phone.open("/owner/people/picks?order=new")
    assert "고른 손님 0명" in page.words and "최네모" in page.words and "김하나" not in page.words
    page = tick(owner_phone, people["최네모"], stranger, press="다음 손님들")
    assert "고른 손님 2명 · 다른 쪽에서 고른 2명 포함" in page.words and "김하나" in page.words
    page = tick(owner_phone, people["김하나"], press="찾기")
    assert "고른 손님 3명" in page.words
    tick(owner_phone, press="찾기")
    owner_phone.open(page.path + "?" + page.url.partition("?")[2] + "&q=두리")
    page = tick(owner_phone, people["이두리"], press="태그 붙이기")
    assert page.h1 == "태그 붙이기" and "고른 손님 4명" in page.words
    page = owner_phone.submit("태그 붙이기", name="", status=422)
    assert "붙일 말을 적어 주세요" in page.words and "고른 손님 4명" in page.words
    assert "3명에게 태그를 붙였어요" in owner_phone.submit("태그 붙이기", name="단체").words
    assert names_with("단체", shop) == {"최네모", "김하나", "이두리"}
    assert db.session.scalars(db.select(CustomerTag.shop_id)).all() == [shop.id] * 3
    word = picked.write([people["박세찬"].id])
    owner_phone.open(f"/owner/people/picks?picked={word}&order=new")
    assert "고른 손님 0명" in owner_phone.tap("고른 것 모두 지우기").words
    owner_phone.open("/owner/people/tagging?q=ㄱ")
    assert "1명에게" in owner_phone.submit("태그 붙이기", name="김씨", whom="all").words


def test_nobody_picked_is_said_and_too_many_as_well(owner_phone: Phone, shop: AShop) -> None:
    factories.a_customer(shop, name="김하나")
    owner_phone.open("/owner/people/tagging")
    page = owner_phone.submit("태그 붙이기", name="단체", status=422)
    assert "태그를 붙일 손님을 골라 주세요" in page.words
    full = picked.write(range(1, picked.MOST + 1))
    page = owner_phone.open(f"/owner/people/picks?picked={full}&who=9999")
    assert f"한 번에 {picked.MOST}명까지 고를 수 있어요" in page.words


def test_a_tag_is_called_anew_and_two_become_one(
    app: Flask, owner_phone: Phone, shop: AShop, other_shop: AShop, jiwoo: ACustomer, minho: ACustomer
) -> None:
    a_tag(shop, jiwoo, "창가")
    a_tag(shop, jiwoo, "창가 자리")
    a_tag(shop, minho, "창가")
    a_tag(other_shop, factories.a_customer(other_shop, name="남"), "구석")
    ids = {tag.name: tag.id for tag in known.tags(shop.id)}
    groups.make(
        shop_id=shop.id,
        staff_id=shop.owner_id,
        name="우리 창가",
        rules=[f"tag:{ids['창가']}"],
        now=factories.now(),
    )
    owner_phone.open(f"/owner/people/tags/{ids['창가']}")
    assert "붙일 말을 적어 주세요" in owner_phone.submit("이름 바꾸기", name=" ", status=422).words
    assert "이름을 바꿨어요" in owner_phone.submit("이름 바꾸기", name="구석").words
    assert names_with("구석", shop) == {"한지우", ""}
    owner_phone.open(f"/owner/people/tags/{ids['창가']}")
    page = owner_phone.submit("이름 바꾸기", name="창가 자리", status=422)
    assert "‘창가 자리’ 태그가 이미 있어요" in page.words and "‘구석’ 2명에게" in page.words
    assert names_with("창가 자리", shop) == {"한지우"}, "nothing before it was said"
    assert "한 태그로 합쳤어요" in owner_phone.submit("‘창가 자리’ 태그로 합치기").words
    assert names_with("창가 자리", shop) == {"한지우", ""}
    assert [tag.name for tag in known.tags(shop.id)] == ["창가 자리"]
    assert "‘창가 자리’ 태그가 있는" in own_groups.own_groups(shop.id)[0].sentence
    assert "손님 태그 둘을 하나로 합쳤어요" in owner_phone.open("/owner/more/changes").words
    stranger = Phone(app).signed_in(other_shop, other_shop.owner_id)
    stranger.open(f"/owner/people/tags/{ids['창가 자리']}", status=404)
    assert names_with("구석", other_shop) == {"남"}


def test_not_while_a_coupon_is_given_to_them(owner_phone: Phone, shop: AShop, jiwoo: ACustomer) -> None:
    a_tag(shop, jiwoo, "창가")
    a_tag(shop, jiwoo, "창가 자리")
    ids = {tag.name: tag.id for tag in known.tags(shop.id)}
    kind_id = coupons.a_kind(shop)
    db.session.add(
        CouponGift(
            shop_id=shop.id,
            kind_id=kind_id,
            once=factories.once(),
            staff_id=shop.owner_id,
            people=f"tag:{ids['창가']}",
            counted=1,
            at=factories.now(),
        )
    )
    db.session.commit()
    owner_phone.open(f"/owner/people/tags/{ids['창가']}")
    owner_phone.submit("이름 바꾸기", name="창가 자리", status=422)
    page = owner_phone.submit("‘창가 자리’ 태그로 합치기", status=422)
    assert "다 드린 뒤에 합쳐 주세요" in page.words


def test_two_names_at_once_are_two_tags_or_a_question(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    for name in ("하나", "둘"):
        a_tag(shop, jiwoo, name)

    def rename(tag_id: int) -> int:
        return tags.rename(
            shop_id=shop.id,
            staff_id=shop.owner_id,
            tag_id=tag_id,
            name="셋",
            joins=False,
            now=factories.now(),
        )

    works = [lambda tag_id=tag.id: rename(tag_id) for tag in known.tags(shop.id)]  # type: ignore[misc]
    results = all_at_once(app, works)
    assert sorted(type(each).__name__ for each in results) == ["NameTaken", "int"]
    assert "셋" in {tag.name for tag in known.tags(shop.id)}
