"""Reads about what a shop promises: kinds, the setting, sheets of QR codes for packages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.extensions import db
from app.kit.among import among
from app.warranties import rules
from app.warranties.models import Warranty, WarrantyKind, WarrantySetting, WarrantySheet

NOTICE_DAYS = 30  # where the shop said nothing


@dataclass(frozen=True)
class KindLine:
    """What a shop promises for a product. `issued`: how many certificates of it somebody holds."""

    id: int
    name: str
    product_id: int | None
    months: int
    covers: str
    care: str
    ended_at: datetime | None

    @property
    def period(self) -> str:
        """How long it holds: "1년 6개월"."""
        return rules.months_words(self.months)


_KIND = (
    WarrantyKind.id,
    WarrantyKind.name,
    WarrantyKind.product_id,
    WarrantyKind.months,
    WarrantyKind.covers,
    WarrantyKind.care,
    WarrantyKind.ended_at,
)


def kinds(shop_id: int) -> list[KindLine]:
    """Return what is issued now, by name."""
    rows = db.session.execute(
        select(*_KIND)
        .where(WarrantyKind.shop_id == shop_id, WarrantyKind.ended_at.is_(None))
        .order_by(WarrantyKind.name, WarrantyKind.id)
    )
    return [KindLine(*row) for row in rows]


def names(shop_id: int, *, limit: int = 60) -> list[tuple[int, str]]:
    """Return (number, name) of what certificates are for, each name once by its newest kind, also of what ended."""
    newest = func.max(WarrantyKind.id)
    rows = db.session.execute(
        select(newest, WarrantyKind.name)
        .where(WarrantyKind.shop_id == shop_id)
        .group_by(WarrantyKind.name)
        .order_by(WarrantyKind.name)
        .limit(limit)
    )
    return [(int(number or 0), name) for number, name in rows]


def kind(*, shop_id: int, kind_id: int) -> KindLine | None:
    """Return one kind of this shop, or None."""
    row = db.session.execute(
        select(*_KIND).where(WarrantyKind.shop_id == shop_id, WarrantyKind.id == kind_id)
    ).one_or_none()
    return KindLine(*row) if row else None


def notice_days(shop_id: int) -> int:
    """Return how long before the end a holder is told."""
    days = db.session.scalar(select(WarrantySetting.notice_days).where(WarrantySetting.shop_id == shop_id))
    return NOTICE_DAYS if days is None else days


def notice_changed_at(shop_id: int) -> datetime | None:
    """Return when the shop last said how long before the end a holder is told; None when it never did."""
    return db.session.scalar(select(WarrantySetting.changed_at).where(WarrantySetting.shop_id == shop_id))


@dataclass(frozen=True)
class SheetLine:
    """A sheet of QR codes for packages. `claimed`: how many buyers have taken theirs."""

    id: int
    name: str
    pieces: int
    made_at: datetime
    claimed: int


def sheets(shop_id: int, *, limit: int = 20) -> list[SheetLine]:
    """Return the sheets that were made last."""
    rows = db.session.execute(
        select(WarrantySheet.id, WarrantyKind.name, WarrantySheet.pieces, WarrantySheet.made_at)
        .join(
            WarrantyKind,
            (WarrantyKind.shop_id == WarrantySheet.shop_id) & (WarrantyKind.id == WarrantySheet.kind_id),
        )
        .where(WarrantySheet.shop_id == shop_id)
        .order_by(WarrantySheet.id.desc())
        .limit(limit)
    ).all()
    return [
        SheetLine(*row, claimed=sum(one.claimed_at is not None for one in on_sheet(shop_id, row.id)))
        for row in rows
    ]


@dataclass(frozen=True)
class Label:
    """One QR code of a sheet: its place from 1, what it stands for, and whether it can still be claimed."""

    place: int
    serial: str
    product: str
    months: int
    claimed_at: datetime | None
    ended_at: datetime | None

    @property
    def spoken(self) -> str:
        """The serial as it is read aloud."""
        return rules.serial_words(self.serial)


def on_sheet(shop_id: int, sheet_id: int) -> list[Label]:
    """Return the codes of one sheet in their order; none for another shop's."""
    rows = db.session.execute(
        select(
            Warranty.cause,
            Warranty.serial,
            WarrantyKind.name,
            WarrantyKind.months,
            Warranty.claimed_at,
            Warranty.ended_at,
        )
        .join(
            WarrantyKind, (WarrantyKind.shop_id == Warranty.shop_id) & (WarrantyKind.id == Warranty.kind_id)
        )
        .where(
            Warranty.shop_id == shop_id,
            among(
                db.session, Warranty.cause, [f"sheet:{sheet_id}:{n}" for n in range(1, rules.MOST_PIECES + 1)]
            ),
        )
    )
    labels = [Label(int(row[0].rsplit(":", 1)[1]), *row[1:]) for row in rows]
    return sorted(labels, key=lambda label: label.place)
