"""S21: what a form does not ask for is not taken, and a role opens its own doors only."""

from __future__ import annotations

import pytest
from flask import Flask

from app.cards.models import CardRule
from app.extensions import db
from app.shops.models import Shop, Staff
from tests import factories
from tests.factories import ACustomer, AShop
from tests.phone import Phone
from tests.security.full_shop import balance_of, rows_of
from tests.security.routes import routes

# What somebody might try to slip in.
EXTRA = {
    "role": "owner",
    "shop_id": "2",
    "balance": "99",
    "delta": "50",
    "goal": "2",
    "visit_count": "99",
    "is_demo": "1",
    "code": "HACKED",
    "staff_id": "1",
    "customer_id": "1",
    "erased_at": "",
    "used_at": "",
    "at": "2020-01-01",
    "now": "2020-01-01",
    "password_hash": "x",
    "key_version": "7",
    "source": "staff",
}


def test_a_stamp_takes_only_its_own_fields(
    app: Flask, shop: AShop, other_shop: AShop, minho: ACustomer
) -> None:
    phone = Phone(app).signed_in(shop, shop.owner_id)
    phone.open("/owner/stamps")
    fields = {
        **EXTRA,
        "once": factories.once(),
        "card": str(minho.card_id),
        "how": "digits",
        "csrf_token": phone.token(),
    }
    del fields["code"]
    theirs = rows_of(other_shop.id)
    phone.post("/owner/stamps", fields)
    assert balance_of(minho) == 1
    assert factories.a_person(minho.id).visit_count == 1
    assert factories.a_person(minho.id).last_visit_at == factories.now()
    assert theirs == rows_of(other_shop.id)


def test_notes_take_only_their_own_fields(
    app: Flask, shop: AShop, owner_phone: Phone, jiwoo: ACustomer
) -> None:
    owner_phone.open(f"/owner/people/{jiwoo.id}")
    fields = {
        "name": "지우",
        "memo": "창가",
        "likes": "라떼",
        "phone": "010-1111-2222",
        "csrf_token": owner_phone.token(),
    }
    owner_phone.post(f"/owner/people/{jiwoo.id}", EXTRA | fields, status=None)
    person = factories.a_person(jiwoo.id)
    assert (person.memo, person.phone, person.visit_count, person.shop_id) == (
        "창가",
        "+821023456789",
        0,
        shop.id,
    )
    assert (person.source, person.erased_at) == ("qr", None)


@pytest.mark.parametrize("path", ["shop", "card", "hours", "contact", "text", "staff", "password"])
def test_settings_take_only_their_own_fields(app: Flask, shop: AShop, owner_phone: Phone, path: str) -> None:
    before = factories.the_shop(shop)
    kept = (before.id, before.code, before.is_demo, before.created_at)
    page = owner_phone.open(f"/owner/more/{path}")
    form = page.soup.select_one("form[method=post]")
    assert form is not None
    typed = {str(box["name"]): str(box.get("value", "")) for box in form.select("[name]")}
    fields = {**EXTRA, **typed, "name": "새 이름", "login": "newbie", "password": "비밀스러운 문장 하나"}
    owner_phone.post(f"/owner/more/{path}", fields, status=None)
    after = factories.the_shop(shop)
    assert (after.id, after.code, after.is_demo, after.created_at) == kept
    roles = dict(db.session.execute(db.select(Staff.name, Staff.role)).all())
    assert set(roles.values()) <= {"owner", "staff", "manager"}
    assert list(roles.values()).count("owner") == 1
    assert db.session.scalar(db.select(db.func.count(Shop.id))) == 1


def test_joining_takes_only_its_own_fields(app: Flask, shop: AShop) -> None:
    phone = Phone(app)
    phone.open(f"/s/{shop.code}/details")
    boxes = {
        "name": "한지우",
        "phone": "010-2222-3333",
        "age14": "y",
        "required": "y",
        "csrf_token": phone.token(),
    }
    phone.post(f"/s/{shop.code}/details", {**EXTRA, **boxes})
    [row] = db.session.execute(db.text("SELECT id, visit_count, shop_id, memo FROM customers")).all()
    assert (row.visit_count, row.shop_id, row.memo) == (0, shop.id, "")
    assert db.session.scalar(db.text("SELECT balance FROM cards")) == 0
    assert db.session.scalars(db.select(CardRule.goal)).all() == [10]


def test_a_customer_changes_only_their_own_consents(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    other = factories.a_customer(shop, name="박민호", phone=factories.a_number(), agrees="all")
    phone = Phone(app).holding(jiwoo)
    phone.open(f"/c/{shop.code}/me")
    fields = {"kind": "ads", "grant": "", "customer_id": str(other.id), "csrf_token": phone.token()}
    phone.post(f"/c/{shop.code}/me/consents", EXTRA | fields, status=None)
    held = {
        who: db.session.scalars(
            db.text(
                "SELECT action FROM consents WHERE customer_id = :who AND kind = 'ads' ORDER BY id"
            ).bindparams(who=who)
        ).all()
        for who in (jiwoo.id, other.id)
    }
    assert held == {jiwoo.id: ["grant", "withdraw"], other.id: ["grant"]}


ROLES = {"staff": 0, "manager": 1, "owner": 2}


@pytest.mark.parametrize("role", ["staff", "manager"])
def test_each_role_opens_its_own_doors_only(app: Flask, shop: AShop, jiwoo: ACustomer, role: str) -> None:
    staff_id = factories.a_staff(shop, role=role)
    phone = Phone(app, look=False).signed_in(shop, staff_id)
    phone.open("/owner/stamps")
    token = phone.token()
    shut = opened = 0
    for route in routes(app, "GET", "POST"):
        if route.door.role not in ROLES or route.rule == "/owner/logout":
            continue
        numbers = dict.fromkeys(route.arguments, 999_999)
        path = route.path(**{**numbers, "kind": "thank_you"})
        shut_to_me = ROLES[route.door.role] > ROLES[role]
        before = rows_of(but=("access_log",)) if shut_to_me else {}
        if route.method == "GET":
            page = phone.open(path, status=None, follow=False)
        else:
            page = phone.post(path, {"csrf_token": token}, status=None, follow=False)
        if shut_to_me:
            assert page.status == 403, f"{route.method} {route.rule}: {page.status}"
            assert before == rows_of(but=("access_log",))
            shut += 1
        else:
            assert page.status not in (401, 403), f"{route.method} {route.rule}: {page.status}"
            opened += 1
    assert shut > 4
    assert opened > 10


def test_a_customer_cannot_stamp_themselves(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    """S02: no route of a customer or a stranger brings a stamp."""
    phone = Phone(app, look=False).holding(jiwoo)
    phone.open(f"/c/{shop.code}")
    token = phone.token()
    for route in routes(app, "GET", "POST"):
        path = route.path(
            **{
                **dict.fromkeys(route.arguments, 1),
                "code": shop.code,
                "token": "A" * 22,
                "kind": "thank_you",
            }
        )
        if "/me/delete" in path or "/s/" in path:
            continue
        fields = {
            **EXTRA,
            "code": factories.a_code(jiwoo),
            "card": str(jiwoo.card_id),
            "once": factories.once(),
            "how": "scan",
        }
        if route.method == "POST":
            phone.post(path, {**fields, "csrf_token": token}, status=None, follow=False)
        else:
            phone.open(path, status=None, follow=False)
    assert balance_of(jiwoo) == 0
