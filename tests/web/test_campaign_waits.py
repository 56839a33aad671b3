"""A campaign's page says what its letters wait for: the night is not the budget."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from app.flows import campaign_run
from app.flows.unit import write
from app.messages.contract import BY_HAND
from app.messages.models import Message
from tests import world
from tests.factories import AShop
from tests.flows.campaigning import a_draft, confirm, due, people_who_agreed
from tests.phone import Phone


@pytest.mark.parametrize(
    ("code", "reason", "words"),
    [
        ("night", "밤(저녁 8시 50분~아침 8시)이라 아침에 보내요.", "1통 · 아침이 되면 보내요"),
        (
            "cap",
            "이 손님께 요즘 보낸 광고가 있어서 쉬어 가요.",
            "1통 · 요즘 광고를 받은 분이라 조금 쉬었다가 보내요",
        ),
        ("account", "문자 업체 연결을 확인해 주세요.", "1통 · 문자 업체 연결을 확인해 주세요"),
    ],
)
def test_it_says_what_it_waits_for(
    app: Flask, owner_phone: Phone, shop: AShop, code: str, reason: str, words: str
) -> None:
    wire = replace(app.config["WIRE"], public_url=world.PUBLIC_URL)
    people_who_agreed(shop, 1)
    made = a_draft(shop)
    confirm(shop, made, wire, "1")
    campaign_run.go_on_all(now=due())
    with write() as session:
        waits = session.query(Message).filter_by(cause=f"campaign:{made}", channel=BY_HAND)
        assert waits.update({"code": code, "reason": reason}) == 1
    assert f"기다리는 것 {words}" in owner_phone.open(f"/owner/campaigns/{made}").words
