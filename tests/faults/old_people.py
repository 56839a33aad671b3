"""What happened on the cards of a shop while revision 0002 was the newest, told row by row with a fixed seed.

The rules are those of that time: one stamp a visit, a `fill` and its reward when the goal is reached, a stamp taken
back by a reversal that takes the newest unused reward with it, stamps for reviews, refusals as lines of zero.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from app.kit.signing import SPOKEN_ALPHABET

Row = dict[str, Any]
FIRST_DAY = datetime(2024, 9, 1, tzinfo=UTC)
DAYS = 800  # the last of them is before the clock of the tests
WAYS = ("claim", "claim", "scan", "printed", "digits", "spoken")


@dataclass
class Books:
    """The rows of every table so far. Rows of one table name the same columns, so that they can be written at once."""

    seed: int
    rows: defaultdict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    days: defaultdict[tuple[int, Any], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)

    def add(self, table: str, **facts: Any) -> Row:
        """Add a row with the next number of its table."""
        row = {"id": len(self.rows[table]) + 1, **facts}
        self.rows[table].append(row)
        return row

    def chance(self, percent: float) -> bool:
        """Say yes in so many of a hundred cases."""
        return self.dice.random() * 100 < percent

    def count(self, shop_id: int, at: datetime, **more: int) -> None:
        """Add to a shop's sums of a Korean day."""
        self.days[shop_id, (at + timedelta(hours=9)).date()].update(
            {name: int(times) for name, times in more.items()}
        )


