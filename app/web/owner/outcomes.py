"""보낸 덕분에 온 손님, and 문자 값: what messages bring, and what they cost."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import budget, outcomes
from app.kit.refusals import Invalid
from app.messages import prices, registry, results, spending
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look


@door(bp, "/owner/messages/results", audience="owner", role="manager", tenant="session")
def message_results() -> ResponseReturnValue:
    """Show what came of everything that was sent lately."""
    found = results.overview(current_staff().shop.id, now=now())
    if any(each.came for each in found):
        note_look("list")
    return render_template("owner/message_results.html", results=found)


@door(
    bp,
    "/owner/messages/<kind>/left-out",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def compare_automation(kind: str) -> ResponseReturnValue:
    """Leave one of ten people out of an automation, to see what it brings; or nobody any more."""
    staff, compares = current_staff(), request.form.get("compares") == "y"
    outcomes.compare(shop_id=staff.shop.id, kind=kind, compares=compares, now=now(), staff_id=staff.staff_id)
    label = registry.kind(kind).label
    flash(f"{label}: 열 분 중 한 분을 빼고 비교해요" if compares else f"{label}: 이제 모든 분께 보내요")
    return see_other(url_for("owner.automation", kind=kind))


@door(
    bp,
    "/owner/messages/budget",
    methods=("GET", "POST"),
    audience="owner",
    role="owner",
    tenant="session",
    device="own",
)
def message_budget() -> ResponseReturnValue:
    """Show what the month's messages cost and how much they may; change that."""
    shop_id = current_staff().shop.id
    if request.method == "GET":
        return render_template("owner/message_budget.html", **_budget(shop_id))
    typed = asked.text("month_won")
    won = prices.read_budget(typed)
    try:
        # What is no number is no budget either, and told by the same sentence.
        budget.change(
            shop_id=shop_id,
            month_won=-1 if won is None else won,
            now=now(),
            staff_id=current_staff().staff_id,
        )
    except Invalid as error:
        return answers.invalid(
            "owner/message_budget.html", **_budget(shop_id, typed=typed, wrong=error.fields)
        )
    flash(prices.after_change(month_won=won or 0, won=spending.this_month(shop_id, now=now()).won))
    return see_other(url_for("owner.message_budget"))


@door(
    bp,
    "/owner/messages/budget/notice",
    methods=("POST",),
    audience="owner",
    role="owner",
    tenant="session",
    device="own",
)
def put_budget_notice_away() -> ResponseReturnValue:
    """The owner has read how much of the month's budget is used."""
    shop_id = current_staff().shop.id
    budget.note_told(shop_id=shop_id, share=spending.this_month(shop_id, now=now()).share, now=now())
    return see_other(url_for("owner.message_budget"))


def _budget(shop_id: int, **more: Any) -> dict[str, Any]:
    spent = spending.this_month(shop_id, now=now())
    return {
        "spent": spent,
        "kinds": spending.by_kind(shop_id, month=spent.month),
        "months": spending.last_months(shop_id, now=now()),
        "waiting": spending.waiting(shop_id),
        "most": budget.MOST_WON,
        "typed": f"{spent.month_won:,}",
        "wrong": {},
        **more,
    }
