"""단체 문자 in three steps: 누구에게 · 무슨 말을 · 언제. Every step is kept; the phone may be put away at any of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, BinaryIO, cast

from flask import current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.coupons import book, words
from app.flows import campaign as flow
from app.flows import campaign_photo as pictures
from app.insights import groups
from app.kit.images import MOST_BYTES, BadImage
from app.kit.refusals import Invalid, NotHere
from app.kit.signing import new_token
from app.kit.text import SMS_BYTES, placeholders, stray_braces
from app.messages import campaign_reach, campaign_rules, campaigns, examples, registry
from app.messages.campaigns import CampaignView
from app.messages.contract import Wire
from app.web import answers
from app.web.answers import fragment, see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.groups import chosen_group
from app.web.owner.noted import note_look
from app.web.pictures import picture
from app.web.readable import row_number

_BOTH = ("GET", "POST")
# Where the days of a form begin and end.
_FIRST_OFFER = "10:00"


def wire() -> Wire:
    """Return what this deployment gives the senders."""
    found: Wire = current_app.config["WIRE"]
    return found


def draft(campaign_id: int) -> CampaignView:
    """Return one that is still being written. Raises NotHere for another shop's, Confirmed for one on its way."""
    shop_id, role = current_staff().shop.id, current_staff().role
    view = campaigns.campaign(shop_id, campaign_id)
    if view is None or view.group in groups.kept_from(shop_id, role):
        raise NotHere(flow.NOT_THERE)
    if not view.is_draft:
        raise flow.Confirmed
    return view


def settled(campaign_id: int) -> ResponseReturnValue | None:
    """Lead from a step of one that was confirmed meanwhile to where it is now; None: it is still a draft."""
    view = campaigns.campaign(current_staff().shop.id, campaign_id)
    if request.method != "GET" or view is None or view.is_draft:
        return None
    return see_other(url_for("owner.shop_campaign", campaign_id=campaign_id))


@door(bp, "/owner/campaigns", audience="owner", role="manager", tenant="session")
def shop_campaigns() -> ResponseReturnValue:
    """Show what is being written, what is on its way, and what was sent."""
    shop_id, before = current_staff().shop.id, row_number(request.args.get("before"))
    lines = campaigns.campaigns(shop_id, before=before)
    kept = groups.kept_from(shop_id, current_staff().role)
    return render_template(
        "owner/campaigns.html",
        drafts=[view for view in campaigns.drafts(shop_id) if view.group not in kept]
        if before is None
        else [],
        lines=lines,
        before=lines[-1].id if len(lines) == 20 else None,
        is_first=before is None,
    )


@door(bp, "/owner/campaigns/new", methods=_BOTH, audience="owner", role="manager", tenant="session")
def new_campaign() -> ResponseReturnValue:
    """Ask whom it is for; the answer begins a draft."""
    staff = current_staff()
    if request.method == "GET":
        return render_template(
            "owner/campaign_people.html", **_people(None, request.args.get("people", ""), {})
        )
    group = chosen_group()
    try:
        made = flow.begin(
            shop_id=staff.shop.id, staff_id=staff.staff_id, group=group, once=asked.once(), now=now()
        )
    except Invalid as error:
        return answers.invalid("owner/campaign_people.html", **_people(None, group, error.fields))
    return see_other(url_for("owner.campaign_text", campaign_id=made))


@door(
    bp,
    "/owner/campaigns/<int:campaign_id>/people",
    methods=_BOTH,
    audience="owner",
    role="manager",
    tenant="session",
)
def campaign_people(campaign_id: int) -> ResponseReturnValue:
    """Ask it again of a draft."""
    if (elsewhere := settled(campaign_id)) is not None:
        return elsewhere
    view = draft(campaign_id)
    if request.method == "GET":
        return render_template("owner/campaign_people.html", **_people(view, view.group, {}))
    group = chosen_group()
    try:
        flow.choose_people(shop_id=current_staff().shop.id, campaign_id=campaign_id, group=group)
    except Invalid as error:
        return answers.invalid("owner/campaign_people.html", **_people(view, group, error.fields))
    return see_other(url_for("owner.campaign_text", campaign_id=campaign_id))


