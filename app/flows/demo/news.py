"""What the demo shops tell, who opened it, and where else they are."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from app.flows.demo.days import at_minute
from app.flows.demo.description import Description, NewsWords
from app.flows.demo.holders import Holder
from app.flows.demo.rows import Row, Tables, drawn_key
from app.kit.clock import kst_day

_ELEVEN = 11 * 60  # news is written before noon
_MANY_VISITS = 3  # 단골 begins there in every demo shop


class News:
    """Writes the news down, with the people who came by and opened it on their card."""

    def __init__(self, rng: Random, tables: Tables, described: Description, shop: Row) -> None:
        self.rng, self.tables, self.described, self.shop = rng, tables, described, shop

    def write(self, holders: list[Holder], owner: Row, menu: list[Row], moment: datetime) -> None:
        """Write everything down as it stands at `moment`."""
        by_name = {row["name"]: row for row in menu}
        readers = [
            holder
            for holder in holders
            if holder.person.erased_at is None
            and holder.stood
            and holder.customer.get("merged_into_id") is None
        ]
        for words in self.described.news:
            self._tell(words, readers, owner, by_name.get(words.about), moment)
        for sort, url in self.described.links:
            self.tables.add(
                "shop_links",
                shop_id=self.shop["id"],
                sort=sort,
                url=url,
                changed_at=moment - timedelta(days=90),
            )
        uses = set(self.shop["uses"].split())
        uses |= ({"news"} if self.described.news else set()) | ({"links"} if self.described.links else set())
        self.shop["uses"] = " ".join(sorted(uses))
        self.tables.number("notices")
        self.tables.number("notice_reads", by="at")

    def _tell(
        self, words: NewsWords, readers: list[Holder], owner: Row, product: Row | None, moment: datetime
    ) -> None:
        shown_at = at_minute(kst_day(moment) - timedelta(days=words.days_ago), _ELEVEN)
        of: dict[str, Any] = {"shop_id": self.shop["id"]}
        notice = self.tables.add(
            "notices",
            **of,
            once=drawn_key(self.rng),
            sort=words.sort,
            title=words.title,
            text=words.text,
            photo="",
            group_key=words.group,
            product_id=product,
            is_first=words.is_first,
            staff_id=owner,
            made_at=shown_at - timedelta(minutes=12),
            shown_at=shown_at,
            ended_at=shown_at + timedelta(days=1) if words.is_over else None,
        )
        until = shown_at + timedelta(days=1) if words.is_over else moment
        for holder in readers:
            if words.group and len(holder.stood) < _MANY_VISITS:
                continue
            if self.rng.random() < words.share:
                at = shown_at + (until - shown_at) * (self.rng.random() ** 3)
                if holder.customer["joined_at"] < at:
                    self.tables.add(
                        "notice_reads", **of, notice_id=notice, customer_id=holder.customer, at=at
                    )
