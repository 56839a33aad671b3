"""Who applied for a 체험단: chosen by hand, helped by a group or past reviews, or by a draw; then handed over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import tester as flow
from app.flows import tester_benefit
from app.insights import groups
from app.kit.clock import kst_day
from app.kit.signing import new_token
from app.testers import mine, queries
from app.testers.queries import ProgrammeView, TesterLine
from app.testers.rules import APPLY, MONITOR, ONLY_TURN, TRIAL, NoProgramme, TooFewPlaces, said
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look
from app.web.owner.panel import again
from app.web.owner.testers import view_of
from app.web.readable import row_number


@door(
    bp,
    "/owner/testers/<int:programme_id>/people",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
)
def tester_people(programme_id: int) -> ResponseReturnValue:
    """Show who waits and who was chosen; the POST chooses those that are ticked."""
    staff, view = current_staff(), view_of(programme_id)
    if request.method == "GET":
        page = _page(programme_id)
        if page["lines"]:
            note_look("list")
        return render_template("owner/tester_people.html", view=view, **page)
    picked = {number for typed in request.form.getlist("picked") if (number := row_number(typed))}
    try:
        flow.choose(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            programme_id=programme_id,
            picked=picked,
            now=now(),
        )
    except TooFewPlaces as error:
        page = _page(programme_id) | {"ticked": picked, "wrong": error.sentence}
        return answers.invalid("owner/tester_people.html", status=error.status, view=view, **page)
    flash("골랐어요. 10분 뒤에 알려 드려요" if picked else "고를 분을 먼저 눌러 주세요")
    return see_other(url_for("owner.tester_people", programme_id=programme_id))


def _page(programme_id: int) -> dict[str, Any]:
    staff, view = current_staff(), view_of(programme_id)
    lines = queries.people(shop_id=staff.shop.id, programme_id=programme_id)
    waiting = [line for line in lines if line.state == "applied"]
    chosen = [line for line in lines if line.chosen_at is not None and line.declined_at is None]
    by, left = request.args.get("by", ""), max(view.places - len(chosen), 0)
    return {
        "lines": lines,
        "applied": waiting,
        "chosen": chosen,
        "gone": [line for line in lines if line.state == "gone"],
        "left": left,
        "ticked": _ticked(waiting, by, left),
        "by": by,
        "told": _told(programme_id, lines),
        "sections": groups.sections(staff.shop.id, staff.role),
        "stage": view.standing.stage(now()),
        "hands_over": view.sort == TRIAL,
        "benefits": _benefits(view, chosen),
        "begins_later": view.term_starts is not None and kst_day(now()) < view.term_starts,
        "settles": view.standing.stage(now()) == "trying"
        and view.settled_at is None
        and view.drawn_at is None,
        "once": new_token(),
        "wrong": "",
    }


def _benefits(view: ProgrammeView, chosen: list[TesterLine]) -> dict[int, datetime | None] | None:
    """Return when each got what a 모니터단 gets this month; None where nothing is handed over month by month now."""
    today = kst_day(now())
    if view.sort != MONITOR or not view.benefit or view.ended_at is not None:
        return None
    if not (view.term_starts and view.term_ends and view.term_starts <= today <= view.term_ends):
        return None
    return {line.id: mine.of_this_month(line.benefit_at, today) for line in chosen}


def _ticked(waiting: list[TesterLine], by: str, left: int) -> set[int]:
    """Return whom a way of choosing ticks first: nobody is chosen before the owner presses."""
    staff = current_staff()
    if by == "reviews":
        fit = [line for line in waiting if line.reviews]
        fit.sort(key=lambda line: (-line.reviews, line.number))
    elif by == "visits":
        fit = sorted(waiting, key=lambda line: (-line.visits, line.number))
    elif by and by in groups.names(staff.shop.id, staff.role):
        inside = groups.members_among(
            shop_id=staff.shop.id,
            group=by,
            customer_ids=[line.customer_id for line in waiting if line.customer_id is not None],
            now=now(),
        )
        fit = [line for line in waiting if line.customer_id in inside]
    else:
        fit = []
    return {line.id for line in fit[:left]}


def _told(programme_id: int, lines: list[TesterLine]) -> dict[int, list[tuple[str, str]]]:
    """Return what each wrote when they applied, by the line's id: (question, answer)."""
    shop_id = current_staff().shop.id
    questions = queries.questions(shop_id=shop_id, programme_id=programme_id, when=APPLY)
    if not questions:
        return {}
    given = mine.answers_of_all(shop_id=shop_id, tester_ids=[line.id for line in lines], turn=ONLY_TURN)
    return {
        line.id: [
            (question.text, said(question, answer))
            for question in questions
            if (answer := given.get(line.id, {}).get(question.id)) is not None and not answer.is_empty
        ]
        for line in lines
    }


