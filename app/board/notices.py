"""Reads about the shop's news, its links, and what its parcels' slips say. Who of a group sees what is told in
insights/shown_notices: groups are known there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import bindparam, func, select

from app.board import link_rules, notice_rules, own_photos
from app.board.link_rules import Site
from app.board.notice_models import Notice, NoticeRead, ParcelSetting, ShopLink
from app.customers.models import Customer
from app.extensions import db
from app.visits.models import Product


@dataclass(frozen=True)
class NoticeLine:
    """A piece of news as pages show it. `group` "" = everybody; `read_by`: how many people opened it."""

    id: int
    sort: str
    title: str
    text: str
    photo: str
    group: str
    product_id: int | None
    product: str  # its name, "" for none
    is_first: bool
    made_at: datetime
    shown_at: datetime | None
    ended_at: datetime | None
    read_by: int = 0

    @property
    def state(self) -> str:
        """Where it stands: draft, shown or ended."""
        return notice_rules.state(shown_at=self.shown_at, ended_at=self.ended_at)

    @property
    def sort_name(self) -> str:
        """What kind of news it is, in words."""
        return notice_rules.SORTS[self.sort]

    @property
    def told_sort(self) -> str:
        """What kind of news it is for who reads it: "" for a plain one, of which "알림" would tell them nothing."""
        return "" if self.sort == "notice" else self.sort_name

    @property
    def beginning(self) -> str:
        """Its first line, for a list."""
        return self.text.split("\n", 1)[0]


@dataclass(frozen=True)
class LinkLine:
    """Where else the shop is."""

    sort: str
    url: str
    site: Site

    @property
    def handle(self) -> str:
        """How it is said on paper."""
        return link_rules.handle(self.sort, self.url)


_LINE = (
    Notice.id,
    Notice.sort,
    Notice.title,
    Notice.text,
    Notice.photo,
    Notice.group,
    Notice.product_id,
    func.coalesce(Product.name, "").label("product"),
    Notice.is_first,
    Notice.made_at,
    Notice.shown_at,
    Notice.ended_at,
)
_SHOWN = (Notice.shown_at.is_not(None), Notice.ended_at.is_(None))


def for_everybody(shop_id: int, *, before: int | None = None, limit: int = 20) -> list[NoticeLine]:
    """Return the news that anybody may see, what stays on top first, then the newest. `before`: the id of the last."""
    where: list[Any] = [*_SHOWN, Notice.group == ""]
    return _lines(shop_id, *where, before=before, limit=limit)


def public_notice(shop_id: int, notice_id: int) -> NoticeLine | None:
    """Return one piece of news that anybody may see, None for any other (S05)."""
    return next(iter(_lines(shop_id, *_SHOWN, Notice.group == "", Notice.id == notice_id)), None)


def shown(shop_id: int, *, limit: int = 50) -> list[NoticeLine]:
    """Return what is shown to somebody now, whatever group it is for."""
    return _lines(shop_id, *_SHOWN, limit=limit)


def shown_notice(shop_id: int, notice_id: int) -> NoticeLine | None:
    """Return one piece of news that is shown to somebody now."""
    return next(iter(_lines(shop_id, *_SHOWN, Notice.id == notice_id)), None)


def all_of(shop_id: int, *, before: int | None = None, limit: int = 20) -> list[NoticeLine]:
    """Return a shop's news for its owner, newest first, with how many people read each."""
    where = [Notice.shop_id == shop_id] + ([Notice.id < before] if before is not None else [])
    rows = db.session.execute(_select(*where).order_by(Notice.id.desc()).limit(limit)).all()
    read = _read_by(shop_id, [row.id for row in rows])
    return [replace(NoticeLine(*row), read_by=read.get(row.id, 0)) for row in rows]


def notice(shop_id: int, notice_id: int) -> NoticeLine | None:
    """Return one for its owner; None for another shop's (S05)."""
    row = db.session.execute(_select(Notice.shop_id == shop_id, Notice.id == notice_id)).one_or_none()
    if row is None:
        return None
    return replace(NoticeLine(*row), read_by=_read_by(shop_id, [notice_id]).get(notice_id, 0))


def last_shown_at(shop_id: int) -> datetime | None:
    """Return when the shop showed its newest piece of news, None for never."""
    found: datetime | None = db.session.scalar(
        select(func.max(Notice.shown_at)).where(Notice.shop_id == shop_id)
    )
    return found


