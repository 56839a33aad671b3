"""내 등급: one line on the card, and a page with every tier and how one gets there."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue

from app.kit.clock import KST, kst_day
from app.kit.refusals import NotHere
from app.tiers import boosts, queries, rules, wording
from app.tiers.queries import Look, TierLine
from app.web.customer.blueprint import bp
from app.web.doors import door, now
from app.web.guards import current_card, current_shop


@dataclass(frozen=True)
class CardTier:
    """What the card says of the tier: its name ("" for none yet) and the next step."""

    name: str
    progress: str


def for_card() -> CardTier | None:
    """Return the card's line, by one statement; None for a shop without tiers, which asks nothing."""
    if not current_shop().has("tiers"):
        return None
    look = _look()
    if look is None:
        return None
    return CardTier(look.tier.name if look.tier else "", wording.progress_of(look, kst_day(now())))


def _look() -> Look | None:
    holder = current_card()
    return queries.look(shop_id=holder.shop_id, customer_id=holder.customer_id, now=now())


def _brings(tier: TierLine) -> list[str]:
    return wording.benefits(
        percent=tier.percent,
        discount=tier.discount,
        extra=tier.extra,
        early_news=tier.early_news,
        coupon=tier.coupon,
        points=current_shop().has("points"),
    )


@door(bp, "/c/<code>/tier", audience="customer", role="holder", tenant="code")
def tier(code: str) -> ResponseReturnValue:
    """Show all tiers with what they bring, where one stands, and the days on which more is given."""
    look = _look() if current_shop().has("tiers") else None
    today = kst_day(now())
    lines = boosts.boosts_of(current_shop().id, today=today) if current_shop().has("boosts") else []
    if look is None and not current_shop().has("boosts"):
        raise NotHere("이 가게에는 등급이 없어요. 카드로 돌아가 주세요.")
    least = look.tier.least if look and look.tier else None
    return render_template(
        "customer/tier.html",
        shop=current_shop(),
        look=look,
        mine=look.tier if look else None,
        progress=wording.progress_of(look, today) if look else "",
        sentence=wording.rule_sentence(look.policy) if look else "",
        levels=[
            (one, wording.least_words(look.policy, one.least), _brings(one)) for one in reversed(look.tiers)
        ]
        if look
        else [],
        boosts=[
            (
                line,
                wording.boost_when(line.rule, today),
                wording.TIMES[line.rule.percent],
                rules.holds(line.rule, local=now().astimezone(KST), least=least),
            )
            for line in lines
        ],
    )