@dataclass
class Life:
    """A person of a shop, their card, and what happened to both."""

    books: Books
    shop_id: int
    goal: int
    reward_name: str
    staff_id: int
    person: Row
    card: Row
    last: tuple[list[Row], Row] | None = None  # the newest visit and the stamps of it that stand
    consents: list[Row] = field(default_factory=list)
    unused: list[tuple[Row, Row]] = field(default_factory=list)  # (reward, its fill), the newest last

    def come(self, at: datetime) -> None:
        """Be stamped on a visit; now and then refused first, stamped twice, regretted, asked for a review."""
        books = self.books
        claim = self._ask(at) if (how := books.dice.choice(WAYS)) == "claim" else None
        if books.chance(4):
            self._line("refuse", 0, at, reason="too_soon", how=how)
        is_first = self.person["visit_count"] == 0
        visit = books.add(
            "visits", shop_id=self.shop_id, customer_id=self.person["id"], at=at, channel="shop",
            amount=books.dice.choice((None, None, 4500, 12000)), staff_id=self.staff_id, party_size=1,
            is_first=is_first, reversed_at=None,
        )  # fmt: skip
        self.person["visit_count"] += 1
        self.person["first_visit_at"] = self.person["first_visit_at"] or at
        self.person["last_visit_at"] = at
        books.count(self.shop_id, at, visits=1, new_customers=is_first, returning_visits=not is_first)
        earned = [self._earn(at, how, visit=visit, claim=claim)]
        if books.chance(5):
            earned.append(self._earn(at + timedelta(seconds=40), "more", visit=visit))
        self._letters(at, visit, earned[0])
        if books.chance(8) and visit["reversed_at"] is None:
            self._review(visit, at + timedelta(hours=20))
        if books.chance(10):
            bought = {"product_id": self.shop_id, "quantity": 1, "price": 4500}
            books.add("visit_items", shop_id=self.shop_id, visit_id=visit["id"], **bought)
        if books.chance(3):
            self._undo(earned, visit, at + timedelta(minutes=3))
        if self.unused and books.chance(30):
            self._use(at + timedelta(minutes=5))
        self.last = (earned, visit)

    def regret(self) -> None:
        """Have the newest stamp taken back after all: where its reward was used, the card owes stamps."""
        if self.last is not None:
            earned, visit = self.last
            self._undo(earned, visit, visit["at"] + timedelta(minutes=9))

    def _line(self, kind: str, delta: int, at: datetime, **facts: Any) -> Row:
        self.card["balance"] += delta
        self.card["changed"] += bool(delta)
        columns: Row = dict.fromkeys(("visit_id", "claim_id", "once", "part_of_id", "reverses_id"))
        columns |= {"how": "", "reason": "", "staff_id": self.staff_id}
        return self.books.add(
            "ledger_entries", shop_id=self.shop_id, card_id=self.card["id"], customer_id=self.person["id"],
            kind=kind, delta=delta, at=at, **columns | facts,
        )  # fmt: skip

    def _earn(
        self, at: datetime, how: str, *, visit: Row | None, claim: Row | None = None, **facts: Any
    ) -> Row:
        number = len(self.books.rows["ledger_entries"]) + 1
        facts = {"once": f"old-{number}", "visit_id": visit["id"] if visit else None, **facts}
        line = self._line("earn", 1, at, how=how, claim_id=claim["id"] if claim else None, **facts)
        if claim:
            claim |= {
                "state": "approved",
                "decided_at": at,
                "entry_id": line["id"],
                "staff_id": self.staff_id,
            }
        self.books.count(self.shop_id, at, stamps=1)
        if self.card["balance"] >= self.goal:
            fill = self._line("fill", -self.goal, at, part_of_id=line["id"], staff_id=line["staff_id"])
            reward = self.books.add(
                "rewards", shop_id=self.shop_id, card_id=self.card["id"], customer_id=self.person["id"],
                name=self.reward_name, earned_at=at, entry_id=fill["id"], used_at=None, withdrawn_at=None,
            )  # fmt: skip
            self.unused.append((reward, fill))
        return line

    def _undo(self, earned: list[Row], visit: Row, at: datetime) -> None:
        """Take the newest stamp of a visit back, and the visit with its last."""
        if not earned:
            return
        line = earned.pop()
        self._line("reverse", -1, at, reverses_id=line["id"], visit_id=visit["id"])
        self.books.count(self.shop_id, line["at"], stamps=-1)
        if self.card["balance"] < 0 and self.unused:
            reward, fill = self.unused.pop()
            reward["withdrawn_at"] = at
            self._line("reverse", self.goal, at, reverses_id=fill["id"])
        if not earned:
            visit["reversed_at"] = at
            self.person["visit_count"] -= 1
            first = int(visit["is_first"])
            gone = {"visits": -1, "new_customers": -first, "returning_visits": first - 1}
            self.books.count(self.shop_id, visit["at"], **gone)

    def _use(self, at: datetime) -> None:
        reward, _fill = self.unused.pop(0)
        reward["used_at"] = at
        use = self._redemption(reward, at)
        self.books.count(self.shop_id, at, rewards_used=1)
        if self.books.chance(5):
            use |= {"reversed_at": at + timedelta(minutes=1), "reversed_by": self.staff_id}
            reward["used_at"] = at + timedelta(minutes=2)
            self._redemption(reward, reward["used_at"])

    def _redemption(self, reward: Row, at: datetime) -> Row:
        return self.books.add(
            "redemptions", shop_id=self.shop_id, reward_id=reward["id"], staff_id=self.staff_id, at=at,
            once=f"use-{len(self.books.rows['redemptions'])}", how="live_card", reversed_at=None, reversed_by=None,
        )  # fmt: skip

    def _ask(self, at: datetime) -> Row:
        state = "declined" if self.books.chance(2) else "expired"  # until a stamp answers it
        number = len(self.books.rows["claims"])
        return self.books.add(
            "claims", shop_id=self.shop_id, card_id=self.card["id"], customer_id=self.person["id"],
            word="고양이", once=f"ask-{number}", state=state, created_at=at, staff_id=None, entry_id=None,
            expires_at=at + timedelta(hours=6), decided_at=at,
        )  # fmt: skip

    def wait_at_the_counter(self, at: datetime) -> None:
        """Ask for a stamp that nobody has answered yet, when the database is upgraded."""
        claim = self._ask(at)
        claim |= {"state": "waiting", "decided_at": None, "word": f"말{claim['id']}"}

    def _letters(self, at: datetime, visit: Row, line: Row) -> None:
        for kind, cause in (("stamp_receipt", f"stamp:{line['id']}"), ("thank_you", f"visit:{visit['id']}")):
            if not self.books.chance(25):
                continue
            number = len(self.books.rows["messages"]) + 1
            state = self.books.dice.choice(("sent", "sent", "sent", "suppressed", "expired", "dead"))
            row = self.books.add(
                "messages", shop_id=self.shop_id, customer_id=self.person["id"], kind=kind, cause=cause,
                channel="card" if kind == "stamp_receipt" else "own_phone", dedupe_key=f"old:{number}", state=state,
                code="", reason="" if state == "sent" else "동의하지 않으셨어요.", due_at=at, text="고맙습니다.",
                not_after=at + timedelta(days=1), facts={"balance": self.card["balance"], "goal": self.goal},
                provider_key=f"old{number}", provider_id="", fence=1, lease_ms=None, tries=1, created_at=at,
                staged_at=None, sent_at=at if state == "sent" else None, read_at=None,
            )  # fmt: skip
            of = {"shop_id": self.shop_id, "message_id": row["id"]}
            if state == "sent" and self.shop_id == 2:
                shown = {"to": "+821000000000", "text": "고맙습니다.", "at": at}
                self.books.add("demo_phone_messages", shop_id=self.shop_id, key=row["provider_key"], **shown)
            if state == "sent" and kind == "thank_you":
                self.books.add(
                    "attempts", **of, fence=1, started_at=at, ended_at=at, outcome="by_hand", detail=""
                )
                self.books.add("ad_grants", **of, customer_id=self.person["id"], at=at)

    def _review(self, visit: Row, at: datetime) -> None:
        books, mine = self.books, {"shop_id": self.shop_id, "customer_id": self.person["id"]}
        number = len(books.rows["review_asks"]) + 1
        ask = books.add(
            "review_asks", **mine, visit_id=visit["id"], token=f"ask{number}", made_at=at,
            expires_at=at + timedelta(days=14), wanted_at=None, picked=0,
        )  # fmt: skip
        if not books.chance(60):
            return
        if self.shop_id == 1:
            self._earn(at, "review", visit=None, once=f"review:{ask['id']}:0", staff_id=None)
        answered = at + timedelta(hours=3) if books.chance(70) else None
        review = books.add(
            "reviews", **mine, ask_id=ask["id"], stars=books.dice.randint(1, 5), mood="good", text="맛있어요. " * 9,
            shown_name="김*지", reward="도장 1개" if self.shop_id == 1 else "", at=at, answered_at=answered,
        )  # fmt: skip
        if answered:
            reply = {
                "review_id": review["id"],
                "staff_id": self.staff_id,
                "text": "고맙습니다.",
                "at": answered,
            }
            books.add("review_replies", shop_id=self.shop_id, **reply)
        if books.chance(20):
            books.add(
                "photos", **mine, ask_id=ask["id"], review_id=review["id"], ref=f"photo{number}", state="ready",
                reason="", width=900, height=600, tries=1, held_until=None, digest=f"{number:064d}", at=at,
            )  # fmt: skip
        if books.chance(15):
            voice = books.add(
                "voices", **mine, kind="complaint", review_id=review["id"], opened_at=at, answered_at=answered,
                waiting_since=None if answered else at, closed_at=None, closed_by=None,
            )  # fmt: skip
            said = {"staff_id": None, "text": "조금 시끄러웠어요.", "once": f"said-{number}", "at": at}
            books.add("voice_lines", shop_id=self.shop_id, voice_id=voice["id"], **said, read_at=answered)


def code_of(number: int, width: int) -> str:
    """Return a code of the card alphabet that no other number has."""
    letters = ""
    for _ in range(width):
        number, place = divmod(number, len(SPOKEN_ALPHABET))
        letters = SPOKEN_ALPHABET[place] + letters
    return letters


def key_of(text: str) -> str:
    """Return what stands in for a keyed hash."""
    return hashlib.sha256(text.encode()).hexdigest()
