"""체험단 for everybody: what a shop looks for, how it draws, and what it changed by what people said."""

from __future__ import annotations

from flask import Response, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.board.draw_rules import proof_text
from app.testers import queries, rules
from app.testers.queries import ProgrammeView
from app.testers.rules import NoProgramme
from app.web.doors import door, now
from app.web.guards import current_shop, held_card
from app.web.public.blueprint import bp


@door(bp, "/s/<code>/testers", audience="public", tenant="code")
def shop_testers(code: str) -> ResponseReturnValue:
    """Show what one may apply for, and what came of what is over."""
    shop, moment = current_shop(), now()
    views = queries.shown(shop.id, now=moment)
    return render_template(
        "public/shop_testers.html",
        shop=shop,
        coming=[view for view in views if view.standing.takes_applications(moment)],
        running=[view for view in views if not view.standing.takes_applications(moment) and not view.change],
        changed=[view for view in views if view.change],
    )


@door(bp, "/s/<code>/testers/<ref>", audience="public", tenant="code")
def shop_tester(code: str, ref: str) -> ResponseReturnValue:
    """Show one programme; who holds a card goes on to it there."""
    if held_card() is not None:
        return redirect(url_for("customer.tester", code=code, ref=ref), 303)
    view = _view(ref)
    if view.people:  # for a group: from its people's cards alone
        raise NoProgramme
    return render_template(
        "public/shop_tester.html",
        shop=current_shop(),
        view=view,
        is_open=view.standing.takes_applications(now()),
        base_url=current_app.config["BASE_URL"],
    )


@door(bp, "/s/<code>/testers/<ref>/draw", audience="public", tenant="code")
def tester_draw(code: str, ref: str) -> ResponseReturnValue:
    """Answer the file with which anybody draws again: tickets, never a name."""
    view = _view(ref)
    if view.drawn_at is None:
        raise NoProgramme
    title = f"{current_shop().name} {view.name}"
    text = proof_text(
        title=title,
        seed=view.seed,
        tickets=view.drawn.get("tickets", []),
        winners=int(view.drawn.get("places", 0)),
    )
    answer = Response(text, content_type="text/plain; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="draw.txt"'
    return answer


def _view(ref: str) -> ProgrammeView:
    view = queries.by_ref(shop_id=current_shop().id, ref=ref)
    if view is None or view.sort == rules.TASTING:
        raise NoProgramme
    return view
