"""단골 게시판 and 질문과 답 on the card: read, write, ask, take down, and say what is wrong with a thing."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.board import reported, stories, talk_rules, talks
from app.board.talk_rules import NoBoard, NothingThere, NotYetRegular, OwnThing, WroteTooMuch
from app.board.talks import Lines
from app.customers import queries as people
from app.flows import board as flow
from app.flows import moderation
from app.kit.refusals import Invalid, Refused
from app.kit.signing import new_token
from app.testers.disclosing import told, told_of
from app.visits import goods
from app.web import answers
from app.web.answers import see_other
from app.web.customer.blueprint import bp
from app.web.customer.stories import asking, said_before
from app.web.doors import door, now
from app.web.guards import current_card, current_shop
from app.web.readable import row_number

_BOTH = ("GET", "POST")


def _mine() -> dict[str, Any]:
    holder = current_card()
    return {"shop_id": holder.shop_id, "customer_id": holder.customer_id}


def _once() -> str:
    return (request.form.get("once") or new_token())[:80]


def _beside(error: Refused) -> dict[str, str]:
    return error.fields if isinstance(error, Invalid) else {"text": error.sentence}


def _page(**more: Any) -> dict[str, Any]:
    return {"shop": current_shop(), "me": current_card().customer_id, "once": new_token(), **more}


def _may_write() -> bool:
    """Tell whether the holder has been there: nobody types for nothing."""
    return people.my_details(**_mine()).visit_count >= talk_rules.STAMPS_TO_WRITE


def _must_have_board() -> None:
    if not stories.settings(current_shop().id).has_board:
        raise NoBoard


@door(bp, "/c/<code>/board", audience="customer", role="holder", tenant="code")
def board(code: str) -> ResponseReturnValue:
    """Show what the regulars write, the shop's pinned ones above."""
    _must_have_board()
    shop_id, after = current_shop().id, row_number(request.args.get("after"))
    page = talks.posts(shop_id, after=after)
    return render_template(
        "customer/board.html",
        **_page(
            page=Lines(told(shop_id, page.lines), page.after),
            pinned=[] if after else told(shop_id, talks.pinned(shop_id)),
            may_write=_may_write(),
        ),
    )


@door(bp, "/c/<code>/board/new", methods=_BOTH, audience="customer", role="holder", tenant="code")
def new_post(code: str) -> ResponseReturnValue:
    """Write a post."""
    _must_have_board()
    typed = {name: request.form.get(name, "") for name in ("title", "text")}
    form: dict[str, Any] = {
        "event": asking("post"),
        "disclosed": said_before("post"),
        "typed": typed,
        "may_write": _may_write(),
    }
    if request.method == "GET":
        return render_template("customer/post_form.html", **_page(**form, wrong={}))
    try:
        post_id = flow.post(**_mine(), title=typed["title"], text=typed["text"], once=_once(), now=now())
    except (Invalid, NotYetRegular, WroteTooMuch) as error:
        wrong = answers.in_order(_beside(error), typed)
        return answers.invalid("customer/post_form.html", **_page(**form, wrong=wrong))
    if form["event"] is not None:
        flash("글을 올렸어요. 이제 ‘참여하기’를 눌러 주세요")
        return see_other(url_for("customer.my_event", code=code, event_id=form["event"].id))
    return see_other(url_for("customer.board_post", code=code, post_id=post_id))


@door(bp, "/c/<code>/board/<int:post_id>", methods=_BOTH, audience="customer", role="holder", tenant="code")
def board_post(code: str, post_id: int) -> ResponseReturnValue:
    """Show one post with what was said under it; the POST says something more."""
    _must_have_board()
    shop_id, after = current_shop().id, row_number(request.args.get("after"))
    line = talks.post(shop_id=shop_id, post_id=post_id)
    if line is None:
        raise NothingThere
    page = _page(
        line=told_of(shop_id, line),
        comments=talks.comments(shop_id=shop_id, post_id=post_id, after=after),
        typed=request.form.get("text", ""),
        wrong={},
        said_of=reported.reported_by(**_mine()),
        may_write=_may_write(),
    )
    if request.method == "GET":
        return render_template("customer/post.html", **page)
    try:
        flow.comment(**_mine(), post_id=post_id, text=page["typed"], once=_once(), now=now())
    except (Invalid, NotYetRegular, WroteTooMuch) as error:
        return answers.invalid("customer/post.html", **page | {"wrong": _beside(error)})
    return see_other(url_for("customer.board_post", code=code, post_id=post_id))


