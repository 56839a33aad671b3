"""내 후기: the visits one may still tell about, and what one told. Also the wish to be asked later."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.coupons import queries as coupons
from app.flows import review_asks as flow
from app.kit.clock import kst_day
from app.kit.korean import day_name
from app.kit.refusals import NotHere
from app.reviews import asks
from app.reviews import queries as reviews
from app.reviews.given_rules import reward_words
from app.reviews.rules import ASK_LIVES
from app.web.answers import fragment, see_other, wants_fragment
from app.web.customer.blueprint import bp
from app.web.customer.card import card_context, newest
from app.web.doors import door, now
from app.web.guards import current_card, current_shop
from app.web.readable import row_number


@door(bp, "/c/<code>/reviews", methods=("GET", "POST"), audience="customer", role="holder", tenant="code")
def my_reviews(code: str) -> ResponseReturnValue:
    """Show the visits to review and the reviews; the POST leads to a visit's form."""
    holder = current_card()
    where = {"shop_id": holder.shop_id, "customer_id": holder.customer_id}
    if request.method == "POST":
        token = flow.open_ask(**where, visit_id=_visit(), now=now())
        return see_other(url_for("public.review", token=token))
    settings = reviews.settings(holder.shop_id)
    promised = coupons.promised_for(**where, rule="review", now=now())
    return render_template(
        "customer/reviews.html",
        shop=current_shop(),
        visits=asks.visits_to_review(**where, since=now() - ASK_LIVES),
        mine=reviews.reviews_of(**where),
        settings=settings,
        gives=reward_words(settings.reward_stamps, coupon=promised is not None),
    )


@door(bp, "/c/<code>/reviews/wish", methods=("POST",), audience="customer", role="holder", tenant="code")
def review_wish(code: str) -> ResponseReturnValue:
    """이번 후기 요청 받을게요, or taken back (`wanted` empty)."""
    holder = current_card()
    where = {"shop_id": holder.shop_id, "customer_id": holder.customer_id, "visit_id": _visit()}
    if request.form.get("wanted") == "y":
        due = flow.want(**where, now=now())
        said = f"{day_name(kst_day(due))}에 후기 쓰는 곳을 알려 드릴게요"
    else:
        flow.unwant(**where, now=now())
        said = "이번에는 여쭤보지 않을게요"
    if wants_fragment():
        return fragment("customer/card.html", "live", **card_context(), **newest(), said=said)
    flash(said)
    return see_other(url_for("customer.card", code=code))


def _visit() -> int:
    visit_id = row_number(request.form.get("visit"))
    if visit_id is None:
        raise NotHere("그 방문은 찾을 수 없어요. 카드를 새로 열어 다시 해 주세요.")
    return visit_id
