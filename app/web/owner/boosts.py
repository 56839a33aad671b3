"""두 배의 날: the days and hours on which stamps and points count more."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import boosts as flow
from app.kit.clock import kst_day
from app.kit.refusals import Invalid
from app.tiers import boosts as reads
from app.tiers import queries, typed, wording
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.tiers import percent_choices
from app.web.readable import row_number

_DAYS = tuple((str(place), f"{day}요일") for place, day in enumerate("월화수목금토일"))
_EMPTY = {
    "name": "",
    "percent": "200",
    "tier": "",
    "from_time": "",
    "to_time": "",
    "from_day": "",
    "to_day": "",
}


@door(bp, "/owner/more/boosts", audience="owner", role="manager", tenant="session")
def boosts() -> ResponseReturnValue:
    """Show what holds or will hold, each as one line."""
    today = kst_day(now())
    lines = reads.boosts_of(current_staff().shop.id, today=today)
    return render_template(
        "owner/boosts.html",
        lines=[
            (line, wording.boost_when(line.rule, today), wording.TIMES[line.rule.percent]) for line in lines
        ],
    )


@door(bp, "/owner/more/boosts/new", methods=("GET", "POST"), audience="owner", role="owner", tenant="session")
def boost() -> ResponseReturnValue:
    """Make a boost: how much, when, for whom."""
    staff, today = current_staff(), kst_day(now())
    page: dict[str, Any] = {
        "percents": percent_choices()[1:],
        "days": _DAYS,
        "tiers": queries.tiers_of(staff.shop.id) if staff.shop.has("tiers") else [],
    }
    if request.method == "GET":
        return render_template("owner/boost.html", typed=_EMPTY, chosen=(), wrong={}, **page)
    fields = {name: asked.text(name)[:60] for name in _EMPTY}
    chosen = request.form.getlist("weekdays")
    try:
        rule = typed.clean_boost(
            name=fields["name"],
            percent=fields["percent"],
            weekdays=chosen,
            from_time=fields["from_time"],
            to_time=fields["to_time"],
            from_day=fields["from_day"],
            to_day=fields["to_day"],
            today=today,
        )
        flow.make(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            rule=rule,
            tier_id=row_number(fields["tier"]),
            now=now(),
        )
    except Invalid as error:
        wrong = answers.in_order(error.fields, fields)
        return answers.invalid("owner/boost.html", typed=fields, chosen=chosen, wrong=wrong, **page)
    flash("만들었어요. 그때가 되면 저절로 적용돼요")
    return see_other(url_for("owner.boosts"))


@door(
    bp,
    "/owner/more/boosts/<int:boost_id>/end",
    methods=("POST",),
    audience="owner",
    role="owner",
    tenant="session",
)
def end_boost(boost_id: int) -> ResponseReturnValue:
    """End a boost; the stamps it brought stay."""
    staff = current_staff()
    flow.end(shop_id=staff.shop.id, staff_id=staff.staff_id, boost_id=boost_id, now=now())
    flash("끝냈어요. 이미 찍은 도장은 그대로예요")
    return see_other(url_for("owner.boosts"))
