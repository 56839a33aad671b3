"""Whether a 도장 확인서 is one of ours: asked by anybody who holds the paper, answered from the paper alone."""

from __future__ import annotations

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from app.cards import statements
from app.cards.statements import NotOurs
from app.shops import queries as shops
from app.web.doors import door
from app.web.guards import must_be_safe
from app.web.public.blueprint import bp


@door(bp, "/v/<token>", audience="public", tenant="token")
def checked_statement(token: str) -> ResponseReturnValue:
    """Say yes, with what stands on the paper and nothing newer; or no, the same for everything that is not ours."""
    try:
        made = statements.read_token(token, master=current_app.config["MASTER_KEY"])
    except NotOurs as refusal:
        return render_template("public/checked_statement.html", made=None), refusal.status
    must_be_safe(shops.shop_by_id(made.shop_id))
    return render_template("public/checked_statement.html", made=made)
