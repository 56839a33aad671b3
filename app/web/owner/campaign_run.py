"""단체 문자 on its way: how far it is, and the big button that stops it."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from app.flows import campaign as drafts
from app.flows import campaign_run as flow
from app.flows import going_on
from app.kit.refusals import NotHere
from app.messages import campaigns, results
from app.messages.campaigns import CampaignView
from app.web.answers import fragment, see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner.blueprint import bp


def _view(campaign_id: int) -> CampaignView:
    view = campaigns.campaign(current_staff().shop.id, campaign_id)
    if view is None:
        raise NotHere(drafts.NOT_THERE)
    return view


@door(bp, "/owner/campaigns/<int:campaign_id>", audience="owner", role="manager", tenant="session")
def shop_campaign(campaign_id: int) -> ResponseReturnValue:
    """Show one: how far it is, what it says, whom it did not go to and why. A draft is written on."""
    view = _view(campaign_id)
    if view.is_draft:
        return see_other(url_for("owner.campaign_text", campaign_id=campaign_id))
    brought = results.result(current_staff().shop.id, f"campaign:{view.id}", now=now())
    return render_template("owner/campaign.html", **_page(view), result=brought)


@door(bp, "/owner/campaigns/<int:campaign_id>/progress", audience="owner", role="manager", tenant="session")
def campaign_progress(campaign_id: int) -> ResponseReturnValue:
    """Show how far it is (a fragment): asked for while something still moves."""
    return fragment("owner/campaign.html", "progress", **_page(_view(campaign_id)))


def _page(view: CampaignView) -> dict[str, Any]:
    """Return what the fragment shows, and no more: it is read every few seconds while something moves."""
    progress = campaigns.progress(current_staff().shop.id, view)
    left_s = max(0, int((view.send_at - now()).total_seconds())) if view.state == "waiting" else 0
    is_soon = 0 < left_s <= 600
    return {
        "view": view,
        "progress": progress,
        "left": f"{left_s // 60}분 {left_s % 60}초" if is_soon else "",
        "polls": view.state == "going"
        or (view.state == "waiting" and left_s <= 600)
        or (view.state == "done" and progress.still_moves),
        "may_stop": view.is_open or (view.state == "done" and progress.may_be_held),
    }


@door(
    bp,
    "/owner/campaigns/<int:campaign_id>/cancellation",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def cancel_campaign(campaign_id: int) -> ResponseReturnValue:
    """Stop it: what has not gone out does not go."""
    staff = current_staff()
    taken = flow.cancel(shop_id=staff.shop.id, staff_id=staff.staff_id, campaign_id=campaign_id, now=now())
    # Looked at once it is stopped, when nobody writes for it any more: it may have begun since the page was drawn.
    flash(
        "취소했어요. 아무에게도 보내지 않았어요"
        if not _view(campaign_id).after_id
        else f"멈췄어요. 아직 안 나간 {taken:,}통은 보내지 않아요"
    )
    return see_other(url_for("owner.shop_campaign", campaign_id=campaign_id))


@door(
    bp,
    "/owner/campaigns/<int:campaign_id>/pause",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def pause_campaign(campaign_id: int) -> ResponseReturnValue:
    """Let it stand still for a while."""
    flow.pause(shop_id=current_staff().shop.id, campaign_id=campaign_id)
    flash("잠깐 멈췄어요" if _view(campaign_id).state == "paused" else "이제 멈출 것이 없어요")
    return see_other(url_for("owner.shop_campaign", campaign_id=campaign_id))


@door(
    bp,
    "/owner/campaigns/<int:campaign_id>/resumption",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def resume_campaign(campaign_id: int) -> ResponseReturnValue:
    """Let it go on."""
    going_on.campaign(shop_id=current_staff().shop.id, campaign_id=campaign_id, now=now())
    flash("이어서 보내요" if _view(campaign_id).state != "waiting" else "정한 시간에 보내요")
    return see_other(url_for("owner.shop_campaign", campaign_id=campaign_id))
