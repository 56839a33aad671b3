"""쉬는 날: entered once, and what would end meanwhile can be used until the shop is open again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cards import ends
from app.flows import closing_days as flow
from app.kit.clock import kst_day
from app.kit.refusals import Invalid, NotHere
from app.shops import calendar_rules as rules
from app.shops import closures
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.calendar_words import WEEKDAYS

_SUGGESTED_DAYS, _SUGGESTED_MOST = 400, 6
_FIELDS = ("first", "last", "note", "kind")


@dataclass(frozen=True)
class Suggestion:
    """A public holiday the shop has not spoken of: its days in words, and the question."""

    name: str
    first: date
    last: date
    words: str
    question: str


def questions() -> list[Suggestion]:
    """Return the holidays that the owner's home asks about today."""
    today = kst_day(now())
    return [
        each
        for each in _suggestions(today, today + timedelta(days=14))
        if rules.is_time_to_ask(each.first, each.last, today)
    ]


def _suggestions(since: date, until: date) -> list[Suggestion]:
    found = closures.unanswered_holidays(current_staff().shop.id, since=since, until=until)
    return [
        Suggestion(
            each.name,
            each.first,
            each.last,
            rules.range_words(each.first, each.last, since),
            rules.holiday_question(each.name, each.first, each.last, since),
        )
        for each in found
    ]


def _next_suggestions(today: date) -> list[Suggestion]:
    """Return the coming holidays; the next 설 and 추석 always, for they take the most planning."""
    coming = _suggestions(today, today + timedelta(days=_SUGGESTED_DAYS))
    feasts = {each.name: each for each in reversed(coming) if each.first != each.last}
    soon = [each for each in coming if each not in feasts.values()]
    chosen = [*feasts.values(), *soon[: _SUGGESTED_MOST - len(feasts)]]
    return sorted(chosen, key=lambda each: each.first)


@door(bp, "/owner/more/days", methods=("GET", "POST"), audience="owner", role="manager", tenant="session")
def days() -> ResponseReturnValue:
    """Show the closed days, or enter some; also by one tap on a holiday, from here or from home."""
    if request.method == "GET":
        return render_template("owner/days.html", **_page())
    return _save("owner/days.html", days_id=None)


@door(bp, "/owner/more/days/week", methods=("POST",), audience="owner", role="manager", tenant="session")
def days_of_week() -> ResponseReturnValue:
    """Save the weekdays off."""
    staff, chosen = current_staff(), request.form.getlist("weekdays")
    try:
        moved = flow.save_weekly(shop_id=staff.shop.id, staff_id=staff.staff_id, weekdays=chosen, now=now())
    except Invalid as error:
        return answers.invalid("owner/days.html", **(_page() | {"wrong": error.fields}))
    flash("저장했어요" + _effect(moved.people, moved.until))
    return see_other(url_for("owner.days"))


@door(
    bp,
    "/owner/more/days/<int:days_id>",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
)
def special_days(days_id: int) -> ResponseReturnValue:
    """Change an entry: other days, another note, open after all."""
    if request.method == "POST":
        return _save("owner/special_days.html", days_id=days_id)
    return render_template("owner/special_days.html", **_entry(days_id))


@door(
    bp,
    "/owner/more/days/<int:days_id>/removal",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def drop_days(days_id: int) -> ResponseReturnValue:
    """Take an entry back."""
    staff = current_staff()
    moved = flow.take_back(shop_id=staff.shop.id, staff_id=staff.staff_id, days_id=days_id, now=now())
    flash("지웠어요" + _effect(moved.people, moved.until))
    return see_other(url_for("owner.days"))


def _save(template: str, *, days_id: int | None) -> ResponseReturnValue:
    staff = current_staff()
    typed = {name: asked.text(name) for name in _FIELDS}
    try:
        moved = flow.mark(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            first=typed["first"],
            last=typed["last"],
            note=typed["note"],
            is_open=typed["kind"] == "open",
            days_id=days_id,
            now=now(),
        )
    except Invalid as error:
        wrong = answers.in_order(error.fields, _FIELDS)
        page = _page() if days_id is None else _entry(days_id)
        return answers.invalid(template, **(page | {"typed": typed, "wrong": wrong}))
    flash(
        ("여는 날로 적었어요" if typed["kind"] == "open" else "쉬는 날로 적었어요")
        + _effect(moved.people, moved.until)
    )
    return see_other(url_for("owner.home" if asked.text("from") == "home" else "owner.days"))


def _effect(people: int, until: date | None) -> str:
    if not people or until is None:
        return ""
    last = rules.range_words(until, until, kst_day(now()))
    return f". 손님 {people:,}명의 도장 기한도 옮겼어요(늦어도 {last}까지)"


def _page() -> dict[str, Any]:
    shop_id, today = current_staff().shop.id, kst_day(now())
    entered = closures.coming_days(shop_id, today)
    around = closures.days_around(
        shop_id=shop_id, first=today, last=max([today, *(each.last for each in entered)])
    )
    tells = ends.anything_ends(shop_id)
    lines = [
        (
            each,
            rules.range_words(each.first, each.last, today),
            rules.moved_words(each.first, each.last, around, today) if tells and not each.is_open else "",
        )
        for each in entered
    ]
    return {
        "lines": lines,
        "weekdays": list(enumerate(WEEKDAYS)),
        "off": closures.weekly_days_off(shop_id, today),
        "suggestions": _next_suggestions(today),
        "typed": {"first": "", "last": "", "note": "", "kind": "closed"},
        "wrong": {},
    }


def _entry(days_id: int) -> dict[str, Any]:
    found = closures.days_line(current_staff().shop.id, days_id)
    if found is None:
        raise NotHere("찾으시는 쉬는 날이 없어요. 목록을 새로 열어 주세요.")
    typed = {
        "first": found.first.isoformat(),
        "last": found.last.isoformat() if found.last != found.first else "",
        "note": found.note,
        "kind": "open" if found.is_open else "closed",
    }
    return {"days_id": days_id, "typed": typed, "wrong": {}}
