"""마감 맞춰 보기: one optional number against what was stamped; one person's day; the shop's own limits."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cards import history
from app.flows import closing as flow
from app.flows import staff_limits as limits_flow
from app.insights import closing as rules
from app.insights import till
from app.kit.clock import kst_day, start_of_day
from app.kit.refusals import Invalid, NotHere
from app.shops import queries as shops
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look


def _day() -> date:
    """Return the day that is looked at: the shop's own today, or one of the last weeks. Raises NotHere."""
    shop = current_staff().shop
    today = till.day_of(now(), open_minute=shop.open_minute, close_minute=shop.close_minute)
    typed = request.values.get("day", "")
    if not typed:
        return today
    try:
        day = date.fromisoformat(typed[:10])
    except ValueError as fault:
        raise NotHere("그런 날은 없어요. 지난 날 목록에서 골라 주세요.") from fault
    if not kst_day(now()) - timedelta(days=rules.DAYS_BACK) <= day <= kst_day(now()):
        raise NotHere(f"지난 {rules.DAYS_BACK}일 안의 날만 볼 수 있어요.")
    return day


@door(bp, "/owner/closing", methods=("GET", "POST"), audience="owner", role="manager", tenant="session")
def closing() -> ResponseReturnValue:
    """Compare a day's receipts with its stamps, or note how many there were."""
    staff, day = current_staff(), _day()
    if request.method == "GET":
        return render_template("owner/closing.html", **_page(day))
    try:
        flow.close_day(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            day=day,
            receipts=asked.text("receipts"),
            now=now(),
        )
    except Invalid as error:
        page = _page(day, typed=asked.text("receipts"), wrong=error.fields)
        return answers.invalid("owner/closing.html", **page)
    flash("맞춰 봤어요")
    return see_other(url_for("owner.closing", day=day.isoformat()))


def _page(day: date, *, typed: str | None = None, wrong: dict[str, str] | None = None) -> dict[str, Any]:
    shop = current_staff().shop
    counted = till.counted(shop_id=shop.id, day=day)
    receipts = counted[0].receipts if counted else None
    seen = till.day(
        shop_id=shop.id,
        day=day,
        open_minute=shop.open_minute,
        close_minute=shop.close_minute,
        receipts=receipts,
    )
    limits = till.limits(shop.id)
    found = rules.odd(seen, limits)
    hours: Counter[int] = Counter()
    for hand in seen.hands:
        hours.update(dict(hand.hours))
    # The shop's own order: an hour after midnight stands last.
    first = shop.open_minute // 60
    points = [
        (f"{hour}시", number)  # short: the words stand in a narrow column, also in the largest text
        for hour, number in sorted(hours.items(), key=lambda each: (each[0] - first) % 24)
    ]
    return {
        "day": day,
        "is_today": day == till.day_of(now(), open_minute=shop.open_minute, close_minute=shop.close_minute),
        "seen": seen,
        "headline": rules.headline(seen, limits),
        "is_odd": bool(found),
        "also": found[1:],
        "points": points,
        "busiest": max(range(len(points)), key=lambda at: points[at][1], default=-1),
        "counted": counted,
        "typed": typed if typed is not None else "" if receipts is None else str(receipts),
        "wrong": wrong or {},
        "past": [each for each in till.closed(shop_id=shop.id) if each.day != day],
        "oldest": kst_day(now()) - timedelta(days=rules.DAYS_BACK),
    }


@door(bp, "/owner/closing/<int:staff_id>", audience="owner", role="manager", tenant="session")
def staff_day(staff_id: int) -> ResponseReturnValue:
    """Show what one person did at the counter on a day."""
    shop, day = current_staff().shop, _day()
    person = next((line for line in shops.staff_of(shop.id) if line.id == staff_id), None)
    if person is None:
        raise NotHere("찾으시는 직원이 없어요. 직원 목록에서 다시 골라 주세요.")
    since, until = rules.window(
        day_start=start_of_day(day), open_minute=shop.open_minute, close_minute=shop.close_minute
    )
    lines = history.by_staff(shop_id=shop.id, staff_id=staff_id, since=since, until=until)
    if lines:
        note_look("list")
    hand = next(
        (each for each in till.hands(shop_id=shop.id, since=since, until=until) if each.staff_id == staff_id),
        None,
    )
    over = rules.over(hand, till.limits(shop.id)) if hand else ""
    return render_template("owner/staff_day.html", person=person, day=day, lines=lines, hand=hand, over=over)


@door(bp, "/owner/more/limits", methods=("GET", "POST"), audience="owner", role="owner", tenant="session")
def staff_limits() -> ResponseReturnValue:
    """From how many on the owner is told about one of the staff."""
    staff = current_staff()
    own = till.limits(staff.shop.id)
    typed = {
        "stamps_an_hour": str(own.stamps_an_hour),
        "overrides_a_day": str(own.overrides_a_day),
        "checks_a_day": str(own.checks_a_day),
    }
    if request.method == "GET":
        return render_template("owner/staff_limits.html", typed=typed, wrong={}, hard=rules.HARD)
    typed = {name: asked.text(name) for name in typed}
    try:
        limits_flow.save(shop_id=staff.shop.id, staff_id=staff.staff_id, **typed, now=now())
    except Invalid as error:
        wrong = answers.in_order(error.fields, typed)
        return answers.invalid("owner/staff_limits.html", typed=typed, wrong=wrong, hard=rules.HARD)
    flash("저장했어요")
    return see_other(url_for("owner.closing"))
