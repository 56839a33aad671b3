"""친구 데려오기: a person's own link and QR, what both get, and how many came by it. Counts, nobody's name.

Who came is not told: the friend gave their name to the shop, not to whoever sent the link, and a name with its
middle letter hidden still says to a neighbour who was where and when. Numbers thank just as well.
"""

from __future__ import annotations

from flask import current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import referral
from app.kit import qr
from app.kit.refusals import NotHere
from app.referrals import queries as referrals
from app.referrals import rules
from app.referrals.queries import Mine
from app.web.answers import see_other
from app.web.customer.blueprint import bp
from app.web.doors import door, now
from app.web.guards import current_card, current_shop


def for_card() -> Mine | None:
    """Return what the card says about friends; asks nothing in a shop that does not use it."""
    if not current_shop().has("referrals"):
        return None
    holder = current_card()
    return referrals.on_card(shop_id=holder.shop_id, customer_id=holder.customer_id)


@door(bp, "/c/<code>/friends", methods=("GET", "POST"), audience="customer", role="holder", tenant="code")
def friends(code: str) -> ResponseReturnValue:
    """Show the link, or make it: only then does somebody else read anything of this person."""
    holder, shop = current_card(), current_shop()
    mine = for_card()
    if mine is None:
        raise NotHere("지금은 친구 초대를 쓰지 않는 가게예요.")
    if request.method == "POST":
        referral.make_invite(
            shop_id=holder.shop_id,
            customer_id=holder.customer_id,
            shows_name=request.form.get("shows_name") == "y",
            now=now(),
        )
        flash("저장했어요" if request.form.get("again") else "링크를 만들었어요. 친구에게 보내 보세요")
        return see_other(url_for("customer.friends", code=code))
    invite = referrals.my_invite(shop_id=holder.shop_id, customer_id=holder.customer_id)
    path = url_for("public.join", code=code, f=invite.word)
    link = current_app.config["BASE_URL"] + path if invite.word else ""
    size, drawing = qr.drawing(link) if link else (0, "")
    return render_template(
        "customer/friends.html",
        shop=shop,
        mine=mine,
        invite=invite,
        link=link,
        text=f"{shop.name} 카드를 받아 보세요. {rules.friend_words(mine.promise.friend)}".strip(),
        qr_size=size,
        qr_drawing=drawing,
        nothing=rules.NOTHING_FOR_FRIEND if mine.refused else "",
    )
