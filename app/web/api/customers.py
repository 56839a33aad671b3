"""People of the shop: found by their number or card, added by their number. What a till needs to greet, no more.

The number itself is never given out, only its mask: who asks by it knows it already. No memo, no likes, no consents.
"""

from __future__ import annotations

from typing import Any

from flask import current_app, request
from flask.typing import ResponseReturnValue

from app.cards import counter
from app.customers import queries as customers
from app.customers.rules import NAME_MAX, not_to_be_kept
from app.flows import from_programs as flow
from app.flows.from_programs import Who
from app.kit.phone import masked
from app.kit.refusals import NotHere
from app.programs.rules import NoSuchPerson
from app.web.api.entrance import Answer, call, current_key, given, told
from app.web.api.fields import Record, Text
from app.web.api.shapes import CARD, CUSTOMER, PHONE, shape, who
from app.web.doors import now
from app.web.problems import Problem

_ADD = Record(
    {
        "phone": PHONE,
        "name": Text(NAME_MAX, "What they are called. A name that is there already stays.", "김단골"),
    },
    needs=("phone",),
    example={"phone": "010-1234-5678", "name": "김단골"},
)
_ASK = Record({"phone": PHONE, "card": CARD}, exactly_one=("phone", "card"))
_FOUND = Answer(
    "Nobody or one.",
    shape(customers={"type": "array", "maxItems": 1, "items": CUSTOMER.shape}),
    {"customers": [CUSTOMER.example]},
)


def _ip() -> str:
    return request.remote_addr or ""


def _master() -> bytes:
    key: bytes = current_app.config["MASTER_KEY"]
    return key


def _shown(customer_id: int) -> dict[str, Any]:
    shop_id = current_key().shop_id
    person = customers.person(shop_id=shop_id, customer_id=customer_id)
    card_id = counter.card_of_customer(shop_id=shop_id, customer_id=customer_id)
    seen = counter.panel(shop_id=shop_id, card_id=card_id, now=now()) if card_id else None
    if person is None or seen is None:
        raise NoSuchPerson
    return {
        "id": customer_id,
        "name": person.name,
        "phone": masked(person.phone) if person.phone else None,
        "card": {
            "number": seen.spoken,
            "stamps": seen.balance,
            "goal": seen.goal,
            "reward": seen.reward_name,
            "rewards_ready": len(seen.rewards),
        },
        "visits": person.visit_count,
        "last_visit_at": person.last_visit_at.isoformat() if person.last_visit_at else None,
    }


@call(
    "/customers",
    method="GET",
    scope="customers",
    about="Find a customer by phone number or card",
    asks=_ASK,
    answers={200: _FOUND},
    problems=(422,),
)
def find_customer() -> ResponseReturnValue:
    """Find who has a number or a card."""
    try:
        found = flow.find(key=current_key(), who=who(told()), ip=_ip(), master=_master(), now=now())
    except NotHere:
        return given({"customers": []})
    return given({"customers": [_shown(found)]})


@call(
    "/customers",
    method="POST",
    scope="customers",
    about="Add a customer by phone number. No consent to ads comes with it",
    takes=_ADD,
    answers={
        201: CUSTOMER,
        200: Answer("Somebody has this number already.", CUSTOMER.shape, CUSTOMER.example),
    },
)
def add_customer() -> ResponseReturnValue:
    """Add a person, or answer who has the number."""
    body = told()
    if not_to_be_kept(body.get("name", ""), is_name=True):
        why = "must not hold a resident registration number"
        raise Problem(422, "invalid", "Some values are not valid.", [("/name", why)])
    customer_id, is_new = flow.add_person(
        key=current_key(),
        phone=body["phone"],
        name=body.get("name", ""),
        ip=_ip(),
        master=_master(),
        now=now(),
    )
    return given(_shown(customer_id), 201 if is_new else 200)


@call(
    "/customers/<int:customer_id>",
    method="GET",
    scope="customers",
    about="Look at one customer",
    answers={200: CUSTOMER},
    problems=(404,),
)
def one_customer(customer_id: int) -> ResponseReturnValue:
    """Show one person."""
    whose = Who(customer_id=customer_id)
    return given(_shown(flow.find(key=current_key(), who=whose, ip=_ip(), master=_master(), now=now())))
