"""The demo shop's pretended phone, and the carrier behind it that the worker calls like any other."""

from __future__ import annotations

from datetime import datetime

from flask import abort, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import demo_phone as flow
from app.kit.refusals import NotHere
from app.kit.signing import same
from app.messages import demo_reads
from app.messages.demo_reads import DemoPhone
from app.shops import queries as shops
from app.web.answers import fragment, see_other
from app.web.doors import door, now
from app.web.public.blueprint import bp
from app.web.readable import row_number

_LONGEST = 4000


def _phone(token: str) -> tuple[int, DemoPhone]:
    """Return the demo shop the link names and its phone. Raises NotHere for any other link."""
    link = shops.open_link(token, now())
    if link is not None and link.kind == "phone" and link.shop_id is not None:
        found = demo_reads.demo_phone(link.shop_id, now=now())
        if found is not None:
            return link.shop_id, found
    raise NotHere("체험 휴대폰 주소가 오래됐어요. 터미널에 새로 나온 주소를 열어 주세요.")


@door(bp, "/demo/phone/<token>", audience="public", tenant="token")
def demo_phone(token: str) -> ResponseReturnValue:
    """Show the phone: what arrived, newest last, and what is still coming."""
    return render_template("public/demo_phone.html", phone=_phone(token)[1], token=token)


@door(bp, "/demo/phone/<token>/screen", audience="public", tenant="token")
def demo_phone_screen(token: str) -> ResponseReturnValue:
    """Answer the screen alone, or nothing when it looks the same."""
    phone = _phone(token)[1]
    if request.args.get("v") == phone.version:
        return "", 204
    return fragment("public/demo_phone.html", "screen", phone=phone, token=token)


@door(bp, "/demo/phone/<token>/hurries", methods=("POST",), audience="public", tenant="token")
def demo_phone_hurry(token: str) -> ResponseReturnValue:
    """지금 보내기: the due time moves to now; whether it goes is still the gate's to say."""
    shop_id = _phone(token)[0]
    message_id = row_number(request.form.get("message"))
    if message_id is None:
        raise NotHere
    flow.send_now(shop_id=shop_id, message_id=message_id, now=now())
    return see_other(url_for("public.demo_phone", token=token))


def _known_sender() -> None:
    secret = current_app.config["WIRE"].demo_phone_secret
    if not secret or not same(request.headers.get("X-Demo-Secret", ""), secret):
        abort(403)


@door(bp, "/demo/gateway/messages", methods=("POST",), audience="public", csrf=False)
def gateway_take_in() -> ResponseReturnValue:
    """Take one letter in; the same key again answers the same id."""
    _known_sender()
    letter = request.get_json(silent=True)
    wanted = ("key", "to", "text", "at")
    if not isinstance(letter, dict) or not all(isinstance(letter.get(name), str) for name in wanted):
        abort(400)
    if len(letter["key"]) > 32 or len(letter["to"]) > 16 or len(letter["text"]) > _LONGEST:
        abort(400)
    try:
        at = datetime.fromisoformat(letter["at"])
        if at.tzinfo is None:
            raise ValueError("a moment without a zone")
    except ValueError:
        abort(400)
    return {"id": flow.take_in(key=letter["key"], to=letter["to"], text=letter["text"], at=at)}


@door(bp, "/demo/gateway/messages", audience="public", csrf=False)
def gateway_find() -> ResponseReturnValue:
    """Say whether a key arrived: its id, or with authority that it never did."""
    _known_sender()
    found = demo_reads.demo_letter(request.args.get("key", ""))
    return ({"id": found}, 200) if found else ({"absent": True}, 404)
