"""단골 게시판, 질문과 답 and 신고 on the shop's side."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.board import reported, stories, talk_rules, talks
from app.board.talk_rules import NothingThere
from app.board.talks import Lines
from app.flows import board as flow
from app.flows import moderation
from app.kit.refusals import Invalid
from app.kit.signing import new_token
from app.testers.disclosing import told, told_of
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look
from app.web.readable import row_number

_BOTH = ("GET", "POST")
_CAUSES = list(talk_rules.CAUSES.items())


def _own() -> dict[str, Any]:
    staff = current_staff()
    return {"shop_id": staff.shop.id, "staff_id": staff.staff_id}


@door(bp, "/owner/board", audience="owner", role="manager", tenant="session")
def shop_board() -> ResponseReturnValue:
    """Show the board as the regulars see it."""
    shop_id, after = current_staff().shop.id, row_number(request.args.get("after"))
    page = talks.posts(shop_id, after=after)
    return render_template(
        "owner/board.html",
        page=Lines(told(shop_id, page.lines), page.after),
        pinned=[] if after else told(shop_id, talks.pinned(shop_id)),
        has_board=stories.settings(shop_id).has_board,
    )


@door(bp, "/owner/board/new", methods=_BOTH, audience="owner", role="manager", tenant="session")
def new_shop_post() -> ResponseReturnValue:
    """Write in the shop's name."""
    typed = {name: asked.text(name) for name in ("title", "text")}
    if request.method == "GET":
        return render_template("owner/post_form.html", typed=typed, wrong={}, once=new_token())
    try:
        post_id = flow.post_as_shop(
            **_own(), title=typed["title"], text=typed["text"], once=asked.once(), now=now()
        )
    except Invalid as error:
        wrong = answers.in_order(error.fields, typed)
        return answers.invalid("owner/post_form.html", typed=typed, wrong=wrong, once=new_token())
    return see_other(url_for("owner.shop_post", post_id=post_id))


@door(bp, "/owner/board/<int:post_id>", methods=_BOTH, audience="owner", role="manager", tenant="session")
def shop_post(post_id: int) -> ResponseReturnValue:
    """Show one post; the POST answers in the shop's name."""
    shop_id, after = current_staff().shop.id, row_number(request.args.get("after"))
    line = talks.post(shop_id=shop_id, post_id=post_id, hidden=True)
    if line is None:
        raise NothingThere
    page: dict[str, Any] = {
        "line": told_of(shop_id, line),
        "comments": talks.comments(shop_id=shop_id, post_id=post_id, after=after),
        "causes": _CAUSES,
        "typed": asked.text("text"),
        "wrong": {},
        "once": new_token(),
    }
    if request.method == "GET":
        return render_template("owner/post.html", **page)
    try:
        flow.comment_as_shop(**_own(), post_id=post_id, text=page["typed"], once=asked.once(), now=now())
    except Invalid as error:
        return answers.invalid("owner/post.html", **page | {"wrong": error.fields})
    flash("댓글을 남겼어요")
    return see_other(url_for("owner.shop_post", post_id=post_id))


@door(
    bp,
    "/owner/board/<int:post_id>/pin",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def pin_post(post_id: int) -> ResponseReturnValue:
    """Keep it on top, or (`first` empty) no longer."""
    is_first = asked.text("first") == "y"
    flow.pin(shop_id=current_staff().shop.id, post_id=post_id, is_first=is_first)
    flash("맨 위에 두었어요" if is_first else "맨 위에서 내렸어요")
    return see_other(url_for("owner.shop_post", post_id=post_id))


@door(bp, "/owner/questions", audience="owner", role="manager", tenant="session")
def shop_questions() -> ResponseReturnValue:
    """Show what was asked in public: what waits, or with ?all=1 everything."""
    shop_id, after = current_staff().shop.id, row_number(request.args.get("after"))
    is_all = request.args.get("all") == "1"
    return render_template(
        "owner/questions.html",
        page=talks.questions(shop_id, after=after, unanswered=not is_all),
        is_all=is_all,
    )


@door(
    bp,
    "/owner/questions/<int:question_id>",
    methods=_BOTH,
    audience="owner",
    role="manager",
    tenant="session",
)
def shop_question(question_id: int) -> ResponseReturnValue:
    """Show one question; the POST answers it for everybody to read."""
    line = talks.question(shop_id=current_staff().shop.id, question_id=question_id)
    if line is None:
        raise NothingThere
    page: dict[str, Any] = {"line": line, "causes": _CAUSES}
    if request.method == "GET":
        note_look("view", line.customer_id)
        return render_template("owner/question.html", **page, typed=line.answer, wrong={})
    text = asked.text("text")
    try:
        flow.answer(**_own(), question_id=question_id, text=text, now=now())
    except Invalid as error:
        return answers.invalid("owner/question.html", **page, typed=text, wrong=error.fields)
    flash("답을 남겼어요. 물어보신 손님께 알려 드려요")
    return see_other(url_for("owner.shop_questions"))


@door(bp, "/owner/reported", audience="owner", role="manager", tenant="session")
def reported_things() -> ResponseReturnValue:
    """Show what customers reported, what most said so of on top."""
    return render_template(
        "owner/reported.html", things=reported.open_things(current_staff().shop.id), causes=_CAUSES, wrong=""
    )


@door(
    bp,
    "/owner/reported/<what>/<int:row_id>/hiding",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def hide_thing(what: str, row_id: int) -> ResponseReturnValue:
    """Hide a thing for a listed cause."""
    try:
        moderation.hide(**_own(), what=what, row_id=row_id, cause=asked.text("cause"), now=now())
    except Invalid as error:
        things = reported.open_things(current_staff().shop.id)
        return answers.invalid("owner/reported.html", things=things, causes=_CAUSES, wrong=error.sentence)
    flash("가렸어요. 까닭은 바뀐 기록에 남아요")
    return see_other(_back(what, row_id))


@door(
    bp,
    "/owner/reported/<what>/<int:row_id>/showing",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def show_thing(what: str, row_id: int) -> ResponseReturnValue:
    """Take a hiding back."""
    moderation.show_again(**_own(), what=what, row_id=row_id, now=now())
    flash("다시 보여요")
    return see_other(_back(what, row_id))


@door(
    bp,
    "/owner/reported/<what>/<int:row_id>/keeping",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def keep_thing(what: str, row_id: int) -> ResponseReturnValue:
    """Leave a reported thing as it is."""
    moderation.keep(**_own(), what=what, row_id=row_id, now=now())
    flash("그대로 두었어요")
    return see_other(url_for("owner.reported_things"))


def _back(what: str, row_id: int) -> str:
    """Return where a thing is looked at, or the list where the press came from there."""
    if asked.text("from") == "list" or what == "comment":
        return url_for("owner.reported_things")
    return {
        "post": lambda: url_for("owner.shop_post", post_id=row_id),
        "story": lambda: url_for("owner.customers_story", story_id=row_id),
        "question": lambda: url_for("owner.shop_question", question_id=row_id),
    }.get(what, lambda: url_for("owner.reported_things"))()
