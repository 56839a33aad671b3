"""Reads what a preview is filled with: what is true of this very shop and person, else an example that reads like it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select

from app.cards import queries as cards
from app.coupons.queries import coupon_names
from app.extensions import db
from app.insights.queries import liked
from app.kit.clock import kst_day
from app.kit.korean import day_name
from app.kit.text import shortened
from app.messages import causes
from app.messages.contract import Kind
from app.messages.gather import Around
from app.shops.models import Shop
from app.visits import goods
from app.visits.picks import picks

# A placeholder's button shows the beginning of a long example.
_ON_A_BUTTON = 14


def examples(shop_id: int, kind: Kind) -> dict[str, str]:
    """Return what each placeholder may turn into in this very shop: its own name, its own card's promise."""
    own = {"가게": db.session.scalar(select(Shop.name).where(Shop.id == shop_id)) or ""}
    if {"받을 것", "목표"} & set(kind.placeholders) and (card := cards.promise(shop_id)) is not None:
        own |= {"받을 것": card.reward_name, "목표": str(card.goal), "지금": str(min(7, card.goal))}
    if kind.is_caused and {"추천 상품", "상품"} & set(kind.placeholders):
        known = goods.products(shop_id)
        own |= {"추천 상품": next((line.name for line in known if line.is_pick), "")}
        own |= {
            "상품": next((line.name for line in known if line.rebuy_days), known[0].name if known else "")
        }
    if "가게 이야기" in kind.placeholders:
        told = causes.to_a_newcomer(db.session, shop_id=shop_id)
        own |= {"가게 이야기": shortened(told["story"], _ON_A_BUTTON), "다음 선물": told["next_gift"]}
    return {name: own.get(name) or example for name, example in kind.placeholders.items()}


def facts_for(
    *, shop_id: int, customer_id: int, kind: Kind, around: Around, now: datetime
) -> dict[str, object]:
    """Return the facts with which a kind's words are shown for one real customer."""
    shown = _example_facts(examples(shop_id, kind))
    if "상품" in kind.may_lack and not goods.has_any(shop_id):
        shown["product"] = ""  # a shop without a menu asks about the visit alone
    return shown | _own_facts(shop_id, customer_id, kind, around, now)


def _example_facts(example: Mapping[str, str]) -> dict[str, object]:
    return {
        "balance": example.get("지금", "7"),
        "goal": example.get("목표", "10"),
        "added": example.get("도장", "1"),
        "day": "2026-11-23",
        "consent": "ads",
        "granted": True,
        "reward": example.get("받을 것", ""),
        "coupon": example.get("받은 것", ""),
        "amount": int(example.get("포인트", example.get("도장", "1")).replace(",", "")),
        "product": example.get("상품", ""),
        "items": example.get("담은 것", ""),
        "about": example.get("여쭤볼 것", ""),
        "event": example.get("참여한 것", ""),
        "result": example.get("결과", ""),
        "day_name": example.get("기념일", ""),
        "gift": example.get("받을 것", ""),
        "until": example.get("기한", ""),
        "greeting": example.get("인사", ""),
        "likes": example.get("좋아하는 것", ""),
        "told": example.get("소식", ""),
        "came": False,
        "why": "개인정보",
        "what": example.get("올린 것", ""),
        "path": "/s/…/email/…",
        # A way that leads nowhere: the preview only shows that there is one.
        "token": "…",
        "code": "…",
        "voice": "…",
        "how": "up",
        "tier": "단골",
        "consented": "2024-11-23",
    }


def _own_facts(
    shop_id: int, customer_id: int, kind: Kind, around: Around, now: datetime
) -> dict[str, object]:
    """Return what is true of this very shop and person, where the kind's words ask for it and it may be used."""
    if "가게 이야기" in kind.placeholders:
        return causes.to_a_newcomer(db.session, shop_id=shop_id)
    if "선물" in kind.placeholders:
        return _gift_of(shop_id, kind.key, now)
    if "좋아하는 것" not in kind.placeholders:
        return {}
    if not around.person.marketing:
        return {"likes": "", "pick": ""}
    likes, favourite = liked(shop_id=shop_id, customer_id=customer_id)
    pick = picks(shop_id=shop_id, now=now).fitting(customer_id=customer_id, favourite=favourite)
    return {"likes": likes, "pick": pick}


def _gift_of(shop_id: int, rule: str, now: datetime) -> dict[str, object]:
    """Return the coupon that a shop gives on such a day, as its greeting names it."""
    found = coupon_names(shop_id=shop_id, rule=rule)
    if not found:
        return {"coupon": "", "until": ""}
    name, valid_days = found[0]
    return {"coupon": name, "until": day_name(kst_day(now + timedelta(days=valid_days)))}
