"""체험단: what people try first and are asked about. The shop's programmes, one of them, and what is written of it."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.coupons import book
from app.flows import programme as flow
from app.flows import programme_end
from app.insights import groups
from app.kit.clock import kst_day
from app.kit.refusals import Invalid
from app.kit.signing import new_token
from app.testers import queries, results, rules, starts
from app.testers.queries import ProgrammeView
from app.testers.rules import NoProgramme
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked, tester_words
from app.web.owner.blueprint import bp

# In the order of the page.
FIELDS = (
    "product",
    "about",
    "places",
    "price",
    "benefit",
    "people",
    "invites",
    "least_visits",
    "note",
    "apply_until",
    "try_days",
    "answer_until",
    "term_starts",
    "term_ends",
    "coupon",
)


@door(bp, "/owner/testers", audience="owner", role="manager", tenant="session")
def testers() -> ResponseReturnValue:
    """Show what runs and what is over."""
    shop_id = current_staff().shop.id
    views = queries.programmes(shop_id)
    return render_template(
        "owner/testers.html",
        running=[view for view in views if view.ended_at is None],
        over=[view for view in views if view.ended_at is not None],
        counts=queries.counts(shop_id, [view.id for view in views]),
        words={view.id: tester_words.stage_words(view, now()) for view in views},
        verdicts=rules.VERDICTS,
    )


@door(bp, "/owner/testers/new", methods=("GET", "POST"), audience="owner", role="manager", tenant="session")
def new_tester() -> ResponseReturnValue:
    """Choose how to listen, then write down what is tried; the POST begins a draft with ready questions."""
    staff = current_staff()
    sort = request.values.get("sort", "")
    if sort not in rules.SORTS:
        sorts = [(key, word, rules.SORT_DETAILS[key]) for key, word in rules.SORTS.items()]
        return render_template("owner/tester_sorts.html", sorts=sorts)
    typed = {name: asked.text(name) for name in FIELDS} | {"start": asked.text("start")}
    page = _form(sort, typed)
    if request.method == "GET":
        return render_template("owner/tester_form.html", **page)
    try:
        made = flow.make(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            typed={**typed, "sort": sort},
            start=typed["start"],
            once=asked.once(),
            now=now(),
        )
    except Invalid as error:
        wrong = answers.in_order(error.fields, FIELDS)
        return answers.invalid("owner/tester_form.html", **page | {"wrong": wrong})
    flash("적어 두었어요. 여쭤볼 것을 살펴봐 주세요")
    return see_other(url_for("owner.tester_questions", programme_id=made))


def _form(sort: str, typed: dict[str, str], view: ProgrammeView | None = None) -> dict[str, Any]:
    staff = current_staff()
    coupons = [
        (str(line.id), line.terms.name)
        for line in book.kinds(shop_id=staff.shop.id, now=now())
        if line.terms.rule == "manual" and line.ended_at is None
    ]
    return {
        "sort": sort,
        "word": rules.SORTS[sort],
        "view": view,
        "typed": typed,
        "wrong": {},
        "once": new_token(),
        "starts": starts.starts_for(sort),
        "sections": groups.sections(staff.shop.id, staff.role),
        "coupons": coupons,
        "today": kst_day(now()).isoformat(),
    }


def _typed_of(view: ProgrammeView) -> dict[str, str]:
    days = {"apply_until": view.apply_until, "answer_until": view.answer_until}
    return {
        "product": view.product,
        "about": view.about,
        "places": str(view.places or ""),
        "price": str(view.price or ""),
        "benefit": view.benefit,
        "people": view.people,
        "invites": "y" if view.invites else "",
        "least_visits": str(view.least_visits or ""),
        "note": view.note,
        "try_days": str(view.try_days),
        # Kept as the moment after the day.
        **{name: _last_day(moment) for name, moment in days.items()},
        "term_starts": view.term_starts.isoformat() if view.term_starts else "",
        "term_ends": view.term_ends.isoformat() if view.term_ends else "",
        "coupon": str(view.coupon_kind_id or ""),
    }


def _last_day(moment: Any) -> str:
    return flow.last_day(moment).isoformat() if moment else ""


def view_of(programme_id: int) -> ProgrammeView:
    """Return a programme of the signed-in shop. Raises NoProgramme."""
    view = queries.programme(shop_id=current_staff().shop.id, programme_id=programme_id)
    if view is None:
        raise NoProgramme
    return view


@door(bp, "/owner/testers/<int:programme_id>", audience="owner", role="manager", tenant="session")
def tester(programme_id: int) -> ResponseReturnValue:
    """Show one programme: where it stands, and what can be done next."""
    return render_template("owner/tester.html", **page_of(view_of(programme_id)))


def address_of(view: ProgrammeView) -> str:
    """Return the whole address that everybody may open: a tasting's question, or what one may apply for."""
    base: str = current_app.config["BASE_URL"]
    page = "public.tasting" if view.sort == rules.TASTING else "public.shop_tester"
    return base + url_for(page, code=current_staff().shop.code, ref=view.ref)


