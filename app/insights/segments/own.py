"""The groups that a shop put together itself."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, false

from app.insights import filtering, own_groups

FAMILY = "own"
HEADING = "직접 만든 그룹"
MEANING = ""  # its own sentence
ORDER = 300
IS_SLOW = True  # conditions may be about every visit of three months


def names(shop_id: int) -> list[tuple[int, str]]:
    """Return (number, name) of each."""
    return [(group.id, group.name) for group in own_groups.own_groups(shop_id)]


def condition(shop_id: int, today: date, number: int) -> ColumnElement[bool]:
    """Return the condition over Customer of who is in it; of a group that is gone, nobody."""
    rules = own_groups.rules_of(shop_id=shop_id, group_id=number)
    return false() if rules is None else filtering.condition(shop_id, today, rules)
