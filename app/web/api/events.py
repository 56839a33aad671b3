"""What the shop's own mall tells: looked at, left in the cart. Kept only where the shop has switched it on."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app
from flask.typing import ResponseReturnValue

from app.flows import from_programs as flow
from app.web.api.entrance import Answer, call, current_key, given, told
from app.web.api.fields import Many, Moment, OneOf, Record, Text
from app.web.api.shapes import WHO, YES_NO, shape, who
from app.web.doors import now
from app.web.problems import Problem

_OLDEST, _AHEAD = timedelta(days=1), timedelta(minutes=10)
_EVENT = Record(
    {
        "event": OneOf(
            ("viewed", "cart_left"), "viewed: looked at. cart_left: put in the cart and not bought."
        ),
        "customer": WHO,
        "at": Moment("When, with the time zone. Not older than a day."),
        "items": Many(Text(60, "A product's name.", "핸드크림"), 20, "What it was about.", least=1),
    },
    needs=("event", "customer", "at", "items"),
    example={
        "event": "cart_left",
        "customer": {"id": 41},
        "at": "2026-11-23T14:49:00+09:00",
        "items": ["핸드크림", "원두 200g"],
    },
)


@call(
    "/events",
    method="POST",
    scope="events",
    about="Tell what somebody looked at or left in the cart",
    takes=_EVENT,
    answers={
        202: Answer(
            "Taken in. kept: false where the shop has not switched this on; then nothing is stored.",
            shape(kept=YES_NO),
            {"kept": True},
        )
    },
    problems=(404,),
)
def add_event() -> ResponseReturnValue:
    """Take an event in; the same once more changes nothing."""
    body, moment = told(), now()
    if not moment - _OLDEST <= body["at"] <= moment + _AHEAD:
        why = "must lie between a day ago and ten minutes ahead"
        raise Problem(422, "invalid", "Some values are not valid.", [("/at", why)])
    kept = flow.note_event(
        key=current_key(),
        kind=body["event"],
        who=who(body["customer"]),
        items=body["items"],
        at=min(body["at"], moment),
        master=current_app.config["MASTER_KEY"],
        now=moment,
    )
    return given({"kept": kept}, 202)