def _lines(shop_id: int, *where: Any, before: int | None = None, limit: int = 50) -> list[NoticeLine]:
    asked = _select(Notice.shop_id == shop_id, *where)
    if before is None:
        asked = asked.order_by(Notice.is_first.desc(), Notice.shown_at.desc(), Notice.id.desc())
    else:  # further pages go on without what stood on top of the first
        last = select(Notice.shown_at).where(Notice.shop_id == shop_id, Notice.id == before).scalar_subquery()
        asked = asked.where(
            Notice.is_first.is_(False),
            (Notice.shown_at < last) | ((Notice.shown_at == last) & (Notice.id < before)),
        ).order_by(Notice.shown_at.desc(), Notice.id.desc())
    return [NoticeLine(*row) for row in db.session.execute(asked.limit(limit))]


def _select(*where: Any) -> Any:
    return (
        select(*_LINE)
        .outerjoin(Product, (Product.shop_id == Notice.shop_id) & (Product.id == Notice.product_id))
        .where(*where)
    )


def _read_by(shop_id: int, notice_ids: Sequence[int]) -> dict[int, int]:
    """Count who opened each, once a person; who left or became another one counts no more.

    Everybody is counted, and the few who are no more are taken off: to look every reader up among the customers takes
    more than twice as long where many read, and ten times as long until the database has counted its tables.
    """
    if not notice_ids:
        return {}
    everybody = (
        select(NoticeRead.notice_id, func.count())
        .where(NoticeRead.shop_id == shop_id, NoticeRead.notice_id.in_(notice_ids))
        .group_by(NoticeRead.notice_id)
    )
    gone = everybody.join(
        Customer, (Customer.shop_id == NoticeRead.shop_id) & (Customer.id == NoticeRead.customer_id)
    ).where(Customer.shop_id == shop_id, Customer.erased_at.is_not(None))
    found = {int(row[0]): int(row[1]) for row in db.session.execute(everybody)}
    for notice_id, many in db.session.execute(gone):
        found[notice_id] -= many
    return found


# Built once: the card asks it wherever a shop shows news.
_UNREAD = (
    select(Notice.group.label("seen_by"))
    .where(
        Notice.shop_id == bindparam("shop"),
        *_SHOWN,
        ~select(NoticeRead.id)
        .where(
            NoticeRead.shop_id == Notice.shop_id,
            NoticeRead.notice_id == Notice.id,
            NoticeRead.customer_id == bindparam("person"),
        )
        .exists(),
    )
    .order_by(Notice.id.desc())
    .limit(20)
)


def unread_groups(shop_id: int, customer_id: int) -> list[str]:
    """Return for whom each piece of news is that a person has not opened ("" = everybody), at most twenty."""
    rows = db.session.execute(_UNREAD, {"shop": shop_id, "person": customer_id})
    return [row.seen_by for row in rows]


def read_of(*, shop_id: int, customer_id: int) -> list[tuple[str, datetime]]:
    """Return what a person opened and when, oldest first: it is theirs to see (개인정보 보호법 35조)."""
    rows = db.session.execute(
        select(Notice.title, NoticeRead.at)
        .join(Notice, (Notice.shop_id == NoticeRead.shop_id) & (Notice.id == NoticeRead.notice_id))
        .where(NoticeRead.shop_id == shop_id, NoticeRead.customer_id == customer_id)
        .order_by(NoticeRead.id)
    )
    return [(row.title, row.at) for row in rows]


def known_photos(shop_id: int, refs: Sequence[str]) -> set[str]:
    """Return which of these names are pictures of the shop's news."""
    return set(
        db.session.scalars(select(Notice.photo).where(Notice.shop_id == shop_id, Notice.photo.in_(refs)))
    )


def open_photo(line: NoticeLine, shop_id: int, *, small: bool = False) -> BinaryIO | None:
    """Open the picture of a piece of news that the caller may see; None when it has none."""
    return own_photos.open_one(shop_id, line.photo, small=small)


_LINKS = select(ShopLink.sort, ShopLink.url).where(ShopLink.shop_id == bindparam("shop"))


def links(shop_id: int) -> list[LinkLine]:
    """Return where else the shop is, in a fixed order."""
    given = {row.sort: row.url for row in db.session.execute(_LINKS, {"shop": shop_id})}
    return [LinkLine(sort, given[sort], site) for sort, site in link_rules.SITES.items() if given.get(sort)]


def thanks(shop_id: int) -> str:
    """Return the line of thanks on a parcel's slip, "" for the words we begin with."""
    return db.session.scalar(select(ParcelSetting.thanks).where(ParcelSetting.shop_id == shop_id)) or ""
