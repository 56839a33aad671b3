"""종이 카드가 있어요: the photo of an old paper card, and what came of it."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cards import papers
from app.flows import paper_card as flow
from app.kit.images import MOST_BYTES, BadImage
from app.kit.refusals import Invalid, NotHere
from app.kit.signing import new_token
from app.reviews import photos
from app.web import answers
from app.web.answers import see_other
from app.web.customer.blueprint import bp
from app.web.doors import door, now
from app.web.guards import current_card, current_shop
from app.web.pictures import picture

_NO_PHOTO = "종이 카드의 사진을 골라 주세요. 도장이 모두 보이게 찍어 주세요."


@door(
    bp,
    "/c/<code>/paper",
    methods=("GET", "POST"),
    audience="customer",
    role="holder",
    tenant="code",
    max_bytes=MOST_BYTES + 1024 * 1024,
)
def paper(code: str) -> ResponseReturnValue:
    """Show the form and what was sent before, or send a photo with how many stamps are on it."""
    if request.method == "GET":
        return render_template("customer/paper.html", **_page())
    holder, file = current_card(), request.files.get("photo")
    typed = request.form.get("stamps", "")
    if file is None or not file.filename:
        return answers.invalid("customer/paper.html", **_page(typed, {"photo": _NO_PHOTO}))
    try:
        flow.ask(
            shop_id=holder.shop_id,
            customer_id=holder.customer_id,
            stamps=typed,
            upload=cast(BinaryIO, file.stream),
            once=(request.form.get("once") or new_token())[:40],
            now=now(),
        )
    except Invalid as error:
        # The browser forgets a file that comes back: it has to be picked once more, and that is said.
        again = {"photo": "사진을 한 번 더 골라 주세요."}
        return answers.invalid("customer/paper.html", **_page(typed, error.fields | again))
    except BadImage as refusal:
        return answers.invalid("customer/paper.html", **_page(typed, {"photo": refusal.sentence}))
    flash("사장님께 보냈어요")
    return see_other(url_for("customer.paper", code=code))


def _page(typed: str = "", wrong: dict[str, str] | None = None) -> dict[str, Any]:
    holder = current_card()
    sent = papers.papers_of(shop_id=holder.shop_id, card_id=holder.card_id)
    waiting = next((line for line in sent if line.state == "waiting"), None)
    return {
        "shop": current_shop(),
        "sent": [line for line in sent if line.state != "waiting" and line.photo_ref],
        "waiting": waiting,
        "photo": photos.loose_photo(holder.shop_id, waiting.photo_ref) if waiting else None,
        "typed": typed,
        "wrong": wrong or {},
        "once": new_token(),
    }


@door(
    bp,
    "/c/<code>/paper/<int:paper_id>/withdrawal",
    methods=("POST",),
    audience="customer",
    role="holder",
    tenant="code",
)
def paper_withdrawal(code: str, paper_id: int) -> ResponseReturnValue:
    """Take it back: the photo is gone at once."""
    holder = current_card()
    flow.withdraw(shop_id=holder.shop_id, customer_id=holder.customer_id, paper_id=paper_id, now=now())
    flash("보낸 것을 취소하고 사진을 지웠어요")
    return see_other(url_for("customer.paper", code=code))


@door(bp, "/c/<code>/paper/<int:paper_id>/photo", audience="customer", role="holder", tenant="code")
def paper_photo(code: str, paper_id: int) -> ResponseReturnValue:
    """Answer one's own photo while it waits."""
    holder = current_card()
    line = papers.paper(shop_id=holder.shop_id, paper_id=paper_id)
    if line is None or line.card_id != holder.card_id:
        raise NotHere
    return picture(photos.open_loose(holder.shop_id, line.photo_ref), kept="no-store")