def _people(view: CampaignView | None, group: str, wrong: dict[str, str]) -> dict[str, Any]:
    shop_id = current_staff().shop.id
    return {
        "view": view,
        "sections": groups.lines(shop_id=shop_id, now=now(), role=current_staff().role),
        "group": group or "all",
        "wrong": wrong,
        "key": new_token(),
    }


@door(
    bp,
    "/owner/campaigns/<int:campaign_id>/text",
    methods=_BOTH,
    audience="owner",
    role="manager",
    tenant="session",
    max_bytes=MOST_BYTES + 1024 * 1024,
)
def campaign_text(campaign_id: int) -> ResponseReturnValue:
    """Ask what it says. What was typed is kept whatever the answer; `look` in the form only keeps it."""
    if (elsewhere := settled(campaign_id)) is not None:
        return elsewhere
    view = draft(campaign_id)
    if request.method == "GET":
        return render_template("owner/campaign_text.html", **text_page(view))
    shop_id, typed = current_staff().shop.id, _keep(view)
    file = request.files.get("photo")
    if file is not None and file.filename:
        try:
            pictures.add(
                shop_id=shop_id, campaign_id=campaign_id, upload=cast(BinaryIO, file.stream), now=now()
            )
        except BadImage as refusal:
            page = text_page(typed) | {"wrong": {"photo": refusal.sentence}}
            return answers.invalid("owner/campaign_text.html", **page)
    if request.form.get("drop_photo"):
        pictures.drop(shop_id=shop_id, campaign_id=campaign_id)
    if request.form.get("look") or request.form.get("drop_photo"):
        return see_other(url_for("owner.campaign_text", campaign_id=campaign_id))
    try:
        flow.word(
            shop_id=shop_id,
            campaign_id=campaign_id,
            text=typed.text,
            text_b=typed.text_b,
            compares=_compares(),
            coupon_kind_id=typed.coupon_kind_id,
        )
    except Invalid as error:
        wrong = answers.in_order(error.fields, ("text", "text_b", "coupon"))
        return answers.invalid("owner/campaign_text.html", **(text_page(typed) | {"wrong": wrong}))
    return see_other(url_for("owner.campaign_time", campaign_id=campaign_id))


