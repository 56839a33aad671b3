"""S19, S20: how staff get in, what the cookie is, and when a session is over."""

from __future__ import annotations

from collections.abc import Callable
from http.cookies import SimpleCookie

import pytest
from argon2 import PasswordHasher
from flask import Flask
from werkzeug.test import TestResponse

from app.extensions import db
from app.flows import access
from app.flows import shop as shops
from app.flows import staff as staff_flow
from app.kit.passwords import hash_password
from app.shops.models import LoginTry, Staff, StaffSession
from app.shops.rules import LinkGone, TooManyTries, WrongLogin
from tests import factories, world
from tests.factories import AShop
from tests.phone import Phone
from tests.world import Clock

PASSWORD = "봄날의 골목 커피집"


@pytest.fixture
def with_password(shop: AShop) -> AShop:
    """The owner has a login: bomnal."""
    shops.set_password(
        shop_id=shop.id, staff_id=shop.owner_id, login="bomnal", password=PASSWORD, now=factories.now()
    )
    return shop


def _link(shop: AShop, lifetime_s: int = 600) -> str:
    return access.mint_link(
        kind="owner", shop_id=shop.id, staff_id=shop.owner_id, lifetime_s=lifetime_s, now=factories.now()
    )


def _cookies(answer: TestResponse) -> dict[str, SimpleCookie]:
    found = {}
    for line in answer.headers.getlist("Set-Cookie"):
        jar = SimpleCookie(line)
        found |= {name: jar[name] for name in jar}
    return found


ORIGINS = {
    "https://dangol.test": ("__Host-", True, {}),
    "http://localhost:8000": ("__Host-", True, {"PUBLIC_URL": ""}),
    "http://127.0.0.1:8000": ("__Host-", True, {"PUBLIC_URL": ""}),
    "http://192.168.0.7:8000": ("lan-", False, {"PUBLIC_URL": ""}),
}


@pytest.mark.parametrize("origin", ORIGINS)
def test_cookies_have_the_name_and_flags_of_their_origin(
    app: Flask, make_app: Callable[..., Flask], origin: str
) -> None:
    prefix, secure, env = ORIGINS[origin]
    shop = factories.a_shop(is_demo=True)
    phone = Phone(make_app(**env), origin)
    seen: dict[str, SimpleCookie] = {}
    phone.open(f"/s/{shop.code}")
    seen |= _cookies(phone.page.answer) if phone.page else {}
    pressed = phone.post(f"/s/{shop.code}", {"csrf_token": phone.token()}, status=303, follow=False)
    seen |= _cookies(pressed.answer)
    phone.open(f"/owner/enter/{_link(shop)}")
    entered = phone.post(
        phone.page.path if phone.page else "", {"csrf_token": phone.token()}, status=303, follow=False
    )
    seen |= _cookies(entered.answer)
    assert {f"{prefix}card", f"{prefix}staff", f"{prefix}form"} <= set(seen)
    for name, cookie in seen.items():
        if name.startswith(("lan-", "__Host-")):
            assert name.startswith(prefix), f"{name} on {origin}"
        assert bool(cookie["secure"]) == secure, name
        assert cookie["httponly"] or not name.startswith(prefix), name
        assert cookie["samesite"] == "Lax", name
        assert (cookie["path"], cookie["domain"]) == ("/", ""), name


def test_a_plain_cookie_opens_nothing_on_a_secure_origin_and_the_other_way(
    app: Flask, make_app: Callable[..., Flask]
) -> None:
    shop = factories.a_shop(is_demo=True)
    token = factories.a_session(shop, shop.owner_id)
    lan = make_app(PUBLIC_URL="")
    for target, origin, wrong in (
        (app, "https://dangol.test", "lan-staff"),
        (lan, "http://192.168.0.7:8000", "__Host-staff"),
    ):
        phone = Phone(target, origin, look=False)
        phone.client.set_cookie(wrong, token, domain=phone.host, path="/")
        assert phone.open("/owner", status=302, follow=False).answer.location.startswith("/owner/login")
        phone.keep("staff", token)
        phone.open("/owner")


def test_a_real_shop_is_not_served_over_plain_http(
    app: Flask, make_app: Callable[..., Flask], shop: AShop
) -> None:
    phone = Phone(make_app(PUBLIC_URL=""), "http://192.168.0.7:8000")
    assert "https" in phone.open(f"/s/{shop.code}", status=403).words
    phone.keep("staff", factories.a_session(shop, shop.owner_id))
    phone.open("/owner", status=403)
    owner = factories.a_customer(shop, name="한지우")
    assert "한지우" not in phone.holding(owner).open(f"/c/{shop.code}", status=403).words


def test_entering_by_link_is_a_button_that_works_once(app: Flask, shop: AShop) -> None:
    link = _link(shop)
    phone = Phone(app)
    for _ in range(3):  # a messenger's preview, twice
        Phone(app).open(f"/owner/enter/{link}")
    phone.open(f"/owner/enter/{link}")
    assert phone.submit("들어가기").path == "/owner"
    Phone(app).open(f"/owner/enter/{link}", status=410)


def test_a_link_runs_out_and_an_earlier_one_closes(app: Flask, shop: AShop, clock: Clock) -> None:
    first, second = _link(shop), _link(shop)
    with pytest.raises(LinkGone):
        access.enter(token=first, user_agent="", ip="", is_secure=True, now=clock())
    clock.advance(seconds=601)
    with pytest.raises(LinkGone):
        access.enter(token=second, user_agent="", ip="", is_secure=True, now=clock())


