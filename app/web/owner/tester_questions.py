"""The questions of a 체험단, put together on a phone: one a page, moved by buttons."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import programme_questions as flow
from app.kit.refusals import Invalid
from app.testers import queries, rules
from app.testers.rules import AFTER, APPLY, TASTING, AnswersBegan, LastQuestion, NoProgramme, Question
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.testers import view_of

_FIELDS = ("text", "how", "options", "is_needed")


@door(bp, "/owner/testers/<int:programme_id>/questions", audience="owner", role="manager", tenant="session")
def tester_questions(programme_id: int) -> ResponseReturnValue:
    """Show what is asked, before and after trying."""
    return render_template("owner/tester_questions.html", **_all(programme_id))


def _all(programme_id: int) -> dict[str, Any]:
    view = view_of(programme_id)
    found = queries.questions(shop_id=current_staff().shop.id, programme_id=programme_id)
    parts = [
        ("신청할 때 여쭤볼 것", APPLY, [each for each in found if each.when == APPLY]),
        ("써 본 뒤 여쭤볼 것", AFTER, [each for each in found if each.when == AFTER]),
    ]
    if view.sort == TASTING:
        parts = [("여쭤볼 것 한 가지", AFTER, found)]
    elif view.sort == rules.MONITOR:
        parts[1] = ("달마다 여쭤볼 것", AFTER, parts[1][2])
    most = 1 if view.sort == TASTING else 0
    return {
        "view": view,
        "parts": parts,
        "forms": rules.FORMS,
        "most": {APPLY: rules.MOST_QUESTIONS[APPLY], AFTER: most or rules.MOST_QUESTIONS[AFTER]},
        "wrong": "",
    }


@door(
    bp,
    "/owner/testers/<int:programme_id>/questions/new",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
)
def new_tester_question(programme_id: int) -> ResponseReturnValue:
    """Write one more question."""
    when = APPLY if request.values.get("when") == APPLY else AFTER
    return _question(programme_id, None, Question(when, "", ""))


@door(
    bp,
    "/owner/testers/<int:programme_id>/questions/<int:question_id>",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
)
def tester_question(programme_id: int, question_id: int) -> ResponseReturnValue:
    """Change one question."""
    found = queries.questions(shop_id=current_staff().shop.id, programme_id=programme_id)
    question = next((each for each in found if each.id == question_id), None)
    if question is None:
        raise NoProgramme
    return _question(programme_id, question_id, question)


def _question(programme_id: int, question_id: int | None, question: Question) -> ResponseReturnValue:
    view = view_of(programme_id)
    typed = {
        "text": question.text,
        "how": question.form,
        "options": "\n".join(question.options),
        "is_needed": "y" if question.is_needed else "",
    }
    if request.method == "POST":
        typed = {name: asked.text(name) for name in _FIELDS}
    forms = rules.FORMS_OF[TASTING if view.sort == TASTING else question.when]
    page: dict[str, Any] = {
        "view": view,
        "question_id": question_id,
        "when": question.when,
        "forms": [(form, rules.FORMS[form]) for form in forms],
        "typed": typed,
        "wrong": {},
    }
    if request.method == "GET":
        return render_template("owner/tester_question.html", **page)
    try:
        flow.put_question(
            shop_id=current_staff().shop.id,
            programme_id=programme_id,
            question_id=question_id,
            typed=typed | {"when": question.when},
            now=now(),
        )
    except Invalid as error:
        return answers.invalid("owner/tester_question.html", **page | {"wrong": error.fields})
    except AnswersBegan as error:
        return answers.invalid("owner/tester_question.html", **page | {"wrong": {"": error.sentence}})
    flash("질문을 적어 두었어요")
    return see_other(url_for("owner.tester_questions", programme_id=programme_id))


@door(
    bp,
    "/owner/testers/<int:programme_id>/questions/<int:question_id>/place",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def move_tester_question(programme_id: int, question_id: int) -> ResponseReturnValue:
    """Let it change places with its neighbour."""
    flow.move_question(
        shop_id=current_staff().shop.id,
        programme_id=programme_id,
        question_id=question_id,
        way=asked.text("way"),
        now=now(),
    )
    return see_other(url_for("owner.tester_questions", programme_id=programme_id, _anchor=f"q{question_id}"))


@door(
    bp,
    "/owner/testers/<int:programme_id>/questions/<int:question_id>/removal",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def drop_tester_question(programme_id: int, question_id: int) -> ResponseReturnValue:
    """Take it out."""
    try:
        flow.drop_question(
            shop_id=current_staff().shop.id, programme_id=programme_id, question_id=question_id, now=now()
        )
    except (LastQuestion, AnswersBegan) as error:
        page = _all(programme_id) | {"wrong": error.sentence}
        return answers.invalid("owner/tester_questions.html", status=error.status, **page)
    flash("질문을 뺐어요")
    return see_other(url_for("owner.tester_questions", programme_id=programme_id))
