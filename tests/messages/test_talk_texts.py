"""알림톡 글: asked for, inspected, approved; what may go by AlimTalk at all. On both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from app.extensions import db
from app.flows import talk_template
from app.jobs import tick
from app.kit.refusals import Invalid, NotHere
from app.messages import accounts, registry, routing, talk, talk_templates
from app.messages.contract import Accepted, Letter, Wire
from app.messages.rules import Person, Sender
from app.messages.way_models import TalkTemplate
from tests import factories
from tests.messages.own_account import ask, save, try_it, wire_to
from tests.messages.solapi_desk import PROFILE, Desk, a_desk
from tests.messages.world import NOON


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


def _text(shop_id: int) -> TalkTemplate:
    db.session.rollback()
    return db.session.query(TalkTemplate).filter_by(shop_id=shop_id).one()


def test_a_text_is_registered_inspected_and_approved(owned: int, desk: Desk, wire: Wire) -> None:
    save(owned)
    assert ask(owned, wire).went
    (lying,) = desk.templates.values()
    assert lying["content"] == (
        "[달빛커피] #{고객명} 님, 도장을 다 모으셨어요. 약속드린 #{받을것을} 드릴게요. 카드에 담아 두었어요.\n"
        "문의 02-123-4567\n\n※ 고객님의 유료 구매로 지급된 스탬프(포인트) 안내입니다."
    )
    assert (lying["categoryCode"], lying["channelId"], lying["status"]) == ("008003", PROFILE, "INSPECTING")
    assert (_text(owned).state, _text(owned).code) == ("asked", "KA01TP1")
    assert ask(owned, wire).went  # pressed again: nothing new lies there
    assert len(desk.templates) == 1
    lying["status"] = "APPROVED"
    assert talk_template.check(shop_id=owned, provider="solapi", wire=wire, now=NOON).went
    assert _text(owned).state == "approved"


def test_the_inspectors_words_are_kept_and_it_is_asked_anew(
    app: Flask, owned: int, desk: Desk, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(owned)
    desk.refuses_inspection = True
    assert not ask(owned, wire).went
    assert (_text(owned).state, len(desk.templates)) == ("written", 1)
    desk.refuses_inspection = False
    assert ask(owned, wire).went and len(desk.templates) == 1, "what lies there only needs the inspectors"
    said = [{"isAdmin": True, "content": "광고로 보이는 말이 있습니다.", "dateCreated": "2"}]
    desk.templates["KA01TP1"] |= {"status": "REJECTED", "comments": said}
    monkeypatch.setitem(app.config, "WIRE", wire)
    (hourly,) = [task for task in tick.PERIODIC if task.name == "ask_providers"]
    hourly.run(NOON, lambda: False)
    assert (_text(owned).state, _text(owned).detail) == ("refused", "광고로 보이는 말이 있습니다.")
    assert ask(owned, wire).went and _text(owned).code == "KA01TP2"


def test_who_may_not_ask(owned: int, desk: Desk, wire: Wire) -> None:
    save(owned, profile="")
    with pytest.raises(talk_template.NoProfile):
        ask(owned, wire)
    save(owned)
    for kind in ("thank_you", "phone_code", "nothing"):
        with pytest.raises(NotHere):
            ask(owned, wire, kind)
    assert not ask(owned, replace(wire, solapi_url="http://127.0.0.1:9")).went
    assert (_text(owned).state, desk.templates) == ("written", {})


def test_a_text_registered_by_hand_counts_as_it_lies_there(owned: int, desk: Desk, wire: Wire) -> None:
    save(owned)
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


def test_a_letter_goes_over_the_account_with_the_approved_text(owned: int, desk: Desk, wire: Wire) -> None:
    save(owned)
    try_it(owned, wire)
    ask(owned, wire)
    kind = registry.kind("reward_ready")

    def template() -> Any:
        values = {"이름": "김단골", **kind.words({"reward": "아메리카노"})}
        return talk_templates.template_for(
            db.session, shop_id=owned, provider="solapi", kind=kind, values=values
        )

    assert template() is None, "not before they approved it"
    desk.templates["KA01TP1"]["status"] = "APPROVED"
    talk_template.check(shop_id=owned, provider="solapi", wire=wire, now=NOON)
    found, text = template()
    account = accounts.account(db.session, shop_id=owned, provider="solapi")
    letter = Letter(key="k", to="+821012345678", text=text, at=NOON, account=account, template=found)
    assert isinstance(registry.channel("solapi_talk").send([letter], wire, None)[0], Accepted)
    assert desk.sent()[-1]["kakaoOptions"]["variables"] == {
        "#{고객명}": "김단골",
        "#{받을것을}": "아메리카노를",
    }
    assert text.startswith("[달빛커피] 김단골 님, 도장을 다 모으셨어요. 약속드린 아메리카노를")
    assert text.endswith("※ 고객님의 유료 구매로 지급된 스탬프(포인트) 안내입니다.")


def _ways(kind: str, **about: Any) -> list[str]:
    person = Person(
        has_phone=True, age14=True, marketing=True, ads=True, ads_night=False, refused=False, erased=False
    )
    shop = {
        "is_demo": False,
        "kind_on": True,
        "public_url": "https://a.test",
        "opt_out_080": "",
        "ads_need_080": False,
    }
    sender = Sender(shop_name="달빛커피", contact="02-1", **{**shop, **about})
    return [way for way in routing.ways(registry.kind(kind), person, sender) if way.startswith("solapi")]


def test_only_what_the_owner_chose_costs_money() -> None:
    on: dict[str, Any] = {"accounts": frozenset({"solapi"}), "talks": frozenset({"solapi:reward_ready"})}
    both = frozenset({"solapi", "solapi_talk"})
    assert _ways("reward_ready", **on) == []
    assert _ways("reward_ready", **on, ways=both) == ["solapi_talk", "solapi"]
    assert _ways("stage_ready", **on, ways=both) == ["solapi"], "no approved text"
    assert _ways("thank_you", **on, ways=both) == ["solapi"], "never an ad by AlimTalk"
    assert _ways("thank_you", ways=both) == []
    assert _ways("phone_code", **on) == ["solapi"], "somebody waits for a code"
