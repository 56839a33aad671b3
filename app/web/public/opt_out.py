"""수신거부 by the link in a message: one tap, no login, nothing to type. Looking changes nothing (S08, S14)."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.customers import queries as people
from app.flows import privacy as flow
from app.kit.refusals import NotHere
from app.web.doors import door, now
from app.web.public.blueprint import bp


# The token is the secret, and blocked cookies must not keep anybody from refusing: no form token is asked for.
@door(bp, "/o/<token>", methods=("GET", "POST"), audience="public", tenant="token", csrf=False)
def opt_out(token: str) -> ResponseReturnValue:
    """Ask once, do it at once; the same page says that it is done."""
    page = people.opt_out_page(token)
    if page is None:
        raise NotHere("수신거부 주소가 맞지 않아요. 메시지의 링크를 다시 눌러 주세요.")
    done = request.method == "POST"
    if done:
        flow.opt_out(token=token, source="link", now=now())
    return render_template("public/opt_out.html", page=page, done=done, token=token, at=now())
