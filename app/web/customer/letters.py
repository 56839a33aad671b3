"""가게에서 온 말, and the lines that explain the card."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from app.cards import extras
from app.cards import queries as cards
from app.cards.lines import card_lines
from app.flows import letters as flow
from app.messages import campaigns, letter_photos
from app.messages import inbox as inbox_reads
from app.reviews import photos
from app.web import endings
from app.web.answers import see_other, wants_fragment
from app.web.customer import line_words, notices
from app.web.customer.blueprint import bp
from app.web.doors import door, now
from app.web.guards import current_card, current_shop
from app.web.pictures import picture


@door(bp, "/c/<code>/inbox", audience="customer", role="holder", tenant="code")
def inbox(code: str) -> ResponseReturnValue:
    """The letters on the card, newest first. Looking writes nothing; the page itself says that they were seen."""
    holder = current_card()
    letters = inbox_reads.letters(holder.shop_id, holder.customer_id, now=now())
    # Counted apart: of more letters than one page shows the older ones are new as well.
    unread = inbox_reads.unread(holder.shop_id, holder.customer_id, now=now())
    pictures = photos.loose_photos(holder.shop_id, [letter.photo for letter in letters if letter.photo])
    return render_template(
        "customer/inbox.html",
        shop=current_shop(),
        letters=letters,
        unread=unread,
        pictures=pictures,
        news=notices.for_card(),
    )


@door(bp, "/c/<code>/inbox/<int:message_id>/photo", audience="customer", role="holder", tenant="code")
def inbox_photo(code: str, message_id: int) -> ResponseReturnValue:
    """Answer the picture of a letter to the one on whose card it lies, and to nobody else."""
    holder = current_card()
    return picture(letter_photos.open_for_card(holder.shop_id, holder.customer_id, message_id))


@door(bp, "/c/<code>/news/<int:campaign_id>/photo", audience="customer", role="holder", tenant="code")
def news_photo(code: str, campaign_id: int) -> ResponseReturnValue:
    """Answer the picture of the shop's news to those on whose card it lies."""
    holder = current_card()
    return picture(campaigns.open_on_card(holder.shop_id, holder.customer_id, campaign_id))


@door(bp, "/c/<code>/inbox/read", methods=("POST",), audience="customer", role="holder", tenant="code")
def inbox_read(code: str) -> ResponseReturnValue:
    """Note that the letters were seen."""
    holder = current_card()
    flow.mark_read(shop_id=holder.shop_id, customer_id=holder.customer_id, now=now())
    if wants_fragment():
        return "", 204
    return see_other(url_for("customer.inbox", code=code))


@door(bp, "/c/<code>/visits", audience="customer", role="holder", tenant="code")
def visits(code: str) -> ResponseReturnValue:
    """적립·사용 내역: why the card is what it is, line by line."""
    holder = current_card()
    lines = card_lines(shop_id=holder.shop_id, card_id=holder.card_id)
    page = cards.card_page(shop_id=holder.shop_id, card_id=holder.card_id, now=now())
    which = {"shop_id": holder.shop_id, "card_id": holder.card_id}
    return render_template(
        "customer/visits.html",
        shop=current_shop(),
        lines=lines,
        page=page,
        said=line_words,
        sums=extras.sums(**which),
        ending=endings.sentence(**which, extras=page.extras, now=now()),
    )
