"""친구 데려오기: what both are given, who brings people, how many came together."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cards import counter
from app.coupons import words
from app.flows import companions, referral
from app.kit.refusals import Invalid, NotHere
from app.referrals import bringers, rules
from app.referrals import queries as referrals
from app.web import answers
from app.web.answers import fragment, see_other, wants_fragment
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look
from app.web.owner.panels import panel_context


@door(bp, "/owner/more/friends", methods=("GET", "POST"), audience="owner", role="owner", tenant="session")
def friend_settings() -> ResponseReturnValue:
    """Switch it on or off, and say what each of the two is given."""
    staff = current_staff()
    shop_id = staff.shop.id
    coupons = referrals.coupon_names(shop_id)
    now_is = referrals.settings(shop_id) or rules.Settings(rules.Gift(stamps=1), rules.Gift(stamps=1), 5)
    typed: dict[str, Any] = {
        "is_on": "y" if staff.shop.has("referrals") else "",
        "inviter": now_is.inviter.choice,
        "friend": now_is.friend.choice,
        "month_most": str(now_is.month_most),
    }
    page: dict[str, Any] = {"gifts": _gifts(coupons), "was_on": staff.shop.has("referrals")}
    if request.method == "GET":
        return render_template("owner/friend_settings.html", typed=typed, wrong={}, **page)
    typed = {name: asked.text(name) for name in typed}
    try:
        referral.save_settings(
            shop_id=shop_id,
            staff_id=staff.staff_id,
            is_on=typed["is_on"] == "y",
            inviter=typed["inviter"],
            friend=typed["friend"],
            month_most=typed["month_most"],
            now=now(),
        )
    except Invalid as error:
        wrong = answers.in_order(error.fields, typed)
        return answers.invalid("owner/friend_settings.html", typed=typed, wrong=wrong, **page)
    flash("저장했어요")
    return see_other(url_for("owner.more"))


def _gifts(coupons: dict[int, str]) -> list[tuple[str, str]]:
    stamps = [(f"stamps:{number}", f"도장 {number}개") for number in range(1, rules.STAMPS_MOST + 1)]
    return [
        ("", "드리지 않아요"),
        *stamps,
        *((f"coupon:{key}", words.called(name)) for key, name in coupons.items()),
    ]


@door(bp, "/owner/friends", audience="owner", role="manager", tenant="session")
def friends() -> ResponseReturnValue:
    """Show who brings people."""
    shop_id = current_staff().shop.id
    lines = bringers.bringers(shop_id=shop_id)
    if lines:
        note_look("friends")
    return render_template("owner/friends.html", lines=lines, sums=bringers.sums(shop_id))


@door(
    bp,
    "/owner/visits/<int:visit_id>/party",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
)
def visit_party(visit_id: int) -> ResponseReturnValue:
    """Say how many came together; the panel shows how it is now."""
    shop_id = current_staff().shop.id
    customer_id, size = companions.set_party(
        shop_id=shop_id, visit_id=visit_id, size=asked.text("size"), now=now()
    )
    card_id = counter.card_of_customer(shop_id=shop_id, customer_id=customer_id)
    if card_id is None:
        raise NotHere("찾으시는 카드가 없어요. 손님께 카드를 다시 열어 달라고 해 주세요.")
    said = f"함께 오신 분까지 {size}명으로 적었어요" if size > 1 else "혼자 오신 것으로 적었어요"
    if wants_fragment():
        return fragment("owner/panel.html", "panel", **panel_context(card_id), said=said, in_place=True)
    flash(said)
    return see_other(url_for("owner.panel", card_id=card_id))
