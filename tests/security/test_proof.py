"""S20, S22: which doors ask once more who this is, and which never open on a device that several people share."""

from __future__ import annotations

import pytest
from flask import Flask

from app.extensions import db
from app.flows import sharing, staff
from app.kit import totp
from app.shops import queries
from app.shops.models import LoginTry, Staff, StaffSession
from tests import factories
from tests.factories import AShop
from tests.phone import Phone
from tests.security.full_shop import FullShop, rows_of
from tests.security.kept import full_shops
from tests.security.routes import Route, fields_for, routes, values_for
from tests.world import Clock

# A dangerous thing more is a line more, read by a second person.
DANGEROUS = """
/owner/campaigns/<int:campaign_id>/confirmation
/owner/coupons/<int:kind_id>/gifts
/owner/merges/<int:merge_id>/reversal
/owner/more/card
/owner/more/contact
/owner/more/devices/<int:session_id>/end
/owner/more/kiosks
/owner/more/programs/keys
/owner/more/programs/webhooks
/owner/more/programs/webhooks/<int:webhook_id>/state
/owner/more/second-step
/owner/more/second-step/codes
/owner/more/second-step/confirmation
/owner/more/second-step/end
/owner/more/sending/<provider>/keys
/owner/more/sending/<provider>/removal
/owner/more/staff
/owner/more/staff/<int:staff_id>
/owner/more/staff/<int:staff_id>/end
/owner/more/staff/<int:staff_id>/password
/owner/more/staff/<int:staff_id>/pin
/owner/more/staff/<int:staff_id>/second-step/end
/owner/more/talk/file
/owner/people/<int:customer_id>/lost-card
/owner/people/<int:customer_id>/new-phone
/owner/people/<int:customer_id>/twin/<int:other_id>
/owner/people/file
/owner/people/file/<int:file_id>
/owner/sharing
/owner/testers/<int:programme_id>/file
/owner/visits/<int:visit_id>/refund
"""
# What a shared device opens while nobody stands at it: a name, a PIN, its end by the password, and the counter's
# QR, which shows nobody and must not go dark after ten minutes.
IDLE = {"/owner/turn", "/owner/turn/<int:staff_id>", "/owner/turn/end", "/owner/sharing"}
IDLE |= {"/owner/counter", "/owner/counter/codes", "/owner/counter/code.svg"}
# What is one person's own, and stays on a device of their own. (What only an owner may is not there either.)
OWN = """
/owner/logout /owner/messages/budget /owner/messages/budget/notice /owner/more/browsers /owner/more/browsers/<int:session_id>/end /owner/more/browsers/end
/owner/more/changes /owner/more/devices /owner/more/devices/<int:session_id>/end /owner/more/kiosks
/owner/more/kiosks/<int:kiosk_id>/end /owner/more/notifications
/owner/more/notifications/<int:phone_id>/removal /owner/more/notifications/kinds /owner/more/password
/owner/more/pin /owner/more/programs /owner/more/programs/keys /owner/more/programs/keys/<int:key_id>/end /owner/more/programs/mall
/owner/more/programs/webhooks /owner/more/programs/webhooks/<int:webhook_id>/removal
/owner/more/programs/webhooks/<int:webhook_id>/state /owner/more/programs/webhooks/<int:webhook_id>/trial
/owner/more/second-step /owner/more/second-step/codes /owner/more/second-step/confirmation
/owner/more/second-step/end /owner/more/sending /owner/more/sending/<provider>
/owner/more/sending/<provider>/balance /owner/more/sending/<provider>/keys /owner/more/sending/<provider>/removal
/owner/more/sending/<provider>/switch /owner/more/sending/<provider>/talk /owner/more/sending/<provider>/talk/<kind>
/owner/more/sending/<provider>/talk/<kind>/code /owner/more/sending/<provider>/talk/news
/owner/more/sending/<provider>/trial /owner/more/sharing /owner/more/talk/file /owner/offline /owner/offline/key /owner/people/file /owner/people/file/<int:file_id>
/owner/people/file/<int:file_id>/progress /owner/people/file/<int:file_id>/removal /owner/proof /owner/testers/<int:programme_id>/file
"""
# A form that could be saved: only then is it asked who this is.
TYPED = {
    "name": "최알바",
    "login": "alba01",
    "password": "주말에만 나와요 12",
    "pin": "4719",
    "typed": "1",
    "reason": "세무사에게 보여 주려고",
}
# Proving itself counts tries; a heartbeat of the session is no change.
LOGS = ("access_log", "login_tries", "staff_sessions.seen_at", "staff_sessions.expires_at")


