"""다른 프로그램과 연결: keys for a till or a mall, addresses for news, and what a till's company needs to read."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import programs as flow
from app.kit.refusals import Invalid
from app.programs import queries, rules
from app.programs.rules import TooManyKeys, TooManyWebhooks
from app.web import answers, proving
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp

SCOPES = {
    "visits": ("구매와 환불 적기", "포스에서 계산하면 그 손님의 방문으로 적혀요."),
    "customers": ("손님 찾기와 새로 적기", "이름, 도장 수, 방문 횟수를 봐요. 번호는 가운데를 가려요."),
    "events": ("쇼핑몰에서 본 것 알리기", "사장님 쇼핑몰에서 본 것과 담아 둔 것이에요."),
}
EVENTS = {
    "visit.created": "손님이 왔어요",
    "visit.refunded": "환불하거나 취소했어요",
    "customer.joined": "새 손님이 카드를 받았어요",
    "reward.used": "손님이 혜택을 썼어요",
}
STATES = {"on": "보내고 있어요", "off": "꺼 두었어요", "stopped": "사흘 동안 받지 못해 껐어요"}
_MET = {
    "unreachable": "그 주소에 닿지 않아요",
    "no_answer": "답이 없어요",
    "no_secret": "비밀 값을 읽을 수 없어요",
}


def _own() -> dict[str, Any]:
    staff = current_staff()
    return {"shop_id": staff.shop.id, "staff_id": staff.staff_id}


def _met(code: str) -> str:
    """Return what an address answered last, in the owner's words."""
    return _MET.get(code) or (f"{code}번으로 답했어요" if code else "")


@door(bp, "/owner/more/programs", audience="owner", role="owner", tenant="session", device="own")
def programs() -> ResponseReturnValue:
    """Show which keys and addresses there are, and the page for the till's company."""
    shop = current_staff().shop
    keys = [(line, ", ".join(SCOPES[scope][0] for scope in line.scopes)) for line in queries.keys_of(shop.id)]
    hooks = [
        (line, STATES[line.state], "" if line.state == "off" else _met(line.last_code))
        for line in queries.webhooks_of(shop.id)
    ]
    return render_template(
        "owner/programs.html",
        keys=keys,
        hooks=hooks,
        has_mall=shop.has(rules.HAS_MALL),
        guide=current_app.config["BASE_URL"] + url_for("public.developers"),
    )


@door(
    bp,
    "/owner/more/programs/keys",
    methods=("GET", "POST"),
    audience="owner",
    role="owner",
    tenant="session",
    sudo=True,
    device="own",
)
def program_keys() -> ResponseReturnValue:
    """Name a key and tick what it may do; the answer shows it this once."""
    page: dict[str, Any] = {
        "scopes": SCOPES,
        "typed": {"name": asked.text("name")[:60], "scopes": request.form.getlist("scopes")},
        "wrong": {},
        "proof_due": proving.is_due(current_staff()),
    }
    if request.method == "GET":
        page["typed"] = {"name": "", "scopes": ["visits", "customers"]}
        return render_template("owner/program_keys.html", **page)
    try:
        token = flow.make_key(**_own(), **page["typed"], now=now())
    except Invalid as error:
        return answers.invalid("owner/program_keys.html", **page | {"wrong": error.fields})
    except TooManyKeys as refusal:
        return answers.invalid("owner/program_keys.html", **page | {"wrong": {"name": refusal.sentence}})
    return render_template(
        "owner/program_secret.html",
        title="연결 키를 만들었어요",
        secret=token,
        label="연결 키",
        words="포스나 쇼핑몰의 설정 화면에 붙여 넣거나, 그 회사에 전해 주세요.",
    )


@door(
    bp,
    "/owner/more/programs/keys/<int:key_id>/end",
    methods=("POST",),
    audience="owner",
    role="owner",
    tenant="session",
    device="own",
)
def end_program_key(key_id: int) -> ResponseReturnValue:
    """End a key at once; nobody is asked for a password to lock something."""
    flow.end_key(**_own(), key_id=key_id, now=now())
    flash("키를 끊었어요. 이제 그 프로그램은 들어올 수 없어요")
    return see_other(url_for("owner.programs"))


