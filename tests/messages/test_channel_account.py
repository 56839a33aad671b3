"""A shop's own account: taken in, tried, switched, removed; and its texts at Kakao. On both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from app.extensions import db
from app.flows import channel_account as flow
from app.flows import deliver, talk_template
from app.flows.unit import write
from app.kit.refusals import Invalid, NotHere
from app.messages import accounts, outbox, registry, talk, talk_templates
from app.messages.contract import SOLAPI_URL, Wire
from app.messages.models import Automation
from app.messages.way_models import ChannelAccount, TalkTemplate
from app.shops.models import AuditLine, Staff
from tests import factories
from tests.messages.solapi_desk import KEY, PROFILE, SECRET, SENDER, Desk, a_desk
from tests.messages.world import ALL, NOON, a_customer, a_shop, answer, rows, thank
from tests.world import Clock, all_at_once

PHONE = "010-9876-5432"
TYPED = {"api_key": KEY, "api_secret": SECRET, "sender": "02-1234-5678", "profile": PROFILE}


@pytest.fixture
def desk() -> Iterator[Desk]:
    with a_desk() as running:
        yield running


@pytest.fixture
def wire(desk: Desk) -> Wire:
    return Wire(solapi_url=desk.url, public_url="https://dangol.test", base_url="https://dangol.test")


def _save(shop_id: int, **changes: str) -> None:
    flow.save_keys(
        shop_id=shop_id, staff_id=_owner(shop_id), provider="solapi", typed={**TYPED, **changes}, now=NOON
    )


def _try(shop_id: int, wire: Wire, *, once: str = "", phone: str = PHONE) -> flow.Tried:
    return flow.test(
        shop_id=shop_id,
        staff_id=_owner(shop_id),
        provider="solapi",
        phone=phone,
        once=once or factories.once(),
        wire=wire,
        now=NOON,
    )


def _row(shop_id: int) -> ChannelAccount:
    db.session.rollback()
    return db.session.query(ChannelAccount).filter_by(shop_id=shop_id).one()


@pytest.fixture
def owned(app: Flask) -> int:
    """달빛커피, with an owner."""
    return factories.a_shop("달빛커피").id


def _owner(shop_id: int) -> Any:
    return db.session.scalar(db.select(Staff.id).where(Staff.shop_id == shop_id))


# --- keys ------------------------------------------------------------------------------------------


def test_keys_are_sealed_and_never_on_unless_tried(owned: int, app: Flask) -> None:
    _save(owned)
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
    _save(owned)
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
        _save(owned, **changes)
    assert list(refused.value.fields) == [field]
    assert db.session.query(ChannelAccount).count() == 0


def test_an_empty_key_keeps_the_one_that_is_there(owned: int, wire: Wire) -> None:
    _save(owned)
    assert _try(owned, wire).went
    _save(owned, api_key="", api_secret="", profile="")
    assert (_row(owned).state, _row(owned).settings["profile"]) == ("on", "")
    _save(owned, api_key="", api_secret="", sender="010-1111-2222")
    row = _row(owned)
    assert (row.state, row.tested_at, row.sender) == ("off", None, "01011112222")
    _save(owned, sender="02-1234-5678", api_secret="B" * 32)
    opened = accounts.any_state(db.session, shop_id=owned, provider="solapi")
    assert opened is not None and opened.keys["api_secret"] == "B" * 32


def test_an_unknown_provider_does_not_exist(owned: int) -> None:
    with pytest.raises(NotHere):
        flow.save_keys(shop_id=owned, staff_id=_owner(owned), provider="aligo", typed=TYPED, now=NOON)


# --- a try -----------------------------------------------------------------------------------------


def test_a_try_reaches_the_owners_phone_and_switches_on(owned: int, desk: Desk, wire: Wire) -> None:
    _save(owned)
    assert _try(owned, wire) == flow.Tried(True, "")
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
    _save(owned, api_secret="C" * 32)
    tried = _try(owned, wire)
    assert tried == flow.Tried(False, "솔라피가 이 키를 모른다고 해요. 키를 다시 복사해서 붙여 주세요.")
    assert (_row(owned).state, desk.messages) == ("wrong", [])
    with pytest.raises(flow.NotTried):
        flow.switch(shop_id=owned, staff_id=_owner(owned), provider="solapi", is_on=True, now=NOON)
    _save(owned, sender="02-999-9999")
    assert "이 발신번호가 등록되어 있지 않아요" in _try(owned, wire).sentence
    assert "발신번호가 등록" in _row(owned).detail
    _save(owned)
    desk.balance = 0
    assert "남은 돈이 모자라요" in _try(owned, wire).sentence
    desk.balance = 100
    desk.script = [lambda handler, desk, body: answer(handler, 500)]
    assert "휴대폰에 왔는지 먼저 보고" in _try(owned, wire).sentence
    assert _row(owned).state == "off"
    with pytest.raises(Invalid, match="휴대폰 번호"):
        _try(owned, wire, phone="02-123-4567")


def test_a_line_that_is_down_does_not_switch_off(owned: int, wire: Wire) -> None:
    _save(owned)
    assert _try(owned, wire).went
    tried = _try(owned, replace(wire, solapi_url="http://127.0.0.1:9"))
    assert tried == flow.Tried(False, "솔라피에 연결하지 못했어요. 잠시 뒤에 다시 해 주세요.")
    assert _row(owned).state == "on"


def test_tries_are_few_and_a_double_tap_is_one(owned: int, desk: Desk, wire: Wire, clock: Clock) -> None:
    _save(owned)
    assert _try(owned, wire, once="the same press").went
    assert _try(owned, wire, once="the same press").went
    assert len(desk.sent()) == 1
    for _ in range(flow.TRIES_A_DAY - 1):
        _try(owned, wire)
    with pytest.raises(flow.TriedEnough):
        _try(owned, wire)
    assert len(desk.sent()) == flow.TRIES_A_DAY


def test_two_taps_at_once_send_one_text(app: Flask, owned: int, desk: Desk, wire: Wire) -> None:
    _save(owned)
    all_at_once(app, [lambda: _try(owned, wire, once="one press") for _ in range(3)])
    assert len(desk.sent()) == 1
    assert _row(owned).state == "on"


def test_a_demo_shop_never_calls_the_real_one(app: Flask, wire: Wire) -> None:
    shop = factories.a_shop("체험커피", is_demo=True)
    _save(shop.id)
    real = replace(wire, solapi_url=SOLAPI_URL)
    for call in (
        lambda: _try(shop.id, real),
        lambda: flow.read_standing(shop_id=shop.id, provider="solapi", wire=real, now=NOON),
        lambda: talk_template.check(shop_id=shop.id, provider="solapi", wire=real, now=NOON),
    ):
        with pytest.raises(flow.DemoShop):
            call()
    assert _try(shop.id, wire).went  # the one on the bench


def test_switching_and_removing(owned: int, wire: Wire) -> None:
    def switch(is_on: bool) -> None:
        flow.switch(shop_id=owned, staff_id=_owner(owned), provider="solapi", is_on=is_on, now=NOON)

    with pytest.raises(flow.NoSuchAccount):
        switch(True)
    _save(owned)
    with pytest.raises(flow.NotTried):
        switch(True)
    _try(owned, wire)
    switch(False)
    assert accounts.on(db.session, owned) == frozenset()
    switch(True)
    assert accounts.on(db.session, owned) == {"solapi"}
    with pytest.raises(flow.NoSuchAccount):
        flow.remove(shop_id=factories.a_shop("옆집").id, staff_id=_owner(owned), provider="solapi", now=NOON)
    flow.remove(shop_id=owned, staff_id=_owner(owned), provider="solapi", now=NOON)
    assert accounts.views(owned) == {}
    with pytest.raises(flow.NoSuchAccount):
        flow.remove(shop_id=owned, staff_id=_owner(owned), provider="solapi", now=NOON)


def test_what_is_left_is_read_again(owned: int, desk: Desk, wire: Wire) -> None:
    _save(owned)
    desk.balance = 12
    assert flow.read_standing(shop_id=owned, provider="solapi", wire=wire, now=NOON).went
    assert _row(owned).settings["balance"] == 12
    away = replace(wire, solapi_url="http://127.0.0.1:9")
    assert not flow.read_standing(shop_id=owned, provider="solapi", wire=away, now=NOON).went


# --- texts at Kakao --------------------------------------------------------------------------------


def _ask(shop_id: int, wire: Wire, kind: str = "reward_ready") -> flow.Tried:
    return talk_template.ask(
        shop_id=shop_id, staff_id=_owner(shop_id), provider="solapi", kind=kind, wire=wire, now=NOON
    )


def _text(shop_id: int) -> TalkTemplate:
    db.session.rollback()
    return db.session.query(TalkTemplate).filter_by(shop_id=shop_id).one()


def test_a_text_is_registered_inspected_and_approved(owned: int, desk: Desk, wire: Wire) -> None:
    _save(owned)
    assert _ask(owned, wire).went
    (lying,) = desk.templates.values()
    assert lying["content"] == (
        "[달빛커피] #{고객명} 님, 도장을 다 모으셨어요. 약속드린 #{받을것을} 드릴게요. 카드에 담아 두었어요.\n"
        "문의 02-123-4567\n\n※ 고객님의 유료 구매로 지급된 스탬프(포인트) 안내입니다."
    )
    assert (lying["categoryCode"], lying["channelId"], lying["status"]) == ("008003", PROFILE, "INSPECTING")
    assert (_text(owned).state, _text(owned).code) == ("asked", "KA01TP1")
    assert _ask(owned, wire).went  # pressed again: nothing new lies there
    assert len(desk.templates) == 1
    lying["status"] = "APPROVED"
    assert talk_template.check(shop_id=owned, provider="solapi", wire=wire, now=NOON).went
    assert _text(owned).state == "approved"


def test_the_inspectors_words_are_kept_and_it_is_asked_anew(owned: int, desk: Desk, wire: Wire) -> None:
    _save(owned)
    desk.refuses_inspection = True
    assert not _ask(owned, wire).went
    assert (_text(owned).state, len(desk.templates)) == ("written", 1)
    desk.refuses_inspection = False
    assert _ask(owned, wire).went and len(desk.templates) == 1, "what lies there only needs the inspectors"
    said = [{"isAdmin": True, "content": "광고로 보이는 말이 있습니다.", "dateCreated": "2"}]
    desk.templates["KA01TP1"] |= {"status": "REJECTED", "comments": said}
    talk_template.check(shop_id=owned, provider="solapi", wire=wire, now=NOON)
    assert (_text(owned).state, _text(owned).detail) == ("refused", "광고로 보이는 말이 있습니다.")
    assert _ask(owned, wire).went and _text(owned).code == "KA01TP2"


def test_who_may_not_ask(owned: int, desk: Desk, wire: Wire) -> None:
    _save(owned, profile="")
    with pytest.raises(talk_template.NoProfile):
        _ask(owned, wire)
    _save(owned)
    for kind in ("thank_you", "phone_code", "nothing"):
        with pytest.raises(NotHere):
            _ask(owned, wire, kind)
    assert not _ask(owned, replace(wire, solapi_url="http://127.0.0.1:9")).went
    assert (_text(owned).state, desk.templates) == ("written", {})


def test_a_text_registered_by_hand_counts_as_it_lies_there(owned: int, desk: Desk, wire: Wire) -> None:
    _save(owned)
    desk.templates["KA01TPX"] = {
        "templateId": "KA01TPX", "content": "#{고객명} 님, #{받을것을} 드려요.", "status": "APPROVED"
    }  # fmt: skip
    note = {"shop_id": owned, "provider": "solapi", "kind": "stage_ready", "wire": wire, "now": NOON}
    for code, words in (("한글", "그대로 복사"), ("KA01NONE", "그런 템플릿이 없다고")):
        with pytest.raises(Invalid, match=words):
            talk_template.note_code(code=code, **note)
    assert talk_template.note_code(code=" KA01TPX ", **note).went
    kind = registry.kind("stage_ready")
    found = talk_templates.template_for(
        db.session, shop_id=owned, provider="solapi", kind=kind, values={"이름": "", "받을 것": "라떼"}
    )
    assert found is not None and found[1] == "고객 님, 라떼를 드려요."
    assert found[0].variables["#{받을것을}"] == "라떼를"
    desk.templates["KA01TPX"]["content"] = "#{모르는것} 드려요."
    talk_template.check(shop_id=owned, provider="solapi", wire=wire, now=NOON)
    lacking = talk_templates.template_for(
        db.session, shop_id=owned, provider="solapi", kind=kind, values={"이름": "", "받을 것": "라떼"}
    )
    assert lacking is None, "what has other variables than ours can't be filled"


@pytest.mark.parametrize("kind", registry.kinds().values(), ids=lambda kind: kind.key)
def test_every_text_for_kakao_is_as_kakao_wants_it(kind: Any) -> None:
    if not talk.may_go(kind):
        return
    draft = talk.draft(kind, shop_name="달빛커피", contact="02-1", base_url="https://dangol.test")
    assert len(draft.text) <= talk.LONGEST and draft.text.endswith(kind.basis)
    assert not kind.is_ad and "(광고)" not in draft.text
    assert "{" not in draft.text.replace("#{", "") and "." not in "".join(talk._names(draft.text))
    assert len(draft.button) <= 14 and 0 < len(talk._names(draft.text)) <= 40


# --- on its way ------------------------------------------------------------------------------------


def test_messages_travel_by_it_where_the_owner_chose_so(
    app: Flask, desk: Desk, wire: Wire, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WIRE", wire)
    clock.set(NOON)
    shop_id = a_shop(is_demo=False)
    customer = a_customer(shop_id, agreed=ALL[:4])
    _save(shop_id)
    _try(shop_id, wire)
    _ask(shop_id, wire)
    desk.templates["KA01TP1"]["status"] = "APPROVED"
    talk_template.check(shop_id=shop_id, provider="solapi", wire=wire, now=NOON)
    with write() as session:
        for kind in ("thank_you", "reward_ready"):
            about = {
                "kind": kind,
                "is_on": True,
                "text": "",
                "ways": "solapi solapi_talk",
                "changed_at": NOON,
            }
            session.add(Automation(shop_id=shop_id, **about))
    thank(shop_id, customer, clock)
    with write() as session:
        outbox.plan(
            session, shop_id=shop_id, customer_id=customer, kind="reward_ready", cause="line:1",
            due_at=clock(), facts={"reward": "아메리카노"}, now=clock(),
        )  # fmt: skip
    clock.advance(hours=2)
    done = deliver.drain(wire=wire, clock=clock)
    assert done["accepted"] >= 2, (done, [(row.kind, row.channel, row.reason) for row in rows()])
    by_kind = {row.kind: row for row in rows() if row.channel.startswith("solapi")}
    assert {kind: (row.channel, row.state) for kind, row in by_kind.items()} == {
        "thank_you": ("solapi", "sent"),
        "reward_ready": ("solapi_talk", "sent"),
    }
    _trial, *sent = desk.sent()
    texts = {row["type"]: row for row in sent}
    assert texts["LMS"]["text"].startswith("(광고)달빛커피\n") and texts["LMS"]["subject"] == "(광고)달빛커피"
    talked = texts["ATA"]["kakaoOptions"]
    assert talked["variables"] == {"#{고객명}": "김단골", "#{받을것을}": "아메리카노를"}
    assert talked["disableSms"] is True
    assert by_kind["reward_ready"].text.endswith("스탬프(포인트) 안내입니다.")