@pytest.fixture
def full(app: Flask) -> FullShop:
    """A shop with everything in it, whose owner has a password and whose staff has a PIN."""
    [made] = full_shops("가온", is_demo=False)
    factories.a_password(made.shop, made.shop.owner_id)
    factories.a_pin(made.shop, made.shop.owner_id)
    factories.a_pin(made.shop, made.staff_id, "4719")
    return made


def _of_staff(app: Flask, *methods: str) -> list[Route]:
    return [route for route in routes(app, *methods) if route.door.role in ("staff", "manager", "owner")]


def test_the_dangerous_doors_are_the_ones_in_the_table(app: Flask) -> None:
    assert sorted({route.rule for route in routes(app, "POST") if route.door.sudo}) == DANGEROUS.split()
    assert {route.rule for route in routes(app, "GET", "POST") if route.door.device == "idle"} == IDLE
    assert (
        sorted({route.rule for route in routes(app, "GET", "POST") if route.door.device == "own"})
        == OWN.split()
    )


def test_no_dangerous_post_does_anything_without_proof(app: Flask, full: FullShop, clock: Clock) -> None:
    phone = Phone(app, look=False).signed_in(full.shop, full.shop.owner_id)
    clock.advance(minutes=16)  # the owner's link no longer speaks for this browser
    phone.open("/owner/more/hours")
    token = phone.token()
    logs = (*LOGS, "audit_lines")  # so many wrong proofs are written down
    before = rows_of(but=logs)
    values = {**values_for(full), "staff_id": full.staff_id}
    for route in routes(app, "POST"):
        if not route.door.sudo:
            continue
        if route.door.look_first is not None:  # what can't be saved says so, and changes nothing either
            page = phone.post(route.path(**values), {"csrf_token": token}, status=None, follow=False)
            assert page.status in (409, 422), route.rule  # 409: it is sent already
        for proof in ({}, {"proof": ""}, {"proof": "not the password"}):
            fields = {**fields_for(full, factories.once()), **TYPED, "csrf_token": token, **proof}
            page = phone.post(route.path(**values), fields, status=None, follow=False)
            assert page.status in (401, 422, 429), f"{route.rule}: {page.status}"
            assert page.h1 == "본인인지 확인할게요", route.rule
            piece = phone.post(
                route.path(**values), fields | {"proof": ""}, status=401, follow=False, htmx=True
            )
            assert piece.answer.headers["HX-Redirect"].startswith("/owner/proof"), route.rule
    after = rows_of(but=logs)
    assert [name for name in before if before[name] != after[name]] == []


def test_proof_is_good_for_ten_minutes_on_that_browser_alone(
    app: Flask, full: FullShop, clock: Clock
) -> None:
    mine, left_open = (Phone(app).signed_in(full.shop, full.shop.owner_id) for _ in range(2))
    clock.advance(minutes=16)

    def save(phone: Phone, number: str, status: int) -> None:
        phone.open("/owner/more/contact")
        phone.post("/owner/more/contact", {"csrf_token": phone.token(), "phone": number}, status=status)

    mine.open("/owner/more/contact")
    page = mine.submit("저장하기", phone="02-111-2222", status=401)
    assert "쓰던 내용은 그대로 있어요" in page.words
    page = mine.submit("확인하고 계속하기", proof="틀린 비밀번호예요", status=422)
    assert "틀린 비밀번호예요" not in page.html
    assert mine.submit("확인하고 계속하기", proof=factories.PASSWORD).path == "/owner/more"
    assert factories.the_shop(full.shop).phone == "02-111-2222"
    save(mine, "02-111-3333", 200)
    save(left_open, "02-111-4444", 401)
    clock.advance(minutes=10)
    save(mine, "02-111-5555", 401)
    assert factories.the_shop(full.shop).phone == "02-111-3333"


