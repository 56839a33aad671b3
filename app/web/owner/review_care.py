"""후기 가리기 for a listed cause, showing one again, and 확인할 사진: photos the shop looks at before everybody does."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import review_care as flow
from app.kit.refusals import Invalid
from app.reviews import rules, unseen
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look
from app.web.owner.reviews import review_page
from app.web.pictures import picture

_FIELDS = ("cause", "note")


@door(
    bp,
    "/owner/reviews/<int:review_id>/hiding",
    methods=("GET", "POST"),
    audience="owner",
    role="owner",
    tenant="session",
)
def hide_review(review_id: int) -> ResponseReturnValue:
    """Ask for which listed cause, or hide the review for it."""
    staff, page = current_staff(), review_page(review_id)
    if page["line"].hidden:
        return see_other(url_for("owner.shop_review", review_id=review_id))
    page |= {"causes": list(rules.CAUSES.items()), "typed": {name: asked.text(name) for name in _FIELDS}}
    if request.method == "GET":
        note_look("view", page["line"].customer_id)
        return render_template("owner/hide_review.html", **page)
    try:
        flow.hide(
            shop_id=staff.shop.id, staff_id=staff.staff_id, review_id=review_id, **page["typed"], now=now()
        )
    except Invalid as error:
        return answers.invalid(
            "owner/hide_review.html", **page | {"wrong": answers.in_order(error.fields, _FIELDS)}
        )
    flash("후기를 가렸어요. 까닭을 손님께 알려 드려요")
    return see_other(url_for("owner.shop_review", review_id=review_id))


@door(
    bp,
    "/owner/reviews/<int:review_id>/showing",
    methods=("POST",),
    audience="owner",
    role="owner",
    tenant="session",
)
def show_review(review_id: int) -> ResponseReturnValue:
    """Show a hidden review again."""
    staff = current_staff()
    flow.show_again(shop_id=staff.shop.id, staff_id=staff.staff_id, review_id=review_id, now=now())
    flash("후기를 다시 보여 드려요")
    return see_other(url_for("owner.shop_review", review_id=review_id))


@door(
    bp,
    "/owner/reviews/photos",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
)
def review_photos() -> ResponseReturnValue:
    """Show the photos that wait; the POST lets all on the screen be shown, those that were picked, or leaves these out."""
    staff = current_staff()
    if request.method == "GET":
        return _waiting({})
    picked = [ref for ref in request.form.getlist("photo") if ref]
    on_screen = request.form.getlist("seen")
    how = request.form.get("do")
    if how == "refuse":
        try:
            cause = asked.text("cause")
            many = flow.refuse_photos(
                shop_id=staff.shop.id, staff_id=staff.staff_id, refs=picked, cause=cause, now=now()
            )
        except Invalid as error:
            return answers.invalid(
                "owner/review_photos.html", **_page(answers.in_order(error.fields, ("refs", "cause")))
            )
        flash(f"사진 {many}장을 싣지 않기로 했어요")
    else:
        if how == "some" and not picked:
            return answers.invalid("owner/review_photos.html", **_page({"refs": "실을 사진을 골라 주세요."}))
        many = flow.pass_photos(shop_id=staff.shop.id, refs=on_screen if how == "all" else picked, now=now())
        flash(f"사진 {many}장을 실었어요")
    return see_other(url_for("owner.review_photos"))


def _waiting(wrong: dict[str, str]) -> str:
    page = _page(wrong)
    if page["photos"]:
        note_look("reviews")
    return render_template("owner/review_photos.html", **page)


def _page(wrong: dict[str, str]) -> dict[str, Any]:
    shop_id = current_staff().shop.id
    return {
        "photos": unseen.unseen(shop_id),
        "waiting_photos": unseen.count(shop_id),
        "causes": list(rules.CAUSES.items()),
        "picked": set(request.form.getlist("photo")),
        "cause": asked.text("cause"),
        "wrong": wrong,
    }


@door(bp, "/owner/reviews/photos/<ref>", audience="owner", role="manager", tenant="session")
def unseen_photo(ref: str) -> ResponseReturnValue:
    """Answer a photo that waits for the shop's look; it is kept nowhere on the way."""
    return picture(unseen.open_unseen(current_staff().shop.id, ref), kept="no-store")
