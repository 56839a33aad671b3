"""가게 흐름: a month in sections and, of the present one, the weeks; the same on paper, as a file, and who came most."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from app.insights import habits, month_queries, rhythms, rules, weeks
from app.insights import month_sections as sections
from app.insights import queries as insights
from app.insights.month_facts import Facts, Section, read_month
from app.kit import sheet_files
from app.kit.clock import kst_day, months_back, next_month, start_of_day
from app.kit.refusals import NotHere
from app.messages import results
from app.voices import queries as voices
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look

_WEEKS = 8
_COUNTED = re.compile(r"-?[0-9,]+[원명번개장건]")


@door(bp, "/owner/insights", audience="owner", role="manager", tenant="session")
def flow() -> ResponseReturnValue:
    """Show a month, from sums alone: as many reads and rows however long the history."""
    shop_id, today = current_staff().shop.id, kst_day(now())
    facts = _facts()
    first = month_queries.first_month(shop_id)
    present = _present(shop_id, today) if facts.is_present else {}
    if present.get("quiet"):
        note_look("list")
    return render_template(
        "owner/flow.html",
        facts=facts,
        sections=sections.sections(facts),
        is_empty=first is None,
        before=months_back(facts.month, 1) if first and first < facts.month else None,
        after=None if facts.is_present else next_month(facts.month),
        said=voices.said_between(
            shop_id,
            role=current_staff().role,
            since=start_of_day(facts.month),
            until=start_of_day(next_month(facts.month)),
        ),
        best_result=results.best(shop_id) if facts.is_present else None,
        **present,
    )


@door(bp, "/owner/insights/paper", audience="owner", role="manager", tenant="session")
def flow_paper() -> ResponseReturnValue:
    """Show all of a month's sections with their tables, as a paper to print."""
    facts = _facts()
    return render_template(
        "print/flow.html", facts=facts, sections=sections.sections(facts), shop=current_staff().shop, at=now()
    )


@door(bp, "/owner/insights/<part>.csv", audience="owner", role="manager", tenant="session")
def flow_file(part: str) -> ResponseReturnValue:
    """Answer one section's table as a file a spreadsheet opens. Raises NotHere for a part there is none of."""
    facts = _facts()
    found = next((each for each in sections.sections(facts) if each.key == part and each.rows), None)
    if found is None:
        raise NotHere("받을 숫자가 아직 없어요. 가게 흐름에서 다시 골라 주세요.")
    return _csv(found, facts)


@door(bp, "/owner/insights/most", audience="owner", role="manager", tenant="session")
def flow_most() -> ResponseReturnValue:
    """Show who the fifth of a month's people are that came most."""
    month = _month()
    found = month_queries.first_fifth(current_staff().shop.id, month=month)
    if found.people:
        note_look("list")
    return render_template("owner/flow_most.html", month=month, found=found)


def _csv(section: Section, facts: Facts) -> Response:
    body = io.BytesIO()
    sheet_files.write_csv(body, section.head, [[_to_add_up(cell) for cell in row] for row in section.rows])
    answer = Response(body.getvalue(), content_type="text/csv; charset=utf-8")
    plain, name = f"{section.key}-{facts.month:%Y-%m}.csv", f"{section.name} {facts.month:%Y-%m}.csv"
    answer.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _to_add_up(cell: str) -> str:
    """Return a number as a spreadsheet adds it up, without the word for what it counts; anything else as it is."""
    return cell[:-1].replace(",", "") if _COUNTED.fullmatch(cell) else cell


def _month() -> date:
    return read_month(request.args.get("month", ""), today=kst_day(now()))


def _facts() -> Facts:
    shop = current_staff().shop
    return month_queries.facts(shop.id, month=_month(), today=kst_day(now()), has_tiers=shop.has("tiers"))


def _present(shop_id: int, today: date) -> dict[str, Any]:
    """Return what only the present has: the last weeks, and who is quieter than usual."""
    monday = today - timedelta(days=today.weekday(), weeks=_WEEKS - 1)
    found = weeks.weeks(insights.days(shop_id=shop_id, first=monday, last=today), today=today, many=_WEEKS)
    known = rhythms.known(shop_id)
    quiet_many, quiet = rhythms.quiet_ones(shop_id=shop_id, now=now()) if known else (0, [])
    return {
        "newcomers_words": weeks.newcomers_words(found),
        "newcomers": [(_week_words(week.first, today), week.new_customers) for week in found],
        "returning_words": weeks.returning_words(found),
        "returning": [(_week_words(week.first, today), week.returning) for week in found],
        "known_by": habits.how_it_is_known(known.reason, people=known.people) if known else "",
        "quiet_many": quiet_many,
        "is_more_quiet": quiet_many >= rhythms.LOOKED_AT,
        "quiet": [
            (one, rules.rhythm_words(one.rhythm_days), habits.chance_words(one.alive)) for one in quiet
        ],
    }


def _week_words(first: date, today: date) -> str:
    return "이번 주" if today - first < timedelta(days=7) else f"{first.month}/{first.day}"
