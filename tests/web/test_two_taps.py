"""카드 받기 pressed twice without scripts: both presses carry the page's cookie, so they are one person."""

from __future__ import annotations

import pytest
from flask import Flask

from app.customers.models import Customer
from app.extensions import db
from tests.factories import AShop
from tests.phone import Phone


@pytest.mark.parametrize("path", ["", "/details"])
def test_two_posts_of_one_page_are_one_person(app: Flask, shop: AShop, path: str) -> None:
    phone = Phone(app)
    phone.open(f"/s/{shop.code}{path}")
    assert count(Customer) == 0, "looking makes nobody"
    held = {
        name: phone.client.get_cookie(name, domain="dangol.test", path="/")
        for name in ("__Host-card", "__Host-form")
    }
    form = {"csrf_token": phone.token(), "phone": "010-2345-6789", "age14": "y", "required": "y"}
    for _ in range(2):  # neither press knows the other's answer
        again = Phone(app)
        for name, cookie in held.items():
            assert cookie is not None, name
            again.client.set_cookie(name, cookie.value, domain="dangol.test", path="/")
        assert again.post(f"/s/{shop.code}{path}", form).path == f"/c/{shop.code}"
    assert count(Customer) == 1


def count(model: type) -> int:
    """Return how many rows a table has."""
    db.session.rollback()
    return int(db.session.scalar(db.select(db.func.count()).select_from(model)) or 0)
