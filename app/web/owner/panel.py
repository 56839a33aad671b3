"""The person's panel as a page, and what can be done from it: use a reward, take something back."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from app.cards import counter
from app.customers import evidence
from app.flows import redeem
from app.flows import undo as undo_flow
from app.kit.particles import josa
from app.kit.refusals import NotHere
from app.web.answers import fragment, see_other, wants_fragment
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked, queue
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look
from app.web.owner.panels import panel_context


@door(bp, "/owner/panel/<int:card_id>", audience="owner", role="staff", tenant="session")
def panel(card_id: int) -> ResponseReturnValue:
    """Show a person's panel as a page."""
    context = panel_context(card_id)
    customer_id = context["seen"].customer_id
    note_look("view", customer_id)
    # Asked for here alone: after a stamp nobody waits for it.
    gets_ads = evidence.gets_ads(shop_id=current_staff().shop.id, customer_id=customer_id)
    return render_template("owner/panel.html", **context, gets_ads=gets_ads)


def again(card_id: int, said: str, *, undo: str = "", undo_label: str = "") -> ResponseReturnValue:
    """Answer with the panel as it is now and one sentence about what was done."""
    if wants_fragment():
        return fragment(
            "owner/panel.html",
            "panel",
            **panel_context(card_id),
            said=said,
            undo=undo,
            undo_label=undo_label,
            in_place=True,
        )
    flash(said)
    return see_other(url_for("owner.panel", card_id=card_id))


@door(
    bp,
    "/owner/entries/<int:entry_id>/reversal",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
)
def undo_stamp(entry_id: int) -> ResponseReturnValue:
    """Take a stamp back by a reversal; the list it was pressed in, or the panel, shows how it is now."""
    staff = current_staff()
    card_id = undo_flow.undo_stamp(
        shop_id=staff.shop.id, staff_id=staff.staff_id, entry_id=entry_id, now=now()
    )
    return back_to(card_id, "적립을 취소했어요")


@door(
    bp,
    "/owner/rewards/<int:reward_id>/use",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
)
def use_reward(reward_id: int) -> ResponseReturnValue:
    """Hand a reward over. Who looked whose card it is stands in the records, never in the form."""
    staff = current_staff()
    if counter.card_of_reward(shop_id=staff.shop.id, reward_id=reward_id) is None:
        raise NotHere("찾으시는 혜택이 없어요. 손님 카드를 다시 열어 주세요.")
    used = redeem.use_reward(
        shop_id=staff.shop.id,
        staff_id=staff.staff_id,
        reward_id=reward_id,
        once=asked.once(),
        now=now(),
    )
    return again(
        used.card_id,
        f"{josa(used.reward_name, '을/를')} 사용했어요",
        undo=url_for("owner.undo_use", redemption_id=used.redemption_id),
        undo_label="사용 취소",
    )


@door(
    bp,
    "/owner/redemptions/<int:redemption_id>/reversal",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
)
def undo_use(redemption_id: int) -> ResponseReturnValue:
    """Give a reward back that was marked used by mistake."""
    staff = current_staff()
    card_id = redeem.undo_use(
        shop_id=staff.shop.id, staff_id=staff.staff_id, redemption_id=redemption_id, now=now()
    )
    return back_to(card_id, "사용을 취소했어요. 혜택이 카드에 다시 있어요")


def back_to(card_id: int, said: str) -> ResponseReturnValue:
    """Answer where it was pressed: the list of today, the person's page, or the panel."""
    place = asked.text("from")
    if wants_fragment() and place == "queue" and queue.since() is not None:
        return queue.taken_back(card_id)
    if wants_fragment() or place not in ("today", "person"):
        return again(card_id, said)
    flash(said)
    if place == "today":
        return see_other(url_for("owner.todays_stamps"))
    seen = counter.panel(shop_id=current_staff().shop.id, card_id=card_id, now=now())
    if seen is None:
        return see_other(url_for("owner.people"))
    return see_other(url_for("owner.person", customer_id=seen.customer_id))
