"""Where else the shop is: its pages elsewhere, and its hashtag beside them."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.board import link_rules
from app.board import notices as reads
from app.flows import shop_links as flow
from app.kit.refusals import Invalid
from app.messages import kakao_channel
from app.reviews import queries as reviews
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp


@door(bp, "/owner/more/links", methods=("GET", "POST"), audience="owner", role="owner", tenant="session")
def shop_links() -> ResponseReturnValue:
    """Paste the addresses of the shop's pages elsewhere, or take one away."""
    staff = current_staff()
    given = {link.sort: link.url for link in reads.links(staff.shop.id)}
    page: dict[str, Any] = {
        "sites": link_rules.SITES,
        "hashtag": reviews.settings(staff.shop.id).hashtag,
        "has_channel": staff.shop.has(kakao_channel.USE),
    }
    if request.method == "GET":
        return render_template("owner/shop_links.html", typed=given, wrong={}, **page)
    typed = {sort: asked.text(sort) for sort in link_rules.SITES}
    try:
        flow.save(shop_id=staff.shop.id, staff_id=staff.staff_id, typed=typed, now=now())
    except Invalid as error:
        wrong = answers.in_order(error.fields, link_rules.SITES)
        return answers.invalid("owner/shop_links.html", typed=typed, wrong=wrong, **page)
    flash("저장했어요. 손님 카드와 가게 페이지에 보여요")
    return see_other(url_for("owner.shop_links"))


@door(bp, "/owner/more/support", audience="owner", role="staff", tenant="session")
def support() -> ResponseReturnValue:
    """Show where a small shop finds official help and lessons."""
    return render_template("owner/support.html")
