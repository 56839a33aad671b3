"""알림톡 글: which notices may go by KakaoTalk, where their texts stand at Kakao, what the inspectors said."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from app.flows import talk_template as flow
from app.flows.channel_account import DemoShop, provider_of
from app.kit.refusals import Invalid, NotHere
from app.messages import accounts, talk_templates
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.sending import wire

_STATES = {
    "": "아직 부탁하지 않았어요",
    "written": "확인을 부탁하지 않았어요",
    "asked": "카카오가 보고 있어요",
    "approved": "보낼 수 있어요",
    "refused": "카카오가 돌려보냈어요",
    "stopped": "멈췄어요",
}


@door(
    bp, "/owner/more/sending/<provider>/talk", audience="owner", role="owner", tenant="session", device="own"
)
def sending_talk(provider: str) -> ResponseReturnValue:
    """Show every notice that may go by AlimTalk, its text, and where it stands."""
    return render_template("owner/sending_talk.html", **_page(provider))


def _page(provider: str, **more: Any) -> dict[str, Any]:
    place, shop = provider_of(provider), current_staff().shop
    view = accounts.views(shop.id).get(provider)
    if view is None or place.PROFILE is None:
        raise NotHere("연결한 곳이 없어요. 키를 먼저 적어 주세요.")
    lines = talk_templates.lines(
        shop.id, provider, shop_name=shop.name, contact=shop.phone, base_url=wire().public_url or ""
    )
    return {
        "provider": provider,
        "place": place,
        "lines": [(line, _STATES.get(line.state, "")) for line in lines],
        "has_profile": bool(view.settings.get("profile")),
        "waits": any(line.state in ("asked", "written") and line.code for line in lines),
        "error": "",
        "wrong": {},
        "of_kind": "",
        "typed": {"code": ""},
        **more,
    }


@door(
    bp,
    "/owner/more/sending/<provider>/talk/<kind>",
    methods=("POST",),
    audience="owner",
    role="owner",
    tenant="session",
    device="own",
)
def ask_talk(provider: str, kind: str) -> ResponseReturnValue:
    """Lay the text of a kind before Kakao's inspectors."""
    staff = current_staff()
    try:
        told = flow.ask(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            provider=provider,
            kind=kind,
            wire=wire(),
            now=now(),
        )
    except (flow.NoProfile, flow.NoAddress, DemoShop) as refusal:
        return answers.invalid("owner/sending_talk.html", **_page(provider, error=refusal.sentence))
    if not told.went:
        return answers.invalid("owner/sending_talk.html", **_page(provider, error=told.sentence))
    flash("카카오에 확인을 부탁했어요. 하루에서 사흘쯤 걸려요")
    return see_other(url_for("owner.sending_talk", provider=provider))


@door(
    bp,
    "/owner/more/sending/<provider>/talk/news",
    methods=("POST",),
    audience="owner",
    role="owner",
    tenant="session",
    device="own",
)
def read_talk(provider: str) -> ResponseReturnValue:
    """Ask what the inspectors said."""
    try:
        told = flow.check(shop_id=current_staff().shop.id, provider=provider, wire=wire(), now=now())
    except DemoShop as refusal:
        return answers.invalid("owner/sending_talk.html", **_page(provider, error=refusal.sentence))
    if not told.went:
        return answers.invalid("owner/sending_talk.html", **_page(provider, error=told.sentence))
    flash("카카오에 다시 물어봤어요")
    return see_other(url_for("owner.sending_talk", provider=provider))


@door(
    bp,
    "/owner/more/sending/<provider>/talk/<kind>/code",
    methods=("POST",),
    audience="owner",
    role="owner",
    tenant="session",
    device="own",
)
def note_talk(provider: str, kind: str) -> ResponseReturnValue:
    """Take in the code of a text that the owner registered at the provider themselves."""
    code = asked.text("code")
    try:
        flow.note_code(
            shop_id=current_staff().shop.id, provider=provider, kind=kind, code=code, wire=wire(), now=now()
        )
    except Invalid as error:
        page = _page(provider, wrong=error.fields, of_kind=kind, typed={"code": code})
        return answers.invalid("owner/sending_talk.html", **page)
    except DemoShop as refusal:
        return answers.invalid("owner/sending_talk.html", **_page(provider, error=refusal.sentence))
    flash("템플릿 아이디를 적어 두었어요")
    return see_other(url_for("owner.sending_talk", provider=provider))
