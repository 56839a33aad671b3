"""Purchases that a till or a mall tells of, and their refunds."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app
from flask.typing import ResponseReturnValue

from app.flows import from_programs as flow
from app.flows.from_programs import Purchase
from app.visits import rules
from app.visits.rules import Bought
from app.web.api.entrance import Answer, call, current_key, given, once, told
from app.web.api.fields import Many, Moment, OneOf, Record, Text, Whole
from app.web.api.shapes import NUMBER, WHO, YES_NO, shape, who
from app.web.doors import now
from app.web.problems import Problem

CHANNELS = ("pos", "api", "smartstore", "coupang", "cafe24", "esm")
# A till's clock runs ahead a little; an order is not told of years later.
_AHEAD, _OLDEST = timedelta(minutes=10), timedelta(days=3 * 365)

_ITEM = Record(
    {
        "name": Text(rules.NAME_MOST, "What was bought. A new name is put on the shop's menu.", "아메리카노"),
        "quantity": Whole(1, rules.PIECES_MOST, "Pieces.", 2),
        "price": Whole(0, rules.MOST, "Won for one piece.", 4500),
    },
    needs=("name", "quantity", "price"),
)
_VISIT = Record(
    {
        "at": Moment(
            "When it was bought, with the time zone. At most ten minutes ahead and three years back."
        ),
        "customer": WHO,
        "amount": Whole(0, rules.MOST, "What was paid in all, in won.", 9000),
        "items": Many(_ITEM, 50, "What was bought, if the program knows."),
        "channel": OneOf(
            CHANNELS,
            "pos: at the counter (the default). api: the shop's own mall. The others: a market place, so that a "
            "file of the same orders that is imported later adds nothing.",
        ),
        "order_number": Text(
            64, "The order's own number. The same number in the same channel is one purchase.", "A-1042"
        ),
    },
    needs=("at", "customer", "amount"),
    example={
        "at": "2026-11-23T14:49:00+09:00",
        "customer": {"phone": "010-1234-5678"},
        "amount": 9000,
        "items": [{"name": "아메리카노", "quantity": 2, "price": 4500}],
        "order_number": "A-1042",
    },
)
_NOTED = shape(visit_id=NUMBER, customer_id=NUMBER, created=YES_NO)
_NOTED_EXAMPLE = {"visit_id": 977, "customer_id": 41, "created": True}
_REFUNDED = shape(visit_id=NUMBER, created=YES_NO)


@call(
    "/visits",
    method="POST",
    scope="visits",
    about="Tell of a purchase",
    takes=_VISIT,
    needs_once=True,
    answers={
        201: Answer(
            "Written down. created: a visit of its own; false: it belongs to the visit of a stamp that was given "
            "within three hours, or the order was here before.",
            _NOTED,
            _NOTED_EXAMPLE,
        ),
        200: Answer("This Idempotency-Key came before: the same answer again.", _NOTED, _NOTED_EXAMPLE),
    },
    problems=(404, 409),
)
def add_visit() -> ResponseReturnValue:
    """Write a purchase down once."""
    key, body_hash = once()
    body, moment = told(), now()
    if not moment - _OLDEST <= body["at"] <= moment + _AHEAD:
        why = "must lie between three years ago and ten minutes ahead"
        raise Problem(422, "invalid", "Some values are not valid.", [("/at", why)])
    purchase = Purchase(
        who=who(body["customer"]),
        at=min(body["at"], moment),
        channel=body.get("channel", "pos"),
        amount=body["amount"],
        items=tuple(Bought(**item) for item in body.get("items", ())),
        order_number=body.get("order_number"),
    )
    noted, came_before = flow.buy(
        key=current_key(),
        purchase=purchase,
        once=key,
        body_hash=body_hash,
        master=current_app.config["MASTER_KEY"],
        now=moment,
    )
    found = {"visit_id": noted.visit_id, "customer_id": noted.customer_id, "created": noted.created}
    return given(found, 200 if came_before else 201)


@call(
    "/visits/<int:visit_id>/refunds",
    method="POST",
    scope="visits",
    about="Take a purchase back, with the stamps, points and coupons it brought",
    answers={
        201: Answer("Taken back.", _REFUNDED, {"visit_id": 977, "created": True}),
        200: Answer("It was taken back before.", _REFUNDED, {"visit_id": 977, "created": False}),
    },
    problems=(404,),
)
def add_refund(visit_id: int) -> ResponseReturnValue:
    """Refund a purchase; again is once."""
    is_new = flow.take_back(key=current_key(), visit_id=visit_id, now=now())
    return given({"visit_id": visit_id, "created": is_new}, 201 if is_new else 200)