def test_a_link_opens_once_for_twenty_at_once(app: Flask, shop: AShop) -> None:
    link, now = _link(shop), factories.now()
    found = world.all_at_once(
        app, [lambda: access.enter(token=link, user_agent="", ip="", is_secure=True, now=now)] * 20
    )
    assert sum(isinstance(each, str) for each in found) == 1


def test_each_entry_is_a_new_session_and_logging_out_ends_the_row(app: Flask, shop: AShop) -> None:
    one, two = factories.a_session(shop, shop.owner_id), factories.a_session(shop, shop.owner_id)
    assert one != two
    hashes = set(db.session.scalars(db.select(StaffSession.token_hash)))
    assert not {one, two} & hashes, "the database keeps no token"
    phone = Phone(app)
    phone.keep("staff", one)
    phone.open("/owner/more")
    phone.submit("로그아웃")
    thief = Phone(app)
    thief.keep("staff", one)
    thief.open("/owner", status=302, follow=False)
    still = Phone(app)
    still.keep("staff", two)
    still.open("/owner")


def test_a_session_ends_after_thirty_idle_days(app: Flask, owner_phone: Phone, clock: Clock) -> None:
    for _ in range(3):
        clock.advance(days=29)
        owner_phone.open("/owner")
    clock.advance(days=31)
    owner_phone.open("/owner", status=302, follow=False)


def test_who_no_longer_works_here_is_out_at_once(app: Flask, shop: AShop) -> None:
    staff_id = factories.a_staff(shop)
    phone = Phone(app).signed_in(shop, staff_id)
    phone.open("/owner/stamps")
    staff_flow.end_staff(shop_id=shop.id, staff_id=staff_id, now=factories.now())
    phone.open("/owner/stamps", status=302, follow=False)


def test_signing_in_by_password(app: Flask, with_password: AShop, real_hasher: PasswordHasher) -> None:
    phone = Phone(app)
    phone.open("/owner/login")
    wrong = phone.submit("로그인", login="bomnal", password="아닌 비밀번호예요", status=422)
    assert wrong.value("login") == "bomnal", "what was typed stays, but for the password"
    assert "아닌 비밀번호예요" not in wrong.html
    assert phone.submit("로그인", login="BOMNAL ", password=PASSWORD).path == "/owner"
    stored = db.session.scalar(db.select(Staff.password_hash).where(Staff.login == "bomnal"))
    assert stored is not None
    assert stored.startswith("$argon2id$v=19$")
    assert real_hasher.hash(PASSWORD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_an_unknown_login_and_a_wrong_password_are_told_alike(app: Flask, with_password: AShop) -> None:
    said = []
    for login in ("bomnal", "nobody"):
        phone = Phone(app)
        phone.open("/owner/login")
        page = phone.submit("로그인", login=login, password="틀린 비밀번호입니다", status=422)
        said.append(page.words.replace(login, ""))
    assert said[0] == said[1]


@pytest.mark.databases("sqlite", "postgres")
def test_twenty_guesses_at_once_count_twenty(app: Flask, with_password: AShop) -> None:
    now = factories.now()

    def guess() -> str:
        return access.sign_in(
            login="bomnal", password="guess", user_agent="", ip="203.0.113.5", is_secure=True, now=now
        )

    found = world.all_at_once(app, [guess] * 20)
    assert sum(isinstance(each, WrongLogin) for each in found) <= 10
    assert all(isinstance(each, WrongLogin | TooManyTries) for each in found)
    counted = db.session.scalar(db.select(db.func.count(LoginTry.id)).where(LoginTry.key == "login:bomnal"))
    assert counted == 20
    with pytest.raises(TooManyTries):  # the right password does not help while the door is shut
        access.sign_in(
            login="bomnal", password=PASSWORD, user_agent="", ip="203.0.113.5", is_secure=True, now=now
        )


def test_the_door_opens_again_after_a_quarter_of_an_hour(
    app: Flask, with_password: AShop, clock: Clock
) -> None:
    for _ in range(11):
        with pytest.raises((WrongLogin, TooManyTries)):
            access.sign_in(
                login="bomnal", password="guess", user_agent="", ip="", is_secure=True, now=clock()
            )
    clock.advance(minutes=15, seconds=1)
    assert access.sign_in(
        login="bomnal", password=PASSWORD, user_agent="", ip="", is_secure=True, now=clock()
    )


def test_the_same_password_has_another_hash_each_time() -> None:
    assert hash_password(PASSWORD) != hash_password(PASSWORD)


def test_a_session_of_plain_http_opens_nothing_on_https(app: Flask) -> None:
    """S20: not the cookie's name alone, the row itself knows where it was made."""
    demo = factories.a_shop(name="체험커피", is_demo=True)
    token = factories.a_session(demo, demo.owner_id, is_secure=False)
    phone = Phone(app)
    phone.keep("staff", token)
    assert phone.client.get("/owner", base_url="https://dangol.test").status_code == 302


@pytest.mark.parametrize("path", ["/owner/login", "/setup/whatever"])
def test_a_real_shop_takes_no_password_over_plain_http(
    shop: AShop, make_app: Callable[..., Flask], path: str
) -> None:
    plain = make_app(PUBLIC_URL="").test_client()
    answer = plain.get(path, base_url="http://192.0.2.10:8000")
    assert answer.status_code == 403
    assert "https" in answer.get_data(as_text=True)


def test_the_proxys_tls_does_not_cover_the_bare_address(shop: AShop, app: Flask) -> None:
    answer = app.test_client().get(f"/s/{shop.code}/details", base_url="http://192.0.2.10:8000")
    assert answer.status_code == 403
