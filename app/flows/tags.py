"""Tags: a shop's own words for some of its people, put on one or on many, and taken off again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from app.coupons.models import CouponGift
from app.customers import actions as people
from app.customers import knowing, known_rules
from app.customers.known_models import CustomerTag
from app.customers.models import Customer
from app.customers.roster import Choice
from app.flows import audit
from app.flows.unit import after_a_race, write
from app.insights import moving, own_groups
from app.insights.filters import Rule
from app.insights.models import OwnGroup
from app.kit.refusals import Invalid, NotHere, Refused
from app.shops import actions as shops
from app.shops.models import Shop

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


class NameTaken(Refused):
    """Another tag of the shop is called so: they can become one, if the owner says so."""

    code = "tag_taken"
    status = 422

    def __init__(self, name: str) -> None:
        super().__init__(f"‘{name}’ 태그가 이미 있어요. 다른 이름을 적거나, 아래에서 한 태그로 합쳐 주세요.")


class TagInUse(Refused):
    """A coupon is being given to the people of the tag: who gets it must not change under way."""

    code = "tag_in_use"
    sentence = "이 태그가 붙은 손님께 쿠폰을 드리는 중이에요. 다 드린 뒤에 합쳐 주세요."


def rename(*, shop_id: int, staff_id: int, tag_id: int, name: str, joins: bool, now: datetime) -> int:
    """Call a tag by another word; returns the tag that stands. The second press finds it done and is content.

    Where the shop has a tag of that name the two become one if it `joins`: who carried either carries that one, and
    groups of the shop's own that ask for the old one ask for it. Raises Invalid (tag), NameTaken, NotHere, TagInUse.
    """
    word = known_rules.clean_tag(name)

    def work() -> int:
        with write() as session:
            session.execute(select(Shop.id).where(Shop.id == shop_id).with_for_update())
            tag = knowing.tag(session, shop_id=shop_id, tag_id=tag_id)
            other = knowing.tag_called(session, shop_id=shop_id, name=word)
            if tag is None:
                raise NotHere("찾으시는 태그가 없어요. 목록을 새로 열어 주세요.")
            if tag.name == word:
                return tag_id
            if other is not None:
                if not joins:
                    raise NameTaken(word)
                _join(session, shop_id=shop_id, gone_id=tag_id, kept_id=other.id, now=now)
            else:
                tag.name = word
            audit.note(
                session,
                shop_id=shop_id,
                what="tag_renamed",
                staff_id=staff_id,
                detail="joined" if other is not None else "",
                now=now,
            )
            return other.id if other is not None else tag_id

    return after_a_race(work)


def _join(session: Any, *, shop_id: int, gone_id: int, kept_id: int, now: datetime) -> None:
    groups = list(session.scalars(select(OwnGroup).where(OwnGroup.shop_id == shop_id)))
    # One whose conditions can't all be read is nobody's group until its owner chooses them anew: it stays as it is.
    read = [(each, *own_groups.read_filter(each.filter)) for each in groups]
    old, new = Rule("tag", (str(gone_id),)), Rule("tag", (str(kept_id),))
    named = [(each, rules) for each, rules, is_whole in read if is_whole and old in rules]
    given = select(CouponGift.id).where(
        CouponGift.shop_id == shop_id,
        CouponGift.people.in_(
            [f"tag:{gone_id}", f"tag:{kept_id}", *(f"own:{each.id}" for each, _rules in named)]
        ),
        CouponGift.done_at.is_(None),
    )
    if session.scalar(given.limit(1)) is not None:
        raise TagInUse
    for group, rules in named:
        # What was counted before was another group.
        moving.forget_group(session, shop_id=shop_id, group=f"own:{group.id}")
        by_now = dict.fromkeys(new if rule == old else rule for rule in rules)
        group.filter, group.changed_at = own_groups.write_filter(tuple(by_now)), now
    carries = select(CustomerTag.customer_id).where(
        CustomerTag.shop_id == shop_id, CustomerTag.tag_id == gone_id
    )
    knowing.put_tag(session, shop_id=shop_id, tag_id=kept_id, who=[Customer.id.in_(carries)])
    knowing.drop_tag(session, shop_id=shop_id, tag_id=gone_id)


def drop(*, shop_id: int, staff_id: int, tag_id: int, now: datetime) -> None:
    """Take a tag off everybody and out of the shop; the second tap finds it gone and is content."""
    with write() as session:
        knowing.drop_tag(session, shop_id=shop_id, tag_id=tag_id)
        audit.note(session, shop_id=shop_id, what="tag_dropped", staff_id=staff_id, now=now)
