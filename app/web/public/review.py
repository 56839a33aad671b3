"""후기 남기기 by the link of a message or from the card: one form, one thanks page, whatever the rating."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.coupons import queries as coupons
from app.flows import review as flow
from app.flows import voice as voices
from app.kit.refusals import Invalid
from app.kit.signing import new_token
from app.reviews import given_rules, photos, rules
from app.reviews import queries as reviews
from app.reviews.asks import AskView
from app.reviews.rules import AskGone, TooManyReviews, VisitUndone
from app.shops import queries as shops
from app.testers import disclosing
from app.voices.rules import TooMuchSaid
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.public import photo_uploads
from app.web.public.blueprint import bp
from app.web.readable import row_number

_FIELDS = ("stars", "mood", "text")


def _asked(token: str) -> tuple[AskView, dict[str, Any]]:
    """Return the ask and what every page about it needs. Raises NotHere, ReviewErased, PlainHttp."""
    ask = photo_uploads.ask_of(token)
    shop = shops.shop_by_id(ask.shop_id)
    return ask, {"ask": ask, "shop": shop, "settings": reviews.settings(ask.shop_id)}


@door(
    bp,
    "/r/<token>",
    methods=("GET", "POST"),
    audience="public",
    tenant="token",
    max_bytes=photo_uploads.MOST_BYTES,
)
def review(token: str) -> ResponseReturnValue:
    """Ask how it was; a visit that has its review shows it."""
    ask, page = _asked(token)
    told = page["settings"].reward_stamps
    promised = coupons.promised_for(
        shop_id=ask.shop_id, customer_id=ask.customer_id, rule="review", now=now()
    )
    page |= {
        "mine": None,
        "not_taken": False,
        "told": told,
        "coupon": promised,
        "told_words": given_rules.reward_words(told, coupon=promised is not None),
        "disclosure": given_rules.disclosure(
            given_rules.reward_words(told, coupon=promised is not None, works_here=ask.works_here)
        ),
        "tried": given_rules.disclosure(
            disclosing.given_lately(shop_id=ask.shop_id, customer_id=ask.customer_id, now=now())
        ),
        "moods": list(rules.MOODS.items()),
        "typed": {name: request.form.get(name, "") for name in _FIELDS},
        "wrong": {},
        "photos": photos.photos_of_ask(ask.shop_id, ask.ask_id),
    }
    if request.method == "POST":
        return _leave(ask, page)
    if ask.has_review:
        mine = reviews.review_of_ask(shop_id=ask.shop_id, ask_id=ask.ask_id)
        return render_template(
            "public/review.html", **page | {"mine": mine, "not_taken": request.args.get("again") == "1"}
        )
    if ask.undone:
        raise VisitUndone
    if ask.expired:
        raise AskGone
    return render_template("public/review.html", **page)


def _leave(ask: AskView, page: dict[str, Any]) -> ResponseReturnValue:
    refused = [] if ask.has_review else photo_uploads.take(request.files.getlist("photo"), ask, now())
    if refused:
        page |= {"photos": photos.photos_of_ask(ask.shop_id, ask.ask_id)}
        return answers.invalid("public/review.html", **page | {"wrong": {"photo": refused[0]}})
    try:
        left = flow.leave(
            token=ask.token,
            **page["typed"],
            told_reward=row_number(request.form.get("told")) or 0,
            told_coupon=row_number(request.form.get("told_coupon")),
            now=now(),
        )
    except (Invalid, TooManyReviews, AskGone, VisitUndone) as error:
        # Whatever is refused, what was typed stays.
        wrong = error.fields if isinstance(error, Invalid) else {"text": error.sentence}
        page |= {"photos": photos.photos_of_ask(ask.shop_id, ask.ask_id)}
        return answers.invalid("public/review.html", **page | {"wrong": answers.in_order(wrong, _FIELDS)})
    if left.repeated and not left.same:
        # Written in a second tab: the first one stands, and the page says what became of this one.
        return see_other(url_for("public.review", token=ask.token, again=1))
    return see_other(url_for("public.review_thanks", token=ask.token))


def _thanks(token: str) -> tuple[AskView, dict[str, Any]]:
    ask, page = _asked(token)
    mine = reviews.review_of_ask(shop_id=ask.shop_id, ask_id=ask.ask_id)
    return ask, page | {
        "reward": given_rules.thanked(mine.reward) if mine else "",
        "once": new_token(),
        "typed": request.form.get("text", ""),
        "wrong": {},
    }


@door(bp, "/r/<token>/thanks", audience="public", tenant="token")
def review_thanks(token: str) -> ResponseReturnValue:
    """Thank for the review, and offer a word to the owner alone and the shop's other places."""
    ask, page = _thanks(token)
    if not ask.has_review:
        return see_other(url_for("public.review", token=token))
    return render_template("public/review_thanks.html", **page)


@door(bp, "/r/<token>/voices", methods=("POST",), audience="public", tenant="token")
def review_voice(token: str) -> ResponseReturnValue:
    """사장님께 한마디 after a review."""
    ask, page = _thanks(token)
    once = (request.form.get("once") or page["once"])[:80]
    try:
        voices.say_beside_review(token=ask.token, text=page["typed"], once=once, now=now())
    except (Invalid, TooMuchSaid) as error:
        wrong = error.fields if isinstance(error, Invalid) else {"text": error.sentence}
        return answers.invalid("public/review_thanks.html", **page | {"wrong": wrong})
    flash("사장님께 전했어요")
    return see_other(url_for("public.review_thanks", token=token))