def page_of(view: ProgrammeView, **more: Any) -> dict[str, Any]:
    """Return what the page of a programme shows."""
    shop_id = current_staff().shop.id
    asked_for = queries.questions(shop_id=shop_id, programme_id=view.id)
    coupon = (
        book.kind(shop_id=shop_id, kind_id=view.coupon_kind_id, now=now())
        if view.coupon_kind_id is not None
        else None
    )
    counts = queries.counts(shop_id, [view.id])[view.id]
    return {
        "view": view,
        "stage": view.standing.stage(now()),
        "words": tester_words.stage_words(view, now()),
        "next_words": tester_words.next_words(view, counts, now()),
        "counts": counts,
        "link": address_of(view) if view.sort != rules.TASTING and not view.people else "",
        "questions": asked_for,
        "group": groups.names(shop_id).get(view.people, "") if view.people else "",
        "coupon": coupon.terms.name if coupon else "",
        "verdicts": rules.VERDICTS,
        "tasting": results.tasting(shop_id=shop_id, programme_id=view.id, today=kst_day(now()))
        if view.sort == rules.TASTING
        else None,
        "once": new_token(),
        "wrong": {},
    } | more


@door(
    bp,
    "/owner/testers/<int:programme_id>/facts",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
)
def tester_facts(programme_id: int) -> ResponseReturnValue:
    """Change what was written before anybody saw it."""
    view = view_of(programme_id)
    is_typed = request.method == "POST"
    typed = {name: asked.text(name) for name in FIELDS} if is_typed else _typed_of(view)
    page = _form(view.sort, typed, view)
    if not is_typed:
        return render_template("owner/tester_form.html", **page)
    try:
        flow.edit(shop_id=current_staff().shop.id, programme_id=programme_id, typed=typed, now=now())
    except Invalid as error:
        wrong = answers.in_order(error.fields, FIELDS)
        return answers.invalid("owner/tester_form.html", **page | {"wrong": wrong})
    flash("저장했어요")
    return see_other(url_for("owner.tester", programme_id=programme_id))


@door(
    bp,
    "/owner/testers/<int:programme_id>/days",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def tester_days(programme_id: int) -> ResponseReturnValue:
    """Take applications or answers for some days longer."""
    view = view_of(programme_id)
    try:
        flow.later(
            shop_id=current_staff().shop.id, programme_id=programme_id, day=asked.text("day"), now=now()
        )
    except Invalid as error:
        return answers.invalid("owner/tester.html", **page_of(view, wrong=error.fields))
    flash("날짜를 미뤘어요")
    return see_other(url_for("owner.tester", programme_id=programme_id))


@door(
    bp,
    "/owner/testers/<int:programme_id>/opening",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def open_tester(programme_id: int) -> ResponseReturnValue:
    """Let people see it."""
    staff, view = current_staff(), view_of(programme_id)
    try:
        flow.show(shop_id=staff.shop.id, staff_id=staff.staff_id, programme_id=programme_id, now=now())
    except Invalid as error:
        return answers.invalid("owner/tester.html", **page_of(view, wrong=error.fields))
    flash("시작했어요")
    return see_other(url_for("owner.tester", programme_id=programme_id))


@door(
    bp,
    "/owner/testers/<int:programme_id>/closing",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def close_tester(programme_id: int) -> ResponseReturnValue:
    """Take no more applications, before the day."""
    staff = current_staff()
    programme_end.close(shop_id=staff.shop.id, programme_id=programme_id, now=now())
    flash("이제 신청을 받지 않아요")
    return see_other(url_for("owner.tester_people", programme_id=programme_id))


@door(
    bp,
    "/owner/testers/<int:programme_id>/settlement",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def settle_tester(programme_id: int) -> ResponseReturnValue:
    """Choose nobody more: who was not chosen is told."""
    staff = current_staff()
    programme_end.settle(shop_id=staff.shop.id, staff_id=staff.staff_id, programme_id=programme_id, now=now())
    flash("다 골랐어요. 함께하지 못하는 분께 10분 뒤에 알려 드려요")
    return see_other(url_for("owner.tester_people", programme_id=programme_id))


@door(
    bp,
    "/owner/testers/<int:programme_id>/removal",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def drop_tester(programme_id: int) -> ResponseReturnValue:
    """Throw a draft away."""
    flow.drop(shop_id=current_staff().shop.id, programme_id=programme_id)
    flash("지웠어요")
    return see_other(url_for("owner.testers"))


@door(
    bp,
    "/owner/testers/<int:programme_id>/copies",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def copy_tester(programme_id: int) -> ResponseReturnValue:
    """Begin anew with the same words and questions."""
    staff = current_staff()
    made = flow.copy(
        shop_id=staff.shop.id,
        staff_id=staff.staff_id,
        programme_id=programme_id,
        once=asked.once(),
        now=now(),
    )
    flash("똑같이 하나 더 적어 두었어요. 날짜와 질문을 고쳐 주세요")
    return see_other(url_for("owner.tester", programme_id=made))
