"""더보기: the shop's own facts, one question a page; what was typed stays when it can't be saved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cards import counter, extras, promises
from app.cards import queries as cards
from app.flows import shop as shop_flow
from app.kit.refusals import Invalid
from app.shops import queries as shops
from app.shops import signins
from app.visits import goods
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked, places
from app.web.owner.blueprint import bp

_FIRST_RULE = promises.CleanRule(10, "", (), 0, 0, 0, "none", 0, None)
_ON = {True: "쓰고 있어요", False: "꺼져 있어요"}
_TEXT_SIZES = (("normal", "보통"), ("large", "크게"), ("xlarge", "아주 크게"))


@door(bp, "/owner/more", audience="owner", role="staff", tenant="session")
def more() -> ResponseReturnValue:
    """Show what can be set and looked at: what is opened daily, the rest in groups; or what a typed word stands for."""
    return render_template("owner/more.html", **_places())


@door(bp, "/owner/more/places", audience="owner", role="staff", tenant="session")
def more_places() -> ResponseReturnValue:
    """Show what a word stands for while it is typed: the block of the page."""
    return answers.fragment("owner/more.html", "places", **_places())


def _places() -> dict[str, Any]:
    """Return the places of 더보기, each with what it is now, as far as who is signed in may see them."""
    staff = current_staff()
    shop, typed = staff.shop, request.args.get("q", "").strip()[: places.QUERY_MAX]
    colleagues = shops.staff_of(shop.id)
    me = next((line for line in colleagues if line.id == staff.staff_id), None)
    facts = {
        "warranties": shop.has("warranties"),
        "no_warranties": not shop.has("warranties"),
        "board": shop.has("board"),
        "products": goods.has_any(shop.id),
        "colleagues": len(colleagues) > 1 and not staff.is_shared,
        "sees_friends": shop.has("referrals") and staff.role != "owner",
    }
    return {
        "typed": typed,
        "found": places.found(typed, facts) if typed else [],
        "daily": places.daily(facts),
        "groups": places.groups(facts),
        "values": _values(len(colleagues), me),
        "needs_password": me is not None and not me.has_password and not staff.is_shared,
    }


def _values(people_count: int, me: shops.StaffLine | None) -> dict[str, str]:
    """Return what stands at the end of a row, by its endpoint: how it is now."""
    staff = current_staff()
    shop, promise = staff.shop, cards.promise(staff.shop.id)
    switched = {
        "owner.tiers": "tiers",
        "owner.boosts": "boosts",
        "owner.friend_settings": "referrals",
        "owner.done_settings": "done",
    }
    return {
        **{endpoint: _ON[shop.has(use)] for endpoint, use in switched.items()},
        "owner.warranty_settings": "" if shop.has("warranties") else _ON[False],
        "owner.card_rule": f"도장 {promise.goal}개" if promise else "",
        "owner.price_buttons": f"{len(shop.price_list)}개" if shop.price_list else "쓰지 않아요",
        "owner.hours": f"{clock(shop.open_minute)} – {clock(shop.close_minute)}",
        "owner.contact": shop.phone or "아직 없어요",
        "owner.shop_links": "있어요" if shop.has("links") else "",
        "owner.talk_channel": "있어요" if shop.has("talk") else "",
        "owner.programs": "확인해 주세요" if shop.has("webhook_stopped") else "",
        "owner.staff_list": f"{people_count}명",
        "owner.text_size": dict(_TEXT_SIZES)[staff.text_size],
        "owner.second_step": _ON[me is not None and me.has_second],
        "owner.own_pin": "있어요" if me and me.has_pin else "아직 없어요",
    }


def clock(minute: int) -> str:
    """Return minutes after midnight as a time input wants them: "09:00", also for 25:30."""
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def _form(
    template: str, typed: dict[str, str], save: Callable[[], None], *, said: str = "저장했어요", **around: Any
) -> ResponseReturnValue:
    """Show a form, or save it: the one shape all pages of this room share."""
    if request.method == "GET":
        return render_template(template, typed=typed, wrong={}, **around)
    try:
        save()
    except Invalid as error:
        wrong = answers.in_order(error.fields, (*typed, "present", "password"))
        return answers.invalid(template, typed=typed, wrong=wrong, **around)
    flash(said)
    return see_other(url_for("owner.more"))


def _typed(**now_is: str) -> dict[str, str]:
    """Return the fields as typed, or as they are when the page is first opened."""
    return now_is if request.method == "GET" else {name: asked.text(name) for name in now_is}


@door(bp, "/owner/more/shop", methods=("GET", "POST"), audience="owner", role="manager", tenant="session")
def shop_profile() -> ResponseReturnValue:
    """What the shop tells everyone: name, mark, address, story."""
    staff = current_staff()
    shop = staff.shop
    typed = _typed(
        name=shop.name, mark=shop.mark, owner_name=shop.owner_name, address=shop.address, story=shop.story
    )
    return _form(
        "owner/shop_profile.html",
        typed,
        lambda: shop_flow.save_profile(shop_id=staff.shop.id, staff_id=staff.staff_id, **typed, now=now()),
    )


@door(
    bp,
    "/owner/more/card",
    methods=("GET", "POST"),
    audience="owner",
    role="owner",
    tenant="session",
    sudo=True,
)
def card_rule() -> ResponseReturnValue:
    """What a card gives; the page says whom a change touches before anything is saved."""
    staff = current_staff()
    shop_id = staff.shop.id
    rule = extras.present_rule(shop_id)
    typed = _typed(**(promises.typed_of(rule) if rule else promises.typed_of(_FIRST_RULE)))
    out, active, holding = counter.cards_out(shop_id=shop_id, now=now())
    return _form(
        "owner/card_rule.html",
        typed,
        lambda: shop_flow.save_card_rule(shop_id=staff.shop.id, staff_id=staff.staff_id, **typed, now=now()),
        rule=rule,
        out=out,
        active=active,
        holding=holding,
        stage_numbers=range(1, promises.STAGES_MOST + 1),
    )


@door(bp, "/owner/more/hours", methods=("GET", "POST"), audience="owner", role="manager", tenant="session")
def hours() -> ResponseReturnValue:
    """When the shop opens and closes; a waiting 도장 받기 lasts until closing."""
    staff = current_staff()
    shop = staff.shop
    typed = _typed(opens=clock(shop.open_minute), closes=clock(shop.close_minute))
    return _form(
        "owner/hours.html",
        typed,
        lambda: shop_flow.save_hours(shop_id=staff.shop.id, staff_id=staff.staff_id, **typed, now=now()),
    )


@door(
    bp,
    "/owner/more/contact",
    methods=("GET", "POST"),
    audience="owner",
    role="owner",
    tenant="session",
    sudo=True,
)
def contact() -> ResponseReturnValue:
    """The number customers can call, which every message carries, an 080 number for opting out, an e-mail address."""
    staff = current_staff()
    shop = staff.shop
    typed = _typed(phone=shop.phone, opt_out_080=shop.opt_out_080, email=shop.email)
    return _form(
        "owner/contact.html",
        typed,
        lambda: shop_flow.save_contact(shop_id=staff.shop.id, staff_id=staff.staff_id, **typed, now=now()),
    )


@door(bp, "/owner/more/text", methods=("GET", "POST"), audience="owner", role="staff", tenant="session")
def text_size() -> ResponseReturnValue:
    """How large this person wants to read."""
    staff = current_staff()
    typed = _typed(size=staff.text_size)
    return _form(
        "owner/text_size.html",
        typed,
        lambda: shop_flow.set_text_size(shop_id=staff.shop.id, staff_id=staff.staff_id, **typed),
        sizes=_TEXT_SIZES,
    )


@door(
    bp,
    "/owner/more/password",
    methods=("GET", "POST"),
    audience="owner",
    role="staff",
    tenant="session",
    device="own",
)
def password() -> ResponseReturnValue:
    """A login of one's own, for who came in by a link or wants a new password."""
    staff = current_staff()
    me = next(line for line in shops.staff_of(staff.shop.id) if line.id == staff.staff_id)
    typed = _typed(login=me.login or "")
    return _form(
        "owner/password.html",
        typed,
        lambda: shop_flow.set_password(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            login=typed["login"],
            password=asked.text("password"),
            present=asked.text("present"),
            session_id=staff.session_id,
            now=now(),
        ),
        said="바꾸었어요. 다른 기기에서는 로그아웃했어요" if me.has_password else "저장했어요",
        has_password=me.has_password,
        asks_present=signins.must_prove_password(
            shop_id=staff.shop.id, staff_id=staff.staff_id, session_id=staff.session_id, now=now()
        ),
    )
