"""A shop's own account: taken in, tried, switched, removed. On both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask

from app.customers.models import Suppression
from app.extensions import db
from app.flows import channel_account as flow
from app.flows import provider_news, talk_template
from app.flows.unit import write
from app.jobs import tick
from app.kit.refusals import Invalid, NotHere
from app.messages import accounts
from app.messages.contract import SOLAPI_URL, Wire
from app.messages.way_models import ChannelAccount
from app.shops.models import AuditLine
from tests import factories
from tests.messages.own_account import TYPED, owner_of, save, try_it, wire_to
from tests.messages.solapi_desk import KEY, PROFILE, SECRET, SENDER, Desk, a_desk
from tests.messages.world import NOON, answer
from tests.world import Clock, all_at_once


@pytest.fixture
def desk() -> Iterator[Desk]:
    with a_desk() as running:
        yield running


@pytest.fixture
def wire(desk: Desk) -> Wire:
    return wire_to(desk)


@pytest.fixture
def owned(app: Flask) -> int:
    """달빛커피, with an owner."""
    return factories.a_shop("달빛커피").id


def _row(shop_id: int) -> ChannelAccount:
    db.session.rollback()
    return db.session.query(ChannelAccount).filter_by(shop_id=shop_id).one()


# --- keys ------------------------------------------------------------------------------------------


def test_keys_are_sealed_and_never_on_unless_tried(owned: int, app: Flask) -> None:
    save(owned)
    row = _row(owned)
    assert SECRET not in row.sealed and KEY not in row.sealed
    assert (row.state, row.sender, row.settings["profile"]) == ("off", SENDER, PROFILE)
    assert accounts.account(db.session, shop_id=owned, provider="solapi") is None
    assert accounts.on(db.session, owned) == frozenset()
    opened = accounts.any_state(db.session, shop_id=owned, provider="solapi")
    assert opened is not None and opened.keys["api_secret"] == SECRET
    assert SECRET not in repr(opened) and SECRET not in repr(accounts.views(owned))
    assert accounts.views(owned)["solapi"].key_end == KEY[-4:]
    found = accounts.by_hook(db.session, provider="solapi", hook=row.hook)
    assert found is not None and (found.shop_id, found.keys["hook"]) == (
        owned,
        accounts.hook_secret(row.hook),
    )
    assert accounts.by_hook(db.session, provider="nhn", hook=row.hook) is None


def test_keys_moved_to_another_shop_open_nothing(owned: int) -> None:
    save(owned)
    other = factories.a_shop("옆집")
    with write() as session:
        session.add(
            ChannelAccount(
                shop_id=other.id, provider="solapi", sealed=_row(owned).sealed, hook="h" * 22, state="on",
                made_at=NOON,
            )
        )  # fmt: skip
    assert accounts.account(db.session, shop_id=other.id, provider="solapi") is None
    assert accounts.on(db.session, owned) == frozenset()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"api_key": "짧아"}, "api_key"),
        ({"api_key": ""}, "api_key"),
        ({"api_secret": "with a space and 한글"}, "api_secret"),
        ({"sender": "12"}, "sender"),
        ({"sender": "080-123"}, "sender"),
        ({"profile": "아이디"}, "profile"),
    ],
)
def test_what_looks_wrong_is_said_beside_its_field(owned: int, changes: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        save(owned, **changes)
    assert list(refused.value.fields) == [field]
    assert db.session.query(ChannelAccount).count() == 0


def test_an_empty_key_keeps_the_one_that_is_there(owned: int, wire: Wire) -> None:
    save(owned)
    assert try_it(owned, wire).went
    save(owned, api_key="", api_secret="", profile="")
    assert (_row(owned).state, _row(owned).settings["profile"]) == ("on", "")
    save(owned, api_key="", api_secret="", sender="010-1111-2222")
    row = _row(owned)
    assert (row.state, row.tested_at, row.sender) == ("off", None, "01011112222")
    save(owned, sender="02-1234-5678", api_secret="B" * 32)
    opened = accounts.any_state(db.session, shop_id=owned, provider="solapi")
    assert opened is not None and opened.keys["api_secret"] == "B" * 32


def test_an_unknown_provider_does_not_exist(owned: int) -> None:
    with pytest.raises(NotHere):
        flow.save_keys(shop_id=owned, staff_id=owner_of(owned), provider="aligo", typed=TYPED, now=NOON)


# --- a try -----------------------------------------------------------------------------------------


def test_a_try_reaches_the_owners_phone_and_switches_on(owned: int, desk: Desk, wire: Wire) -> None:
    save(owned)
    assert try_it(owned, wire) == flow.Tried(True, "")
    (sent,) = desk.sent()
    assert (sent["to"], sent["type"]) == ("01098765432", "SMS")
    assert sent["text"] == "[달빛커피] 이 문자가 보이면 문자 보내기가 잘 연결됐어요."
    row = _row(owned)
    assert (row.state, row.detail, row.tested_at) == ("on", "", NOON)
    assert (row.settings["balance"], row.settings["prices"]["lms"]) == (4321, 46)
    assert accounts.on(db.session, owned) == {"solapi"}
    assert {line.detail for line in db.session.query(AuditLine).filter_by(what="sending_account")} == {
        "solapi:saved",
        "solapi:on",
    }


def test_what_is_wrong_is_a_plain_sentence(owned: int, desk: Desk, wire: Wire) -> None:
    save(owned, api_secret="C" * 32)
    tried = try_it(owned, wire)
    assert tried == flow.Tried(False, "솔라피가 이 키를 모른다고 해요. 키를 다시 복사해서 붙여 주세요.")
    assert (_row(owned).state, desk.messages) == ("wrong", [])
    with pytest.raises(flow.NotTried):
        flow.switch(shop_id=owned, staff_id=owner_of(owned), provider="solapi", is_on=True, now=NOON)
    save(owned, sender="02-999-9999")
    assert "이 발신번호가 등록되어 있지 않아요" in try_it(owned, wire).sentence
    assert "발신번호가 등록" in _row(owned).detail
    save(owned)
    desk.balance = 0
    assert "남은 돈이 모자라요" in try_it(owned, wire).sentence
    desk.balance = 100
    desk.script = [lambda handler, desk, body: answer(handler, 500)]
    assert "휴대폰에 왔는지 먼저 보고" in try_it(owned, wire).sentence
    assert _row(owned).state == "off"
    with pytest.raises(Invalid, match="휴대폰 번호"):
        try_it(owned, wire, phone="02-123-4567")


def test_a_line_that_is_down_does_not_switch_off(owned: int, wire: Wire) -> None:
    save(owned)
    assert try_it(owned, wire).went
    tried = try_it(owned, replace(wire, solapi_url="http://127.0.0.1:9"))
    assert tried == flow.Tried(False, "솔라피에 연결하지 못했어요. 잠시 뒤에 다시 해 주세요.")
    assert _row(owned).state == "on"


def test_tries_are_few_and_a_double_tap_is_one(owned: int, desk: Desk, wire: Wire, clock: Clock) -> None:
    save(owned)
    assert try_it(owned, wire, once="the same press").went
    assert try_it(owned, wire, once="the same press").went
    assert len(desk.sent()) == 1
    for _ in range(flow.TRIES_A_DAY - 1):
        try_it(owned, wire)
    with pytest.raises(flow.TriedEnough):
        try_it(owned, wire)
    assert len(desk.sent()) == flow.TRIES_A_DAY


def test_two_taps_at_once_send_one_text(app: Flask, owned: int, desk: Desk, wire: Wire) -> None:
    save(owned)
    all_at_once(app, [lambda: try_it(owned, wire, once="one press") for _ in range(3)])
    assert len(desk.sent()) == 1
    assert _row(owned).state == "on"


def test_two_first_saves_at_once_are_one_account(app: Flask, owned: int) -> None:
    all_at_once(app, [lambda: save(owned) for _ in range(3)])
    assert _row(owned).state == "off"


def test_a_demo_shop_never_calls_the_real_one(app: Flask, wire: Wire) -> None:
    shop = factories.a_shop("체험커피", is_demo=True)
    save(shop.id)
    real = replace(wire, solapi_url=SOLAPI_URL)
    for call in (
        lambda: try_it(shop.id, real),
        lambda: flow.read_standing(shop_id=shop.id, provider="solapi", wire=real, now=NOON),
        lambda: talk_template.check(shop_id=shop.id, provider="solapi", wire=real, now=NOON),
    ):
        with pytest.raises(flow.DemoShop):
            call()
    assert try_it(shop.id, wire).went  # the one on the bench


def test_switching_and_removing(owned: int, wire: Wire) -> None:
    def switch(is_on: bool) -> None:
        flow.switch(shop_id=owned, staff_id=owner_of(owned), provider="solapi", is_on=is_on, now=NOON)

    with pytest.raises(flow.NoSuchAccount):
        switch(True)
    save(owned)
    with pytest.raises(flow.NotTried):
        switch(True)
    try_it(owned, wire)
    switch(False)
    assert accounts.on(db.session, owned) == frozenset()
    switch(True)
    assert accounts.on(db.session, owned) == {"solapi"}
    with pytest.raises(flow.NoSuchAccount):
        flow.remove(
            shop_id=factories.a_shop("옆집").id, staff_id=owner_of(owned), provider="solapi", now=NOON
        )
    flow.remove(shop_id=owned, staff_id=owner_of(owned), provider="solapi", now=NOON)
    assert accounts.views(owned) == {}
    with pytest.raises(flow.NoSuchAccount):
        flow.remove(shop_id=owned, staff_id=owner_of(owned), provider="solapi", now=NOON)


def test_what_is_left_is_read_again(owned: int, desk: Desk, wire: Wire) -> None:
    save(owned)
    desk.balance = 12
    assert flow.read_standing(shop_id=owned, provider="solapi", wire=wire, now=NOON).went
    assert _row(owned).settings["balance"] == 12
    away = replace(wire, solapi_url="http://127.0.0.1:9")
    assert not flow.read_standing(shop_id=owned, provider="solapi", wire=away, now=NOON).went


# --- what the clock asks ---------------------------------------------------------------------------


def test_who_called_the_080_number_is_taken_in_once_a_list_is_whole(
    owned: int, desk: Desk, wire: Wire
) -> None:
    refused: list[tuple[str, str]] = []

    def refuse(session: object, *, shop_id: int, phone: str, source: str, now: datetime) -> None:
        assert shop_id == owned
        refused.append((phone, source))

    def read(where: Wire, at: datetime = NOON) -> int:
        return provider_news.read_refusals(shop_id=owned, wire=where, now=at, refuse=refuse)

    assert read(wire) == 0, "no account"
    save(owned)
    assert read(wire) == 0, "not on"
    try_it(owned, wire)
    assert read(replace(wire, solapi_url="http://127.0.0.1:9")) == 0
    assert _row(owned).opt_outs_until is None, "it could not be asked: from the same moment again"
    assert read(wire) == 1
    assert (refused, _row(owned).opt_outs_until) == ([("+821099998888", "solapi")], NOON)
    read(wire, NOON + timedelta(days=1))
    assert desk.asked[-1]["dateCreated[gte]"] == ["2026-11-23T04:00:00Z"]


def test_the_clock_itself_takes_in_who_called_the_080_number(
    app: Flask, owned: int, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(owned)
    try_it(owned, wire)
    monkeypatch.setitem(app.config, "WIRE", wire)
    (reading,) = [task for task in tick.PERIODIC if task.name == "read_refusals"]
    assert reading.every <= timedelta(minutes=10), "until it is read, the next ad goes all the same"
    for _ in range(2):
        reading.run(NOON, lambda: False)
    db.session.rollback()
    (row,) = db.session.query(Suppression).filter_by(shop_id=owned).all()
    assert (row.source, _row(owned).opt_outs_until) == ("solapi", NOON)