@door(bp, "/c/<code>/questions", methods=_BOTH, audience="customer", role="holder", tenant="code")
def questions(code: str) -> ResponseReturnValue:
    """Show what was asked in public and answered; the POST asks."""
    shop_id, after = current_shop().id, row_number(request.args.get("after"))
    typed = {"text": request.form.get("text", ""), "product": request.form.get("product", "")}
    page = _page(
        page=talks.questions(shop_id, after=after),
        products=goods.products(shop_id)[:100],
        typed=typed,
        wrong={},
        said_of=reported.reported_by(**_mine()),
    )
    if request.method == "GET":
        return render_template("customer/questions.html", **page)
    try:
        flow.ask(
            **_mine(),
            text=typed["text"],
            product_id=row_number(typed["product"]),
            once=_once(),
            now=now(),
        )
    except (Invalid, WroteTooMuch) as error:
        return answers.invalid("customer/questions.html", **page | {"wrong": _beside(error)})
    flash("질문을 남겼어요. 답이 오면 알려 드려요")
    return see_other(url_for("customer.questions", code=code))


@door(
    bp,
    "/c/<code>/writings/<what>/<int:row_id>/removal",
    methods=("POST",),
    audience="customer",
    role="holder",
    tenant="code",
)
def remove_writing(code: str, what: str, row_id: int) -> ResponseReturnValue:
    """지우기: take down what one wrote oneself."""
    moderation.take_down(**_mine(), what=what, row_id=row_id, now=now())
    flash("지웠어요")
    if what == "question":
        return see_other(url_for("customer.questions", code=code))
    above = row_number(request.form.get("post")) if what == "comment" else None
    if above is not None:
        return see_other(url_for("customer.board_post", code=code, post_id=above))
    return see_other(url_for("customer.board", code=code))


@door(
    bp,
    "/c/<code>/reports/<what>/<int:row_id>",
    methods=_BOTH,
    audience="customer",
    role="holder",
    tenant="code",
)
def report_thing(code: str, what: str, row_id: int) -> ResponseReturnValue:
    """신고하기: one of the five causes, once for each thing."""
    if what not in talk_rules.WHATS:
        raise NothingThere
    page = _page(
        what=what,
        what_name=talk_rules.WHATS[what],
        row_id=row_id,
        causes=list(talk_rules.CAUSES.items()),
        typed=request.form.get("cause", ""),
        post=row_number(request.values.get("post")),
        wrong={},
    )
    if request.method == "GET":
        return render_template("customer/report.html", **page)
    try:
        moderation.report(**_mine(), what=what, row_id=row_id, cause=page["typed"], now=now())
    except (Invalid, OwnThing, WroteTooMuch) as error:
        wrong = error.fields if isinstance(error, Invalid) else {"cause": error.sentence}
        return answers.invalid("customer/report.html", **page | {"wrong": wrong})
    flash("가게에 알렸어요. 확인하고 살펴볼게요")
    return see_other(_where(code, what, row_id))


def _where(code: str, what: str, row_id: int) -> str:
    """Return where a thing that was reported stands: whoever said so reads on there."""
    if what in ("post", "comment"):
        post_id = row_id if what == "post" else row_number(request.form.get("post"))
        return (
            url_for("customer.board_post", code=code, post_id=post_id)
            if post_id
            else url_for("customer.board", code=code)
        )
    if what == "question":
        return url_for("customer.questions", code=code)
    if what == "story":
        return url_for("public.shop_story", code=code, story_id=row_id)
    return url_for("public.shop_reviews", code=code)
