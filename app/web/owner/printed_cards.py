"""Cards on paper for people without a phone: a sheet of new ones, or one person's, also made anew when lost."""

from __future__ import annotations

from flask import current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cards import counter
from app.cards.counter import PrintedCard
from app.customers import queries as customers
from app.flows import printed
from app.kit.refusals import Invalid, NotHere
from app.kit.signing import new_token
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look
from app.web.owner.print_room import page_facts
from app.web.owner.sheet_pdfs import marks_of, slips_pdf
from app.web.owner.sheets import is_reachable, slips_for
from app.web.pdf_answer import file_of

_TITLE = "종이 카드"


@door(bp, "/owner/print/cards", methods=("GET", "POST"), audience="owner", role="staff", tenant="session")
def new_cards() -> ResponseReturnValue:
    """Ask how many, or make them: cards of people we know nothing about. Twice the same press, one sheet."""
    if request.method == "GET":
        return render_template("owner/new_cards.html", key=new_token(), count="1", wrong={})
    count = asked.text("count").strip()
    try:
        batch = printed.make_cards(
            shop_id=current_staff().shop.id,
            count=count,
            once=asked.once(),
            master=current_app.config["MASTER_KEY"],
            now=now(),
        )
    except Invalid as error:
        return answers.invalid("owner/new_cards.html", key=new_token(), count=count, wrong=error.fields)
    return see_other(url_for("owner.card_sheet", batch=batch))


@door(bp, "/owner/print/cards/<batch>", audience="owner", role="staff", tenant="session")
def card_sheet(batch: str) -> ResponseReturnValue:
    """Show a sheet of new cards as it will be printed."""
    slips = slips_for(current_staff().shop, _of_batch(batch))
    return render_template(
        "print/cards.html",
        slips=slips,
        marks=marks_of("cards", len(slips.cards)),
        is_reachable=is_reachable(),
        pdf=url_for("owner.card_sheet_file", batch=batch),
        **page_facts(slips),
    )


@door(bp, "/owner/print/cards/<batch>/pdf", audience="owner", role="staff", tenant="session")
def card_sheet_file(batch: str) -> ResponseReturnValue:
    """The same sheet as a file."""
    shop = current_staff().shop
    return file_of(slips_pdf(slips_for(shop, _of_batch(batch))), shop=shop, title=_TITLE, plain="cards")


def _of_batch(batch: str) -> list[PrintedCard]:
    shop_id = current_staff().shop.id
    refs = printed.refs_of(current_app.config["MASTER_KEY"], shop_id=shop_id, batch=batch)
    found = counter.printed_cards(shop_id=shop_id, refs=refs)
    if not found:
        raise NotHere("찾으시는 종이 카드가 없어요. 인쇄하기에서 새로 만들어 주세요.")
    return found


@door(
    bp,
    "/owner/people/<int:customer_id>/printed-card",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
)
def printed_card(customer_id: int) -> ResponseReturnValue:
    """Show a person's card on paper, or make it: the first one, or a new one for one that was lost."""
    card = _of_person(customer_id)
    if request.method == "POST":
        seen = asked.number("seen") or 0
        printed.print_for(shop_id=current_staff().shop.id, customer_id=customer_id, seen=seen)
        if seen:
            flash("새 카드로 바꿨어요. 예전 종이 카드로는 이제 도장을 찍을 수 없어요")
        return see_other(url_for("owner.printed_card", customer_id=customer_id))
    note_look("view", customer_id)
    person = customers.person(shop_id=current_staff().shop.id, customer_id=customer_id)
    who = {"customer_id": customer_id, "name": person.name if person else ""}
    if not card.version:
        return render_template("owner/printed_card.html", **who)
    slips = slips_for(current_staff().shop, [card])
    return render_template(
        "print/cards.html",
        slips=slips,
        marks=marks_of("cards", len(slips.cards)),
        seen=card.version,
        is_reachable=is_reachable(),
        pdf=url_for("owner.printed_card_file", customer_id=customer_id),
        **who,
        **page_facts(slips),
    )


@door(
    bp,
    "/owner/people/<int:customer_id>/printed-card/pdf",
    audience="owner",
    role="manager",
    tenant="session",
)
def printed_card_file(customer_id: int) -> ResponseReturnValue:
    """The same card as a file."""
    shop, card = current_staff().shop, _of_person(customer_id)
    if not card.version:
        raise NotHere("아직 만들지 않은 종이 카드예요. 손님 화면에서 먼저 만들어 주세요.")
    note_look("view", customer_id)
    return file_of(slips_pdf(slips_for(shop, [card])), shop=shop, title=_TITLE, plain="card")


def _of_person(customer_id: int) -> PrintedCard:
    found = counter.printed_cards(shop_id=current_staff().shop.id, customer_id=customer_id)
    if not found:
        raise NotHere("찾으시는 손님이 없어요. 손님 목록에서 다시 골라 주세요.")
    return found[-1]
