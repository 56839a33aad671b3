"""질문과 답 for everybody."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.board import talks
from app.web.doors import door
from app.web.guards import current_shop
from app.web.public.blueprint import bp
from app.web.readable import row_number


@door(bp, "/s/<code>/questions", audience="public", tenant="code")
def shop_questions(code: str) -> ResponseReturnValue:
    """Show what was asked in public and what the shop answered, newest first."""
    shop, after = current_shop(), row_number(request.args.get("after"))
    return render_template("public/questions.html", shop=shop, page=talks.questions(shop.id, after=after))
