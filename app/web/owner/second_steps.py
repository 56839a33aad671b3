"""2단계 인증: an authenticator app's six digits after the password, and the codes for the day it is lost."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import second_step as flow
from app.kit import qr
from app.kit.refusals import Invalid
from app.shops import queries as shops
from app.web import answers, proving
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp


def _whose() -> dict[str, int]:
    staff = current_staff()
    return {"shop_id": staff.shop.id, "staff_id": staff.staff_id}


def _master() -> bytes:
    key: bytes = current_app.config["MASTER_KEY"]
    return key


def _page(wrong: dict[str, str]) -> dict[str, Any]:
    mine = _whose()
    me = next(line for line in shops.staff_of(mine["shop_id"]) if line.id == mine["staff_id"])
    # Who holds a browser that is signed in must not learn the secret by that alone: it would prove them later.
    # A POST has passed the door's question.
    is_proved = request.method == "POST" or not proving.is_due(current_staff())
    setup = flow.setup_of(**mine, master=_master()) if is_proved else None
    return {
        "me": me,
        # Four by four, as one reads it from a screen and types it on a phone.
        "secret": " ".join(setup.secret[i : i + 4] for i in range(0, len(setup.secret), 4)) if setup else "",
        "link": setup.link if setup else "",
        "picture": "data:image/svg+xml," + quote(qr.svg(setup.link)) if setup else "",
        "wrong": wrong,
    }


@door(bp, "/owner/more/second-step", audience="owner", role="staff", tenant="session", device="own")
def second_step() -> ResponseReturnValue:
    """Show whether the second step is on, or, to who has just proved who they are, the secret for the app."""
    return render_template("owner/second_step.html", **_page({}))


@door(
    bp,
    "/owner/more/second-step",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
    sudo=True,
    device="own",
)
def begin_second_step() -> ResponseReturnValue:
    """Make the secret that the app learns next; an earlier one is void."""
    flow.begin(**_whose(), master=_master(), now=now())
    return see_other(url_for("owner.second_step"))


@door(
    bp,
    "/owner/more/second-step/confirmation",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
    sudo=True,
    device="own",
)
def confirm_second_step() -> ResponseReturnValue:
    """Switch it on by one code, and show the recovery codes this once."""
    try:
        codes = flow.confirm(**_whose(), typed=asked.text("second"), master=_master(), now=now())
    except Invalid as error:
        return answers.invalid("owner/second_step.html", **_page(error.fields))
    return render_template("owner/recovery_codes.html", codes=codes, is_new=True)


@door(
    bp,
    "/owner/more/second-step/codes",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
    sudo=True,
    device="own",
)
def renew_recovery_codes() -> ResponseReturnValue:
    """Make new recovery codes and show them this once; the old ones are void."""
    codes = flow.renew_codes(**_whose(), master=_master(), now=now())
    return render_template("owner/recovery_codes.html", codes=codes, is_new=False)


@door(
    bp,
    "/owner/more/second-step/end",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
    sudo=True,
    device="own",
)
def end_second_step() -> ResponseReturnValue:
    """Sign in by password alone from now on."""
    mine = _whose()
    flow.turn_off(**mine, by=mine["staff_id"], now=now())
    flash("2단계 인증을 껐어요")
    return see_other(url_for("owner.second_step"))
