"""The programs' room: keys, purchases once, refunds, people, events, and every way of calling it wrongly."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.customers import actions
from app.customers.models import Consent, Customer, PhoneClaim
from app.extensions import db
from app.flows import merge, privacy, programs
from app.messages.models import Automation, Message
from app.programs.models import ApiAnswer, ApiKey, MallEvent
from app.programs.rules import CALLS_A_MINUTE
from app.shops.models import AccessLog
from app.visits.models import Visit
from tests import factories
from tests.factories import ACustomer, AShop
from tests.phone import Phone
from tests.web.api import Till, a_key
from tests.world import Clock, all_at_once

pytestmark = pytest.mark.databases("sqlite", "postgres")


@pytest.fixture
def till(app: Flask, shop: AShop) -> Till:
    """The shop's till, with a key for everything."""
    return Till(app, a_key(shop))


def a_purchase(clock: Clock, **changes: Any) -> dict[str, Any]:
    """Return a purchase of 지우 as a till tells it."""
    return {
        "at": clock().isoformat(),
        "customer": {"phone": "010-2345-6789"},
        "amount": 9000,
        "items": [{"name": "아메리카노", "quantity": 2, "price": 4500}],
        "order_number": "A-1042",
        **changes,
    }


def rows(table: Any) -> int:
    """Return how many rows a table has."""
    db.session.rollback()
    return int(db.session.scalar(db.select(db.func.count(table.id))) or 0)


# --- keys --------------------------------------------------------------------------------------------


def test_a_key_opens_only_what_it_was_made_for_until_it_is_ended(
    app: Flask, clock: Clock, shop: AShop, jiwoo: ACustomer
) -> None:
    key = a_key(shop, "visits")
    till = Till(app, key)
    assert till.call("GET", "/key") == {"shop": "봄날커피", "name": "계산대 포스", "scopes": ["visits"]}
    assert till.call("GET", f"/customers/{jiwoo.id}", status=403)["code"] == "forbidden"
    row = db.session.scalars(db.select(ApiKey)).one()
    assert key not in str(vars(row)) and row.key_hash and row.last_used_at == clock()
    own = {"shop_id": shop.id, "staff_id": shop.owner_id, "key_id": row.id, "now": clock()}
    programs.end_key(**own)
    assert till.call("GET", "/key", status=401)["code"] == "unauthorized"
    for wrong in ("", "dgk_" + "x" * 43, key[:-1], "가나다".encode().decode("latin-1")):
        Till(app, wrong).call("GET", "/key", status=401)
    assert Till(app, "").raw("GET", "/key").headers["WWW-Authenticate"].startswith("Bearer")


def test_a_program_that_runs_wild_is_stopped_within_the_minute(app: Flask, clock: Clock, shop: AShop) -> None:
    till = Till(app, a_key(shop))
    till.call("GET", "/key")
    db.session.execute(db.update(ApiKey).values(minute_count=CALLS_A_MINUTE))
    db.session.commit()
    assert till.call("GET", "/key", status=429)["code"] == "too_many_requests"
    assert int(till.raw("GET", "/key").headers["Retry-After"]) in range(1, 61)
    clock.advance(minutes=1)
    till.call("GET", "/key")


# --- purchases ---------------------------------------------------------------------------------------


def test_a_purchase_is_written_down_once_for_its_key(
    app: Flask, clock: Clock, till: Till, jiwoo: ACustomer
) -> None:
    once = {"Idempotency_Key": "order-A-1042"}
    first = till.call("POST", "/visits", a_purchase(clock), status=201, **once)
    assert first["created"] and first["customer_id"] == jiwoo.id
    assert till.call("POST", "/visits", a_purchase(clock), **once) == first
    other = till.call("POST", "/visits", a_purchase(clock, amount=1), status=422, **once)
    assert other["code"] == "idempotency_key_reused"
    assert till.call("POST", "/visits", a_purchase(clock), status=422)["code"] == "idempotency_key_missing"
    again = till.call("POST", "/visits", a_purchase(clock), status=201, Idempotency_Key="another-key")
    assert again == first | {"created": False}, "the same order, whatever the key"
    differs = a_purchase(clock, amount=1)
    assert (
        till.call("POST", "/visits", differs, status=409, Idempotency_Key="a-third-key")["code"]
        == "order_exists"
    )
    assert rows(Visit) == 1


def test_two_at_once_are_one(app: Flask, clock: Clock, till: Till, jiwoo: ACustomer) -> None:
    purchase = a_purchase(clock, order_number="B-1")
    del purchase["order_number"]
    answers = all_at_once(
        app, [lambda: Till(app, till.key).raw("POST", "/visits", purchase, Idempotency_Key="order-B-1")] * 3
    )
    assert sorted(each.status_code for each in answers) == [200, 200, 201]
    assert len({each.get_data() for each in answers}) == 1
    assert (rows(Visit), rows(ApiAnswer)) == (1, 1)


