"""Reads the groups that a shop put together itself, and what it has to put them together of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.customers import known
from app.extensions import db
from app.insights.filter_words import sentence
from app.insights.filters import WHATS, Choices, Rule
from app.insights.models import OwnGroup
from app.insights.segment_registry import segments
from app.tiers.models import Tier
from app.visits.models import Product

# A list of chips, not a menu: beyond these nobody looks for the right one on a phone.
_MOST_PRODUCTS = 60


@dataclass(frozen=True)
class OwnLine:
    """A group of the shop's own, with its conditions as one sentence."""

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
    """Return one's conditions alone."""
    rows = _rows(shop_id, OwnGroup.id == group_id)
    return read_filter(rows[0].filter) if rows else None


def choices(shop_id: int) -> Choices:
    """Return what a condition can be about in this shop beyond what every shop has."""
    products = db.session.execute(
        select(Product.id, Product.name)
        .where(Product.shop_id == shop_id)
        .order_by(Product.is_pick.desc(), Product.id)
        .limit(_MOST_PRODUCTS)
    )
    tiers = db.session.execute(
        select(Tier.id, Tier.name)
        .where(Tier.shop_id == shop_id, Tier.ended_at.is_(None))
        .order_by(Tier.least)
    )
    return {
        "products": {str(row.id): row.name for row in products},
        "tags": {str(tag.id): tag.name for tag in known.tags(shop_id)},
        "tiers": {str(row.id): row.name for row in tiers},
        "groups": {key: each.NAME for key, each in segments().items() if key != "all"},
    }


def read_filter(stored: dict[str, Any]) -> tuple[Rule, ...]:
    """Return the conditions as they are stored; what this version does not know is left out."""
    found = []
    for what, *values in stored.get("rules", []):
        if what in WHATS and len(values) == len(WHATS[what].parts):
            found.append(Rule(what, tuple(values)))
    return tuple(found)


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


def _line(row: Any, words: Choices) -> OwnLine:
    rules = read_filter(row.filter)
    return OwnLine(row.id, row.name, rules, sentence(rules, words))