@door(
    bp,
    "/owner/more/programs/webhooks",
    methods=("GET", "POST"),
    audience="owner",
    role="owner",
    tenant="session",
    sudo=True,
    device="own",
)
def program_webhooks() -> ResponseReturnValue:
    """Paste an address and tick which news goes there; the answer shows the secret this once."""
    page: dict[str, Any] = {
        "events": EVENTS,
        "typed": {"url": asked.text("url")[:400], "events": request.form.getlist("events")},
        "wrong": {},
        "proof_due": proving.is_due(current_staff()),
    }
    if request.method == "GET":
        page["typed"] = {"url": "", "events": list(EVENTS)}
        return render_template("owner/program_webhooks.html", **page)
    try:
        secret = flow.add_webhook(**_own(), **page["typed"], now=now())
    except Invalid as error:
        return answers.invalid("owner/program_webhooks.html", **page | {"wrong": error.fields})
    except TooManyWebhooks as refusal:
        return answers.invalid("owner/program_webhooks.html", **page | {"wrong": {"url": refusal.sentence}})
    return render_template(
        "owner/program_secret.html",
        title="소식을 보낼 주소를 적었어요",
        secret=secret,
        label="비밀 값",
        words="받는 프로그램이 이 값으로 정말 우리 가게의 소식인지 확인해요. 그 회사에 전해 주세요.",
    )


@door(
    bp,
    "/owner/more/programs/webhooks/<int:webhook_id>/state",
    methods=("POST",),
    audience="owner",
    role="owner",
    tenant="session",
    device="own",
    sudo=True,
)
def program_webhook_state(webhook_id: int) -> ResponseReturnValue:
    """Send news there again, or no more."""
    is_on = asked.text("is_on") == "1"
    flow.switch_webhook(**_own(), webhook_id=webhook_id, is_on=is_on, now=now())
    flash("이 주소로 다시 보내요" if is_on else "이 주소로는 보내지 않아요")
    return see_other(url_for("owner.programs"))


@door(
    bp,
    "/owner/more/programs/webhooks/<int:webhook_id>/removal",
    methods=("POST",),
    audience="owner",
    role="owner",
    tenant="session",
    device="own",
)
def remove_program_webhook(webhook_id: int) -> ResponseReturnValue:
    """Forget an address and its secret."""
    flow.remove_webhook(**_own(), webhook_id=webhook_id, now=now())
    flash("주소를 지웠어요")
    return see_other(url_for("owner.programs"))


@door(
    bp,
    "/owner/more/programs/webhooks/<int:webhook_id>/trial",
    methods=("POST",),
    audience="owner",
    role="owner",
    tenant="session",
    device="own",
)
def try_program_webhook(webhook_id: int) -> ResponseReturnValue:
    """시험으로 보내기."""
    went = flow.try_webhook(shop_id=current_staff().shop.id, webhook_id=webhook_id, now=now())
    flash(
        "시험으로 보냈고, 잘 받았어요"
        if went
        else "시험으로 보냈지만 받지 못했어요. 주소를 다시 확인해 주세요"
    )
    return see_other(url_for("owner.programs"))


@door(
    bp,
    "/owner/more/programs/mall",
    methods=("POST",),
    audience="owner",
    role="owner",
    tenant="session",
    device="own",
)
def program_mall() -> ResponseReturnValue:
    """Take in what people look at in the own mall, or no more."""
    is_on = bool(request.form.get("is_on"))
    flow.switch_mall(**_own(), is_on=is_on, now=now())
    flash("쇼핑몰에서 본 것을 받아 적어요" if is_on else "받아 적은 것을 모두 지우고 껐어요")
    return see_other(url_for("owner.programs"))
