"""Reads the shop's news as one person sees it: what is for everybody, and what is for a group they are in now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from app.board import notices
from app.board.notices import NoticeLine
from app.customers.models import Customer
from app.extensions import db
from app.insights.groups import can_be_in
from app.insights.segment_registry import condition
from app.kit.clock import kst_day


def groups_of(*, shop_id: int, customer_id: int, keys: Iterable[str], now: datetime) -> frozenset[str]:
    """Return in which of some groups a person is now, by one statement. A group that is gone has nobody."""
    asked, today = sorted(set(keys)), kst_day(now)
    conditions = []
    for key in asked:
        try:
            conditions.append((key, condition(shop_id, today, key)))
        except KeyError:
            continue
    if not conditions:
        return frozenset()
    row = db.session.execute(
        select(*(each for _key, each in conditions)).where(
            *can_be_in(shop_id), Customer.shop_id == shop_id, Customer.id == customer_id
        )
    ).one_or_none()
    return frozenset(key for (key, _each), is_in in zip(conditions, row or (), strict=False) if is_in)


def for_person(*, shop_id: int, customer_id: int, now: datetime) -> list[NoticeLine]:
    """Return the news on a person's card, what stays on top first, then the newest."""
    lines = notices.shown(shop_id)
    keys = {line.group for line in lines if line.group}
    mine = groups_of(shop_id=shop_id, customer_id=customer_id, keys=keys, now=now) | {""}
    return [line for line in lines if line.group in mine]


def one_for_person(*, shop_id: int, customer_id: int, notice_id: int, now: datetime) -> NoticeLine | None:
    """Return one piece of news if this person may see it: guessing its address helps nobody (S05)."""
    line = notices.shown_notice(shop_id, notice_id)
    if line is None or not line.group:
        return line
    mine = groups_of(shop_id=shop_id, customer_id=customer_id, keys=[line.group], now=now)
    return line if mine else None


def unread(*, shop_id: int, customer_id: int, now: datetime) -> int:
    """Return how much of the news on a person's card they have not opened, at most twenty."""
    found = notices.unread_groups(shop_id, customer_id)
    keys = {group for group in found if group}
    mine = groups_of(shop_id=shop_id, customer_id=customer_id, keys=keys, now=now) if keys else frozenset()
    return sum(not group or group in mine for group in found)
