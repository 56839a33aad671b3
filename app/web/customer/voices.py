"""사장님께 한마디: say something to the shop alone, with photos, read what it answers, and say whether it is settled."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import voice as flow
from app.flows import voice_offer
from app.kit.refusals import Invalid, NotHere, Refused
from app.kit.signing import new_token
from app.reviews import photos as pictures
from app.voices import listing, threads
from app.voices.rules import KINDS, TooLateToReopen, TooMuchSaid
from app.voices.threads import Thread
from app.warranties import repairs
from app.web import answers
from app.web.answers import fragment, see_other, wants_fragment
from app.web.customer.blueprint import bp
from app.web.doors import door, now
from app.web.form_photos import MOST_BYTES, of_form, once_of_form, take
from app.web.guards import current_card, current_shop
from app.web.pictures import GONE, picture

_FORM = "voice"


def _beside(error: Refused) -> dict[str, str]:
    """Return the sentences beside the fields: whatever is refused, what was typed stays."""
    return error.fields if isinstance(error, Invalid) else {"text": error.sentence}


def _once() -> str:
    return (request.form.get("once") or new_token())[:80]


@door(
    bp,
    "/c/<code>/voices",
    methods=("GET", "POST"),
    audience="customer",
    role="holder",
    tenant="code",
    max_bytes=MOST_BYTES,
)
def voices_of_mine(code: str) -> ResponseReturnValue:
    """Show the form and what was said before; the POST begins a matter. `kind` and `from` may stand in the address."""
    holder, picks_once = current_card(), once_of_form()
    typed = {"kind": request.values.get("kind", ""), "text": request.form.get("text", "")}
    refused = take(_FORM, picks_once) if request.method == "POST" else ""
    page: dict[str, Any] = {
        "shop": current_shop(),
        "kinds": list(KINDS.items()),
        "typed": typed,
        "source": "letter" if request.values.get("from") == "letter" else "card",
        "wrong": {},
        "once": _once(),
        "photos": of_form(_FORM, picks_once),
        "threads": listing.threads_of(shop_id=holder.shop_id, customer_id=holder.customer_id),
    }
    if request.method == "GET":
        return render_template("customer/voices.html", **page)
    if refused:
        return answers.invalid("customer/voices.html", **page | {"wrong": {"photo": refused}})
    try:
        voice_id = flow.open_voice(
            shop_id=holder.shop_id,
            customer_id=holder.customer_id,
            **typed,
            once=page["once"],
            picks_once=picks_once,
            source=page["source"],
            now=now(),
        )
    except (Invalid, TooMuchSaid) as error:
        wrong = answers.in_order(_beside(error), typed)
        return answers.invalid("customer/voices.html", **page | {"wrong": wrong})
    flash("사장님께 전했어요")
    return see_other(url_for("customer.voice", code=code, voice_id=voice_id))


@door(
    bp,
    "/c/<code>/voices/<int:voice_id>",
    methods=("GET", "POST"),
    audience="customer",
    role="holder",
    tenant="code",
    max_bytes=MOST_BYTES,
)
def voice(code: str, voice_id: int) -> ResponseReturnValue:
    """Show one thread; the POST says one more thing."""
    picks_once = once_of_form()
    refused = take(_FORM, picks_once) if request.method == "POST" else ""
    page = _page(voice_id) | {"once": _once(), "photos": of_form(_FORM, picks_once)}
    if request.method == "GET":
        return render_template("customer/voice.html", **page)
    if refused:
        return answers.invalid("customer/voice.html", **page | {"wrong": {"photo": refused}})
    holder = current_card()
    try:
        flow.say(
            shop_id=holder.shop_id,
            customer_id=holder.customer_id,
            voice_id=voice_id,
            text=page["typed"],
            once=page["once"],
            picks_once=picks_once,
            now=now(),
        )
    except (Invalid, TooMuchSaid, TooLateToReopen) as error:
        return answers.invalid("customer/voice.html", **page | {"wrong": _beside(error)})
    return see_other(url_for("customer.voice", code=code, voice_id=voice_id))


@door(bp, "/c/<code>/voices/<int:voice_id>/lines", audience="customer", role="holder", tenant="code")
def voice_lines(code: str, voice_id: int) -> ResponseReturnValue:
    """The lines alone, for a page that stays open; 204 while nothing was said (H10)."""
    page = _page(voice_id)
    if request.args.get("v") == page["thread"].version:
        return "", 204
    return fragment("customer/voice.html", "lines", **page)


@door(
    bp,
    "/c/<code>/voices/<int:voice_id>/read",
    methods=("POST",),
    audience="customer",
    role="holder",
    tenant="code",
)
def voice_read(code: str, voice_id: int) -> ResponseReturnValue:
    """Note that the answers were seen."""
    holder = current_card()
    flow.mark_read(shop_id=holder.shop_id, customer_id=holder.customer_id, voice_id=voice_id, now=now())
    if wants_fragment():
        return "", 204
    return see_other(url_for("customer.voice", code=code, voice_id=voice_id))


@door(
    bp,
    "/c/<code>/voices/<int:voice_id>/ending",
    methods=("POST",),
    audience="customer",
    role="holder",
    tenant="code",
)
def voice_ending(code: str, voice_id: int) -> ResponseReturnValue:
    """해결됐어요, or 아직이요: the customer's own word."""
    holder, is_settled = current_card(), request.form.get("settled") == "y"
    flow.settle(
        shop_id=holder.shop_id,
        customer_id=holder.customer_id,
        voice_id=voice_id,
        is_settled=is_settled,
        now=now(),
    )
    flash("해결됐다고 전했어요. 고마워요" if is_settled else "아직이라고 사장님께 전했어요")
    return see_other(url_for("customer.voice", code=code, voice_id=voice_id))


