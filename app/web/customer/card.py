"""The card: what it says, what it shows, and how it stays live."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

from flask import Response, current_app, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cards import queries as cards
from app.cards.queries import CardPage
from app.cards.rules import card_code, code_step
from app.customers import queries as people
from app.flows import claim as claims
from app.flows.at_counter import card_key
from app.flows.handover import offer_card
from app.kit import qr
from app.kit.korean import native_count
from app.kit.particles import josa
from app.kit.signing import new_token
from app.messages import inbox as inbox_reads
from app.messages import wanting
from app.web import endings, handover
from app.web.answers import fragment, see_other
from app.web.customer import coupon_slot, done, friends, line_words, notices, talk
from app.web.customer import tier as tiers
from app.web.customer.blueprint import bp
from app.web.customer.card_offline import checking
from app.web.customer.mine import may_ring
from app.web.doors import door, now
from app.web.guards import current_card, current_shop

# So long the card says why there was no stamp; the list of lines keeps it.
_REFUSAL_SHOWN = timedelta(minutes=10)


def headline(page: CardPage) -> str:
    """Return the one sentence about what comes next."""
    if page.rewards:
        return f"{page.rewards[0].name}, 지금 쓸 수 있어요"
    if page.visit_count == 0 and page.balance == 0:
        return "첫 도장을 받아 보세요"
    coming = page.next_up
    return f"도장 {native_count(coming.at - page.balance)} 개만 더 모으면 {josa(coming.name, '을/를')} 드려요"


def _version(page: CardPage, letters: int, wish: wanting.Wish | None) -> str:
    asked = "" if wish is None else f"-{wish.visit_id}{'w' if wish.wanted else ''}"
    return f"{page.changed}-{page.word or ('x' if page.declined else '')}-{letters}{asked}"


def card_context() -> dict[str, Any]:
    """Return what the card page and its live part need beside newest()."""
    holder, shop = current_card(), current_shop()
    page = cards.card_page(shop_id=holder.shop_id, card_id=holder.card_id, now=now())
    letters = inbox_reads.unread(holder.shop_id, holder.customer_id, now=now())
    wish = wanting.wish(
        shop_id=holder.shop_id,
        customer_id=holder.customer_id,
        now=now(),
        has_coupons=shop.has("coupons"),
    )
    return {
        "shop": shop,
        "page": page,
        "headline": headline(page),
        "ending": endings.sentence(
            shop_id=holder.shop_id, card_id=holder.card_id, extras=page.extras, now=now()
        ),
        "letters": letters,
        "held": holder.held,
        "tier": tiers.for_card(),
        "wish": wish,
        "friends": friends.for_card(),
        "coupons": coupon_slot.for_card(visits=page.visit_count),
        "checking": checking(),
        "done": done.for_card(),
        "talk": talk.for_card(),
        "version": _version(page, letters, wish),
        "once": new_token(),
        "by_push": may_ring(),
        "outside": _outside() if handover.in_kakao() else "",
    }


def newest() -> dict[str, Any]:
    """Return the card's newest line for its page: what the phone says when the stamps or rewards changed.

    With what its menu says of the shop: a phone that only asks whether anything changed asks for neither.

    `last`: its kind; `refused`: why the counter did not stamp a moment ago, "" when it did or it is long ago.
    """
    line = cards.newest_line(shop_id=current_card().shop_id, card_id=current_card().card_id)
    is_fresh = line.at is not None and now() - line.at < _REFUSAL_SHOWN
    return {
        "last": line.kind,
        "refused": line_words.why_not(line.reason) if line.kind == "refuse" and is_fresh else "",
        "refused_at": line.at,
        "news": notices.for_card(),
        "links": notices.links_for_card(),
    }


def _outside() -> str:
    """Return the address that takes this card along to the phone's own browser."""
    holder = current_card()
    where = {"shop_id": holder.shop_id, "customer_id": holder.customer_id}
    token = offer_card(
        **where, browsers=people.browsers_of(**where), master=current_app.config["MASTER_KEY"], now=now()
    )
    return handover.external_url(url_for("public.bring", code=current_shop().code, token=token))


@door(bp, "/c/<code>", audience="customer", role="holder", tenant="code")
def card(code: str) -> ResponseReturnValue:
    """The whole card on one page."""
    return render_template("customer/card.html", **card_context(), **newest())


@door(bp, "/c/<code>/live", audience="customer", role="holder", tenant="code")
def live(code: str) -> ResponseReturnValue:
    """The part that changes; 204 while nothing did (H10)."""
    context = card_context()
    if request.args.get("v") == context["version"]:
        return "", 204
    return fragment("customer/card.html", "live", **context, **newest())


@door(bp, "/c/<code>/claims", methods=("POST",), audience="customer", role="holder", tenant="code")
def claims_new(code: str) -> ResponseReturnValue:
    """도장 받기: put the card in the shop's list and show the word."""
    holder = current_card()
    claims.ask(
        shop_id=holder.shop_id,
        card_id=holder.card_id,
        once=(request.form.get("once") or new_token())[:40],
        now=now(),
    )
    if request.headers.get("HX-Request") == "true":
        return fragment("customer/card.html", "live", **card_context(), **newest())
    return see_other(url_for("customer.card", code=code))


def _key(page: CardPage) -> bytes:
    return card_key(
        current_app.config["MASTER_KEY"],
        shop_id=current_card().shop_id,
        card_id=page.card_id,
        version=page.key_version,
    )


def _page() -> CardPage:
    return cards.card_page(shop_id=current_card().shop_id, card_id=current_card().card_id, now=now())


@door(bp, "/c/<code>/key", audience="customer", role="holder", tenant="code")
def key(code: str) -> ResponseReturnValue:
    """The card's own key for its browser, which keeps it non-extractable. `server_time` in unix seconds."""
    page = _page()
    return jsonify(
        key=base64.b64encode(_key(page)).decode(),
        version=page.key_version,
        server_time=now().timestamp(),
        ref=page.ref,
        shop=current_card().shop_id,
    )


@door(bp, "/c/<code>/qr.svg", audience="customer", role="holder", tenant="code")
def qr_svg(code: str) -> ResponseReturnValue:
    """The same code drawn by the server, for browsers that can't: plain http, no scripts."""
    page = _page()
    text = card_code(key=_key(page), shop_id=current_card().shop_id, ref=page.ref, step=code_step(now()))
    return Response(qr.svg(text, quiet=0), content_type="image/svg+xml")