def test_a_refused_purchase_keeps_nothing_and_may_come_again(
    clock: Clock, till: Till, shop: AShop, other_shop: AShop
) -> None:
    once = {"Idempotency_Key": "order-C-1"}
    assert till.call("POST", "/visits", a_purchase(clock), status=404, **once)["code"] == "customer_not_found"
    assert rows(ApiAnswer) == 0
    theirs = factories.a_customer(other_shop)
    till.call("POST", "/visits", a_purchase(clock, customer={"id": theirs.id}), status=404, **once)
    mine = factories.a_customer(shop, name="한지우", phone="010-2345-6789")
    till.call("POST", "/visits", a_purchase(clock), status=201, **once)
    card = factories.a_card(mine.card_id)
    for place, named in enumerate(({"card": card.spoken.lower()}, {"card": factories.a_code(mine)})):
        body = a_purchase(clock, customer=named, order_number=f"D-{place}")
        assert (
            till.call("POST", "/visits", body, status=201, Idempotency_Key=f"by-card-{place}")["customer_id"]
            == mine.id
        )


def test_a_refund_is_once_and_of_ones_own_shop(
    app: Flask, clock: Clock, till: Till, jiwoo: ACustomer, other_shop: AShop
) -> None:
    made = till.call("POST", "/visits", a_purchase(clock), status=201, Idempotency_Key="order-E-1")
    path = f"/visits/{made['visit_id']}/refunds"
    assert Till(app, a_key(other_shop)).call("POST", path, status=404)["code"] == "not_here"
    assert till.call("POST", path, status=201) == {"visit_id": made["visit_id"], "created": True}
    assert till.call("POST", path)["created"] is False
    till.call("POST", f"/visits/{2**63}/refunds", status=404)


# --- people and events -------------------------------------------------------------------------------


def test_people_are_found_and_added_by_their_number_without_any_consent(
    app: Flask, clock: Clock, till: Till, jiwoo: ACustomer, other_shop: AShop
) -> None:
    consents = rows(Consent)
    found = till.call("GET", "/customers?phone=01023456789")["customers"]
    assert [(each["id"], each["name"], each["phone"]) for each in found] == [
        (jiwoo.id, "한지우", "010-••••-6789")
    ]
    assert till.call("GET", "/customers?phone=010-9999-0000") == {"customers": []}
    till.call("GET", "/customers", status=422)
    new = {"phone": "010-3333-4444", "name": " 김  단골 "}
    answers = all_at_once(app, [lambda: Till(app, till.key).raw("POST", "/customers", new)] * 3)
    assert sorted(each.status_code for each in answers) == [200, 200, 201]
    made = json.loads(answers[0].get_data())
    assert (made["name"], made["card"]["stamps"], made["visits"]) == ("김 단골", 0, 0)
    assert rows(Consent) == consents
    row = db.session.scalars(db.select(Customer).where(Customer.id == made["id"])).one()
    assert (row.source, row.phone_checked_at) == ("api", None)
    assert till.call("POST", "/customers", {"phone": "0505-1234-5678"}, status=422)["code"] == "safe_number"
    assert till.call("POST", "/customers", {"phone": "02-123-4567"}, status=422)["code"] == "phone_invalid"
    bad = {"phone": "010-3333-5555", "name": "김 900101-1234567"}
    assert till.call("POST", "/customers", bad, status=422)["errors"][0]["at"] == "/name"
    Till(app, a_key(other_shop)).call("GET", f"/customers/{jiwoo.id}", status=404)
    actions = db.session.scalars(db.select(AccessLog.action).where(AccessLog.customer_id == jiwoo.id)).all()
    assert "program" in actions, "who looked at whose data is written down"


def test_a_number_that_was_given_away_between_two_looks_makes_nobody(
    till: Till, jiwoo: ACustomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    people, real, looks = rows(Customer), actions.holder_of, [None]
    monkeypatch.setattr(actions, "holder_of", lambda *a, **k: looks.pop() if looks else real(*a, **k))
    found = till.call("POST", "/customers", {"phone": "01023456789", "name": "한지우"})
    assert (found["id"], rows(Customer), rows(PhoneClaim)) == (jiwoo.id, people, 0)


def test_nothing_of_a_mall_is_kept_where_it_is_not_switched_on(
    clock: Clock, till: Till, shop: AShop, jiwoo: ACustomer
) -> None:
    event = {
        "event": "cart_left",
        "customer": {"id": jiwoo.id},
        "at": clock().isoformat(),
        "items": ["핸드크림", "원두"],
    }
    assert till.call("POST", "/events", event, status=202) == {"kept": False}
    assert rows(MallEvent) == 0
    own = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": clock()}
    programs.switch_mall(**own, is_on=True)
    db.session.add(Automation(shop_id=shop.id, kind="cart_left", is_on=True, changed_at=clock()))
    db.session.commit()
    for _ in range(2):
        assert till.call("POST", "/events", event, status=202) == {"kept": True}
    assert rows(MallEvent) == 2
    facts = db.session.scalars(db.select(Message.facts).where(Message.kind == "cart_left")).all()
    assert [each["items"] for each in facts] == ["핸드크림 외 1개"] * len(facts) and facts
    till.call("POST", "/events", event | {"event": "viewed"}, status=202)
    assert rows(MallEvent) == 4
    old = (clock() - timedelta(days=2)).isoformat()
    till.call("POST", "/events", event | {"at": old}, status=422)
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=clock())
    assert rows(MallEvent) == 0
    till.call("POST", "/events", event, status=404)