@pytest.mark.parametrize("has_second_step", [False, True])
def test_a_sign_in_by_password_is_proof_for_ten_minutes_and_never_on_a_shared_device(
    app: Flask, full: FullShop, clock: Clock, has_second_step: bool
) -> None:
    """Who typed the password a moment ago is not asked for it again; who holds the browser later is."""
    codes = factories.a_second_step(full.shop, full.shop.owner_id)[1] if has_second_step else []
    login = next(line.login for line in queries.staff_of(full.shop.id) if line.id == full.shop.owner_id)

    def signed_in() -> Phone:
        clock.advance(seconds=1)  # no link was used at this very moment
        phone = Phone(app)
        phone.open("/owner/login")
        phone.submit("로그인", login=login, password=factories.PASSWORD)
        if codes:
            phone.submit("들어가기", second=codes.pop())
        phone.open("/owner/more/contact")
        return phone

    mine = signed_in()
    clock.advance(minutes=9)
    assert mine.submit("저장하기", phone="02-111-2222").path == "/owner/more"
    clock.advance(minutes=1)
    mine.open("/owner/more/contact")
    assert mine.submit("저장하기", phone="02-111-3333", status=401).h1 == "본인인지 확인할게요"
    shared = signed_in()
    session_id = db.session.scalar(db.select(db.func.max(StaffSession.id)))
    assert session_id is not None
    about = {"shop_id": full.shop.id, "session_id": session_id, "now": clock()}
    sharing.turn_on(**about, staff_id=full.shop.owner_id)
    shared.open("/owner/sharing")
    shared.post("/owner/sharing", {"csrf_token": shared.token()}, status=401)
    assert factories.the_shop(full.shop).phone == "02-111-2222"


def test_guessing_a_proof_ends(app: Flask, full: FullShop, clock: Clock) -> None:
    phone = Phone(app, look=False).signed_in(full.shop, full.shop.owner_id)
    clock.advance(minutes=16)
    phone.open("/owner/more/contact")
    form = {"csrf_token": phone.token(), "phone": "02-111-2222"}
    for guess in range(10):
        phone.post("/owner/more/contact", {**form, "proof": f"guess {guess}"}, status=422)
    phone.post("/owner/more/contact", {**form, "proof": factories.PASSWORD}, status=429)
    key = f"sudo:{full.shop.owner_id}"
    assert db.session.scalar(db.select(db.func.count(LoginTry.id)).where(LoginTry.key == key)) == 11
    assert factories.the_shop(full.shop).phone != "02-111-2222"


@pytest.mark.parametrize("stands", ["nobody", "owner", "staff"])
def test_a_shared_device_opens_nothing_of_the_owner(app: Flask, full: FullShop, stands: str) -> None:
    token, session_id = factories.a_session(full.shop, full.shop.owner_id), 0
    session_id = factories.a_session_id(token)
    about = {"shop_id": full.shop.id, "session_id": session_id, "now": factories.now()}
    sharing.turn_on(**about, staff_id=full.shop.owner_id)
    if stands == "owner":
        sharing.take_turn(**about, staff_id=full.shop.owner_id, pin="8305")
    elif stands == "staff":
        sharing.take_turn(**about, staff_id=full.staff_id, pin="4719")
    phone = Phone(app, look=False)
    phone.keep("staff", token)
    phone.open(f"/s/{full.shop.code}")  # a page that everybody may open: it has a form token
    form_token, shut = phone.token(), 0
    values = {**values_for(full), "staff_id": full.staff_id}
    before = rows_of(but=LOGS)
    for route in _of_staff(app, "GET", "POST"):
        closed = stands == "nobody" or route.door.role == "owner" or route.door.device == "own"
        if route.door.device == "idle" or not closed:
            continue
        fields = {**fields_for(full, factories.once()), "csrf_token": form_token, "proof": factories.PASSWORD}
        path = route.path(**values)
        if route.method == "GET":
            page = phone.open(path, status=None, follow=False)
        else:
            page = phone.post(path, fields, status=None, follow=False)
        if stands == "nobody":
            asked = page.h1 == "누가 쓰세요?" or "/owner/turn" in page.answer.headers.get("Location", "")
            assert asked, f"{route.method} {route.rule}: {page.status}"
        else:
            assert page.status == 403, f"{route.method} {route.rule}: {page.status}"
        shut += 1
    assert shut > 25
    after = rows_of(but=LOGS)
    assert [name for name in before if before[name] != after[name]] == []


