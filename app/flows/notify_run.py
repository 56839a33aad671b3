"""Rings that are due: take and write down → call with no transaction open → record.

Whoever calls may die at any line. A ring is noted as being sent before it is sent, so what died on its way is never
sent again: an owner who was perhaps rung is not rung twice, and the home screen says it all the same. Only what a push
service surely turned away goes once more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import structlog

from app.board import talking
from app.flows.notify import hand_of
from app.flows.unit import after_a_race, write
from app.kit.net import boot_clock
from app.messages import staff_push
from app.messages.contract import Accepted, Outcome, Rejected, Target, Unknown, Wire
from app.shops import actions as shops
from app.shops import notification_rules as rules
from app.shops import notifications, notifying
from app.shops.notification_models import StaffNotification
from app.shops.notification_rules import Quiet, Told
from app.voices import answering
from app.voices.answering import Standing

log = structlog.get_logger(__name__)

# A sender that was stopped for longer than this between its note and its call calls nobody any more.
_START_WITHIN_S = 30.0


@dataclass(frozen=True)
class _Parcel:
    """What rings together: its rows, what the phone says, and the phones."""

    shop_id: int
    ids: tuple[int, ...]
    tries: int
    told: Told
    targets: tuple[Target, ...]


def ring_due(
    *, wire: Wire, clock: Callable[[], datetime], stop: Callable[[], bool] = lambda: False
) -> Counter[str]:
    """Ring everybody who is to be rung by now, each person's threads together; returns counts by outcome."""
    done: Counter[str] = Counter()
    done["unclear"] += after_a_race(partial(_let_go, clock()))
    for shop_id, staff_id in notifications.due(clock()):
        while not stop():
            latest_start = boot_clock() + _START_WITHIN_S
            parcel = after_a_race(partial(_take, shop_id, staff_id, wire, clock()))
            if parcel is None:
                break
            outcome = _call(parcel, wire, clock(), latest_start)
            done[after_a_race(partial(_record, parcel, outcome, clock()))] += 1
    return +done


def _let_go(now: datetime) -> int:
    with write() as session:
        return notifying.let_go(session, before=now - rules.IN_HAND)


def _take(shop_id: int, staff_id: int, wire: Wire, now: datetime) -> _Parcel | None:
    """Take what one person is to be rung for in one place, and note that it is being sent; None when nothing is."""
    with write() as session:
        rows = notifying.due_rows(session, shop_id=shop_id, staff_id=staff_id, now=now)
        if not rows:
            return None
        look = _Look(session, shop_id, staff_id, wire, now)
        going = [row for row in rows if look.lets_go(row)]
        # Threads lead to one list, what was reported to another: one place at a time.
        going = [row for row in going if _is_voice(row) == _is_voice(going[0])]
        for row in going:
            row.state, row.code, row.taken_at, row.tries = "sending", "", now, row.tries + 1
        session.flush()
        if not going:
            return None
        return _Parcel(
            shop_id,
            tuple(row.id for row in going),
            max(row.tries for row in going),
            look.told(going),
            look.targets,
        )


def _is_voice(row: StaffNotification) -> bool:
    return row.subject.startswith("voice:")


