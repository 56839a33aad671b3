"""가게 소식 on the card: what is for everybody, and what is for a group this person is in. It waits; nothing is sent."""

from __future__ import annotations

from datetime import datetime

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from app.board import link_rules, notice_rules
from app.board import notices as reads
from app.board.notice_rules import NoSuchNotice
from app.board.notices import LinkLine, NoticeLine
from app.flows import notice as flow
from app.insights import shown_notices
from app.web.answers import see_other, wants_fragment
from app.web.customer.blueprint import bp
from app.web.doors import door, now
from app.web.guards import current_card, current_shop
from app.web.pictures import picture


def for_card() -> int | None:
    """Return how much news this person has not opened; None in a shop that shows none, where nothing is asked."""
    holder = current_card()
    if not current_shop().has(notice_rules.USE):
        return None
    return shown_notices.unread(shop_id=holder.shop_id, customer_id=holder.customer_id, now=now())


def links_for_card() -> list[LinkLine]:
    """Return where else the shop is; in a shop that said nothing of it nothing is asked."""
    shop = current_shop()
    return reads.links(shop.id) if shop.has(link_rules.USE) else []


def read() -> list[tuple[str, datetime]]:
    """Return what this person opened and when, for what they take along of themselves."""
    holder = current_card()
    return reads.read_of(shop_id=holder.shop_id, customer_id=holder.customer_id)


def _mine(notice_id: int) -> NoticeLine:
    holder = current_card()
    line = shown_notices.one_for_person(
        shop_id=holder.shop_id, customer_id=holder.customer_id, notice_id=notice_id, now=now()
    )
    if line is None:
        raise NoSuchNotice
    return line


@door(bp, "/c/<code>/notices", audience="customer", role="holder", tenant="code")
def notices(code: str) -> ResponseReturnValue:
    """Show the news on this card, what stays on top first."""
    holder = current_card()
    lines = shown_notices.for_person(shop_id=holder.shop_id, customer_id=holder.customer_id, now=now())
    return render_template("customer/notices.html", shop=current_shop(), lines=lines)


@door(bp, "/c/<code>/notices/<int:notice_id>", audience="customer", role="holder", tenant="code")
def notice(code: str, notice_id: int) -> ResponseReturnValue:
    """Show one piece of news. Looking writes nothing; the page itself says that it was opened."""
    return render_template("customer/notice.html", shop=current_shop(), line=_mine(notice_id))


@door(bp, "/c/<code>/notices/<int:notice_id>/photo", audience="customer", role="holder", tenant="code")
def notice_photo(code: str, notice_id: int) -> ResponseReturnValue:
    """Answer its photo to who may see it."""
    return picture(reads.open_photo(_mine(notice_id), current_shop().id), kept="private, max-age=300")


@door(
    bp,
    "/c/<code>/notices/<int:notice_id>/read",
    methods=("POST",),
    audience="customer",
    role="holder",
    tenant="code",
)
def notice_read(code: str, notice_id: int) -> ResponseReturnValue:
    """Note that this person opened it."""
    holder = current_card()
    flow.note_read(shop_id=holder.shop_id, customer_id=holder.customer_id, notice_id=notice_id, now=now())
    if wants_fragment():
        return "", 204
    return see_other(url_for("customer.notices", code=code))
