"""가게 흐름: this month, the weeks and the hours, each as a sentence with a small picture."""

from __future__ import annotations

from datetime import date, timedelta

from flask import render_template
from flask.typing import ResponseReturnValue

from app.insights import habits, rhythms, rules, weeks
from app.insights import queries as insights
from app.kit.clock import kst_day
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look

_WEEKS = 8


@door(bp, "/owner/insights", audience="owner", role="manager", tenant="session")
def flow() -> ResponseReturnValue:
    """Show how the shop is going, from daily sums and the visits of eight weeks: two reads, however long the history."""
    shop_id, today = current_staff().shop.id, kst_day(now())
    monday = today - timedelta(days=today.weekday(), weeks=_WEEKS - 1)
    last_month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    days = insights.days(shop_id=shop_id, first=min(monday, last_month), last=today)
    found = weeks.weeks(days, today=today, many=_WEEKS)
    month = [each for each in days if each.day >= today.replace(day=1)]
    visits, again = sum(each.visits for each in month), sum(each.returning for each in month)
    busy = insights.busy(shop_id=shop_id, now=now())
    known = rhythms.known(shop_id)
    quiet_many, quiet = rhythms.quiet_ones(shop_id=shop_id, now=now()) if known else (0, [])
    if quiet:
        note_look("list")
    return render_template(
        "owner/flow.html",
        month_words=weeks.month_words(days, today=today),
        month=(again, sum(each.new_customers for each in month)),
        share_words=weeks.share_words(visits, again),
        weeks=found,
        newcomers_words=weeks.newcomers_words(found),
        newcomers=[(_week_words(week.first, today), week.new_customers) for week in found],
        returning_words=weeks.returning_words(found),
        returning=[(_week_words(week.first, today), week.returning) for week in found],
        busy=busy,
        weekdays=[
            (rules.weekday(monday + timedelta(days=each)), count) for each, count in enumerate(busy.weekdays)
        ]
        if busy
        else [],
        hours=[(f"{hour}시", count) for hour, count in busy.hours] if busy else [],
        busy_after=weeks.BUSY_VISITS,
        known_by=habits.how_it_is_known(known.reason, people=known.people) if known else "",
        quiet_many=quiet_many,
        quiet=[(one, rules.rhythm_words(one.rhythm_days), habits.chance_words(one.alive)) for one in quiet],
    )


def _week_words(first: date, today: date) -> str:
    return "이번 주" if today - first < timedelta(days=7) else f"{first.month}/{first.day}"
