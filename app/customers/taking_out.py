"""The shop's people as a table to take along (개인정보 보호법 29조: the one place where the whole list leaves)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.customers.day_rules import yearly_words
from app.customers.known_rules import FOUND_BY, GENDERS, SOURCES
from app.customers.models import Consent, Customer
from app.customers.roster import Choice, tag_names
from app.customers.rules import standing
from app.extensions import db
from app.kit.clock import kst_day
from app.kit.lunar import Yearly
from app.kit.phone import national

HEAD = (
    *("이름", "전화", "태그", "좋아하는 것", "기억할 것", "방문 수", "첫 방문", "마지막 방문", "생일"),
    *("성별", "알게 된 길", "광고 문자 동의", "카드를 만든 날", "정보를 받은 곳"),
)
_STEP = 1_000
_YES, _NO = "동의", "동의 안 함"


def rows(*, shop_id: int, choice: Choice) -> Iterator[tuple[str, ...]]:
    """Yield a row of text for each person of a choice, in the order they joined."""
    after: int | None = 0
    while after is not None:
        found, after = some(shop_id=shop_id, choice=choice, after=after)
        yield from found


def some(*, shop_id: int, choice: Choice, after: int) -> tuple[list[tuple[str, ...]], int | None]:
    """Return the next rows, and the id to go on after (None: the end); three statements for a thousand people."""
    found = db.session.execute(
        select(
            *(Customer.id, Customer.name, Customer.phone, Customer.likes, Customer.memo),
            *(Customer.visit_count, Customer.first_visit_at, Customer.last_visit_at),
            *(Customer.birth_month, Customer.birth_day, Customer.birth_is_lunar, Customer.birth_is_leap),
            *(Customer.gender, Customer.found_by, Customer.joined_at, Customer.source),
        )
        .where(*choice.conditions(shop_id), Customer.id > after)
        .order_by(Customer.id)
        .limit(_STEP)
    ).all()
    ids = [row.id for row in found]
    tags, ads = _tags(shop_id, ids), _ads(shop_id, ids)
    return [_cells(row, tags[row.id], ads[row.id]) for row in found], ids[-1] if len(ids) == _STEP else None


def _tags(shop_id: int, ids: Sequence[int]) -> defaultdict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    for customer_id, name in tag_names(shop_id, ids):
        found[customer_id].append(name)
    return found


def _ads(shop_id: int, ids: Sequence[int]) -> defaultdict[int, list[tuple[str, str]]]:
    said: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    lines = db.session.execute(
        select(Consent.customer_id, Consent.kind, Consent.action)
        .where(Consent.shop_id == shop_id, Consent.customer_id.in_(ids), Consent.kind == "ads")
        .order_by(Consent.id)
    )
    for customer_id, kind, action in lines:
        said[customer_id].append((kind, action))
    return said


def _cells(row: Any, tags: list[str], said: list[tuple[str, str]]) -> tuple[str, ...]:
    birth = ""
    if row.birth_month is not None and row.birth_day is not None:
        birth = yearly_words(Yearly(row.birth_month, row.birth_day, row.birth_is_lunar, row.birth_is_leap))
    return (
        row.name,
        national(row.phone) if row.phone else "",
        ", ".join(tags),
        row.likes,
        row.memo,
        str(row.visit_count),
        _day(row.first_visit_at),
        _day(row.last_visit_at),
        birth,
        GENDERS.get(row.gender, ""),
        FOUND_BY.get(row.found_by, ""),
        _YES if standing(said)["ads"] else _NO,
        _day(row.joined_at),
        SOURCES.get(row.source, row.source),
    )


def _day(moment: datetime | None) -> str:
    return kst_day(moment).isoformat() if moment else ""
