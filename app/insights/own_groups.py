"""Reads the groups that a shop put together itself, and what it has to put them together of."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.customers import known
from app.extensions import db
from app.insights.filter_words import sentence
from app.insights.filters import Choices, Rule, read_stored
from app.insights.models import OwnGroup
from app.insights.segment_registry import owner_alone, segments
from app.tiers.models import Tier
from app.visits.models import Product
from app.warranties import kinds as promised

# A list of chips, not a menu: beyond these nobody looks for the right one on a phone.
_MOST_PRODUCTS = 60
_UNREADABLE = "지금은 쓸 수 없는 조건이 있어요. 조건을 다시 골라 주세요."


@dataclass(frozen=True)
class OwnLine:
    """A group of the shop's own, with its conditions as one sentence; `rules` are those that can be read."""

    id: int
    name: str
    rules: tuple[Rule, ...]
    sentence: str


def own_groups(shop_id: int) -> list[OwnLine]:
    """Return a shop's own groups by name."""
    rows = _rows(shop_id)
    words = choices(shop_id) if rows else {}
    return [_line(row, words) for row in rows]


def own_group(*, shop_id: int, group_id: int) -> OwnLine | None:
    """Return one, None for another shop's or one that is gone."""
    rows = _rows(shop_id, OwnGroup.id == group_id)
    return _line(rows[0], choices(shop_id)) if rows else None


def rules_of(*, shop_id: int, group_id: int) -> tuple[Rule, ...] | None:
    """Return one's conditions alone, None for one that is gone, and where one of them can't be read."""
    rows = _rows(shop_id, OwnGroup.id == group_id)
    rules, is_whole = read_filter(rows[0].filter) if rows else ((), False)
    return rules if is_whole else None


def asking_for(shop_id: int, keys: Collection[str]) -> list[int]:
    """Return which of a shop's own groups ask for one of ours by these keys."""
    return [
        row.id
        for row in _rows(shop_id)
        if any(rule.what == "group" and rule.values[0] in keys for rule in read_filter(row.filter)[0])
    ]


def choices(shop_id: int, role: str = "owner") -> Choices:
    """Return what a condition can be about in this shop beyond what every shop has, for whoever works there as `role`.

    Of a long menu the first products, and those that a group of the shop's is about.
    """
    kept = {"all"} if role == "owner" else {"all"} | owner_alone()
    menu = select(Product.id, Product.name).where(Product.shop_id == shop_id)
    first = menu.order_by(Product.is_pick.desc(), Product.id).limit(_MOST_PRODUCTS)
    products = {str(row.id): row.name for row in db.session.execute(first)}
    if asked := _products_asked(shop_id) - products.keys():
        rest = db.session.execute(menu.where(Product.id.in_(map(int, asked))).order_by(Product.id))
        products |= {str(row.id): row.name for row in rest}
    tiers = db.session.execute(
        select(Tier.id, Tier.name)
        .where(Tier.shop_id == shop_id, Tier.ended_at.is_(None))
        .order_by(Tier.least)
    )
    return {
        "products": products,
        "warranties": {str(number): name for number, name in promised.names(shop_id)},
        "tags": {str(tag.id): tag.name for tag in known.tags(shop_id)},
        "tiers": {str(row.id): row.name for row in tiers},
        "groups": {key: each.NAME for key, each in segments().items() if key not in kept},
    }


def read_filter(stored: Any) -> tuple[tuple[Rule, ...], bool]:
    """Return the conditions as they are stored, and whether that is all of them.

    Where one can't be read, nobody is in the group: without it more people would be, and get what was not meant for them.
    """
    written = stored.get("rules") if isinstance(stored, dict) else None
    written = written if isinstance(written, list) else []
    found = [read_stored(each, segments().keys()) for each in written]
    rules = tuple(rule for rule in found if rule is not None)
    return rules, bool(rules) and len(rules) == len(written)


def write_filter(rules: tuple[Rule, ...]) -> dict[str, Any]:
    """Return conditions as they are stored."""
    return {"rules": [[rule.what, *rule.values] for rule in rules]}


def _rows(shop_id: int, *which: Any) -> list[Any]:
    return list(
        db.session.execute(
            select(OwnGroup.id, OwnGroup.name, OwnGroup.filter)
            .where(OwnGroup.shop_id == shop_id, *which)
            .order_by(OwnGroup.name)
        )
    )


def _products_asked(shop_id: int) -> set[str]:
    rules = (rule for row in _rows(shop_id) for rule in read_filter(row.filter)[0])
    return {rule.values[0] for rule in rules if rule.what == "bought"}


def _line(row: Any, words: Choices) -> OwnLine:
    rules, is_whole = read_filter(row.filter)
    return OwnLine(row.id, row.name, rules, sentence(rules, words) if is_whole else _UNREADABLE)
