"""What the slip in a parcel says first: the shop's own line of thanks."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.board import notices
from app.board.notice_rules import THANKS
from app.flows import shop_links as flow
from app.kit.refusals import Invalid
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp


@door(
    bp,
    "/owner/print/parcel/words",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
)
def parcel_words() -> ResponseReturnValue:
    """Write the line of thanks, or go back to the one we begin with."""
    shop_id = current_staff().shop.id
    if request.method == "GET":
        typed = notices.thanks(shop_id) or THANKS
        return render_template("owner/parcel_words.html", typed=typed, wrong={}, usual=THANKS)
    typed = asked.text("thanks")
    try:
        flow.save_thanks(shop_id=shop_id, thanks=typed, now=now())
    except Invalid as error:
        return answers.invalid("owner/parcel_words.html", typed=typed, wrong=error.fields, usual=THANKS)
    flash("저장했어요. 쪽지에 이렇게 적혀요")
    return see_other(url_for("owner.print_sheet", sheet="parcel"))
