"""S25, S26, S30: where an address may lead, whose name we answer to, and who opens the first shop."""

from __future__ import annotations

import pytest
from flask import Flask

from app.extensions import db
from app.flows import access
from app.flows import shop as shops
from app.flows.shop import FirstShop
from app.shops.models import Shop
from app.shops.rules import LinkGone
from app.web.owner.entrance import local_path
from tests import factories, world
from tests.factories import AShop
from tests.phone import Phone

PASSWORD = "봄날의 골목 커피집"
LOCAL = ["/owner", "/owner/people?q=지우", "/owner/stamps#x", "/owner/more/hours"]
ELSEWHERE = [
    "https://evil.test", "//evil.test", "///evil.test", "/\\evil.test", "\\\\evil.test", "/owner/\\evil.test", "javascript:alert(1)",
    "/owner//evil.test/..", "http:/evil.test", "/ownerevil", "owner", "", " /owner", "/owner\r\nX: y", "/owner\t", "/s/ABC", "/%2f%2fevil.test",
]  # fmt: skip


@pytest.mark.parametrize("path", LOCAL)
def test_a_local_next_is_kept(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize("path", ELSEWHERE)
def test_a_next_that_leads_elsewhere_is_dropped(app: Flask, shop: AShop, path: str) -> None:
    shops.set_password(
        shop_id=shop.id, staff_id=shop.owner_id, login="bomnal", password=PASSWORD, now=factories.now()
    )
    phone = Phone(app, look=False)
    phone.open("/owner/login")
    data = {"login": "bomnal", "password": PASSWORD, "next": path, "csrf_token": phone.token()}
    answer = phone.post("/owner/login", data, status=303, follow=False).answer
    location = answer.headers["Location"]
    assert location.split("?")[0] in ("/owner", "/owner//evil.test/.."), location
    assert not location.startswith(("//", "http", "\\"))


@pytest.mark.parametrize(
    "host", ["evil.test", "dangol.test.evil.test", "evil.test:443", "dangol.test@evil.test", "xdangol.test"]
)
def test_a_foreign_name_is_not_answered(app: Flask, shop: AShop, host: str) -> None:
    for path in ("/", f"/s/{shop.code}", "/owner/login", "/healthz", "/manifest.webmanifest"):
        answer = app.test_client().get(path, headers={"Host": host})
        assert answer.status_code == 400, (path, host)
        assert "evil" not in answer.get_data(as_text=True)


def test_a_forwarded_name_changes_no_link(app: Flask, owner_phone: Phone) -> None:
    told = {"X-Forwarded-Host": "evil.test", "X-Forwarded-Proto": "http", "Forwarded": "host=evil.test"}
    for path in ("/owner/print/poster", "/owner", "/owner/more"):
        assert "evil.test" not in owner_phone.open(path, headers=told).html


ANSWERS = {
    "name": "봄날커피",
    "goal": "10",
    "reward_name": "아메리카노 한 잔",
    "phone": "02-123-4567",
    "opens": "09:00",
    "closes": "22:00",
    "owner_name": "김사장",
    "login": "bomnal",
}


def _code() -> str:
    return access.mint_link(kind="setup", shop_id=None, staff_id=None, lifetime_s=3600, now=factories.now())


def _set_up(token: str) -> str:
    answers = FirstShop(**ANSWERS, password=PASSWORD)
    return shops.set_up(
        token=token, answers=answers, user_agent="", ip="", is_secure=True, now=factories.now()
    )


def test_five_screens_open_the_first_shop(app: Flask) -> None:
    phone = Phone(app)
    phone.open(f"/setup/{_code()}")
    screens = [
        {"name": "봄날커피"},
        {"reward_name": "아메리카노 한 잔", "goal": "10"},
        {"phone": "02-123-4567"},
        {"opens": "09:00", "closes": "22:00"},
        {"owner_name": "김사장", "login": "bomnal", "password": PASSWORD},
    ]
    for answers in screens:
        page = phone.submit("가게 열기" if "password" in answers else "다음", **answers)
    assert page.path == "/owner"
    db.session.rollback()
    assert db.session.scalars(db.select(Shop.name)).all() == ["봄날커피"]


def test_only_the_consoles_code_opens_the_first_shop_and_once(app: Flask) -> None:
    phone = Phone(app)
    phone.open("/setup/" + "A" * 22, status=410)
    with pytest.raises(LinkGone):
        _set_up("A" * 22)
    code = _code()
    for _ in range(3):
        Phone(app).open(f"/setup/{code}")
    assert _set_up(code)
    for again in (code, _code()):
        with pytest.raises(LinkGone):
            _set_up(again)
    assert db.session.scalar(db.select(db.func.count(Shop.id))) == 1


def test_a_code_of_another_kind_opens_no_shop(app: Flask, shop: AShop) -> None:
    owners = access.mint_link(
        kind="owner", shop_id=shop.id, staff_id=shop.owner_id, lifetime_s=60, now=factories.now()
    )
    Phone(app).open(f"/setup/{owners}", status=410)
    Phone(app).open(f"/owner/enter/{_code()}", status=410)


@pytest.mark.databases("sqlite", "postgres")
def test_ten_first_runs_at_once_are_one(app: Flask) -> None:
    code = _code()
    found = world.all_at_once(app, [lambda: _set_up(code)] * 10)
    assert sum(isinstance(each, str) for each in found) == 1
    assert all(isinstance(each, str | LinkGone) for each in found)
    db.session.rollback()
    assert db.session.scalar(db.select(db.func.count(Shop.id))) == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"password": "짧음"}, "10자부터"),
        ({"login": "봄"}, "영어 소문자와 숫자로"),
        ({"owner_name": ""}, "이름을 적어 주세요"),
        ({"password": "1234567890"}, "너무 쉬운"),
    ],
)
def test_a_wrong_answer_stays_on_its_screen_and_uses_nothing_up(
    app: Flask, wrong: dict[str, str], sentence: str
) -> None:
    code = _code()
    phone = Phone(app)
    query = "&".join(f"{name}={value}" for name, value in ANSWERS.items())
    phone.open(f"/setup/{code}?step=5&{query}")
    page = phone.submit("가게 열기", **{"password": PASSWORD, **wrong}, status=422)
    assert any(sentence in error for error in page.errors()), page.errors()
    assert page.value("password") == ""
    assert page.value("name") == "봄날커피"
    assert page.value("login") == wrong.get("login", "bomnal")
    assert _set_up(code)
