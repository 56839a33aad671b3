"""체험단 from the card: what one may apply for, what one is in, and what became of it."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.coupons import book
from app.flows import tester as flow
from app.flows.tester_each import TOLD_AFTER
from app.insights import groups
from app.kit.clock import kst_day
from app.kit.refusals import Invalid
from app.kit.text import shortened
from app.testers import mine, queries, rules
from app.testers.queries import ProgrammeView
from app.testers.rules import APPLY, NoProgramme, NotForYou, NotNow, Question
from app.web import answers
from app.web.answers import see_other
from app.web.customer.blueprint import bp
from app.web.doors import door, now
from app.web.guards import current_card, current_shop


@door(bp, "/c/<code>/testers", audience="customer", role="holder", tenant="code")
def testers(code: str) -> ResponseReturnValue:
    """Show what can be applied for and what one is in already."""
    holder, moment = current_card(), now()
    parts = mine.parts(shop_id=holder.shop_id, customer_id=holder.customer_id)
    known = {part.programme_id for part in parts}
    views = {view.id: view for view in queries.programmes(holder.shop_id) if view.shown_at is not None}
    coming = [
        view
        for view in views.values()
        if view.id not in known and view.standing.takes_applications(moment) and _may_see(view)
    ]
    return render_template(
        "customer/testers.html",
        shop=current_shop(),
        coming=coming,
        parts=[
            (part, views[part.programme_id], state_words(part, views[part.programme_id]))
            for part in parts
            if part.programme_id in views  # the oldest of very many are shown no more
        ],
        changed=[
            view for view in views.values() if view.change and view.people == "" and view.id not in known
        ],
    )


def _may_see(view: ProgrammeView) -> bool:
    holder = current_card()
    return not view.people or bool(
        groups.members_among(
            shop_id=holder.shop_id, group=view.people, customer_ids=[holder.customer_id], now=now()
        )
    )


def state_words(part: mine.MyPart, view: ProgrammeView) -> str:
    """Return where a person is in a programme, in words for them."""
    moment = now()
    if view.change and part.chosen_at is not None:
        return "이렇게 바꿨어요"
    heard = part.told_at is not None and part.told_at + TOLD_AFTER <= moment
    if part.state == "gone":
        return "이번에는 함께하지 않아요"
    if part.state == "done" and view.sort == rules.MONITOR and view.standing.takes_answers(moment):
        return "이번 달 답을 다 하셨어요"
    if part.state == "done":
        return "다 답해 주셨어요"
    if part.state == "invited":
        return "신청하실 수 있어요" if view.standing.takes_applications(moment) else "신청이 끝났어요"
    if part.state == "applied":
        return "이번에는 모시지 못하게 되었어요" if heard else "신청했어요. 결과를 기다려 주세요"
    if part.state == "chosen" and not heard:  # the shop may still think again
        return "신청했어요. 결과를 기다려 주세요"
    if not view.standing.takes_answers(moment):
        return "답을 받는 날이 지났어요"
    if part.state == "given" or view.sort == rules.MONITOR:
        return "답을 기다려요"
    return "뽑히셨어요. 가게에서 받아 가 주세요"


@door(
    bp, "/c/<code>/testers/<ref>", methods=("GET", "POST"), audience="customer", role="holder", tenant="code"
)
def tester(code: str, ref: str) -> ResponseReturnValue:
    """Show one programme and where one is in it; the POST applies."""
    holder = current_card()
    page = _page(ref)
    if request.method == "GET":
        return render_template("customer/tester.html", **page)
    typed = {name: request.form.getlist(name) for name in request.form if name.startswith("q")}
    try:
        flow.apply(shop_id=holder.shop_id, customer_id=holder.customer_id, ref=ref, typed=typed, now=now())
    except Invalid as error:
        shown = {"wrong": error.fields, "errors": _named(page["questions"], error.fields), "typed": typed}
        return answers.invalid("customer/tester.html", **page | shown)
    except (NotForYou, NotNow) as error:
        shown = {"errors": [("", error.sentence)], "typed": typed}
        return answers.invalid("customer/tester.html", **_page(ref) | shown)
    flash("신청했어요. 결과는 ‘가게에서 온 말’에서 알려 드려요")
    return see_other(url_for("customer.tester", code=code, ref=ref))


def _named(questions: list[Question], wrong: dict[str, str]) -> list[tuple[str, str]]:
    """Return what is wrong as (where to go, sentence): each sentence names its question."""
    return [
        (each.first_field, f"‘{shortened(each.text, 40)}’ {wrong[each.field]}")
        for each in questions
        if each.field in wrong
    ]


def view_of(ref: str) -> tuple[ProgrammeView, mine.MyPart | None]:
    """Return a programme and one's part in it. Raises NoProgramme for one that is not for this person's eyes."""
    holder = current_card()
    view = queries.by_ref(shop_id=holder.shop_id, ref=ref)
    if view is None or view.sort == rules.TASTING:
        raise NoProgramme
    part = mine.part(shop_id=holder.shop_id, customer_id=holder.customer_id, programme_id=view.id)
    if part is None and not _may_see(view):
        raise NoProgramme
    return view, part


def _page(ref: str) -> dict[str, Any]:
    holder, shop, moment = current_card(), current_shop(), now()
    view, part = view_of(ref)
    state = part.state if part else "invited"
    # Applied for again after one went: as if one had never been there.
    may_apply = state in ("invited", "gone") and view.standing.takes_applications(moment)
    coupon = (
        book.kind(shop_id=holder.shop_id, kind_id=view.coupon_kind_id, now=moment)
        if view.coupon_kind_id is not None
        else None
    )
    told = part is not None and part.told_at is not None and part.told_at + TOLD_AFTER <= moment
    return {
        "shop": shop,
        "view": view,
        "part": part,
        "state": state,
        "words": state_words(part, view) if part else "",
        "may_apply": may_apply,
        "may_answer": state in ("given", "done", "chosen")
        and view.standing.takes_answers(moment)
        and (state != "chosen" or _has_begun(view)),
        "may_go": state in ("applied", "chosen") and view.ended_at is None,
        "took_part": part is not None and part.chosen_at is not None,
        "shows_chosen": state == "chosen" and told,
        "questions": queries.questions(shop_id=holder.shop_id, programme_id=view.id, when=APPLY)
        if may_apply
        else [],
        "coupon": coupon.terms.name if coupon else "",
        "disclosure": rules.disclosure_words(shop.name, view.product, view.price),
        "typed": {},
        "wrong": {},
        "errors": [],
    }


def _has_begun(view: ProgrammeView) -> bool:
    return view.sort == rules.MONITOR and view.term_starts is not None and kst_day(now()) >= view.term_starts


@door(
    bp,
    "/c/<code>/testers/<ref>/withdrawal",
    methods=("POST",),
    audience="customer",
    role="holder",
    tenant="code",
)
def tester_withdrawal(code: str, ref: str) -> ResponseReturnValue:
    """그만둘래요."""
    holder = current_card()
    flow.withdraw(shop_id=holder.shop_id, customer_id=holder.customer_id, ref=ref, now=now())
    flash("그만두었어요")
    return see_other(url_for("customer.testers", code=code))