def test_switching_the_mall_off_deletes_what_it_told(
    app: Flask, clock: Clock, till: Till, shop: AShop, jiwoo: ACustomer
) -> None:
    own = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": clock()}
    programs.switch_mall(**own, is_on=True)
    viewed = {
        "event": "viewed",
        "customer": {"id": jiwoo.id},
        "at": clock().isoformat(),
        "items": ["핸드크림"],
    }
    till.call("POST", "/events", viewed, status=202)
    phone = Phone(app).holding(jiwoo)
    assert "핸드크림 · 보았어요" in phone.open(f"/c/{shop.code}/me/text").html
    assert "쇼핑몰에서 보거나 담아 둔" in phone.open(f"/s/{shop.code}/privacy").words
    programs.switch_mall(**own, is_on=False)
    assert rows(MallEvent) == 0


def test_whoever_became_one_with_another_is_still_known_by_the_old_id(
    clock: Clock, till: Till, shop: AShop, jiwoo: ACustomer, minho: ACustomer
) -> None:
    merge.merge_people(
        shop_id=shop.id, kept_id=jiwoo.id, gone_id=minho.id, staff_id=shop.owner_id, now=clock()
    )
    assert till.call("GET", f"/customers/{minho.id}")["id"] == jiwoo.id
    third = factories.a_customer(shop, phone=factories.a_number())
    merge.merge_people(
        shop_id=shop.id, kept_id=third.id, gone_id=jiwoo.id, staff_id=shop.owner_id, now=clock()
    )
    assert till.call("GET", f"/customers/{minho.id}")["id"] == third.id, "and after that one went on"


# --- calling it wrongly ------------------------------------------------------------------------------

DEEP = b'{"a":' * 60 + b"1" + b"}" * 60


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "not_json"),
        (b"{", 400, "not_json"),
        (b'{"at": NaN}', 400, "not_json"),
        (b'{"at": 1, "at": 2}', 400, "not_json"),
        ("{}".encode("utf-16"), 400, "not_json"),
        (b'{"n": ' + b"9" * 5000 + b"}", 400, "not_json"),
        (DEEP, 400, "too_deep"),
        (b'{"at": "a\\u0000b"}', 400, "bad_text"),
        (b'{"at": "\\ud800"}', 400, "bad_text"),
        (b"[]", 422, "invalid"),
        (b"{}", 422, "invalid"),
        (b'{"a": "' + b"x" * 66_000 + b'"}', 413, "too_large"),
    ],
)
def test_a_body_that_is_none_gets_a_problem(till: Till, body: bytes, status: int, code: str) -> None:
    found = till.call("POST", "/visits", body, status=status, Idempotency_Key="a-new-key")
    assert found["code"] == code


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({"amount": "9000"}, "/amount"),
        ({"amount": True}, "/amount"),
        ({"amount": -1}, "/amount"),
        ({"amount": 1.5}, "/amount"),
        ({"at": "2026-11-23"}, "/at"),
        ({"at": "2026-11-23T14:49:00"}, "/at"),
        ({"at": "2026-13-23T14:49:00Z"}, "/at"),
        ({"at": "2031-01-01T00:00:00Z"}, "/at"),
        ({"at": "0001-01-01T00:00:00+23:59"}, "/at"),
        ({"customer": {}}, "/customer"),
        ({"customer": {"id": 1, "phone": "010-1234-5678"}}, "/customer"),
        ({"customer": {"id": 2**63}}, "/customer/id"),
        ({"items": [{"name": " ", "quantity": 1, "price": 1}]}, "/items/0/name"),
        ({"items": [{"name": "차", "quantity": 0, "price": 1}]}, "/items/0/quantity"),
        ({"channel": "shop"}, "/channel"),
        ({"tip": 1}, "/tip"),
    ],
)
def test_a_wrong_value_is_named(
    clock: Clock, till: Till, jiwoo: ACustomer, changes: dict[str, Any], at: str
) -> None:
    body = a_purchase(clock, **changes)
    found = till.call("POST", "/visits", body, status=422, Idempotency_Key="a-new-key")
    assert at in [each["at"] for each in found["errors"]]
    assert rows(Visit) == 0


@pytest.mark.databases("sqlite")
def test_no_door_of_the_room_answers_with_a_page(app: Flask, till: Till) -> None:
    assert till.call("GET", "/nothing", status=404)["code"] == "not_found"
    assert till.call("PUT", "/visits", {}, status=405)["code"] == "method_not_allowed"
    assert "POST" in till.raw("PUT", "/visits", {}).headers["Allow"]
    text = till.raw("POST", "/visits", b"at=1", Content_Type="text/plain")
    assert (text.status_code, text.mimetype) == (415, "application/problem+json")
    plain = app.test_client().get(
        "/api/v1/key", base_url="http://192.168.0.10", headers={"Authorization": f"Bearer {till.key}"}
    )
    assert (plain.status_code, plain.get_json()["code"]) == (403, "plain_http")
