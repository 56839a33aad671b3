"""The people of a shop: taken on, changed, let go; a shop always keeps an owner."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.extensions import db
from app.flows import access, staff
from app.flows.staff import LastOwner
from app.kit.refusals import Invalid, NotHere
from app.shops.models import AuditLine, Staff, StaffSession
from app.shops.rules import WrongLogin
from tests import factories, world
from tests.factories import AShop


def change(shop: AShop, staff_id: int, **changes: Any) -> None:
    """Change a person as the owner."""
    settings = {"name": "박직원", "role": "staff", "by": shop.owner_id, "now": factories.now()}
    staff.change_staff(shop_id=shop.id, staff_id=staff_id, **settings | changes)


def roles(shop: AShop) -> dict[int, str]:
    """Return who may do what."""
    db.session.rollback()
    rows = db.session.execute(
        db.select(Staff.id, Staff.role).where(Staff.shop_id == shop.id, Staff.ended_at.is_(None))
    )
    return {row.id: row.role for row in rows}


def noted(shop: AShop) -> list[tuple[str, str, str]]:
    """Return what was written down, but for sign-ins."""
    db.session.rollback()
    rows = db.session.execute(
        db.select(AuditLine.what, AuditLine.subject, AuditLine.detail)
        .where(AuditLine.shop_id == shop.id, AuditLine.what != "sign_in")
        .order_by(AuditLine.number)
    )
    return [tuple(row) for row in rows]


def test_a_role_and_a_name_are_changed_and_written_down(shop: AShop) -> None:
    person = factories.a_staff(shop)
    change(shop, person, role="manager")
    change(shop, person, role="manager")  # twice changes nothing more
    change(shop, person, role="manager", name="박점장")
    assert roles(shop)[person] == "manager"
    about = f"staff:{person}"
    assert noted(shop) == [
        ("staff_changed", about, "staff>manager"),
        ("staff_changed", about, "name"),
    ]


def test_the_last_owner_stays_owner(shop: AShop) -> None:
    with pytest.raises(LastOwner):
        change(shop, shop.owner_id, name="김사장", role="staff")
    with pytest.raises(LastOwner):
        staff.end_staff(shop_id=shop.id, staff_id=shop.owner_id, by=shop.owner_id, now=factories.now())
    second = factories.a_staff(shop, name="이사장")
    change(shop, second, role="owner", name="이사장")
    change(shop, shop.owner_id, name="김사장", role="manager")
    assert roles(shop) == {shop.owner_id: "manager", second: "owner"}


def test_owners_who_are_all_demoted_at_once_leave_one(app: Flask, shop: AShop) -> None:
    owners = [shop.owner_id, *(factories.a_staff(shop, name=f"{i}사장", role="owner") for i in range(7))]
    now = factories.now()
    found = world.all_at_once(
        app, [lambda who=who: change(shop, who, role="staff", now=now) for who in owners]
    )
    assert sum(isinstance(each, LastOwner) for each in found) == 1
    assert sorted(roles(shop).values()) == ["owner", *["staff"] * 7]


def test_another_shops_people_are_not_here(shop: AShop, other_shop: AShop) -> None:
    theirs = factories.a_staff(other_shop)
    about: dict[str, Any] = {
        "shop_id": shop.id,
        "staff_id": theirs,
        "by": shop.owner_id,
        "now": factories.now(),
    }
    for attempt in (
        lambda: change(shop, theirs, role="owner"),
        lambda: staff.end_staff(**about),
        lambda: staff.give_password(**about, login="theirs1", password=factories.PASSWORD),
    ):
        with pytest.raises(NotHere):
            attempt()
    assert roles(other_shop) == {other_shop.owner_id: "owner", theirs: "staff"}


def test_a_password_the_owner_sets_signs_its_person_out_everywhere(shop: AShop) -> None:
    person = factories.a_staff(shop)
    factories.a_session(shop, person)
    mine = factories.a_session_id(factories.a_session(shop, shop.owner_id))
    about: dict[str, Any] = {
        "shop_id": shop.id,
        "staff_id": person,
        "by": shop.owner_id,
        "now": factories.now(),
    }
    staff.give_password(**about, login="alba01", password=factories.PASSWORD)
    alive = db.session.scalars(db.select(StaffSession.id).where(StaffSession.ended_at.is_(None))).all()
    assert alive == [mine]
    enter = {"user_agent": "", "ip": "", "is_secure": True, "now": factories.now()}
    assert access.sign_in(login="alba01", password=factories.PASSWORD, **enter)
    with pytest.raises(Invalid):
        staff.give_password(
            **about | {"staff_id": shop.owner_id}, login="alba01", password="다른 긴 비밀번호 문장"
        )
    with pytest.raises(WrongLogin):
        access.sign_in(login="alba01", password="다른 긴 비밀번호 문장", **enter)


def test_a_browser_is_ended_once_and_only_in_ones_own_shop(shop: AShop, other_shop: AShop) -> None:
    session_id = factories.a_session_id(factories.a_session(shop, shop.owner_id))
    now = factories.now()
    with pytest.raises(NotHere):
        staff.end_browser(shop_id=other_shop.id, session_id=session_id, by=other_shop.owner_id, now=now)
    staff.end_browser(shop_id=shop.id, session_id=session_id, by=shop.owner_id, now=now)
    with pytest.raises(NotHere):
        staff.end_browser(shop_id=shop.id, session_id=session_id, by=shop.owner_id, now=now)
    assert noted(shop) == [("session_ended", f"staff:{shop.owner_id}", "")]
