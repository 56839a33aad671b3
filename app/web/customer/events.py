"""이벤트 on the card: what one may enter, one's own ticket, what came of it."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.board import asked_for, events
from app.board import event_rules as rules
from app.customers import queries as people
from app.flows import event as flow
from app.kit.names import masked_name
from app.web import answers
from app.web.answers import see_other
from app.web.customer.blueprint import bp
from app.web.doors import door, now
from app.web.guards import current_card, current_shop
from app.web.readable import row_number


@door(bp, "/c/<code>/events", audience="customer", role="holder", tenant="code")
def my_events(code: str) -> ResponseReturnValue:
    """Show the shop's events and which of them one entered."""
    holder = current_card()
    after = row_number(request.args.get("after"))
    page = events.events(holder.shop_id, now=now(), after=after)
    mine = events.my_entries(
        shop_id=holder.shop_id, customer_id=holder.customer_id, event_ids=[line.id for line in page.lines]
    )
    return render_template(
        "customer/events.html",
        shop=current_shop(),
        page=page,
        mine_by_event={entry.event_id: entry for entry in mine},
    )


@door(
    bp,
    "/c/<code>/events/<int:event_id>",
    methods=("GET", "POST"),
    audience="customer",
    role="holder",
    tenant="code",
)
def my_event(code: str, event_id: int) -> ResponseReturnValue:
    """Show one event with one's own ticket; the POST enters."""
    holder = current_card()
    if request.method == "GET":
        return render_template("customer/event.html", **_page(event_id))
    try:
        flow.enter(
            shop_id=holder.shop_id,
            customer_id=holder.customer_id,
            event_id=event_id,
            may_name=request.form.get("named") == "y",
            now=now(),
        )
    except (
        rules.NotForThem,
        rules.NotDoneYet,
        rules.NotBegun,
        rules.EventOver,
        rules.EventCancelled,
    ) as refusal:
        return answers.invalid(
            "customer/event.html", **(_page(event_id) | {"wrong": refusal.sentence}), status=refusal.status
        )
    flash("참여했어요. 결과가 나오면 여기에서 볼 수 있어요")
    return see_other(url_for("customer.my_event", code=code, event_id=event_id))


@door(
    bp,
    "/c/<code>/events/<int:event_id>/name-removal",
    methods=("POST",),
    audience="customer",
    role="holder",
    tenant="code",
)
def remove_name(code: str, event_id: int) -> ResponseReturnValue:
    """이름 빼기: the result names one no longer; the ticket stays, for the draw is checked with it."""
    holder = current_card()
    flow.unname(shop_id=holder.shop_id, customer_id=holder.customer_id, event_id=event_id)
    flash("이름을 뺐어요. 이제 추첨 번호만 보여요")
    return see_other(url_for("customer.my_event", code=code, event_id=event_id))


def _page(event_id: int) -> dict[str, Any]:
    holder = current_card()
    where: dict[str, Any] = {"shop_id": holder.shop_id, "customer_id": holder.customer_id}
    line = events.event(shop_id=holder.shop_id, event_id=event_id, now=now())
    if line is None:
        raise rules.NoSuchEvent
    mine = events.my_entry(**where, event_id=event_id)
    known = people.my_details(**where)
    missing, wants_number = "", False
    if mine is None and line.state == "open":
        try:
            rules.must_fit(
                line.conditions,
                visits=known.visit_count,
                age14=bool(known.phone) and known.standing["age14"],
                in_group=flow.is_invited(line.conditions, **where, now=now()),
            )
        except rules.NotForThem as refusal:
            missing, wants_number = refusal.sentence, isinstance(refusal, rules.NumberWanted)
    return {
        "shop": current_shop(),
        "line": line,
        "mine": mine,
        "missing": missing,
        "wants_number": wants_number,
        "won": events.winners(shop_id=holder.shop_id, event_id=event_id) if line.state == "drawn" else [],
        "is_done": mine is not None or line.state != "open" or asked_for.is_done(line, **where),
        "disclosed": rules.DISCLOSED,
        "wrong": "",
        "shown_as": masked_name(known.name),
    }
