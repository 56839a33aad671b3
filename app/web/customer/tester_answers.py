"""A tester's questions, one a page: each answer is kept as it is given, so one may stop and go on another day."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import tester_answers as flow
from app.kit.clock import kst_day
from app.kit.refusals import Invalid
from app.testers import mine, queries, rules
from app.testers.rules import AFTER, PHOTO, NoProgramme, Question
from app.web import answers, form_photos
from app.web.answers import see_other
from app.web.customer.blueprint import bp
from app.web.customer.testers import view_of
from app.web.doors import door, now
from app.web.guards import current_card, current_shop
from app.web.readable import row_number


@door(
    bp,
    "/c/<code>/testers/<ref>/answers",
    methods=("GET", "POST"),
    audience="customer",
    role="holder",
    tenant="code",
    max_bytes=form_photos.MOST_BYTES,
)
def tester_survey(code: str, ref: str) -> ResponseReturnValue:
    """Show the next open question, or the one that is asked for; the POST keeps its answer and goes on."""
    page = _page(ref, row_number(request.values.get("q")))
    if request.method == "GET":
        return render_template("customer/tester_survey.html", **page)
    question: Question | None = page["question"]
    if question is None:
        raise NoProgramme
    holder, values, once = current_card(), request.form.getlist("answer"), page["once"]
    if question.form == PHOTO and (refused := form_photos.take("survey", once)):
        page = page | {"photos": form_photos.of_form("survey", once), "wrong": {"answer": refused}}
        return answers.invalid("customer/tester_survey.html", **page)
    try:
        flow.save(
            shop_id=holder.shop_id,
            customer_id=holder.customer_id,
            ref=ref,
            question_id=question.id,
            values=values,
            once=once,
            now=now(),
        )
    except Invalid as error:
        return answers.invalid(
            "customer/tester_survey.html", **page | {"wrong": error.fields, "typed": values}
        )
    after = [each.id for each in page["questions"]]
    place = after.index(question.id) + 1
    # Straight on: the next one in the row, also when it was answered before; at the end what is still open.
    following = after[place] if place < len(after) else None
    return see_other(url_for("customer.tester_survey", code=code, ref=ref, q=following))


def _page(ref: str, asked: int | None) -> dict[str, Any]:
    holder = current_card()
    view, part = view_of(ref)
    if part is None or part.chosen_at is None or part.declined_at is not None:
        raise NoProgramme
    questions = queries.questions(shop_id=holder.shop_id, programme_id=view.id, when=AFTER)
    turn = rules.turn_of(view.sort, kst_day(now()))
    given = mine.answers(shop_id=holder.shop_id, tester_id=part.id, turn=turn)
    question = next((each for each in questions if each.id == asked), None) or next(
        (each for each in questions if each.id not in given), None
    )
    answer = given.get(question.id) if question else None
    place = questions.index(question) if question else len(questions)
    once = form_photos.once_of_form()
    # Picking without scripts leads back here with the form's key.
    is_photo = question is not None and question.form == PHOTO
    return {
        "shop": current_shop(),
        "view": view,
        "part": part,
        "questions": questions,
        "question": question,
        "place": place,
        "before": questions[place - 1].id if question and place else None,
        "done": sum(each.id in given for each in questions),
        "given": [(each, rules.said(each, given[each.id])) for each in questions if each.id in given],
        "is_open": view.standing.takes_answers(now()),
        "typed": _typed(answer),
        "once": once,
        "photos": form_photos.of_form("survey", once) if is_photo else None,
        "has_photo": answer is not None and answer.photo_id is not None,
        "wrong": {},
        "scale": list(rules.SCALE_WORDS.items()),
        "disclosure": rules.disclosure_words(current_shop().name, view.product, view.price),
    }


def _typed(answer: rules.Answer | None) -> list[str]:
    if answer is None:
        return []
    if answer.number is not None:
        return [str(answer.number)]
    return [str(each) for each in answer.picks] or [answer.text]
