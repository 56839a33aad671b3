"""사장님께 한마디: say something to the shop alone, and read what it answers."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import voice as flow
from app.kit.refusals import Invalid, NotHere, Refused
from app.kit.signing import new_token
from app.voices import queries as voices
from app.voices.queries import Thread
from app.voices.rules import KINDS, TooMuchSaid
from app.web import answers
from app.web.answers import fragment, see_other, wants_fragment
from app.web.customer.blueprint import bp
from app.web.doors import door, now
from app.web.guards import current_card, current_shop


def _beside(error: Refused) -> dict[str, str]:
    """Return the sentences beside the fields: whatever is refused, what was typed stays."""
    return error.fields if isinstance(error, Invalid) else {"text": error.sentence}


def _once() -> str:
    return (request.form.get("once") or new_token())[:80]


@door(bp, "/c/<code>/voices", methods=("GET", "POST"), audience="customer", role="holder", tenant="code")
def voices_of_mine(code: str) -> ResponseReturnValue:
    """Show the form and what was said before; the POST begins a matter."""
    holder = current_card()
    typed = {"kind": request.form.get("kind", ""), "text": request.form.get("text", "")}
    page: dict[str, Any] = {
        "shop": current_shop(),
        "kinds": list(KINDS.items()),
        "typed": typed,
        "wrong": {},
        "once": new_token(),
        "threads": voices.threads_of(shop_id=holder.shop_id, customer_id=holder.customer_id),
    }
    if request.method == "GET":
        return render_template("customer/voices.html", **page)
    try:
        voice_id = flow.open_voice(
            shop_id=holder.shop_id, customer_id=holder.customer_id, **typed, once=_once(), now=now()
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
)
def voice(code: str, voice_id: int) -> ResponseReturnValue:
    """Show one thread; the POST says one more thing."""
    page = _page(voice_id)
    if request.method == "GET":
        return render_template("customer/voice.html", **page)
    holder = current_card()
    try:
        flow.say(
            shop_id=holder.shop_id,
            customer_id=holder.customer_id,
            voice_id=voice_id,
            text=page["typed"],
            once=_once(),
            now=now(),
        )
    except (Invalid, TooMuchSaid) as error:
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


def _page(voice_id: int) -> dict[str, Any]:
    holder = current_card()
    thread: Thread | None = voices.thread(
        shop_id=holder.shop_id, voice_id=voice_id, customer_id=holder.customer_id
    )
    if thread is None:
        raise NotHere("찾으시는 말씀이 없어요. 사장님께 한마디에서 다시 골라 주세요.")
    return {
        "shop": current_shop(),
        "thread": thread,
        "typed": request.form.get("text", ""),
        "wrong": {},
        "once": new_token(),
    }
