"""후기: what customers say in public, the shop's answer to each, and what the shop decided about reviews."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import review as flow
from app.kit.refusals import Invalid, NotHere
from app.reviews import given_rules, rules, sums, unseen
from app.reviews import queries as reviews
from app.web import answers
from app.web.answers import fragment, see_other, wants_fragment
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look
from app.web.owner.review_words import chosen_word
from app.web.readable import row_number

# What the list may be narrowed to, as its chips say it.
_KINDS = {
    "": "모두",
    "unanswered": "답글 기다려요",
    "low": "3점까지",
    "photos": "사진 있어요",
    "hidden": "가린 후기",
}
_LOW = 3
_REWARDS = ((0, "드리지 않아요"), (1, "도장 1개"), (2, "도장 2개"), (3, "도장 3개"))


@door(bp, "/owner/reviews", audience="owner", role="manager", tenant="session")
def shop_reviews() -> ResponseReturnValue:
    """Show the reviews, newest first: all of them, one kind, of one product, or those that say a word."""
    shop_id, after = current_staff().shop.id, row_number(request.args.get("after"))
    hidden, waiting = sums.hidden_by_cause(shop_id), reviews.unanswered(shop_id)
    only = next((each for each in _KINDS if each and request.args.get(each) == "1"), "")
    said, products = chosen_word(), sums.reviewed(shop_id)
    chosen = row_number(request.args.get("product"))
    page = reviews.of_shop(
        shop_id,
        after=after,
        unanswered=only == "unanswered",
        hidden=only == "hidden",
        said=said,
        most_stars=_LOW if only == "low" else 5,
        with_photos=only == "photos",
        product_id=None if said else chosen,
    )
    if page.lines:
        note_look("reviews")
    return render_template(
        "owner/reviews.html",
        page=page,
        standing=sums.standing(shop_id),
        only=only,
        kinds=_kinds(waiting, bool(hidden) or only == "hidden"),
        said=said,
        products=products,
        product=next((each for each in products if each.product_id == chosen and not said), None),
        chosen=None if said else chosen,
        hidden=rules.hidden_sentence(hidden),
        photos_waiting=unseen.count(shop_id),
        onward=request.args.to_dict() | {"after": page.after},
    )


def _kinds(waiting: int, is_hidden: bool) -> list[tuple[str, str]]:
    """Return what the list may be narrowed to; how many wait stands with them, up to what is counted."""
    many = f"{waiting}개" if waiting <= reviews.MOST_COUNTED else f"{reviews.MOST_COUNTED}개 넘게"
    counted = {"unanswered": f" {many}"} if waiting else {}
    return [
        (key, words + counted.get(key, "")) for key, words in _KINDS.items() if key != "hidden" or is_hidden
    ]


@door(
    bp,
    "/owner/reviews/<int:review_id>",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
)
def shop_review(review_id: int) -> ResponseReturnValue:
    """Show one review with the answer's form, or save the answer: in place, or back to the list."""
    staff = current_staff()
    if request.method == "GET":
        page = review_page(review_id)
        note_look("view", page["line"].customer_id)
        return render_template("owner/review.html", **page)
    try:
        flow.answer(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            review_id=review_id,
            text=asked.text("text"),
            now=now(),
        )
    except Invalid as error:
        page = review_page(review_id) | {"typed": asked.text("text"), "wrong": error.fields}
        return answers.invalid("owner/review.html", "one", **page)
    said = "답글을 남겼어요. 손님이 후기와 함께 볼 수 있어요"
    if wants_fragment():
        return fragment("owner/review.html", "one", **review_page(review_id), said=said)
    flash(said)
    return see_other(url_for("owner.shop_reviews"))


def review_page(review_id: int) -> dict[str, Any]:
    """Return what the page of one review needs. Raises NotHere for another shop's."""
    line = reviews.review(shop_id=current_staff().shop.id, review_id=review_id)
    if line is None:
        raise NotHere("찾으시는 후기가 없어요. 후기 목록에서 다시 골라 주세요.")
    return {"line": line, "typed": line.reply, "wrong": {}}


@door(bp, "/owner/more/reviews", methods=("GET", "POST"), audience="owner", role="owner", tenant="session")
def review_settings() -> ResponseReturnValue:
    """What is given for a review, the hashtag, whether photos are looked at first, and where else customers may write."""
    staff = current_staff()
    shop_id = staff.shop.id
    now_is = reviews.settings(shop_id)
    typed = {
        "reward_stamps": str(now_is.reward_stamps),
        "hashtag": now_is.hashtag,
        "naver_url": now_is.naver_url,
        "kakao_url": now_is.kakao_url,
        "google_url": now_is.google_url,
    }
    checks = now_is.checks_photos
    page: dict[str, Any] = {
        "rewards": _REWARDS,
        "disclosure": given_rules.disclosure(given_rules.reward_words(1)),
    }
    if request.method == "GET":
        return render_template("owner/review_settings.html", typed=typed, checks=checks, wrong={}, **page)
    typed = {name: asked.text(name) for name in typed}
    checks = request.form.get("checks_photos") == "y"
    try:
        flow.save_settings(
            shop_id=shop_id,
            staff_id=staff.staff_id,
            reward_stamps=typed["reward_stamps"],
            hashtag=typed["hashtag"],
            naver_url=typed["naver_url"],
            kakao_url=typed["kakao_url"],
            google_url=typed["google_url"],
            checks_photos=checks,
            now=now(),
        )
    except Invalid as error:
        wrong = answers.in_order(error.fields, typed)
        return answers.invalid("owner/review_settings.html", typed=typed, checks=checks, wrong=wrong, **page)
    flash("저장했어요")
    return see_other(url_for("owner.more"))
