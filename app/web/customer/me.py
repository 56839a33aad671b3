"""내 정보: see, take along, change one's mind, leave. No harder than giving it was (개인정보 보호법 38조 4항)."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import Response, current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cards import queries as cards
from app.customers import queries as people
from app.customers.rules import OPTIONAL_KINDS
from app.customers.texts import CONSENTS, consent_text
from app.flows import join
from app.flows import privacy as flow
from app.kit.phone import national
from app.kit.refusals import Invalid
from app.messages import queries as messages
from app.visits import queries as visits_of_shop
from app.web import cookies
from app.web.answers import invalid, see_other
from app.web.customer.blueprint import bp
from app.web.details_form import DetailsForm
from app.web.doors import door, now
from app.web.guards import current_card, current_shop


@door(bp, "/c/<code>/me", audience="customer", role="holder", tenant="code")
def me(code: str) -> ResponseReturnValue:
    """Everything the shop knows, and the switches of what it may do with it."""
    holder = current_card()
    mine = people.my_details(shop_id=holder.shop_id, customer_id=holder.customer_id)
    optional = [consent_text(kind) for kind in OPTIONAL_KINDS]
    return render_template("customer/me.html", shop=current_shop(), mine=mine, optional=optional)


@door(bp, "/c/<code>/me/download", audience="customer", role="holder", tenant="code")
def me_download(code: str) -> ResponseReturnValue:
    """The same as a file (개인정보 보호법 35조)."""
    holder, shop = current_card(), current_shop()
    where = {"shop_id": holder.shop_id, "customer_id": holder.customer_id}
    page = cards.card_page(shop_id=holder.shop_id, card_id=holder.card_id, now=now())
    mine: dict[str, Any] = {
        "shop": {"name": shop.name, "phone": shop.phone, "address": shop.address},
        "taken_at": now(),
        "person": asdict(people.my_details(**where)),
        "card": {"stamps": page.balance, "goal": page.goal, "reward": page.reward_name, "code": page.spoken},
        "rewards": [asdict(reward) for reward in page.rewards],
        "ledger": [
            asdict(line)
            for line in cards.card_lines(shop_id=holder.shop_id, card_id=holder.card_id, limit=10_000)
        ],
        "visits": [asdict(visit) for visit in visits_of_shop.visits_of(**where)],
        "letters": [
            asdict(letter)
            for letter in messages.inbox(holder.shop_id, holder.customer_id, now=now(), limit=10_000)
        ],
    }
    text = json.dumps(mine, ensure_ascii=False, indent=2, default=_plain)
    answer = Response(text, content_type="application/json; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="dangol-{shop.code}.json"'
    return answer


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


@door(bp, "/c/<code>/me/consents", methods=("POST",), audience="customer", role="holder", tenant="code")
def me_consents(code: str) -> ResponseReturnValue:
    """Give or withdraw one optional consent."""
    holder = current_card()
    grant = request.form.get("grant") == "y"
    flow.change_consent(
        shop_id=holder.shop_id,
        customer_id=holder.customer_id,
        kind=request.form.get("kind", ""),
        grant=grant,
        ip=request.remote_addr or "",
        user_agent=request.user_agent.string,
        master=current_app.config["MASTER_KEY"],
        now=now(),
    )
    flash("동의해 주셔서 고마워요" if grant else "동의를 철회했어요")
    return see_other(url_for("customer.me", code=code))


@door(bp, "/c/<code>/me/delete", methods=("GET", "POST"), audience="customer", role="holder", tenant="code")
def me_delete(code: str) -> ResponseReturnValue:
    """Say what goes and what the law keeps; the second tap does it."""
    holder = current_card()
    if request.method == "GET":
        page = cards.card_page(shop_id=holder.shop_id, card_id=holder.card_id, now=now())
        return render_template("customer/me_delete.html", shop=current_shop(), page=page)
    flow.erase(shop_id=holder.shop_id, customer_id=holder.customer_id, now=now())
    return see_other(url_for("public.landing", left="1"))


def _as_said_before(form: DetailsForm, mine: people.MyDetails) -> None:
    """Fill the form with the person's own earlier words. Somebody new to it finds every box empty."""
    form.name.data = mine.name
    if mine.phone is None:
        return
    form.phone.data = national(mine.phone)
    for kind, holds in mine.standing.items():
        form[kind].data = holds


@door(bp, "/c/<code>/details", methods=("GET", "POST"), audience="customer", role="holder", tenant="code")
def details(code: str) -> ResponseReturnValue:
    """A name and a number, later: when the reward is due, or whenever the person likes."""
    holder, shop = current_card(), current_shop()
    mine = people.my_details(shop_id=holder.shop_id, customer_id=holder.customer_id)
    form = DetailsForm()
    page: dict[str, Any] = {"shop": shop, "form": form, "consents": CONSENTS, "mine": mine}
    if request.method == "GET":
        _as_said_before(form, mine)
        return render_template("customer/details.html", **page)
    try:
        join.add_details(
            shop_id=holder.shop_id,
            browser_token=cookies.browser_token_or_new(),
            details=form.details(),
            source="card",
            ip=request.remote_addr or "",
            user_agent=request.user_agent.string,
            master=current_app.config["MASTER_KEY"],
            now=now(),
        )
    except Invalid as refusal:
        form.show(refusal)
        return invalid("customer/details.html", **page)
    flash("카드에 적어 두었어요")
    return see_other(url_for("customer.card", code=code))
