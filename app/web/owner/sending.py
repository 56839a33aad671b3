"""문자 보내기 연결: the shop's own account with a provider of texts, and a try on the owner's own phone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import channel_account as flow
from app.kit.particles import josa
from app.kit.phone import shown_number
from app.kit.refusals import Invalid, NotHere
from app.kit.signing import new_token
from app.messages import accounts, prices, registry, talk_templates
from app.messages.accounts import AccountView
from app.messages.contract import Account, Wire
from app.web import answers, proving
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp

STATES = {
    "on": "쓰고 있어요",
    "off": "꺼져 있어요",
    "wrong": "키를 확인해 주세요",
    "paused": "잠시 멈췄어요",
}
_FORMS = (
    (prices.SMS, "짧은 문자", "한글 45자까지"),
    (prices.LMS, "긴 문자", "한글 1,000자까지"),
    (prices.MMS, "사진 문자", "사진 한 장과 함께"),
    (prices.TALK, "알림톡", "카카오톡으로 가는 안내"),
)


def wire() -> Wire:
    """Return what this deployment gives the senders."""
    found: Wire = current_app.config["WIRE"]
    return found


def _price_lines(view: AccountView | None) -> list[tuple[str, str, str]]:
    """Return ("짧은 문자", "한글 45자까지", "약 20원") for each form."""
    settings = dict(view.settings) if view else {}
    account = Account(shop_id=0, provider=view.provider if view else "", settings=settings)
    about = "" if settings.get("prices") else "약 "
    return [(word, hint, f"{about}{prices.price_of(account, form):,}원") for form, word, hint in _FORMS]


@door(bp, "/owner/more/sending", audience="owner", role="owner", tenant="session", device="own")
def sending() -> ResponseReturnValue:
    """Show what connecting brings and costs, and the companies one can connect."""
    views = accounts.views(current_staff().shop.id)
    lines = [
        (key, place.LABEL, STATES.get(views[key].state, "") if key in views else "연결하지 않았어요")
        for key, place in registry.providers().items()
    ]
    return render_template("owner/sending.html", lines=lines, prices=_price_lines(None))


@door(bp, "/owner/more/sending/<provider>", audience="owner", role="owner", tenant="session", device="own")
def sending_account(provider: str) -> ResponseReturnValue:
    """Show one account: whether it is on, what is left, a try. Without one, its form."""
    if provider in registry.providers() and provider not in accounts.views(current_staff().shop.id):
        return see_other(url_for("owner.sending_keys", provider=provider))
    return render_template("owner/sending_account.html", **_page(provider))


def _page(provider: str, **more: Any) -> dict[str, Any]:
    place, shop = flow.provider_of(provider), current_staff().shop
    view = accounts.views(shop.id).get(provider)
    if view is None:
        raise NotHere("연결한 곳이 없어요. 키를 먼저 적어 주세요.")
    read_at = view.settings.get("balance_at")
    return {
        "provider": provider,
        "place": place,
        "view": view,
        "state": STATES.get(view.state, ""),
        "sender": shown_number(view.sender),
        "prices": _price_lines(view),
        "prices_are_theirs": bool(view.settings.get("prices")),
        "balance": view.settings.get("balance"),
        "balance_at": datetime.fromisoformat(read_at) if isinstance(read_at, str) else None,
        "tries_a_day": flow.TRIES_A_DAY,
        "has_talk": bool(place.PROFILE) and bool(talk_templates.kinds_of(provider)),
        # NHN takes no ad that does not end with a number of its own; it stands among the account's keys.
        "has_own_080": any(field.name == "free_call" for field in place.FIELDS),
        "ads_need_080": wire().ads_need_080,
        "public_url": wire().public_url,
        "hook": f"{wire().public_url}/hooks/{provider}/{view.hook}" if wire().public_url else "",
        "once": new_token(),
        "typed": {"phone": ""},
        "wrong": {},
        "error": "",
        **more,
    }


@door(
    bp,
    "/owner/more/sending/<provider>/keys",
    methods=("GET", "POST"),
    audience="owner",
    role="owner",
    tenant="session",
    sudo=True,
    device="own",
)
def sending_keys(provider: str) -> ResponseReturnValue:
    """Take in the keys, the sender's number and the Kakao profile; a key that is there is never shown."""
    place, staff = flow.provider_of(provider), current_staff()
    view = accounts.views(staff.shop.id).get(provider)
    typed = {
        "sender": shown_number(view.sender) if view else "",
        "profile": str(view.settings.get("profile", "")) if view else "",
        **{field.name: "" for field in place.FIELDS},
    }
    around: dict[str, Any] = {"provider": provider, "place": place, "view": view}
    if request.method == "GET":
        due = proving.is_due(staff)
        return render_template("owner/sending_keys.html", typed=typed, wrong={}, proof_due=due, **around)
    typed = {name: asked.text(name) for name in typed}
    try:
        flow.save_keys(
            shop_id=staff.shop.id, staff_id=staff.staff_id, provider=provider, typed=typed, now=now()
        )
    except Invalid as error:
        wrong = answers.in_order(error.fields, (*(field.name for field in place.FIELDS), "sender", "profile"))
        return answers.invalid(
            "owner/sending_keys.html",
            typed=typed | {field.name: "" for field in place.FIELDS if field.is_secret},
            wrong=wrong,
            proof_due=proving.is_due(staff),
            **around,
        )
    flash("저장했어요. 이제 시험 문자를 한 통 보내 보세요")
    return see_other(url_for("owner.sending_account", provider=provider))