@door(
    bp,
    "/owner/campaigns/<int:campaign_id>/preview",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def preview_campaign(campaign_id: int) -> ResponseReturnValue:
    """Keep the words being typed, and show them as one real person of the group would read them (a fragment)."""
    return fragment("owner/campaign_text.html", "preview", **text_page(_keep(draft(campaign_id))))


@door(bp, "/owner/campaigns/<int:campaign_id>/photo", audience="owner", role="manager", tenant="session")
def campaign_photo(campaign_id: int) -> ResponseReturnValue:
    """Answer its picture."""
    return picture(campaigns.open_photo(current_staff().shop.id, campaign_id))


def _keep(view: CampaignView) -> CampaignView:
    """Keep the words of the form in the draft: a phone that is put away now shows them again."""
    typed = _typed(view)
    flow.keep(
        shop_id=current_staff().shop.id,
        campaign_id=view.id,
        text=typed.text,
        text_b=typed.text_b if _compares() else "",
        coupon_kind_id=typed.coupon_kind_id,
    )
    return typed


def _compares() -> bool:
    return request.form.get("compares") == "y"


def _typed(view: CampaignView) -> CampaignView:
    """Return the draft as the form has it."""
    return replace(
        view,
        text=asked.text("text").replace("\r\n", "\n"),
        text_b=asked.text("text_b").replace("\r\n", "\n"),
        coupon_kind_id=asked.number("coupon"),
    )


def text_page(view: CampaignView) -> dict[str, Any]:
    """Return what the page of the words shows of a draft, as it is kept or as it was typed."""
    shop_id, kind = current_staff().shop.id, registry.kind("campaign")
    compares = _compares() if request.method == "POST" else bool(view.text_b)
    fault = next(filter(None, (_fault(view.text), _fault(view.text_b) if compares else None)), None)
    shown = []
    if view.text.strip() and _can_be_filled(view.text, view.text_b if compares else ""):
        note_look("preview")  # filled in for a real person
        seen = replace(view, text_b=view.text_b if compares else "")
        at = campaign_rules.starts_at(is_soon=view.is_soon, chosen=view.send_at, now=now())
        shown = campaign_reach.sample(shop_id, seen, wire=wire(), at=at, now=now())
    return {
        "view": view,
        "compares": compares,
        "coupons": [
            (str(line.id), f"{line.terms.name}, {words.how_long(line.terms)}")
            for line in book.kinds(shop_id=shop_id, now=now())
            if line.ended_at is None and not line.has_run_out
        ],
        "examples": examples.examples(shop_id, kind),
        "fault": fault,
        "shown": shown,
        "sms_bytes": SMS_BYTES,
        "wrong": {},
    }


def _fault(text: str) -> str | None:
    return flow.fault_of(text.strip()) if text.strip() else None


def _can_be_filled(*texts: str) -> bool:
    known = set(registry.kind("campaign").placeholders)
    return not any(placeholders(text) - known or stray_braces(text) for text in texts)


@door(
    bp,
    "/owner/campaigns/<int:campaign_id>/time",
    methods=_BOTH,
    audience="owner",
    role="manager",
    tenant="session",
)
def campaign_time(campaign_id: int) -> ResponseReturnValue:
    """Ask when it goes."""
    if (elsewhere := settled(campaign_id)) is not None:
        return elsewhere
    view = draft(campaign_id)
    day, hour = campaign_rules.day_and_time_of(view.send_at)
    if view.is_soon:  # whoever chooses a day finds tomorrow there
        day, hour = campaign_rules.day_and_time_of(now() + timedelta(days=1))[0], _FIRST_OFFER
    if request.method == "GET":
        return render_template("owner/campaign_time.html", **_time(view, view.is_soon, day, hour, {}))
    is_soon, day, hour = asked.text("when") != "later", asked.text("day"), asked.text("hour")
    try:
        flow.time(
            shop_id=current_staff().shop.id,
            campaign_id=campaign_id,
            is_soon=is_soon,
            day=day,
            hour=hour,
            now=now(),
        )
    except Invalid as error:
        return answers.invalid("owner/campaign_time.html", **_time(view, is_soon, day, hour, error.fields))
    return see_other(url_for("owner.campaign_check", campaign_id=campaign_id))


def _time(view: CampaignView, is_soon: bool, day: str, hour: str, wrong: dict[str, str]) -> dict[str, Any]:
    at = campaign_rules.starts_at(is_soon=True, chosen=now(), now=now())
    return {
        "view": view,
        "is_soon": is_soon,
        "day": day,
        "hour": hour,
        "hours": campaign_rules.TIMES if hour in campaign_rules.TIMES else (*campaign_rules.TIMES, hour),
        "soon_at": at,
        "soon_is_moved": campaign_rules.is_moved(is_soon=True, chosen=now(), now=now()),
        "today": campaign_rules.day_and_time_of(now())[0],
        "wrong": wrong,
    }


@door(
    bp,
    "/owner/campaigns/<int:campaign_id>/removal",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def drop_campaign(campaign_id: int) -> ResponseReturnValue:
    """Throw a draft away."""
    flow.drop(shop_id=current_staff().shop.id, campaign_id=campaign_id)
    flash("쓰던 글을 버렸어요")
    return see_other(url_for("owner.shop_campaigns"))
