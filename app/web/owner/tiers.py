"""등급: what the shop decided, who stands where, and a look at what a new rule would change before it is saved."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import tier_rules
from app.kit.clock import kst_day
from app.kit.refusals import Invalid, NotHere
from app.tiers import boosts, forecast, gifts, queries, typed, wording
from app.tiers.queries import TierLine
from app.tiers.rules import GRACES, MOST_LEVELS, PERCENTS, PERIODS, Level, Policy
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look
from app.web.readable import row_number

_PLAIN = ("measure", "months", "downgrade", "grace_days")
_PLACES = range(1, MOST_LEVELS + 1)
_PERIOD_CHOICES = tuple((months, wording.period(months).removesuffix(" 동안")) for months in PERIODS)
_GRACE_CHOICES = tuple((days, f"{days}일" if days else "바로") for days in GRACES)


def percent_choices() -> list[tuple[int, str]]:
    """Return how much more may be given: half a stamp is none, so one and a half is for points alone."""
    points = current_staff().shop.has("points")
    return [(percent, wording.TIMES[percent]) for percent in PERCENTS if percent % 100 == 0 or points]


def brings(tier: TierLine) -> list[str]:
    """Return what a tier brings in words."""
    return wording.benefits(
        percent=tier.percent,
        discount=tier.discount,
        extra=tier.extra,
        early_news=tier.early_news,
        coupon=tier.coupon,
        points=current_staff().shop.has("points"),
    )


@door(bp, "/owner/more/tiers", audience="owner", role="manager", tenant="session")
def tiers() -> ResponseReturnValue:
    """Show the shop's tiers with how many stand in each; while they are off, what we propose and whom it finds."""
    shop = current_staff().shop
    is_on, policy = shop.has("tiers"), queries.policy_of(shop.id)
    lines = queries.tiers_of(shop.id)
    return render_template(
        "owner/tiers.html",
        is_on=is_on,
        policy=policy or typed.START_POLICY,
        sentence=wording.rule_sentence(policy or typed.START_POLICY),
        lines=[(line, brings(line)) for line in reversed(lines)],
        counts=queries.counts(shop.id) if is_on else {},
        proposed=[] if is_on else _proposed(policy, lines),
        boosts=len(boosts.boosts_of(shop.id, today=kst_day(now()))),
        gifts=gifts.lists_of(shop.id) if is_on else [],
        short=wording.short_least,
    )


def _proposed(policy: Policy | None, lines: list[TierLine]) -> list[tuple[Level, int]]:
    """Return each level there would be with how many people it would have at once, the highest first."""
    levels = [line.level for line in lines] or [level for level, _brings in typed.START]
    seen = forecast.forecast(
        shop_id=current_staff().shop.id,
        policy=policy or typed.START_POLICY,
        levels=levels,
        before=[],
        now=now(),
    )
    return [(level, seen.stays.get(level.least, 0)) for level in reversed(levels)]


@door(bp, "/owner/more/tiers/switch", methods=("POST",), audience="owner", role="owner", tenant="session")
def switch_tiers() -> ResponseReturnValue:
    """Switch tiers on, with what we propose when nothing was decided yet, or off."""
    staff, is_on = current_staff(), asked.text("is_on") == "y"
    tier_rules.switch(shop_id=staff.shop.id, staff_id=staff.staff_id, is_on=is_on, now=now())
    flash("등급을 시작했어요. 손님 카드에도 보여요" if is_on else "등급을 껐어요. 정해 둔 것은 그대로 있어요")
    return see_other(url_for("owner.tiers"))


def _as_they_are() -> dict[str, str]:
    shop_id = current_staff().shop.id
    policy = queries.policy_of(shop_id) or typed.START_POLICY
    levels = [line.level for line in queries.tiers_of(shop_id)] or [level for level, _brings in typed.START]
    found = {
        "measure": policy.measure,
        "months": str(policy.months),
        "downgrade": policy.downgrade,
        "grace_days": str(policy.grace_days),
    }
    for place in _PLACES:
        level = levels[place - 1] if place <= len(levels) else None
        found |= {
            f"id_{place}": str(level.id) if level else "",
            f"name_{place}": level.name if level else "",
            f"least_{place}": f"{level.least:,}" if level else "",
        }
    return found


def _typed(source: Any) -> dict[str, str]:
    names = [*_PLAIN, *(f"{what}_{place}" for place in _PLACES for what in ("id", "name", "least"))]
    return {name: source.get(name, "")[:60] for name in names}


def _clean(fields: dict[str, str]) -> tuple[Policy, list[Level]]:
    rows = [(fields[f"id_{n}"], fields[f"name_{n}"], fields[f"least_{n}"]) for n in _PLACES]
    policy, levels = typed.clean_rule(**{name: fields[name] for name in _PLAIN}, rows=rows)
    living = {line.id for line in queries.tiers_of(current_staff().shop.id)}
    # A level that ended on another screen meanwhile is begun anew.
    return policy, [level if level.id in living else Level(0, level.name, level.least) for level in levels]


