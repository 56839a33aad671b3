"""종이 카드 옮기기: the shop looks at the photo, counts, and the stamps are on the card. Or it says why not."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cards import papers
from app.cards.paper_rules import REFUSALS
from app.cards.papers import PaperLine
from app.customers import queries as customers
from app.flows import paper_card as flow
from app.kit.korean import native_count
from app.kit.refusals import Invalid, NotHere
from app.kit.signing import new_token
from app.reviews import photos
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look
from app.web.pictures import picture


@door(bp, "/owner/paper", audience="owner", role="manager", tenant="session")
def paper_cards() -> ResponseReturnValue:
    """Show what waits, and what was decided lately."""
    shop_id = current_staff().shop.id
    waiting, decided = papers.waiting_papers(shop_id), papers.decided_papers(shop_id)
    if waiting or decided:
        note_look("list")
    return render_template("owner/paper_cards.html", papers=waiting, decided=decided)


@door(
    bp,
    "/owner/paper/<int:paper_id>",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
)
def paper_card(paper_id: int) -> ResponseReturnValue:
    """Show one, large; or move the stamps that were counted on it."""
    if request.method == "GET":
        page = _page(paper_id)
        note_look("view", page["line"].customer_id)
        return render_template("owner/paper_card.html", **page)
    staff, typed = current_staff(), asked.text("stamps")
    try:
        landed = flow.move(
            shop_id=staff.shop.id, staff_id=staff.staff_id, paper_id=paper_id, stamps=typed, now=now()
        )
    except Invalid as error:
        return answers.invalid(
            "owner/paper_card.html", **(_page(paper_id) | {"typed": typed, "wrong": error.fields})
        )
    flash(f"도장 {native_count(landed.stamps)} 개를 옮겼어요. 손님 카드에도 알렸어요")
    return see_other(url_for("owner.paper_cards"))


@door(
    bp,
    "/owner/paper/<int:paper_id>/refusal",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def paper_refusal(paper_id: int) -> ResponseReturnValue:
    """Say why it can't be moved; the customer reads it on the card."""
    staff = current_staff()
    reason = asked.text("own_reason").strip() or asked.text("reason")
    try:
        flow.refuse(
            shop_id=staff.shop.id, staff_id=staff.staff_id, paper_id=paper_id, reason=reason, now=now()
        )
    except Invalid as error:
        page = _page(paper_id) | {"own_reason": asked.text("own_reason"), "wrong": error.fields}
        return answers.invalid("owner/paper_card.html", **page)
    flash("옮기지 않았어요. 까닭을 손님 카드에 알렸어요")
    return see_other(url_for("owner.paper_cards"))


@door(
    bp,
    "/owner/paper/<int:paper_id>/reversal",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def paper_reversal(paper_id: int) -> ResponseReturnValue:
    """Take moved stamps back."""
    staff = current_staff()
    flow.take_back(shop_id=staff.shop.id, staff_id=staff.staff_id, paper_id=paper_id, now=now())
    flash("옮긴 도장을 되돌렸어요")
    return see_other(url_for("owner.paper_card", paper_id=paper_id))


@door(bp, "/owner/paper/<int:paper_id>/photo", audience="owner", role="manager", tenant="session")
def paper_picture(paper_id: int) -> ResponseReturnValue:
    """Answer the photo while it waits; it is kept nowhere on the way."""
    line = _line(paper_id)
    return picture(photos.open_loose(current_staff().shop.id, line.photo_ref), kept="no-store")


@door(
    bp,
    "/owner/people/<int:customer_id>/paper",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
)
def paper_by_hand(customer_id: int) -> ResponseReturnValue:
    """직접 넣기: the paper card lies on the counter, and no photo is needed."""
    staff = current_staff()
    person = customers.person(shop_id=staff.shop.id, customer_id=customer_id)
    if person is None:
        raise NotHere("찾으시는 손님이 없어요. 손님 목록에서 다시 골라 주세요.")
    page: dict[str, Any] = {
        "customer_id": customer_id,
        "person": person,
        "typed": {name: asked.text(name) for name in ("stamps", "reason")},
        "once": new_token(),
        "wrong": {},
    }
    if request.method == "GET":
        note_look("view", customer_id)
        return render_template("owner/paper_by_hand.html", **page)
    try:
        landed = flow.give(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            customer_id=customer_id,
            **page["typed"],
            once=asked.once(),
            now=now(),
        )
    except Invalid as error:
        return answers.invalid("owner/paper_by_hand.html", **(page | {"wrong": error.fields}))
    flash(f"도장 {native_count(landed.stamps)} 개를 넣었어요")
    return see_other(url_for("owner.person", customer_id=customer_id))


def _line(paper_id: int) -> PaperLine:
    line = papers.paper(shop_id=current_staff().shop.id, paper_id=paper_id)
    if line is None:
        raise NotHere("찾으시는 종이 카드가 없어요. 목록을 새로 열어 주세요.")
    return line


def _page(paper_id: int) -> dict[str, Any]:
    line = _line(paper_id)
    return {
        "line": line,
        "photo": photos.loose_photo(current_staff().shop.id, line.photo_ref),
        "typed": str(line.asked),
        "refusals": REFUSALS,
        "own_reason": "",
        "wrong": {},
    }
