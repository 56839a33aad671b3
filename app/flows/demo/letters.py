"""The last two months of letters, judged by the real gate: sent, waiting, left out with the reason."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from app.flows.demo import wording
from app.flows.demo.agreements import Evidence
from app.flows.demo.description import Description
from app.flows.demo.holders import Holder, Stamp
from app.flows.demo.later_letters import Later
from app.flows.demo.rows import Row, Tables, drawn_key, moment_of
from app.kit.clock import kst_day
from app.messages import registry, rules
from app.messages.contract import Kind

LETTER_DAYS = 60
# As the outbox has it: nobody did anything wrong, the card carries it and no second row is needed.
_CARD_ONLY = frozenset({"no_phone", "no_consent", "no_marketing", "refused", "age"})
_ON_HAND = 3  # letters that lie ready in the by-hand queue


class Writer:
    """Writes letters the way `outbox.plan` and the worker would have, from facts instead of rows."""

    def __init__(
        self,
        rng: Random,
        tables: Tables,
        shop: Description,
        shop_id: int,
        evidence: Evidence,
        base_url: str,
        moment: datetime,
    ) -> None:
        self.rng, self.tables, self.shop, self.shop_id = rng, tables, shop, shop_id
        self.evidence, self.base_url, self.moment = evidence, base_url, moment
        self.since = moment - timedelta(days=LETTER_DAYS)
        self._ads: dict[int, list[datetime]] = {}
        self._bubbles: dict[str, tuple[Row, Row]] = {}
        self._thanked: set[tuple[int, object]] = set()

    def write(self, stamps: list[Stamp], holders: list[Holder], later: list[Later]) -> None:
        """Write the letters of two months; stamps must have their ids."""
        causes: list[tuple[datetime, Any]] = [(stamp.entry["at"], stamp) for stamp in stamps]
        causes += [(each.at, each) for each in later]
        for row in self.tables.rows["consents"]:
            if row["kind"] in ("ads", "ads_night") and row["action"] != "decline":
                causes.append((row["at"], row))
        causes += [(row["at"], row) for row in self.tables.rows["suppressions"]]
        by_customer = {id(holder.evidence_of): holder for holder in holders}
        by_key = {
            row["phone_key"]: by_customer[id(row["customer_id"])] for row in self.tables.rows["consents"]
        }
        for at, cause in sorted(causes, key=lambda pair: pair[0]):
            if at < self.since:
                continue
            if isinstance(cause, Stamp):
                self._after_stamp(cause)
            elif isinstance(cause, Later):
                self._later(cause)
            elif "address_key" in cause:
                facts = {"day": kst_day(at).isoformat(), "opted_out_at": at.isoformat()}
                self._statutory(
                    "optout_result",
                    by_key[cause["address_key"]],
                    f"optout:{cause['id']}:{at.date()}",
                    facts,
                    at,
                )
            else:
                facts = {
                    "day": kst_day(at).isoformat(),
                    "consent": cause["kind"],
                    "granted": cause["action"] == "grant",
                    "consent_at": at.isoformat(),
                }
                self._statutory(
                    "consent_result",
                    by_customer[id(cause["customer_id"])],
                    f"consent:{cause['id']}",
                    facts,
                    at,
                )
        self._lay_on_hand()

    def _after_stamp(self, stamp: Stamp) -> None:
        at = stamp.entry["at"]
        facts = {
            "day": kst_day(at).isoformat(),
            "balance": stamp.balance,
            "goal": stamp.holder.goal,
            "reward": self.shop.reward,
        }
        kind = registry.kind("stamp_receipt")
        receipt = self._row(
            stamp.holder, kind, "card", f"stamp:{stamp.entry['id']}", at, at, at + timedelta(days=1), facts
        )
        self._on_card(receipt, stamp.holder, kind)
        rows = [receipt]
        day = (id(stamp.holder), kst_day(at + timedelta(hours=2)))
        if stamp.begins_visit and day not in self._thanked:
            self._thanked.add(day)
            rows += self._thank(stamp, facts | {"visit_number": stamp.visit_number})
        if stamp.undone_at is not None:
            for row in rows:
                row.update(
                    state="cancelled", code="cancelled", reason="적립 취소", sent_at=None, provider_id=""
                )
                row["dedupe_key"] += f":x{drawn_key(self.rng)[:6]}"

    def _thank(self, stamp: Stamp, facts: dict[str, Any]) -> list[Row]:
        at, kind = stamp.entry["at"], registry.kind("thank_you")
        delay = self.shop.thank_you_delay
        due = at + timedelta(minutes=kind.delay_minutes if delay is None else delay)
        cause = f"visit:{stamp.visit['id']}"
        return self._planned(stamp.holder, kind, cause, facts, at, due, undone=stamp.undone_at is not None)

    def _later(self, letter: Later) -> None:
        kind, at = registry.kind(letter.kind), letter.at
        facts = {"day": kst_day(at).isoformat(), **letter.facts}
        due = at + timedelta(minutes=kind.delay_minutes)
        self._planned(letter.holder, kind, letter.cause, facts, at, due)

    def _planned(
        self,
        holder: Holder,
        kind: Kind,
        cause: str,
        facts: dict[str, Any],
        at: datetime,
        due: datetime,
        *,
        undone: bool = False,
    ) -> list[Row]:
        """Write a message down as `outbox.plan` does: on the card, and for the demo carrier when it may travel."""
        not_after = due + kind.life
        card = self._row(holder, kind, "card", cause, at, due, not_after, facts)
        rows = [card]
        if "demo_phone" in kind.channels:
            verdict = self._gate(holder, kind, facts, at, due, not_after)
            if isinstance(verdict, rules.LeaveOut) and verdict.code in _CARD_ONLY:
                card.update(code=verdict.code, reason=f"카드에만 남겨요. {verdict.reason}")
            else:
                travels = self._row(holder, kind, "demo_phone", cause, at, due, not_after, facts)
                self._travel(travels, holder, kind, verdict, undone=undone)
                rows.append(travels)
        self._on_card(card, holder, kind)
        return rows

    def _statutory(self, key: str, holder: Holder, cause: str, facts: dict[str, Any], at: datetime) -> None:
        kind = registry.kind(key)
        not_after = at + kind.life
        card = self._row(holder, kind, "card", cause, at, at, not_after, facts)
        self._on_card(card, holder, kind)
        verdict = self._gate(holder, kind, facts, at, at, not_after)
        if not (isinstance(verdict, rules.LeaveOut) and verdict.code in _CARD_ONLY):
            self._travel(
                self._row(holder, kind, "demo_phone", cause, at, at, not_after, facts), holder, kind, verdict
            )

    def _travel(
        self, row: Row, holder: Holder, kind: Kind, verdict: rules.Verdict, *, undone: bool = False
    ) -> None:
        """Take a row over the demo carrier: what the gate says at planning, and again when it is due."""
        if isinstance(verdict, rules.Wait):
            row.update(due_at=verdict.until, code=verdict.code, reason=verdict.reason)
            verdict = self._gate(holder, kind, row["facts"], verdict.until, verdict.until, row["not_after"])
        elif isinstance(verdict, rules.Send) and row["due_at"] <= self.moment:
            verdict = self._gate(holder, kind, row["facts"], row["due_at"], row["due_at"], row["not_after"])
        if isinstance(verdict, rules.LeaveOut):
            row.update(state="suppressed", code=verdict.code, reason=verdict.reason)
        elif not undone and row["due_at"] + timedelta(seconds=4) <= self.moment:
            self._sent(row, holder, kind, row["due_at"] + timedelta(seconds=self.rng.randint(1, 4)))

    def _sent(self, row: Row, holder: Holder, kind: Kind, at: datetime) -> None:
        opt_out = f"{self.base_url}/o/{self.evidence.opt_out_token(holder, at)}" if kind.is_ad else ""
        text = wording.whole(
            self.shop, kind, holder.person.name, row["facts"], opt_out=opt_out, base_url=self.base_url
        )
        row.update(state="sent", code="", reason="", sent_at=at, fence=1, tries=1, text=text)
        if kind.is_ad:
            self._ads.setdefault(id(holder), []).append(at)
            self.tables.add(
                "ad_grants", shop_id=self.shop_id, customer_id=holder.customer, message_id=row, at=at
            )
        self.tables.add(
            "attempts",
            shop_id=self.shop_id,
            message_id=row,
            fence=1,
            started_at=at,
            ended_at=at,
            outcome="accepted",
            detail="",
        )
        if holder.person.erased_at is not None:
            row["text"], row["facts"] = "", {}
            return
        bubble = Row(shop_id=self.shop_id, key=row["provider_key"], to=holder.person.phone, text=text, at=at)
        self._bubbles[row["provider_key"]] = (row, bubble)

    def _on_card(self, row: Row, holder: Holder, kind: Kind) -> None:
        if row["due_at"] > self.moment:
            return
        row.update(state="sent", sent_at=row["due_at"])
        read_at = row["due_at"] + timedelta(seconds=self.rng.randint(20, 400))
        if self.rng.random() < 0.7 and read_at < self.moment:
            row["read_at"] = read_at
        if holder.person.erased_at is None:
            row["text"] = wording.body(self.shop, kind, holder.person.name, row["facts"])
        else:
            row["facts"] = {}

    def _row(
        self,
        holder: Holder,
        kind: Kind,
        channel: str,
        cause: str,
        at: datetime,
        due: datetime,
        not_after: datetime,
        facts: dict[str, Any],
    ) -> Row:
        base = f"{kind.key}:{cause}"
        if kind.once_a_day:
            base = f"{kind.key}:{holder.customer['id']}:{kst_day(due)}"
        return self.tables.add(
            "messages",
            shop_id=self.shop_id,
            customer_id=holder.customer,
            kind=kind.key,
            channel=channel,
            cause=cause,
            dedupe_key=f"{base}:{channel}",
            state="ready",
            code="",
            reason="",
            due_at=due,
            not_after=not_after,
            facts=facts,
            text="",
            provider_key=drawn_key(self.rng),
            provider_id="",
            fence=0,
            lease_ms=None,
            tries=0,
            created_at=at,
            staged_at=None,
            sent_at=None,
            read_at=None,
        )

    def _gate(
        self,
        holder: Holder,
        kind: Kind,
        facts: dict[str, Any],
        known_at: datetime,
        now: datetime,
        not_after: datetime,
    ) -> rules.Verdict:
        return wording.ask_gate(
            self.shop,
            kind,
            holder.person,
            facts,
            base_url=self.base_url,
            recent_ads=self._ads.get(id(holder), ()),
            known_at=known_at,
            not_after=not_after,
            now=now,
        )

    def _lay_on_hand(self) -> None:
        """Let the newest thank-yous wait for the owner's own tap instead of having gone out."""
        went = [
            row
            for row in self.tables.rows["messages"]
            if row["kind"] == "thank_you" and row["channel"] == "demo_phone" and row["state"] == "sent"
            if row["text"] and row["not_after"] > self.moment + timedelta(hours=1)
        ]
        for row in sorted(went, key=lambda row: moment_of(row, "sent_at"))[-_ON_HAND:]:
            key = row["dedupe_key"].replace("demo_phone", "own_phone")
            row.update(
                channel="own_phone",
                dedupe_key=key,
                state="ready",
                staged_at=row["sent_at"],
                sent_at=None,
                tries=0,
            )
            for table in ("attempts", "ad_grants"):
                rows = self.tables.rows[table]
                self.tables.rows[table] = [each for each in rows if each["message_id"] is not row]
            del self._bubbles[row["provider_key"]]

    def number(self) -> None:
        """Give letters and what hangs on them their ids, in the order they were written."""
        self.tables.rows["demo_phone_messages"] = [bubble for _row, bubble in self._bubbles.values()]
        self.tables.number("messages", by="created_at")
        self.tables.number("attempts", by="started_at")
        self.tables.number("ad_grants", by="at")
        self.tables.number("demo_phone_messages", by="at")
        for row, bubble in self._bubbles.values():
            row["provider_id"] = f"demo-{bubble['id']}"