@door(
    bp,
    "/owner/more/sending/<provider>/trial",
    methods=("POST",),
    audience="owner",
    role="owner",
    tenant="session",
    device="own",
)
def try_sending(provider: str) -> ResponseReturnValue:
    """Send one text to the owner's own phone."""
    staff, phone = current_staff(), asked.text("phone")
    try:
        tried = flow.test(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            provider=provider,
            phone=phone,
            once=asked.once(),
            wire=wire(),
            now=now(),
        )
    except Invalid as error:
        return _again(provider, phone, wrong=error.fields)
    except (flow.TriedEnough, flow.DemoShop) as refusal:
        return _again(provider, phone, error=refusal.sentence)
    if not tried.went:
        return _again(provider, phone, error=tried.sentence)
    flash("보냈어요. 1분 안에 휴대폰에 오는지 봐 주세요")
    return see_other(url_for("owner.sending_account", provider=provider))


def _again(provider: str, phone: str, **what: Any) -> ResponseReturnValue:
    return answers.invalid("owner/sending_account.html", **_page(provider, typed={"phone": phone}, **what))


@door(
    bp,
    "/owner/more/sending/<provider>/balance",
    methods=("POST",),
    audience="owner",
    role="owner",
    tenant="session",
    device="own",
)
def read_balance(provider: str) -> ResponseReturnValue:
    """Ask what is left and what a text costs."""
    try:
        told = flow.read_standing(shop_id=current_staff().shop.id, provider=provider, wire=wire(), now=now())
    except flow.DemoShop as refusal:
        return _again(provider, "", error=refusal.sentence)
    if not told.went:
        return _again(provider, "", error=told.sentence)
    flash("남은 돈을 다시 알아봤어요")
    return see_other(url_for("owner.sending_account", provider=provider))


@door(
    bp,
    "/owner/more/sending/<provider>/switch",
    methods=("POST",),
    audience="owner",
    role="owner",
    tenant="session",
    device="own",
)
def switch_sending(provider: str) -> ResponseReturnValue:
    """Switch an account on or off."""
    staff, is_on = current_staff(), request.form.get("is_on") == "y"
    try:
        flow.switch(shop_id=staff.shop.id, staff_id=staff.staff_id, provider=provider, is_on=is_on, now=now())
    except flow.NotTried as refusal:
        return _again(provider, "", error=refusal.sentence)
    way = josa(flow.provider_of(provider).LABEL, "으로/로")
    flash(f"{way} 보내기를 켰어요" if is_on else f"{way} 보내기를 껐어요. 기다리던 문자는 그대로 기다려요")
    return see_other(url_for("owner.sending_account", provider=provider))


@door(
    bp,
    "/owner/more/sending/<provider>/removal",
    methods=("POST",),
    audience="owner",
    role="owner",
    tenant="session",
    sudo=True,
    device="own",
)
def end_sending(provider: str) -> ResponseReturnValue:
    """Forget an account and its keys."""
    staff = current_staff()
    place = flow.provider_of(provider)
    try:
        flow.remove(shop_id=staff.shop.id, staff_id=staff.staff_id, provider=provider, now=now())
    except flow.NoSuchAccount:
        flash("이미 지웠어요")
    else:
        flash(f"{place.LABEL} 연결을 지웠어요")
    return see_other(url_for("owner.sending"))
