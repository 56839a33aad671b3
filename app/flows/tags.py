"""Tags: a shop's own words for some of its people, put on one or on many, and taken off again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement

from app.customers import actions as people
from app.customers import knowing, known_rules
from app.customers.models import Customer
from app.customers.roster import Choice
from app.flows import audit
from app.flows.unit import after_a_race, write
from app.kit.refusals import Invalid, NotHere
from app.shops import actions as shops

_GONE = "찾으시는 손님이 없어요. 손님 목록에서 다시 골라 주세요."


def put_on(*, shop_id: int, staff_id: int, customer_id: int, name: str, ip: str, now: datetime) -> None:
    """Let a person carry a tag, a new one where the shop has none of that name; twice is once. Raises Invalid, NotHere."""
    word = known_rules.clean_tag(name)

    def work() -> None:
        with write() as session:
            if people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True) is None:
                raise NotHere(_GONE)
            _put(session, shop_id=shop_id, word=word, who=[Customer.id == customer_id])
            shops.log_access(
                session, shop_id=shop_id, staff_id=staff_id, customer_id=customer_id, action="edit", ip=ip, now=now
            )  # fmt: skip

    after_a_race(work)


def put_on_many(
    *,
    shop_id: int,
    staff_id: int,
    name: str,
    ids: Sequence[int] | None,
    choice: Choice,
    ip: str,
    now: datetime,
) -> int:
    """Let the people of these ids carry a tag, or (None) everybody of a choice; returns how many did not before.

    Raises Invalid (fields: tag, who).
    """
    word = known_rules.clean_tag(name)
    if ids is not None and not ids:
        raise Invalid({"who": "태그를 붙일 손님을 골라 주세요."})
    who = choice.narrower(shop_id) if ids is None else [Customer.id.in_(ids)]

    def work() -> int:
        with write() as session:
            done = _put(session, shop_id=shop_id, word=word, who=who)
            shops.log_access(
                session, shop_id=shop_id, staff_id=staff_id, customer_id=None, action="tag", ip=ip, now=now
            )
            return done

    return after_a_race(work)


def _put(session: Any, *, shop_id: int, word: str, who: Sequence[ColumnElement[bool]]) -> int:
    tag = knowing.tag_named(session, shop_id=shop_id, name=word, most=known_rules.TAGS_MOST)
    if tag is None:
        raise Invalid(
            {"tag": f"태그는 {known_rules.TAGS_MOST}개까지 만들 수 있어요. 안 쓰는 태그를 먼저 지워 주세요."}
        )
    return knowing.put_tag(session, shop_id=shop_id, tag_id=tag.id, who=who)


def take_off(*, shop_id: int, staff_id: int, customer_id: int, tag_id: int, ip: str, now: datetime) -> None:
    """Take a tag off a person; the second tap finds it gone and is content."""
    with write() as session:
        knowing.take_tag(session, shop_id=shop_id, customer_id=customer_id, tag_id=tag_id)
        shops.log_access(
            session, shop_id=shop_id, staff_id=staff_id, customer_id=customer_id, action="edit", ip=ip, now=now
        )  # fmt: skip


def drop(*, shop_id: int, staff_id: int, tag_id: int, now: datetime) -> None:
    """Take a tag off everybody and out of the shop; the second tap finds it gone and is content."""
    with write() as session:
        knowing.drop_tag(session, shop_id=shop_id, tag_id=tag_id)
        audit.note(session, shop_id=shop_id, what="tag_dropped", staff_id=staff_id, now=now)
