"""What messages bring: nightly it is counted whom they reach and what the people did; the owner's say about comparing.

A look at the pages then reads a few sums, however many messages a shop has sent.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.customers.models import Customer
from app.extensions import db, setting
from app.flows import audit, automation
from app.flows.unit import end_reading, write
from app.kit.clock import kst_day, start_of_day
from app.kit.refusals import Refused
from app.kit.upsert import insert_into
from app.messages import campaign_rules, crowd, gather, holdout, registry, routing, sums
from app.messages.campaign_models import Campaign
from app.messages.contract import Kind
from app.messages.lift import Side
from app.messages.models import Automation
from app.messages.result_models import HoldOut, MessageResult

_AT_ONCE = 300
# What a campaign brought is summed once, when its days are over; one so old is not looked at any more.
_CAMPAIGNS_FOR = timedelta(days=120)


class NotCompared(Refused):
    """A kind of which nobody is left out, whatever the owner says."""

    code = "not_compared"
    sentence = "이 메시지는 모든 분께 보내요."


def compare(*, shop_id: int, kind: str, compares: bool, now: datetime, staff_id: int | None = None) -> None:
    """Leave a tenth out of a kind from tomorrow on, or nobody any more from now on.

    Raises NotCompared for a kind that goes to everybody, NotHere for an unknown one.
    """
    spec = registry.kinds().get(kind)
    if spec is not None and not holdout.may_compare(spec):
        raise NotCompared
    with write() as session:
        row = automation.own_row(session, shop_id=shop_id, kind=kind, now=now)
        if row.holds_out == compares:
            return
        row.holds_out, row.changed_at = compares, now
        mine = (HoldOut.shop_id == shop_id, HoldOut.kind == kind)
        counted = session.scalars(select(HoldOut).where(*mine).with_for_update()).one_or_none()
        if counted is not None:
            counted.began = holdout.goes_on(
                "", reached=counted.reached, is_wanted=compares, today=kst_day(now)
            )
        detail = f"{kind}:{'tenth' if compares else 'no_tenth'}"
        audit.note(session, shop_id=shop_id, what="automation", staff_id=staff_id, detail=detail, now=now)


def count(*, shop_id: int, now: datetime, stop: Callable[[], bool] = lambda: False) -> None:
    """Count whom each automation reaches and begin or end comparing, then sum what came of what was compared."""
    count_reach(shop_id=shop_id, now=now, stop=stop)
    if not stop():
        sum_up(shop_id=shop_id, now=now, stop=stop)


def count_reach(*, shop_id: int, now: datetime, stop: Callable[[], bool] = lambda: False) -> None:
    """Count the people each automation may reach, as far as it decides anything, and begin or end comparing."""
    reached = _reached(shop_id, now, stop)
    if stop():
        return
    with write() as session:
        wanted = {
            row.kind: row.holds_out and row.is_on
            for row in session.execute(
                select(Automation.kind, Automation.holds_out, Automation.is_on).where(
                    Automation.shop_id == shop_id
                )
            )
        }
        known = {row.kind: row for row in session.scalars(select(HoldOut).where(HoldOut.shop_id == shop_id))}
        for kind, people in reached.items():
            row = known.get(kind)
            began = holdout.goes_on(
                row.began if row else "",
                reached=people,
                is_wanted=wanted.get(kind, registry.kind(kind).default_on),
                today=kst_day(now),
            )
            values = {"reached": people, "began": began, "counted_at": now}
            session.execute(
                insert_into(session, HoldOut)
                .values(shop_id=shop_id, kind=kind, **values)
                .on_conflict_do_update(index_elements=["shop_id", "kind"], set_=values)
            )


def _reached(shop_id: int, now: datetime, stop: Callable[[], bool]) -> dict[str, int]:
    """Return how many people each kind reaches, counted to holdout.LEAST: the rest changes nothing."""
    kinds = [kind for kind in registry.kinds().values() if holdout.may_compare(kind)]
    reached = {kind.key: 0 for kind in kinds}
    after = 0
    while min(reached.values(), default=holdout.LEAST) < holdout.LEAST and not stop():
        ids = list(
            db.session.scalars(
                select(Customer.id)
                .where(Customer.shop_id == shop_id, Customer.id > after, Customer.erased_at.is_(None))
                .order_by(Customer.id)
                .limit(_AT_ONCE)
            )
        )
        if ids:
            after = ids[-1]
            seen = crowd.look_up(db.session, shop_id=shop_id, people=ids, now=now)
            for customer_id in ids:
                known = seen.known(customer_id, but_message_id=0)
                for kind in kinds:
                    reached[kind.key] += _reaches(known, kind)
        end_reading()
        if len(ids) < _AT_ONCE:
            break
    return {kind: min(people, holdout.LEAST) for kind, people in reached.items()}


def _reaches(known: gather.Known, kind: Kind) -> bool:
    around = gather.around(known, kind=kind, wire=setting("WIRE"))
    can = {key: way.CAPABILITIES for key, way in registry.channels().items()}
    return holdout.is_reachable(around.person, kind, routing.ways(kind, around.person, around.sender), can)


def sum_up(*, shop_id: int, now: datetime, stop: Callable[[], bool] = lambda: False) -> None:
    """Sum what the people of each comparison did; a thousand of them in a transaction of their own."""
    for kind, began in db.session.execute(
        select(HoldOut.kind, HoldOut.began).where(HoldOut.shop_id == shop_id, HoldOut.began != "")
    ).all():
        if stop():
            return
        since = start_of_day(date.fromisoformat(began))
        _keep(shop_id, kind, began, sums.of_kind(shop_id, kind, since=since, now=now, rest=end_reading), now)
    for kind, compared_at in db.session.execute(
        select(Automation.kind, Automation.compared_at).where(
            Automation.shop_id == shop_id, Automation.text_b != "", Automation.compared_at.is_not(None)
        )
    ).all():
        if stop() or compared_at is None:
            return
        found = sums.of_two_texts(shop_id, kind, since=compared_at, now=now, rest=end_reading)
        _keep(shop_id, kind, kst_day(compared_at).isoformat(), found, now)
    for campaign_id, send_at in _campaigns_to_sum(shop_id, now):
        if stop():
            return
        what = f"{holdout.CAMPAIGN}:{campaign_id}"
        found = sums.of_campaign(shop_id, campaign_id, rest=end_reading)
        _keep(shop_id, what, kst_day(send_at).isoformat(), found, now)
    end_reading()


def _campaigns_to_sum(shop_id: int, now: datetime) -> list[tuple[int, datetime]]:
    """Return (id, when it began) of the campaigns whose days are over and that are not summed yet."""
    over = now - timedelta(days=holdout.days_of(holdout.CAMPAIGN))
    rows = db.session.execute(
        select(Campaign.id, Campaign.send_at)
        .where(
            Campaign.shop_id == shop_id,
            Campaign.state.in_(campaign_rules.BEGUN),
            Campaign.send_at > now - _CAMPAIGNS_FOR,
            Campaign.send_at <= over,
            Campaign.holds_out | (Campaign.text_b != ""),
        )
        .order_by(Campaign.id)
    ).all()
    names = [f"{holdout.CAMPAIGN}:{row.id}" for row in rows]
    summed = set(
        db.session.scalars(
            select(MessageResult.what).where(MessageResult.shop_id == shop_id, MessageResult.what.in_(names))
        )
    )
    return [(row.id, row.send_at) for row, name in zip(rows, names, strict=True) if name not in summed]


def _keep(shop_id: int, what: str, began: str, found: dict[str, Side], now: datetime) -> None:
    if not found:
        return
    with write() as session:
        for arm, side in found.items():
            _keep_one(session, {"shop_id": shop_id, "what": what, "began": began, "arm": arm}, side, now)


def _keep_one(session: Any, which: dict[str, Any], side: Side, now: datetime) -> None:
    values = {
        "people": side.people,
        "came": side.came,
        "buyers": side.buyers,
        "visits": side.visits,
        "priced": side.priced,
        "won": side.won,
        "won_squared": side.won_squared,
        "counted_at": now,
    }
    session.execute(
        insert_into(session, MessageResult)
        .values(**which, **values)
        .on_conflict_do_update(index_elements=["shop_id", "what", "began", "arm"], set_=values)
    )
