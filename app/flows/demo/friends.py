"""Who brought whom in a demo shop, and the last evenings closed. Drawn after everything else: it moves nobody's visit."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from app.flows.demo.days import at_minute
from app.flows.demo.description import Description
from app.flows.demo.holders import Holder
from app.flows.demo.rows import Row, Tables, drawn_code
from app.kit.clock import kst_day

_INVITERS, _NEW_FOR = 5, timedelta(days=150)
_WITHOUT_GIFT_UNTIL = timedelta(days=3)
_CLOSED_DAYS = 4
# Who comes along is counted at the counter since then; before, nobody tapped it.
_COUNTED_SINCE = timedelta(days=21)


class Friends:
    """Writes invitations and closed days of one shop."""

    def __init__(self, rng: Random, tables: Tables, described: Description, shop: Row) -> None:
        self._rng, self._tables, self._shop = rng, tables, shop
        self._closes = described.closes

    def write(self, holders: list[Holder], owner: Row, now: datetime) -> None:
        """Let a few regulars have brought somebody, and the owner have counted the last evenings."""
        self._shop["uses"] = " ".join(sorted({*self._shop.get("uses", "").split(), "referrals"}))
        # The shop gives something since a few days; who came before was promised nothing, and had nothing.
        self._tables.add(
            "referral_settings",
            shop_id=self._shop["id"],
            inviter_stamps=1,
            friend_stamps=1,
            month_most=5,
            changed_at=now - _WITHOUT_GIFT_UNTIL,
        )
        self._bring(holders, now)
        self._count_from(now - _COUNTED_SINCE)
        self._close(owner, now)
        for table, by in (("invites", "made_at"), ("referrals", "at"), ("day_closes", "at")):
            self._tables.number(table, by=by)

    def _bring(self, holders: list[Holder], now: datetime) -> None:
        here = [each for each in holders if each.person.erased_at is None]
        regulars = sorted(
            (each for each in here if each.person.name and len(each.stood) >= 8),
            key=lambda each: (-len(each.stood), each.card["ref"]),
        )[:_INVITERS]
        until = now - _WITHOUT_GIFT_UNTIL
        new = [each for each in here if now - _NEW_FOR < each.customer["joined_at"] < until]
        new = [each for each in new if each not in regulars]
        taken: set[str] = set()
        for place, regular in enumerate(regulars):
            made = regular.stood[0]["at"] + timedelta(days=1)
            self._tables.add(
                "invites",
                shop_id=self._shop["id"],
                customer_id=regular.customer,
                word=drawn_code(self._rng, 10, taken),
                shows_name=place % 2 == 0,
                made_at=made,
            )
            for friend in self._rng.sample(new, min(len(new), 1 + (_INVITERS - place) // 2)):
                new.remove(friend)
                if friend.customer["joined_at"] > made:
                    self._note(regular, friend)

    def _count_from(self, since: datetime) -> None:
        """Leave visits of before as they were stamped: what was bought for two is no person counted."""
        for visit in self._tables.rows["visits"]:
            if visit["at"] < since:
                visit["party_size"] = 1

    def _note(self, regular: Holder, friend: Holder) -> None:
        friend.customer["source"] = "friend"
        first = friend.stood[0] if friend.stood else None
        self._tables.add(
            "referrals",
            shop_id=self._shop["id"],
            inviter_id=regular.customer,
            friend_id=friend.customer,
            at=friend.customer["joined_at"],
            visit_id=first,
            came_at=first["at"] if first is not None else None,
            refused="",
        )

    def _close(self, owner: Row, now: datetime) -> None:
        """Count the receipts of the last evenings: a few more than visits, since not everybody has a card."""
        for ago in range(1, _CLOSED_DAYS + 1):
            day = kst_day(now) - timedelta(days=ago)
            visits = sum(
                kst_day(row["at"]) == day and row["reversed_at"] is None
                for row in self._tables.rows["visits"]
            )
            if visits:
                self._tables.add(
                    "day_closes",
                    shop_id=self._shop["id"],
                    day=day,
                    receipts=round(visits * 1.4) + self._rng.randint(0, 6),
                    staff_id=owner,
                    at=at_minute(day, self._closes + 5),
                )