def _rule_page(fields: dict[str, str], wrong: dict[str, str]) -> dict[str, Any]:
    filled = max((n for n in _PLACES if fields[f"name_{n}"] or fields[f"least_{n}"]), default=0)
    return {
        "typed": fields,
        "wrong": answers.in_order(wrong, fields),
        "places": _PLACES,
        "shown": min(max(filled + 1, 2), MOST_LEVELS),
        "periods": _PERIOD_CHOICES,
        "graces": _GRACE_CHOICES,
    }


@door(bp, "/owner/more/tiers/rule", methods=("GET", "POST"), audience="owner", role="owner", tenant="session")
def tier_rule() -> ResponseReturnValue:
    """How tiers are reached and lost: the form, or the saving after the look at what it changes."""
    if request.method == "GET":
        return render_template("owner/tier_rule.html", **_rule_page(_as_they_are(), {}))
    staff, fields = current_staff(), _typed(request.form)
    try:
        policy, levels = _clean(fields)
        tier_rules.save_rule(
            shop_id=staff.shop.id, staff_id=staff.staff_id, policy=policy, levels=levels, now=now()
        )
    except Invalid as error:
        return answers.invalid("owner/tier_rule.html", **_rule_page(fields, error.fields))
    flash("새 기준으로 바꿨어요")
    return see_other(url_for("owner.tiers"))


@door(bp, "/owner/more/tiers/rule/preview", audience="owner", role="owner", tenant="session")
def tier_preview() -> ResponseReturnValue:
    """Show who would go up or down under the typed rule. A dry run over the shop's own people: nothing is written."""
    if "measure" not in request.args:
        return redirect(url_for("owner.tier_rule"))
    shop_id, fields = current_staff().shop.id, _typed(request.args)
    try:
        policy, levels = _clean(fields)
    except Invalid as error:
        return answers.invalid("owner/tier_rule.html", **_rule_page(fields, error.fields))
    is_on = current_staff().shop.has("tiers")
    before = [line.level for line in queries.tiers_of(shop_id)] if is_on else []
    seen = forecast.forecast(shop_id=shop_id, policy=policy, levels=levels, before=before, now=now())
    if seen.up_names or seen.down_names:
        note_look("list")
    return render_template(
        "owner/tier_preview.html",
        typed=fields,
        is_on=is_on,
        policy=policy,
        sentence=wording.rule_sentence(policy),
        levels=[(level, seen.stays.get(level.least, 0)) for level in reversed(levels)],
        seen=seen,
        short=wording.short_least,
    )


def _tier(tier_id: int) -> TierLine:
    found = queries.tier_of(shop_id=current_staff().shop.id, tier_id=tier_id)
    if found is None:
        raise NotHere("찾으시는 등급이 없어요. 등급 화면에서 다시 골라 주세요.")
    return found


@door(
    bp,
    "/owner/more/tiers/<int:tier_id>",
    methods=("GET", "POST"),
    audience="owner",
    role="owner",
    tenant="session",
)
def tier(tier_id: int) -> ResponseReturnValue:
    """What one tier brings."""
    staff, line = current_staff(), _tier(tier_id)
    policy = queries.policy_of(staff.shop.id) or typed.START_POLICY
    page: dict[str, Any] = {
        "line": line,
        "least": wording.least_words(policy, line.least),
        "percents": percent_choices(),
        "coupons": queries.coupon_choices(staff.shop.id) if staff.shop.has("coupons") else [],
        "count": queries.counts(staff.shop.id).get(tier_id, 0),
    }
    fields = {
        "percent": str(line.percent),
        "discount": str(line.discount or ""),
        "extra": line.extra,
        "early_news": "y" if line.early_news else "",
        "coupon_kind": str(line.coupon_kind_id or ""),
    }
    if request.method == "GET":
        return render_template("owner/tier.html", typed=fields, wrong={}, **page)
    fields = {name: asked.text(name)[:60] for name in fields}
    try:
        tier_rules.save_benefits(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            tier_id=tier_id,
            percent=fields["percent"],
            discount=fields["discount"],
            extra=fields["extra"],
            early_news=fields["early_news"] == "y",
            coupon_kind_id=row_number(fields["coupon_kind"]),
            now=now(),
        )
    except Invalid as error:
        wrong = answers.in_order(error.fields, fields)
        return answers.invalid("owner/tier.html", typed=fields, wrong=wrong, **page)
    flash("저장했어요")
    return see_other(url_for("owner.tiers"))


@door(bp, "/owner/more/tiers/<int:tier_id>/people", audience="owner", role="manager", tenant="session")
def tier_people(tier_id: int) -> ResponseReturnValue:
    """Show who stands in a tier."""
    line, shop_id = _tier(tier_id), current_staff().shop.id
    page = queries.people_in(shop_id=shop_id, tier_id=tier_id, after=row_number(request.args.get("after")))
    if page.lines:
        note_look("list")
    return render_template(
        "owner/tier_people.html", line=line, page=page, count=queries.counts(shop_id).get(tier_id, 0)
    )
