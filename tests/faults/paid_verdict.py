"""What a run of the paying arena left behind: its rows against the provider's log."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from app.extensions import db
from app.messages import registry
from app.messages.models import Attempt, Message
from app.messages.way_models import Charge, DeliveryReport, MonthSpending
from launch.provider_bench.journal import lines_of, taken_keys
from tests.faults.arena import OPEN_STATES

WENT = ("sent", "delivered", "undelivered")
_ARRIVED = {"solapi": "4000", "nhn": "1000"}
# After the last look a letter may still leave for LAST_BYTE_S (2.5 s here); and the provider's own hand is slow on a
# busy machine.
SLACK_S = 5.0


@dataclass
class Traces:
    """What was noted outside the database. Times are time.time()."""

    log: Path
    shifts: Sequence[float]  # by which the log's own times may be ahead
    refused_at: Mapping[int, float]
    night_at: float
    faults: int


@dataclass
class PaidVerdict:
    """Every number but the first six must be 0."""

    texts: int
    taken: int
    faults: int  # calls that the bench let go wrong
    told: int  # rows moved on by a report
    reports: int  # kept, each once
    kept_back: Counter[str]  # ads that the gate held or left out, by why: night, cap, budget, refused
    doubles: int  # keys that the bench took in more than once
    lost: int  # rows that say they went and are not in its log, or that nobody sends though it is time
    hidden: int  # in its log, but the row says it never went
    unknown: int  # may be more than 0 only where nobody can be asked: web push
    unpaid: int  # went without having paid exactly once, or paid and never went
    over: int  # won spent beyond the charges, or beyond a shop's budget
    against_report: int  # rows that say another thing than the provider's last word
    by_night: int  # ads that left after the daytime
    over_cap: int  # ads beyond one in three days to a person
    after_refusal: int  # ads to who had refused

    @property
    def broken(self) -> int:
        """What must never happen, whatever the way."""
        wrongs = (self.doubles, self.lost, self.hidden, self.unpaid, self.over, self.against_report)
        return sum(wrongs) + self.by_night + self.over_cap + self.after_refusal


def judged(way: str, traces: Traces, *, budgets: Sequence[int], is_due: Any) -> PaidVerdict:
    """Compare the rows of one way with its provider's log. `budgets`: of its shops, the first one first."""
    taken = Counter(taken_keys(traces.log))
    ended = _last_words(traces.log)
    columns = (
        Message.id,
        Message.customer_id,
        Message.kind,
        Message.provider_key,
        Message.state,
        Message.code,
    )
    rows = db.session.execute(select(*columns).where(Message.channel == way)).all()
    stuck = db.session.scalar(
        select(func.count()).where(Message.channel == way, Message.state.in_(OPEN_STATES), is_due)
    )
    paid = Counter(db.session.scalars(select(Charge.message_id)))
    charged = db.session.scalar(select(func.coalesce(func.sum(Charge.won), 0)))
    spent = db.session.scalars(select(MonthSpending.won).order_by(MonthSpending.shop_id)).all()
    reports = db.session.scalar(select(func.count()).select_from(DeliveryReport))
    tries = Counter(db.session.scalars(select(Attempt.message_id)))
    db.session.remove()
    went = [row for row in rows if row.state in WENT]
    assert all(tries[row.id] for row in went)
    costs = bool(registry.channel(way).CAPABILITIES.account)
    ads = [row for row in rows if registry.kind(row.kind).is_ad]
    at = _taken_at(traces)
    to_whom = Counter(row.customer_id for row in ads if row.provider_key in at)
    return PaidVerdict(
        texts=len(rows),
        taken=len(taken),
        faults=traces.faults,
        told=sum(row.state in ("delivered", "undelivered") for row in rows),
        reports=int(reports or 0),
        kept_back=_kept_back(ads, traces.refused_at),
        doubles=sum(times > 1 for times in taken.values()),
        lost=sum(not taken[row.provider_key] for row in went) + int(stuck or 0),
        hidden=sum(bool(taken[row.provider_key]) for row in rows if row.state not in (*WENT, "unknown")),
        unknown=sum(row.state == "unknown" for row in rows),
        unpaid=sum(
            paid[row.id] != (costs and row.state in WENT)
            for row in rows
            if row.state not in ("ready", "unknown")
        ),
        over=abs(sum(spent) - int(charged or 0))
        + sum(max(0, won - budget) for won, budget in zip(spent, budgets, strict=False)),
        against_report=sum(
            (row.state == "delivered") != (ended.get(row.provider_key) == _ARRIVED.get(way))
            for row in rows
            if row.state in ("delivered", "undelivered")
        ),
        by_night=sum(at.get(row.provider_key, 0.0) > traces.night_at + SLACK_S for row in ads),
        over_cap=sum(times - 1 for times in to_whom.values()),
        after_refusal=sum(
            at.get(row.provider_key, 0.0) > traces.refused_at.get(row.customer_id, float("inf")) + SLACK_S
            for row in ads
        ),
    )


def _kept_back(ads: Sequence[Any], refused: Mapping[int, float]) -> Counter[str]:
    """Count the ads that never went, by why."""
    kept: Counter[str] = Counter()
    for row in ads:
        if row.state in ("ready", "suppressed", "expired") and row.code in ("night", "cap", "budget"):
            kept[row.code] += 1
        elif row.state in ("suppressed", "cancelled") and row.customer_id in refused:
            kept["refused"] += 1
    return kept


def _taken_at(traces: Traces) -> dict[str, float]:
    """Return when each key was taken in for the last time, on this machine's clock."""
    now = time.time()
    found: dict[str, float] = {}
    for line in lines_of(traces.log):
        if line.get("what") == "taken":
            # Whichever clock showed it: the others would put it hours away.
            found[line["key"]] = min(
                (line["at"] - shift for shift in traces.shifts), key=lambda at: abs(now - at)
            )
    return found


def _last_words(log: Path) -> dict[str, str]:
    """Return what became of each key, in the provider's codes."""
    keys: dict[str, str] = {}
    words: dict[str, str] = {}
    for line in lines_of(log):
        if line.get("what") == "taken":
            keys[line.get("id", "")] = line["key"]  # a push service gives none
        elif line.get("what") == "ended":
            words[keys[line["id"]]] = line["code"]
    return words