@door(
    bp,
    "/owner/testers/<int:programme_id>/draw",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def draw_testers(programme_id: int) -> ResponseReturnValue:
    """Let the places that are left go by the seed that was promised from the beginning."""
    staff = current_staff()
    won = flow.draw(shop_id=staff.shop.id, staff_id=staff.staff_id, programme_id=programme_id, now=now())
    flash(f"추첨해서 {won}명을 뽑았어요. 10분 뒤에 알려 드려요")
    return see_other(url_for("owner.tester_people", programme_id=programme_id))


def _back(tester_id: int, said_words: str, undo: str = "") -> ResponseReturnValue:
    """Answer where it was pressed: the panel at the counter, or the list of the programme."""
    card_id = row_number(request.values.get("card"))
    if card_id is not None:
        way_back = url_for(f"owner.{undo}", tester_id=tester_id, card=card_id) if undo else ""
        return again(card_id, said_words, undo=way_back)
    flash(said_words)
    programme_id = queries.programme_of(shop_id=current_staff().shop.id, tester_id=tester_id)
    if programme_id is None:
        raise NoProgramme
    return see_other(url_for("owner.tester_people", programme_id=programme_id, _anchor=f"t{tester_id}"))


@door(
    bp,
    "/owner/testers/people/<int:tester_id>/handover",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
)
def hand_over_tester(tester_id: int) -> ResponseReturnValue:
    """받아 갔어요: in the list, or at the counter by whoever stands there."""
    staff = current_staff()
    flow.hand_over(shop_id=staff.shop.id, staff_id=staff.staff_id, tester_id=tester_id, now=now())
    return _back(tester_id, "건네 드렸다고 적었어요. 써 볼 날이 지나면 여쭤봐요", "take_back_tester")


@door(
    bp,
    "/owner/testers/people/<int:tester_id>/handover/removal",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
)
def take_back_tester(tester_id: int) -> ResponseReturnValue:
    """It was noted by mistake."""
    flow.take_back(shop_id=current_staff().shop.id, tester_id=tester_id, now=now())
    return _back(tester_id, "되돌렸어요")


@door(
    bp,
    "/owner/testers/people/<int:tester_id>/benefit",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
)
def give_benefit(tester_id: int) -> ResponseReturnValue:
    """이번 달 것 드렸어요: what a 모니터단 gets, in the list or at the counter."""
    staff = current_staff()
    tester_benefit.give(shop_id=staff.shop.id, staff_id=staff.staff_id, tester_id=tester_id, now=now())
    return _back(tester_id, "이번 달 것을 드렸다고 적었어요", "take_back_benefit")


@door(
    bp,
    "/owner/testers/people/<int:tester_id>/benefit/removal",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
)
def take_back_benefit(tester_id: int) -> ResponseReturnValue:
    """It was noted by mistake."""
    tester_benefit.take_back(shop_id=current_staff().shop.id, tester_id=tester_id, now=now())
    return _back(tester_id, "되돌렸어요. 이번 달 것은 아직이에요")


@door(
    bp,
    "/owner/testers/people/<int:tester_id>/removal",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def let_tester_go(tester_id: int) -> ResponseReturnValue:
    """빼기: the place is free again."""
    flow.let_go(shop_id=current_staff().shop.id, tester_id=tester_id, now=now())
    return _back(tester_id, "뺐어요. 한 자리가 다시 비었어요")
