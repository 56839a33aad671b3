"""맛보기: one question behind the counter's QR, answered by one tap. No card, no name."""

from __future__ import annotations

from typing import Any

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import tasting as flow
from app.kit.refusals import Invalid, NotHere
from app.testers import queries, rules
from app.testers.rules import AFTER
from app.web import answers, cookies
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_shop
from app.web.public.blueprint import bp


@door(bp, "/s/<code>/tasting/<ref>", methods=("GET", "POST"), audience="public", tenant="code")
def tasting(code: str, ref: str) -> ResponseReturnValue:
    """Show the question with its answers as buttons; pressing one counts it, once a browser and day."""
    shop = current_shop()
    view = queries.by_ref(shop_id=shop.id, ref=ref)
    asked = view and queries.questions(shop_id=shop.id, programme_id=view.id, when=AFTER)
    if view is None or view.sort != rules.TASTING or not asked:
        raise NotHere("찾으시는 질문이 없어요. 계산대의 QR을 다시 찍어 주세요.")
    question = asked[0]
    options = (
        list(rules.SCALE_WORDS.items()) if question.form == rules.SCALE else list(enumerate(question.options))
    )
    page: dict[str, Any] = {
        "shop": shop,
        "view": view,
        "question": question,
        "options": options,
        "is_open": view.standing.stage(now()) == "open",
        "thanked": request.args.get("thanked", ""),
        "wrong": {},
    }
    token = cookies.browser_token_or_new()
    if request.method == "GET":
        # The cookie is no row: looking changes nothing.
        return cookies.keep_browser(make_response(render_template("public/tasting.html", **page)), token)
    try:
        is_new = flow.answer(
            shop_id=shop.id, ref=ref, browser_token=token, number=request.form.get("number", ""), now=now()
        )
    except Invalid as error:
        return answers.invalid("public/tasting.html", **page | {"wrong": error.fields})
    where = url_for("public.tasting", code=code, ref=ref, thanked="new" if is_new else "again")
    return cookies.keep_browser(see_other(where), token)
