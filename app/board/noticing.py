"""Changes to the shop's news, its links and the words on its slips, inside a flow. Flush, never commit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from app.board.notice_models import Notice, NoticeRead, ParcelSetting, ShopLink
from app.board.notice_rules import NoSuchNotice, Words
from app.kit.upsert import insert_into, table_of
from app.shops.models import Shop
from app.visits.models import Product


def by_once(session: Any, *, shop_id: int, once: str) -> Notice | None:
    """Return what a form made before."""
    found: Notice | None = session.scalar(
        select(Notice).where(Notice.shop_id == shop_id, Notice.once == once)
    )
    return found


def hold(session: Any, *, shop_id: int, notice_id: int) -> Notice:
    """Return a piece of news, held until the flow ends. Raises NoSuchNotice for another shop's."""
    found: Notice | None = session.scalar(
        select(Notice)
        .where(Notice.shop_id == shop_id, Notice.id == notice_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NoSuchNotice
    return found


def add(session: Any, *, shop_id: int, staff_id: int, once: str, now: datetime) -> Notice:
    """Begin a piece of news without words."""
    made = Notice(
        shop_id=shop_id, once=once, sort="notice", title="", text="", staff_id=staff_id, made_at=now
    )
    session.add(made)
    return made


def word(session: Any, *, row: Notice, words: Words, group: str) -> None:
    """Let it say this, to these. A product that is not the shop's is none."""
    row.sort, row.title, row.text, row.group = words.sort, words.title, words.text, group
    row.product_id = words.product_id if _sells(session, row.shop_id, words.product_id) else None
    session.flush()


def _sells(session: Any, shop_id: int, product_id: int | None) -> bool:
    return (
        product_id is not None
        and session.scalar(select(Product.id).where(Product.shop_id == shop_id, Product.id == product_id))
        is not None
    )


def hold_first(session: Any, *, shop_id: int) -> list[int]:
    """Return what stays on top and is shown or being written. The shop is held: two at once can't make four of three."""
    session.execute(select(Shop.id).where(Shop.id == shop_id).with_for_update())
    return list(
        session.scalars(
            select(Notice.id)
            .where(Notice.shop_id == shop_id, Notice.is_first, Notice.ended_at.is_(None))
            .order_by(Notice.id)
        )
    )


def is_any_shown(session: Any, *, shop_id: int) -> bool:
    """Tell whether anything is shown to anybody."""
    found = select(Notice.id).where(
        Notice.shop_id == shop_id, Notice.shown_at.is_not(None), Notice.ended_at.is_(None)
    )
    return session.scalar(found.limit(1)) is not None


def drop(session: Any, *, row: Notice) -> None:
    """Throw away what nobody has seen."""
    session.execute(
        delete(NoticeRead).where(NoticeRead.shop_id == row.shop_id, NoticeRead.notice_id == row.id)
    )
    session.delete(row)
    session.flush()


def note_read(session: Any, *, shop_id: int, notice_id: int, customer_id: int, now: datetime) -> bool:
    """Note that a person opened it; False when they had before. Two at once are one by the unique key."""
    made = session.scalar(
        insert_into(session, table_of(NoticeRead))
        .values(shop_id=shop_id, notice_id=notice_id, customer_id=customer_id, at=now)
        .on_conflict_do_nothing()
        .returning(NoticeRead.id)
    )
    return made is not None


def forget(session: Any, *, shop_id: int, customer_id: int) -> None:
    """Delete what a person who leaves has opened; the news counts one less."""
    session.execute(
        delete(NoticeRead).where(NoticeRead.shop_id == shop_id, NoticeRead.customer_id == customer_id)
    )


def save_links(session: Any, *, shop_id: int, links: Mapping[str, str], now: datetime) -> bool:
    """Keep where else the shop is; returns whether anything changed."""
    before = {row.sort: row for row in session.scalars(select(ShopLink).where(ShopLink.shop_id == shop_id))}
    if {sort: row.url for sort, row in before.items()} == {sort: url for sort, url in links.items() if url}:
        return False
    for sort, url in links.items():
        row = before.get(sort)
        if row is not None and not url:
            session.delete(row)
        elif row is not None and row.url != url:
            row.url, row.changed_at = url, now
        elif row is None and url:
            session.add(ShopLink(shop_id=shop_id, sort=sort, url=url, changed_at=now))
    session.flush()
    return True


def save_thanks(session: Any, *, shop_id: int, thanks: str, now: datetime) -> None:
    """Keep the line of thanks on a parcel's slip."""
    row = session.scalar(select(ParcelSetting).where(ParcelSetting.shop_id == shop_id))
    if row is None:
        row = ParcelSetting(shop_id=shop_id)
        session.add(row)
    row.thanks, row.changed_at = thanks, now
    session.flush()