class _Look:
    """The last look before a ring: does its person still work here, want it and hear it, and does it still wait?"""

    def __init__(self, session: Any, shop_id: int, staff_id: int, wire: Wire, now: datetime) -> None:
        self.session, self.shop_id, self.staff_id, self.now = session, shop_id, staff_id, now
        who = {"shop_id": shop_id, "staff_id": staff_id}
        self.shop = shops.shop(session, shop_id=shop_id)
        self.role = dict(notifications.people(session, shop_id=shop_id)).get(staff_id, "")
        self.kinds = notifications.kinds_of(session, **who, role=self.role) if self.role else frozenset()
        self.quiet: Quiet = notifications.quiet_of(session, shop_id=shop_id)
        rows = notifications.targets(session, **who, now=now)
        self.targets = tuple(Target(*row) for row in rows)
        self.carries = wire.carries_push and wire.public_url is not None and not self.shop.is_demo

    def lets_go(self, row: StaffNotification) -> bool:
        """Say whether a row rings now; what does not is noted with why, or waits for the morning."""
        why = self._why_not(row)
        if why:
            row.state, row.code = "skipped", why
            return False
        if self.quiet.covers(self.now, row.kind):  # the worker was off, or the hours were changed
            row.due_at = rules.rings_at(self.now, self.quiet, row.kind)
            return False
        return True

    def told(self, rows: Sequence[StaffNotification]) -> Told:
        """Return what the phone says of rows that ring together."""
        of_one = _is_voice(rows[0]) and len({row.subject for row in rows}) == 1
        standing = self._standing(rows[0]) if of_one else None
        return rules.told(
            [(row.kind, row.subject) for row in rows],
            shop_id=self.shop_id,
            shop=self.shop.name,
            due=standing.due if standing else None,
            now=self.now,
        )

    def _why_not(self, row: StaffNotification) -> str:
        if not self.role:
            return "left"
        if not rules.wanted(row.kind, self.kinds):
            return "switched_off"
        if not self.carries:
            return "no_push"
        if not self.targets:
            return "no_phone"
        if self.now - row.due_at > rules.TOO_LATE:
            return "too_late"
        return self._why_not_this(row)

    def _why_not_this(self, row: StaffNotification) -> str:
        if not _is_voice(row):
            what, _, number = row.subject.partition(":")
            waits = talking.is_reported(self.session, shop_id=self.shop_id, what=what, row_id=int(number))
            return "" if waits and rules.hears(row.kind, self.role) else "settled"
        standing = self._standing(row)
        if standing is None or not standing.waits:
            return "settled"
        hand = hand_of(standing, self.staff_id)
        hears = rules.hears(row.kind, self.role, of_complaint=standing.is_complaint, hand=hand)
        if not hears:
            return "not_theirs"
        # Answered meanwhile, and spoken again: the later time rings by itself.
        is_past = row.kind == rules.DUE and (
            standing.due is None or row.cause.rpartition(":")[2] != f"{standing.due:%Y%m%d%H%M}"
        )
        return "settled" if is_past else ""

    def _standing(self, row: StaffNotification) -> Standing | None:
        number = int(row.subject.partition(":")[2])
        return answering.standing(self.session, shop_id=self.shop_id, voice_id=number)


def _call(parcel: _Parcel, wire: Wire, now: datetime, latest_start: float) -> Outcome:
    try:
        return staff_push.ring(
            parcel.told, parcel.targets, lasts=rules.LASTS, wire=wire, now=now, latest_start=latest_start
        )
    except Exception as fault:  # a bug of ours must not leave rows in the air unseen
        log.error("ring_failed", fault=type(fault).__name__)
        return Unknown(f"the sender failed: {type(fault).__name__}")


def _record(parcel: _Parcel, outcome: Outcome, now: datetime) -> str:
    """Write down what came of a ring; returns its state. What was let go of meanwhile stays so."""
    with write() as session:
        gone = () if isinstance(outcome, Unknown) else outcome.gone
        if gone:
            rung = [(each.id, each.endpoint) for each in parcel.targets if each.id in gone]
            notifying.drop_gone(session, shop_id=parcel.shop_id, gone=rung)
        state, code, again = "unclear", "no_answer", None
        if isinstance(outcome, Accepted):
            state, code = "sent", ""
        elif isinstance(outcome, Rejected):
            state, code = "failed", "rejected"
            if not outcome.permanent:
                again = rules.next_try(parcel.tries, asked_s=outcome.retry_after_s, now=now)
        for row in notifying.in_hand(session, shop_id=parcel.shop_id, ids=parcel.ids):
            row.state, row.code = ("waiting", "again") if again else (state, code)
            row.due_at = again or row.due_at
        session.flush()
        return "again" if again else state
