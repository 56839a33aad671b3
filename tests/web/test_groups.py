"""손님 그룹 as the owner meets them: the list, a group's people, putting one together, and sending to it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.extensions import db
from app.flows import groups as flow
from app.flows import months
from app.flows.unit import write
from app.insights.group_models import PersonPlace
from app.insights.models import OwnGroup, PersonStat
from app.kit.clock import kst_day
from app.messages import faded
from app.messages.models import Message
from tests import coupons, factories
from tests.factories import ACustomer, AShop
from tests.flows.grouping import a_person, a_product
from tests.phone import Phone
from tests.world import Clock


def test_a_group_is_read_and_written_to(owner_phone: Phone, shop: AShop) -> None:
    a_person(shop, visits=3, name="김단골")
    page = owner_phone.open("/owner/people")
    assert owner_phone.tap("손님 그룹 단골, 뜸해진 손님, 생일 손님을 모아 봐요").h1 == "손님 그룹"
    page = owner_phone.open("/owner/groups")
    assert "단골 3번 이상 오신 분이에요 1명" in page.words
    assert "휴면 손님 아주 오래 안 오신 분이에요 0명" in page.words
    assert "지금 세고 있어요" in page.words, "before the first night"
    page = owner_phone.open("/owner/groups/regular")
    assert page.h1 == "단골" and "김단골 님" in page.words
    page = owner_phone.tap("이 그룹에 단체 문자 보내기")
    assert page.value("people") == "regular"
    page = owner_phone.submit("다음", people="regular")
    assert "단골 께 보내요" in page.words
    coupons.a_kind(shop)
    owner_phone.open("/owner/groups/regular")
    owner_phone.tap("쿠폰 드리기")
    page = owner_phone.tap("아메리카노 한 잔, 30일 동안")
    assert "1명께 드리기" in page.words
    assert "지금은 이 그룹에 손님이 없어요" in owner_phone.open("/owner/groups/complained").words
    for gone in ("/owner/groups/nothing", "/owner/groups/own:99", "/owner/groups/moves/nothing"):
        owner_phone.open(gone, status=404)


def test_a_group_is_put_together_one_condition_after_the_other(
    app: Flask, owner_phone: Phone, shop: AShop, other_shop: AShop
) -> None:
    a_person(shop, visits=5, gender="f", name="이나리")
    a_person(shop, visits=1, gender="f")
    latte = a_product(shop, "라떼")
    owner_phone.open("/owner/groups")
    page = owner_phone.tap("그룹 만들기")
    assert "조건을 고르면 어떤 손님 몇 명인지 여기에 보여 드려요" in page.words
    assert owner_phone.tap("성별").h1 == "성별"
    assert "하나씩 골라 주세요" in owner_phone.open("/owner/groups/new?add=gender&put=y").words
    counted = owner_phone.open("/owner/groups/count?add=gender&part_0=f&changed=y")
    assert counted.words == "여자인 손님 2명"
    page = owner_phone.open("/owner/groups/new?add=gender&part_0=f&put=y")
    assert "여자인 손님 2명" in page.words
    owner_phone.tap("지금까지 온 횟수")
    page = owner_phone.open("/owner/groups/new?rule=gender:f&add=visits&part_0=5&put=y")
    assert "여자이고, 모두 다섯 번 이상 온 손님 1명" in page.words
    page = owner_phone.submit("그룹 저장하기", name=" ", status=422)
    assert "그룹 이름을 적어 주세요. 예: 주말 라떼 손님" in page.errors()
    assert "여자이고, 모두 다섯 번 이상 온 손님 1명" in page.words, "what was chosen stays"
    page = owner_phone.submit("그룹 저장하기", name="여자 단골")
    assert page.h1 == "여자 단골" and "이나리 님" in page.words
    assert "여자 단골 여자이고, 모두 다섯 번 이상 온 손님 1명" in owner_phone.open("/owner/groups").words
    number = db.session.scalar(db.select(OwnGroup.id))
    owner_phone.open(f"/owner/groups/own/{number}")
    page = owner_phone.tap("빼기 모두 다섯 번 이상 온 손님")
    assert page.value("name") == "여자 단골" and "여자인 손님 2명" in page.words
    page = owner_phone.submit("그룹 저장하기")
    assert "그룹을 저장했어요" in page.words and "2명" in page.words
    # Another shop's group and things are not there.
    stranger = Phone(app).signed_in(other_shop, other_shop.owner_id)
    stranger.open(f"/owner/groups/own/{number}", status=404)
    assert "라떼" not in stranger.open(f"/owner/groups/new?rule=bought:{latte}:30").words
    page = owner_phone.submit("이 그룹 지우기")
    assert "그룹을 지웠어요. 손님은 그대로 있어요" in page.words and "여자 단골" not in page.words


def test_the_shop_says_where_regulars_begin(owner_phone: Phone, shop: AShop) -> None:
    a_person(shop, visits=4)
    owner_phone.open("/owner/groups")
    owner_phone.tap("단골 기준 바꾸기 지금은 세 번 오신 분부터예요")
    page = owner_phone.submit("저장하기", visits="5")
    assert "단골 5번 이상 오신 분이에요 0명" in page.words
    assert "지금은 다섯 번 오신 분부터예요" in page.words


def test_who_moved_leads_to_those_people(owner_phone: Phone, shop: AShop, clock: Clock) -> None:
    who = a_person(shop, visits=5, standing="comes", name="박뜸")
    flow.see_to(shop_id=shop.id, now=clock())
    with write() as session:
        session.execute(
            db.update(PersonStat).where(PersonStat.customer_id == who.id).values(standing="quiet")
        )
    flow.see_to(shop_id=shop.id, now=clock() + timedelta(days=1))
    assert "단골 1명이 뜸해졌어요" in owner_phone.open("/owner/groups").words
    page = owner_phone.tap("단골 1명이 뜸해졌어요")
    assert "박뜸 님" in page.words
    factories.a_stamp(shop, who.card_id)
    months.see_to(shop_id=shop.id, now=clock())
    assert "최근 한 달 사이 단골 1명이 뜸해졌어요." in owner_phone.open("/owner/insights").words
    assert "최근 한 달 사이" not in owner_phone.open("/owner/insights?month=2026-10").words


def _fades(shop: AShop, name: str) -> ACustomer:
    """Let somebody who was a regular have fallen silent since last night."""
    who = a_person(shop, visits=5, standing="quiet", name=name)
    with write() as session:
        session.add(
            PersonPlace(
                shop_id=shop.id, customer_id=who.id, place="silent", came_from="regular",
                since=kst_day(factories.now()),
            )
        )  # fmt: skip
    return who


def test_home_tells_of_faded_regulars_while_something_can_be_done(
    app: Flask, owner_phone: Phone, shop: AShop, other_shop: AShop, clock: Clock
) -> None:
    line = "단골 2명이 뜸해졌어요"
    assert "뜸해졌어요" not in owner_phone.open("/owner").words
    one, two = _fades(shop, "박뜸"), _fades(shop, "이뜸")
    _fades(other_shop, "옆집")
    page = owner_phone.open("/owner")
    assert f"{line} 안부를 전해 보세요" in page.words and page.words.count("뜸해졌어요") == 1
    with pytest.MonkeyPatch.context() as many:  # of a large shop's only the newest are counted
        many.setattr(faded, "LOOKED_AT", 1)
        assert "단골 1명 넘게 뜸해졌어요" in owner_phone.open("/owner").words
    # Not the law's notices, but what was said for their own sake counts; what was never sent does not.
    for kind, state in (("consent_result", "sent"), ("come_back", "suppressed"), ("personal", "sent")):
        assert f"{line} 안부를 전해 보세요" in owner_phone.open("/owner").words
        _told(shop, one, kind, state)
    page = owner_phone.open("/owner")
    assert f"{line} 이 가운데 1명께는 아직 안부를 전하지 않았어요" in page.words
    assert "박뜸 님" in owner_phone.tap(f"{line} 이 가운데 1명께는 아직 안부를 전하지 않았어요").words
    _told(shop, two, "campaign", "ready")
    assert "뜸해졌어요" not in owner_phone.open("/owner").words
    colleague = Phone(app).signed_in(shop, factories.a_staff(shop))
    assert "뜸해졌어요" not in colleague.open("/owner").words


def _told(shop: AShop, who: ACustomer, kind: str, state: str) -> None:
    key, now = factories.once(), factories.now()
    with write() as session:
        session.add(
            Message(
                shop_id=shop.id, customer_id=who.id, kind=kind, channel="card", cause="visit:1",
                dedupe_key=key, provider_key=key, state=state, due_at=now, not_after=now, created_at=now,
            )
        )  # fmt: skip


@pytest.mark.parametrize("people", [1, 40])
def test_a_page_asks_as_much_of_few_as_of_many(owner_phone: Phone, shop: AShop, people: int) -> None:
    from tests.flows.ladder import statements

    for _ in range(people):
        a_person(shop, visits=3)
    with statements() as asked:
        owner_phone.open("/owner/groups/regular")
    assert len(asked) <= 14, asked
    assert factories.now()


def test_what_a_large_shop_is_slow_to_count_comes_by_itself(
    app: Flask,
    owner_phone: Phone,
    shop: AShop,
    other_shop: AShop,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    a_person(shop, visits=5)
    of = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": clock()}
    number = flow.make(**of, name="자주 오신 분", rules=["visits:5"])
    monkeypatch.setattr("app.insights.groups._LARGE", 0)
    where = f"/owner/groups/own:{number}/people"
    said = {
        "/owner/groups": "자주 오신 분 모두 다섯 번 이상 온 손님 …",
        "/owner/campaigns/new": "자주 오신 분 … 모두 다섯 번 이상 온 손님",
    }
    for path, words in said.items():
        page = owner_phone.open(path)
        assert words in page.words
        assert len(page.soup.select(f'[hx-get="{where}"]')) == 1
        assert len(page.soup.select("[hx-get$='/people']")) == 2, "everything else is there at once"
    assert owner_phone.open(where).words == "1명"
    Phone(app).signed_in(other_shop, other_shop.owner_id).open(where, status=404)
