"""단체 문자 before it goes: how many, how, who is left out, what it costs. Then it is confirmed, by its number (S22)."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import campaign as flow
from app.flows import campaign_start
from app.kit.refusals import Invalid, NotHere
from app.kit.text import SMS_BYTES
from app.messages import campaign_reach, campaign_rules, campaigns, holdout, registry, spending, ways
from app.messages.campaigns import CampaignView
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.campaigns import draft, settled, wire
from app.web.owner.noted import note_look
from app.web.readable import row_number

# Left out for want of a yes that only the person can give (messages/rules.py).
_NEEDS_CONSENT = ("no_consent", "no_marketing")


@door(bp, "/owner/campaigns/<int:campaign_id>/check", audience="owner", role="manager", tenant="session")
def campaign_check(campaign_id: int) -> ResponseReturnValue:
    """Show what would happen: nothing goes out by looking."""
    if (elsewhere := settled(campaign_id)) is not None:
        return elsewhere
    view = draft(campaign_id)
    if not flow.is_worded(view.text, view.text_b):
        return see_other(url_for("owner.campaign_text", campaign_id=campaign_id))
    return render_template("owner/campaign_check.html", **_check(view, "", {}))


def _check(view: CampaignView, typed: str, wrong: dict[str, str]) -> dict[str, Any]:
    shop_id, moment = current_staff().shop.id, now()
    about: dict[str, Any] = {"is_soon": view.is_soon, "chosen": view.send_at, "now": moment}
    at = campaign_rules.starts_at(**about)
    reach = campaign_reach.reach(shop_id, view, wire=wire(), at=at, now=moment)
    note_look("preview")
    spent = spending.this_month(shop_id, now=moment)
    lines = ways.offered(shop_id, registry.kind("campaign"), chosen=view.ways, wire=wire())
    return {
        "view": view,
        "reach": reach,
        "at": at,
        "is_moved": campaign_rules.is_moved(**about),
        "is_past": not view.is_soon and view.send_at <= moment,
        "left_today": max(0, campaign_rules.DAY_MOST - campaigns.sent_today(shop_id, now=moment)),
        "day_most": campaign_rules.DAY_MOST,
        "spent": spent,
        "is_over": reach.won > spent.left,
        "ways": lines,
        "has_paid": any(line.is_paid for line in lines),
        "may_compare": reach.travels >= holdout.LEAST,
        "sms_bytes": SMS_BYTES,
        "needs_consent": _NEEDS_CONSENT,
        "typed": typed,
        "wrong": wrong,
    }


@door(
    bp,
    "/owner/campaigns/<int:campaign_id>/ways",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def campaign_ways(campaign_id: int) -> ResponseReturnValue:
    """Choose by which ways it travels, and count anew."""
    chosen = request.form.getlist("ways")
    flow.choose_ways(shop_id=current_staff().shop.id, campaign_id=campaign_id, chosen=chosen, wire=wire())
    flash("보내는 방법을 바꿔서 다시 세었어요")
    return see_other(url_for("owner.campaign_check", campaign_id=campaign_id))


@door(
    bp,
    "/owner/campaigns/<int:campaign_id>/left-out/<why>",
    audience="owner",
    role="manager",
    tenant="session",
)
def campaign_left_out(campaign_id: int, why: str) -> ResponseReturnValue:
    """Show the names of those to whom nothing is sent for one reason."""
    if (elsewhere := settled(campaign_id)) is not None:
        return elsewhere
    view, moment, shop_id = draft(campaign_id), now(), current_staff().shop.id
    at = campaign_rules.starts_at(is_soon=view.is_soon, chosen=view.send_at, now=moment)
    look: dict[str, Any] = {"wire": wire(), "at": at, "now": moment}
    reach = campaign_reach.reach(shop_id, view, **look)
    line = next((line for line in reach.left_out if line.code == why), None)
    if line is None:
        raise NotHere("이제 그런 까닭으로 빠진 분이 없어요. 앞 화면으로 돌아가 주세요.")
    after = row_number(request.args.get("after")) or 0
    names, going_on = campaign_reach.left_out_names(shop_id, view, code=why, after_id=after, **look)
    note_look("list")
    return render_template(
        "owner/campaign_left_out.html",
        view=view,
        line=line,
        names=names,
        after=going_on,
        why=why,
        needs_consent=_NEEDS_CONSENT,
    )


def _is_well(campaign_id: int) -> ResponseReturnValue | None:
    """Say what is wrong before anybody is asked for a password: the number that was typed."""
    if campaign_rules.typed_number(asked.text("typed")) is not None:
        return None
    wrong = {"typed": "받는 분이 몇 명인지 숫자로 적어 주세요."}
    page = _check(draft(campaign_id), asked.text("typed"), wrong)
    return answers.invalid("owner/campaign_check.html", **page)


@door(
    bp,
    "/owner/campaigns/<int:campaign_id>/confirmation",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
    sudo=True,
    look_first=_is_well,
)
def confirm_campaign(campaign_id: int) -> ResponseReturnValue:
    """Send it: from now on it goes by itself, and ten minutes are left to stop it."""
    staff = current_staff()
    try:
        campaign_start.confirm(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            campaign_id=campaign_id,
            typed=asked.text("typed"),
            seen=asked.number("seen"),
            compares=request.form.get("compares") == "y",
            wire=wire(),
            now=now(),
        )
    except Invalid as error:
        page = _check(draft(campaign_id), asked.text("typed"), error.fields)
        return answers.invalid("owner/campaign_check.html", **page)
    return see_other(url_for("owner.shop_campaign", campaign_id=campaign_id))
