"""One person with two cards: find the other one, see what will be together, make them one, and two again."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cards import counter, queries
from app.customers import merges, roster
from app.customers import queries as customers
from app.customers.queries import MyDetails
from app.customers.roster import PersonLine
from app.flows import merge as flow
from app.kit.refusals import NotHere
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look

_GONE = "찾으시는 손님이 없어요. 손님 목록에서 다시 골라 주세요."
_SHOWN = 12


@dataclass(frozen=True)
class Side:
    """One of the two, as the page shows them."""

    known: MyDetails
    balance: int
    points: int
    rewards: int


def known_or_gone(customer_id: int) -> MyDetails:
    """Return a person of the signed-in shop. Raises NotHere."""
    known = customers.person(shop_id=current_staff().shop.id, customer_id=customer_id)
    if known is None:
        raise NotHere(_GONE)
    return known


@door(bp, "/owner/people/<int:customer_id>/twin", audience="owner", role="owner", tenant="session")
def twin(customer_id: int) -> ResponseReturnValue:
    """Look for the person's other card by name, number or card number."""
    known = known_or_gone(customer_id)
    typed = request.args.get("q", "").strip()[:40]
    lines = []
    note_look("view", customer_id)
    if typed:
        note_look("search")
        lines = [line for line in _found(typed) if line.id != customer_id][:_SHOWN]
    return render_template(
        "owner/twin.html", customer_id=customer_id, name=known.name, typed=typed, found=lines
    )


@door(
    bp,
    "/owner/people/<int:customer_id>/twin/<int:other_id>",
    methods=("GET", "POST"),
    audience="owner",
    role="owner",
    tenant="session",
    sudo=True,
)
def twins(customer_id: int, other_id: int) -> ResponseReturnValue:
    """Show both side by side; the press makes them one."""
    shop_id = current_staff().shop.id
    kept, gone = merges.who_keeps(shop_id=shop_id, one=customer_id, other=other_id)
    if request.method == "GET":
        both = [_side(kept), _side(gone)]
        note_look("view", other_id)
        return render_template("owner/twins.html", customer_id=customer_id, other_id=other_id, both=both)
    flow.merge_people(
        shop_id=shop_id, kept_id=kept, gone_id=gone, staff_id=current_staff().staff_id, now=now()
    )
    flash("한 분으로 합쳤어요. 30일 안에는 다시 나눌 수 있어요")
    return see_other(url_for("owner.person", customer_id=kept))


def _found(typed: str) -> list[PersonLine]:
    # Most second cards have neither name nor number: the card number is all that can be read off them.
    shop_id = current_staff().shop.id
    spoken = [
        PersonLine(
            match.customer_id, match.name, match.phone, match.visit_count, match.last_visit_at, likes=""
        )
        for match in counter.lookup(shop_id=shop_id, typed=typed)
        if match.how == "spoken"
    ]
    read = {line.id for line in spoken}
    named = roster.people(shop_id=shop_id, typed=typed, limit=_SHOWN + 1).lines
    return spoken + [line for line in named if line.id not in read]


def _side(customer_id: int) -> Side:
    shop_id, known = current_staff().shop.id, known_or_gone(customer_id)
    card_id = counter.card_of_customer(shop_id=shop_id, customer_id=customer_id)
    if card_id is None:
        return Side(known, 0, 0, 0)
    held = queries.held_on(shop_id=shop_id, card_id=card_id)
    return Side(known, held.stamps, held.points, held.rewards)


@door(
    bp,
    "/owner/merges/<int:merge_id>/reversal",
    methods=("POST",),
    audience="owner",
    role="owner",
    tenant="session",
    sudo=True,
)
def part(merge_id: int) -> ResponseReturnValue:
    """Make two of one again."""
    shop_id = current_staff().shop.id
    gone = flow.undo_merge(shop_id=shop_id, merge_id=merge_id, staff_id=current_staff().staff_id, now=now())
    flash("다시 두 카드로 나눴어요. 이 손님이 나뉜 카드예요")
    return see_other(url_for("owner.person", customer_id=gone))