def test_the_link_does_not_end_sharing(app: Flask, full: FullShop) -> None:
    """The browser came in by the link a moment ago; then it was shared, and somebody else holds it."""
    token = factories.a_session(full.shop, full.shop.owner_id)
    session_id = factories.a_session_id(token)
    about = {"shop_id": full.shop.id, "session_id": session_id, "now": factories.now()}
    sharing.turn_on(**about, staff_id=full.shop.owner_id)
    phone = Phone(app)
    phone.keep("staff", token)
    phone.open("/owner/sharing")
    form = {"csrf_token": phone.token()}
    phone.post("/owner/sharing", form, status=401)
    phone.post("/owner/sharing", {**form, "proof": "4719"}, status=422)
    assert phone.post("/owner/sharing", {**form, "proof": factories.PASSWORD}).path == "/owner/more"
    assert "바뀐 기록" in phone.open("/owner/more").words


def test_a_code_alone_does_not_end_sharing(app: Flask, full: FullShop, clock: Clock) -> None:
    """At an idle tablet stands anybody: six digits, seen or guessed, are not the password."""
    token = factories.a_session(full.shop, full.shop.owner_id)
    secret, codes = factories.a_second_step(full.shop, full.shop.owner_id)
    session_id = factories.a_session_id(token)
    about = {"shop_id": full.shop.id, "session_id": session_id, "now": factories.now()}
    sharing.turn_on(**about, staff_id=full.shop.owner_id)
    clock.advance(seconds=30)
    phone = Phone(app)
    phone.keep("staff", token)
    assert "여섯 숫자" not in phone.open("/owner/sharing").words
    for code in (totp.code_at(secret, totp.step_of(clock())), codes[0]):
        page = phone.submit("함께 쓰기 끄기", proof=code, status=422)
        assert page.h1 == "본인인지 확인할게요"
        assert "여섯 숫자" not in page.words
        phone.open("/owner/sharing")
    assert phone.submit("함께 쓰기 끄기", proof=factories.PASSWORD).path == "/owner/more"
    clock.advance(minutes=16)
    phone.open("/owner/more/contact")
    phone.submit("저장하기", phone="02-111-2222", status=401)
    page = phone.submit("확인하고 계속하기", proof=codes[0])
    assert page.path == "/owner/more", "on a device of one's own a code is good, and none was used up"


def test_a_stolen_session_learns_no_secret_and_confirms_none(
    app: Flask, full: FullShop, clock: Clock
) -> None:
    """A setup was begun and never ended. Who steals the browser must not make the proof of later their own."""
    token = factories.a_session(full.shop, full.shop.owner_id)
    mine, thief = Phone(app), Phone(app)
    for phone in (mine, thief):
        phone.keep("staff", token)
    mine.open("/owner/more/second-step")
    page = mine.submit("시작하기")
    found = page.soup.select_one(".secret")
    assert found is not None
    secret = found.get_text().replace(" ", "")
    clock.advance(minutes=16)
    page = thief.open("/owner/more/second-step")
    assert page.soup.select_one(".secret") is None
    assert secret[:4] not in page.html
    assert "otpauth" not in page.html
    form = {"csrf_token": thief.token(), "second": totp.code_at(secret, totp.step_of(clock()))}
    page = thief.post("/owner/more/second-step/confirmation", form, status=401)
    assert page.h1 == "본인인지 확인할게요"
    assert not db.session.scalar(db.select(Staff.totp_on_at).where(Staff.id == full.shop.owner_id))
    page = thief.submit("확인하고 계속하기", proof=factories.PASSWORD, second="000000", status=422)
    assert page.soup.select_one(".secret") is not None, "who proved it goes on where they were"
    page = thief.submit("켜기", second=form["second"])
    assert page.soup.select(".codes li")


def test_a_stolen_session_dies_with_a_revocation_a_new_password_or_the_end(app: Flask, shop: AShop) -> None:
    person, now = factories.a_staff(shop), factories.now()
    about = {"shop_id": shop.id, "by": shop.owner_id, "now": now}

    def stolen() -> tuple[Phone, int]:
        token = factories.a_session(shop, person)
        thief = Phone(app)
        thief.keep("staff", token)
        thief.open("/owner")
        return thief, factories.a_session_id(token)

    def is_out(thief: Phone) -> bool:
        return thief.open("/owner").path == "/owner/login"

    thief, session_id = stolen()
    staff.end_browser(**about, session_id=session_id)
    assert is_out(thief)
    thief, session_id = stolen()
    staff.give_password(**about, staff_id=person, login="alba01", password=factories.PASSWORD)
    assert is_out(thief)
    thief, session_id = stolen()
    staff.end_staff(**about, staff_id=person)
    assert is_out(thief)
    assert (
        db.session.scalar(db.select(StaffSession.ended_at).where(StaffSession.id == session_id)) is not None
    )