@door(
    bp,
    "/c/<code>/voices/<int:voice_id>/offers/<int:offer_id>",
    methods=("POST",),
    audience="customer",
    role="holder",
    tenant="code",
)
def voice_offer_taken(code: str, voice_id: int, offer_id: int) -> ResponseReturnValue:
    """쿠폰 받기: asked for by this tap, and given once."""
    holder = current_card()
    voice_offer.take(
        shop_id=holder.shop_id,
        customer_id=holder.customer_id,
        voice_id=voice_id,
        offer_id=offer_id,
        now=now(),
    )
    flash("쿠폰을 받았어요. 카드의 쿠폰에 있어요")
    return see_other(url_for("customer.voice", code=code, voice_id=voice_id))


@door(bp, "/c/<code>/voices/<int:voice_id>/photos/<ref>", audience="customer", role="holder", tenant="code")
def voice_photo(code: str, voice_id: int, ref: str) -> ResponseReturnValue:
    """Answer a photo of one's own thread."""
    shop_id = current_card().shop_id
    found = threads.photo(shop_id, _thread(voice_id).id, ref)
    small = request.args.get("small") == "1"
    return picture(pictures.open_known(shop_id, found.ref, small=small) if found else None)


@door(
    bp, "/c/<code>/voices/<int:voice_id>/photos/<ref>/view", audience="customer", role="holder", tenant="code"
)
def voice_photo_view(code: str, voice_id: int, ref: str) -> ResponseReturnValue:
    """Show a photo of one's own thread in a page: a card on the home screen has no way back of its own."""
    found = threads.photo(current_card().shop_id, _thread(voice_id).id, ref)
    if found is None:
        raise NotHere(GONE)
    return render_template("customer/voice_photo.html", shop=current_shop(), voice_id=voice_id, photo=found)


def _thread(voice_id: int) -> Thread:
    holder = current_card()
    thread = threads.thread(
        shop_id=holder.shop_id, voice_id=voice_id, customer_id=holder.customer_id, now=now()
    )
    if thread is None:
        raise NotHere("찾으시는 말씀이 없어요. 사장님께 한마디에서 다시 골라 주세요.")
    return thread


def _page(voice_id: int) -> dict[str, Any]:
    return {
        "shop": current_shop(),
        "repair": repairs.of_voice(shop_id=current_card().shop_id, voice_id=voice_id),
        "thread": _thread(voice_id),
        "typed": request.form.get("text", ""),
        "wrong": {},
    }
