"""All that happened at the counter: visits, stamps, filled cards, rewards, slips of the finger."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from app.cards.rules import STEP_SECONDS, code_step
from app.flows.demo import orders
from app.flows.demo.description import Description
from app.flows.demo.holders import Holder, Stamp
from app.flows.demo.people import Person
from app.flows.demo.rows import Row, Tables, drawn_code, drawn_key, in_order
from app.kit.clock import next_minute_of_day
from app.kit.words import MATCHING_WORDS

COOLDOWN = timedelta(seconds=600)
WAYS = ("claim", "scan", "digits", "spoken")
WAYS_SHARE = (46, 38, 11, 5)
# Who has twice as many uses so many points at once.
POINTS_AT_ONCE = 500


class Counter:
    """Replays the visits of all people in the order of time."""

    def __init__(
        self,
        rng: Random,
        tables: Tables,
        shop: Description,
        shop_id: int,
        staff: list[Row],
        rules: list[Row],
        menu: list[Row],
    ) -> None:
        self.rng, self.tables, self.shop, self.shop_id = rng, tables, shop, shop_id
        self.staff, self.rules, self.menu = staff, rules, menu
        self.stamps: list[Stamp] = []
        self._refs: set[str] = set()
        self._spoken: set[str] = set()
        self._steps: set[tuple[int, int]] = set()

    def hand_out(self, person: Person) -> Holder:
        """Give a person their card under the rule of that day."""
        assert person.joined_at is not None
        joined, gone = person.joined_at, person.erased_at is not None
        phone = None if gone else person.phone
        customer = self._customer(
            name="" if gone else person.name,
            phone=phone,
            phone_tail=phone[-4:] if phone else None,
            memo="" if gone else person.memo,
            likes="" if gone else person.likes,
            source=person.source,
            joined_at=joined,
            erased_at=person.erased_at,
        )
        rule = next(rule for rule in reversed(self.rules) if rule["created_at"] <= joined)
        card = self.tables.add(
            "cards",
            shop_id=self.shop_id,
            customer_id=customer,
            rule_id=rule,
            ref=drawn_code(self.rng, 10, self._refs),
            spoken=drawn_code(self.rng, 4, self._spoken),
            balance=0,
            points=0,
            round=1,
            key_version=2 if gone else 1,
            changed=0,
            opened_at=joined,
            closed_at=person.erased_at,
        )
        holder = Holder(person, customer, card, rule["goal"], evidence_of=customer)
        if gone:
            # Consents and the opt-out outlive a person on a stub that nothing ties to what they bought.
            holder.evidence_of = self._customer(
                source="erased", joined_at=person.erased_at, erased_at=person.erased_at
            )
        return holder

    def _customer(self, **facts: object) -> Row:
        blank = {"name": "", "phone": None, "phone_tail": None, "phone_key": "", "memo": "", "likes": ""}
        blank["phone_checked_at"] = None
        visits = {"first_visit_at": None, "last_visit_at": None, "visit_count": 0, "stale_at": None}
        return self.tables.add("customers", **{**blank, **visits, "shop_id": self.shop_id, **facts})

    def run(self, holders: list[Holder], moment: datetime) -> None:
        """Let everybody come when they come, up to `moment`."""
        comings = in_order((at, holder) for holder in holders for at in holder.person.comes)
        for at, holder in comings:
            self._one_visit(holder, at, moment)
        for holder in holders:
            self._close_the_books(holder)

    def _one_visit(self, holder: Holder, at: datetime, moment: datetime) -> None:
        rng = self.rng
        party = rng.choices((1, 2, 3, 4), self.shop.parties)[0]
        staff = rng.choices(self.staff, (6, 2, 2)[: len(self.staff)])[0]
        visit = self.tables.add(
            "visits",
            shop_id=self.shop_id,
            customer_id=holder.customer,
            at=at,
            channel="shop",
            amount=None,
            staff_id=staff,
            party_size=party,
            is_first=not holder.stood,
            reversed_at=None,
        )
        visit["amount"] = self._order(visit, holder.person, party)
        stamp = self._stamp(holder, visit, at, staff, rng.choices(WAYS, WAYS_SHARE)[0], begins=True)
        if rng.random() < 0.011 and at + timedelta(minutes=4) < moment:
            self._undo(holder, stamp, at + timedelta(seconds=rng.randint(20, 200)), staff)
            visit["reversed_at"] = stamp.undone_at
            return
        holder.stood.append(visit)
        if party > 1 and rng.random() < 0.4 and at + timedelta(seconds=40) < moment:
            self._stamp(
                holder, visit, at + timedelta(seconds=rng.randint(9, 30)), staff, "more", begins=False
            )
        elif rng.random() < 0.012 and at + COOLDOWN < moment:
            self._refused(holder, at + timedelta(seconds=rng.randint(60, 560)), staff)
        self._maybe_use(holder, at + timedelta(seconds=rng.randint(35, 75)), staff, moment)
        self._use_points(holder, visit, at + timedelta(seconds=30), staff, moment)

    def _use_points(self, holder: Holder, visit: Row, at: datetime, staff: Row, moment: datetime) -> None:
        if holder.points < 2 * POINTS_AT_ONCE or at > moment:
            return
        facts = {
            "how": "live_card",
            "staff_id": staff,
            "visit_id": visit,
            "once": f"points:{len(self.stamps)}",
        }
        self._entry(holder, "redeem", 0, at, points=-POINTS_AT_ONCE, **facts)

    def _order(self, visit: Row, person: Person, party: int) -> int | None:
        """Put what is bought on the visit; returns the sum in won, None when nobody typed it in."""
        bought = orders.bought(self.rng, self.shop, rush=person.rush, usual=person.usual, party=party)
        if self.rng.random() < 0.07:
            return None
        total = 0
        for product in self.menu:
            quantity, price = bought.get(product["name"], 0), product["price"]
            if quantity:
                total += quantity * price
                self.tables.add(
                    "visit_items",
                    shop_id=self.shop_id,
                    visit_id=visit,
                    product_id=product,
                    quantity=quantity,
                    price=price,
                )
        return total

    def _stamp(
        self, holder: Holder, visit: Row, at: datetime, staff: Row, how: str, *, begins: bool
    ) -> Stamp:
        points = (visit["amount"] or 0) * holder.card["rule_id"]["point_permille"] // 1000 if begins else 0
        entry = self._entry(
            holder,
            "earn",
            1,
            at,
            points=points,
            how=how,
            staff_id=staff,
            visit_id=visit,
            once=drawn_key(self.rng),
        )
        if how == "claim":
            entry["claim_id"] = self.claim(
                holder, at - timedelta(seconds=self.rng.randint(6, 70)), "approved", at, staff, entry
            )
        elif how == "scan":
            self._spend_code(holder, at)
        seen = holder.balance
        if holder.balance >= holder.goal:
            fill = self._entry(holder, "fill", -holder.goal, at, staff_id=staff, part_of_id=entry)
            holder.card["round"] += 1
            holder.ready.append(self._reward(holder, fill, at))
            holder.wants_reward_in = self.rng.choices((1, 2, 3, 9), (55, 22, 11, 12))[0]
        stamp = Stamp(holder, entry, visit, begins, seen, len(holder.stood) + int(begins))
        holder.last_stamp_at = at
        self.stamps.append(stamp)
        return stamp

    def _undo(self, holder: Holder, stamp: Stamp, at: datetime, staff: Row) -> None:
        """Take the stamp just given back; a reward the stamps no longer carry goes too."""
        stamp.undone_at = at
        turned = {"staff_id": staff, "reverses_id": stamp.entry, "visit_id": stamp.visit}
        self._entry(holder, "reverse", -1, at, points=-stamp.entry["points"], **turned)
        if holder.balance < 0:
            reward = holder.ready.pop()
            reward["withdrawn_at"] = at
            holder.card["round"] = min(holder.card["round"], reward["round"])
            self._entry(holder, "reverse", holder.goal, at, staff_id=staff, reverses_id=reward["entry_id"])

    def _refused(self, holder: Holder, at: datetime, staff: Row) -> None:
        """Somebody tried again within the cooldown: a line of zero with its reason."""
        self._entry(holder, "refuse", 0, at, how="scan", staff_id=staff, reason="too_soon")
        self._spend_code(holder, at)

    def _maybe_use(self, holder: Holder, at: datetime, staff: Row, moment: datetime) -> None:
        if not holder.ready or at > moment:
            return
        holder.wants_reward_in -= 1
        if holder.wants_reward_in >= 0:
            return
        reward = holder.ready.pop(0)
        use = self.tables.add(
            "redemptions",
            shop_id=self.shop_id,
            reward_id=reward,
            once=drawn_key(self.rng),
            staff_id=staff,
            how="live_card" if self.rng.random() < 0.84 else "staff_check",
            at=at,
            reversed_at=None,
            reversed_by=None,
        )
        holder.changed += 1
        if self.rng.random() < 0.02 and at + timedelta(minutes=2) < moment:
            use["reversed_at"], use["reversed_by"] = at + timedelta(seconds=70), staff
            holder.ready.insert(0, reward)
            holder.wants_reward_in = 1
            return
        reward["used_at"] = at

    def thank_for_review(self, holder: Holder, at: datetime) -> None:
        """Give the stamp a review was promised; nobody pressed it at the counter, and no visit goes with it."""
        self._entry(holder, "earn", 1, at, how="review", once=drawn_key(self.rng))
        self._close_the_books(holder)

    def claim(
        self,
        holder: Holder,
        at: datetime,
        state: str,
        decided_at: datetime | None,
        staff: Row | None,
        entry: Row | None,
    ) -> Row:
        """Add a 도장 받기 claim in one of its states; it waits until the shop's next closing time."""
        holder.changed += 1
        return self.tables.add(
            "claims",
            shop_id=self.shop_id,
            card_id=holder.card,
            customer_id=holder.customer,
            word=self.rng.choice(MATCHING_WORDS),
            once=drawn_key(self.rng),
            state=state,
            created_at=at,
            expires_at=next_minute_of_day(at, self.shop.closes),
            decided_at=decided_at,
            staff_id=staff,
            entry_id=entry,
        )

    def _entry(
        self, holder: Holder, kind: str, delta: int, at: datetime, *, points: int = 0, **facts: object
    ) -> Row:
        holder.balance += delta
        holder.points += points
        holder.changed += 1
        blank = dict.fromkeys(("staff_id", "visit_id", "claim_id", "once", "part_of_id", "reverses_id"))
        return self.tables.add(
            "ledger_entries",
            **{
                **blank,
                "shop_id": self.shop_id,
                "card_id": holder.card,
                "customer_id": holder.customer,
                "kind": kind,
                "delta": delta,
                "points": points,
                "at": at,
                "how": "",
                "reason": "",
                **facts,
            },
        )

    def _reward(self, holder: Holder, fill: Row, at: datetime) -> Row:
        rule = holder.card["rule_id"]
        return self.tables.add(
            "rewards",
            shop_id=self.shop_id,
            card_id=holder.card,
            customer_id=holder.customer,
            name=rule["reward_name"],
            earned_at=at,
            entry_id=fill,
            round=holder.card["round"] - 1,
            used_at=None,
            withdrawn_at=None,
        )

    def _spend_code(self, holder: Holder, at: datetime) -> None:
        step = code_step(at)
        if (id(holder), step) not in self._steps:
            self._steps.add((id(holder), step))
            shown = at - timedelta(seconds=at.timestamp() % STEP_SECONDS % 3)
            self.tables.add("code_uses", shop_id=self.shop_id, card_id=holder.card, step=step, at=shown)

    def _close_the_books(self, holder: Holder) -> None:
        """Write down what history left on the card and with the person."""
        holder.card["balance"], holder.card["points"] = holder.balance, holder.points
        holder.card["changed"] = holder.changed
        if holder.stood:
            holder.customer["first_visit_at"] = holder.stood[0]["at"]
            holder.customer["last_visit_at"] = holder.stood[-1]["at"]
            holder.customer["visit_count"] = len(holder.stood)
            holder.customer["stale_at"] = holder.stood[-1]["at"]  # the clock adds them up
