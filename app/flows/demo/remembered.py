"""What a demo shop remembers beside visits: its day off, birthdays told at the stall, a paper card that waits."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

from app.customers.rules import DAYS
from app.extensions import files_dir
from app.flows.demo.agreements import Evidence
from app.flows.demo.description import Description
from app.flows.demo.holders import Holder
from app.flows.demo.rows import Row, Tables, drawn_key
from app.kit import files
from app.kit.clock import kst_day
from app.kit.files import Place
from app.kit.lunar import Yearly, lunar_day
from app.reviews.photos import LARGE, SMALL

# Drawn for this demo; a real one is taken with a phone.
PAPER_CARD = Path(__file__).with_name("paper_card.webp")
# What stands beside some reviews, by the digest that its row names.
PICTURES = {
    sha256(path.read_bytes()).hexdigest(): path
    for path in sorted(Path(__file__).parent.glob("review_*.webp"))
}
_PIXELS = (1200, 800)
_ON_PAPER = 6
_NOBODYS_DAY = {
    f"{which}_{name}": None if name in ("month", "day") else False
    for which in ("birth", "anniversary")
    for name in ("month", "day", "is_lunar", "is_leap")
}
# How many days from now, and whether by the lunar calendar: two in this week, the others over the year.
_BIRTHDAYS = (
    (1, True),
    (4, False),
    (23, True),
    (61, False),
    (118, True),
    (170, False),
    (233, True),
    (301, True),
)


class Remembered:
    """Adds the rows to a history that is drawn, in the order in which tables are numbered."""

    def __init__(
        self, rng: Random, tables: Tables, described: Description, shop_id: int, now: datetime
    ) -> None:
        self.rng, self.tables, self.shop, self.shop_id, self.now = rng, tables, described, shop_id, now

    def days_of(self, holders: list[Holder], evidence: Evidence) -> None:
        """Let some regulars have told their birthday, half of them a lunar one, each with the consent for it."""
        for row in self.tables.rows["customers"]:
            row.update(_NOBODYS_DAY, anniversary_name="")
        if self.shop.day_off is None:
            return
        for holder, (ahead, is_lunar) in zip(self._regulars(holders), _BIRTHDAYS, strict=False):
            day = _yearly(kst_day(self.now) + timedelta(days=ahead), is_lunar=is_lunar)
            holder.customer.update(birth_month=day.month, birth_day=day.day, birth_is_lunar=day.is_lunar)
            told_at = holder.stood[-1]["at"] + timedelta(minutes=3)
            evidence.agree(holder, DAYS, told_at, source="staff")

    def the_rest(self, holders: list[Holder], first_day: date) -> None:
        """Enter the day off of the week, and let one regular have sent the old paper card."""
        if self.shop.day_off is not None:
            self.tables.add(
                "weekly_days_off",
                shop_id=self.shop_id,
                weekday=self.shop.day_off,
                since=first_day,
                until=None,
            )
            self._paper_card(self._regulars(holders)[len(_BIRTHDAYS)])
        for table in ("weekly_days_off", "photos", "paper_cards"):
            self.tables.number(table)

    def _regulars(self, holders: list[Holder]) -> list[Holder]:
        fitting = [
            holder
            for holder in holders
            if holder.person.erased_at is None and holder.person.name and holder.customer["phone"]
            and len(holder.stood) > 5 and holder.balance < holder.goal - 2
        ]  # fmt: skip
        return sorted(fitting, key=lambda holder: str(holder.card["ref"]))

    def _paper_card(self, holder: Holder) -> None:
        sent_at = self.now - timedelta(minutes=40)
        where: dict[str, Any] = {"shop_id": self.shop_id, "customer_id": holder.customer}
        ref = drawn_key(self.rng)[:22]
        wide, high = _PIXELS
        self.tables.add(
            "photos",
            **where,
            ask_id=None,
            review_id=None,
            ref=ref,
            state="ready",
            reason="",
            width=wide,
            height=high,
            tries=1,
            at=sent_at,
            digest=None,
            passed_at=None,
        )
        self.tables.add(
            "paper_cards",
            **where,
            card_id=holder.card,
            once=drawn_key(self.rng),
            asked=_ON_PAPER,
            photo_ref=ref,
            state="waiting",
            reason="",
            created_at=sent_at,
        )


def _yearly(day: date, *, is_lunar: bool) -> Yearly:
    found = lunar_day(day) if is_lunar else None
    return Yearly(day.month, day.day) if found is None else Yearly(found.month, found.day, True)


def lay_down_photos(photos: list[Row], now: datetime) -> None:
    """Put the file behind every photo that was drawn. Call it after the commit."""
    for row in photos:
        for kind in (LARGE, SMALL):
            place = Place(kind, int(row["shop_id"]), str(row["ref"]))
            picture = PICTURES.get(str(row["digest"]), PAPER_CARD)
            body = BytesIO(picture.read_bytes())
            files.save(files_dir(), place, body, most=picture.stat().st_size, now=now)
