"""A first meeting's coupon: given at the counter or by a code, never for a number that was only typed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.customers.models import Customer
from app.flows import coupon_kinds, privacy
from app.flows.proven import mark_proven
from app.flows.undo import undo_stamp
from app.flows.unit import write
from tests import coupons, factories
from tests.factories import ACustomer, AShop
from tests.flows.test_coupons import letters
from tests.world import Clock


def a_first_visit(shop: AShop, **facts: Any) -> ACustomer:
    """Let somebody join and be stamped for the first time."""
    who = factories.a_customer(shop, **facts)
    assert coupons.held_by(who) == [], "a number can be typed by anybody: it takes a visit"
    factories.a_stamp(shop, who.card_id)
    return who


def test_once_for_a_number_also_after_leaving_and_coming_back(shop: AShop) -> None:
    coupons.a_kind(shop, "sign_up")
    assert coupons.held_by(a_first_visit(shop)) == [], "it needs the number"
    first = a_first_visit(shop, name="한지우", phone="010-2345-6789")
    assert len(coupons.living(first)) == 1
    assert letters(first) == {"coupon_earned": "sent"}
    privacy.erase(shop_id=shop.id, customer_id=first.id, now=factories.now())
    assert coupons.held_by(a_first_visit(shop, name="한지우", phone="010-2345-6789")) == []
    assert len(coupons.living(a_first_visit(shop, name="민지", phone="010-1111-2222"))) == 1
    coupons.check(shop)


def test_a_number_left_after_the_first_visit_counts_from_the_next_and_a_regular_is_no_new_face(
    shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    factories.a_stamp(shop, jiwoo.card_id)
    clock.advance(days=1)
    coupons.a_kind(shop, "sign_up")
    late = a_first_visit(shop)
    factories.a_customer(shop, name="민지", phone="010-1111-2222", browser=late.browser)
    assert coupons.held_by(late) == []
    clock.advance(days=1)
    for who in (jiwoo, late):
        factories.a_stamp(shop, who.card_id)
    assert (len(coupons.living(late)), coupons.held_by(jiwoo)) == (1, [])


def test_an_undone_first_visit_takes_it_back_and_the_next_one_gives_it(shop: AShop, clock: Clock) -> None:
    coupons.a_kind(shop, "sign_up")
    who = factories.a_customer(shop, name="민지", phone="010-1111-2222")
    stamped = factories.a_stamp(shop, who.card_id)
    undo_stamp(shop_id=shop.id, staff_id=shop.owner_id, entry_id=stamped.entry_id, now=clock())
    assert coupons.living(who) == []
    clock.advance(minutes=20)
    factories.a_stamp(shop, who.card_id)
    assert len(coupons.living(who)) == 1
    coupons.check(shop)


def test_a_proven_number_need_not_wait_for_the_visit(shop: AShop, clock: Clock) -> None:
    coupons.a_kind(shop, "sign_up")
    who = factories.a_customer(shop, name="민지", phone="010-1111-2222")
    for _ in range(2):
        with write() as session:
            mark_proven(session, person=session.get_one(Customer, who.id), now=clock())
    factories.a_stamp(shop, who.card_id)
    assert len(coupons.held_by(who)) == 1
    coupons.check(shop)


def test_what_has_run_out_is_not_counted_as_had(shop: AShop) -> None:
    kind_id = coupons.a_kind(shop, "sign_up", total="1")
    a_first_visit(shop, name="하나", phone="010-1111-2222")
    late = a_first_visit(shop, name="둘", phone="010-1111-3333")
    assert coupons.held_by(late) == []
    coupon_kinds.bound(
        shop_id=shop.id,
        staff_id=None,
        kind_id=kind_id,
        typed={"per_person": "1", "total": "2"},
        now=factories.now(),
    )
    factories.a_stamp(shop, late.card_id, at=factories.now() + timedelta(days=1))
    assert len(coupons.living(late)) == 1
