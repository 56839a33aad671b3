"""계속 받으실래요?: the page behind the two-yearly notice. No login; looking changes nothing (S08, S14)."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.customers import queries as people
from app.flows import privacy, reconsent
from app.kit.refusals import Invalid, NotHere
from app.web import answers
from app.web.doors import door, now
from app.web.public.blueprint import bp


# As with the opt-out: the token is the secret, and blocked cookies must not keep anybody from answering.
@door(bp, "/o/<token>/consent", methods=("GET", "POST"), audience="public", tenant="token", csrf=False)
def consent_again(token: str) -> ResponseReturnValue:
    """Ask whether ads may go on coming, and take either answer at once."""
    page = people.opt_out_page(token)
    if page is None:
        raise NotHere("주소가 맞지 않아요. 받으신 안내의 링크를 다시 눌러 주세요.")
    done = ""
    if request.method == "POST":
        done = request.form.get("answer", "")
        if done == "keep" and page.since is None:
            stands = reconsent.keep(
                token=token,
                ip=request.remote_addr or "",
                user_agent=request.headers.get("User-Agent", ""),
                now=now(),
            )
            done = "keep" if stands else "none"
        elif done == "stop":
            privacy.opt_out(token=token, source="link", now=now())
        elif done != "keep":
            wrong = Invalid({"answer": "계속 받을지 그만 받을지 골라 주세요."}).fields
            return answers.invalid("public/consent_again.html", page=page, token=token, done="", wrong=wrong)
    return render_template("public/consent_again.html", page=page, token=token, done=done, at=now(), wrong={})
