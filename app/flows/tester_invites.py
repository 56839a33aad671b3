"""Who is invited to a programme, some at a time; what has not gone yet is taken back once it is too late to come.

An invitation is an ad: nobody is led to a programme that is full, closed or over.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, cast, func, literal, select

from app.cards.actions import merged
from app.customers import actions as people
from app.extensions import db
from app.flows.programme import standing
from app.flows.tester_each import AT_ONCE, page_of
from app.flows.unit import write
from app.insights import groups
from app.messages import outbox, recall
from app.messages.models import Message
from app.testers import actions
from app.testers.models import Programme, Tester

_TOO_LATE = "모집이 끝났어요."


def invite(row: Programme, now: datetime) -> bool:
    """Invite the next people of the group; False when there is nobody more."""
    if not (row.invites and row.invited_at is None and _wants_more(row, now)):
        return False
    shop_id, programme_id, group, after = row.shop_id, row.id, row.people, row.invited_after
    shown = row.shown_at or now
    try:
        ids, going_on = groups.members(shop_id=shop_id, group=group, now=shown, after_id=after, limit=AT_ONCE)
    except KeyError:  # a group of ours that is no more
        ids, going_on = [], None
    with write() as session:
        merged.hold_cards(session, shop_id=shop_id, customer_ids=ids)
        held = actions.programme(session, shop_id=shop_id, programme_id=programme_id)
        if held is None or held.invited_after != after or held.invited_at is not None:
            return True  # somebody else took this step; look again
        if not _wants_more(held, now):  # closed since
            return False
        path = page_of(session, held)
        for customer_id in ids:
            mine = actions.tester_of(
                session, shop_id=shop_id, programme_id=programme_id, customer_id=customer_id
            )
            if mine is not None or people.customer(session, shop_id=shop_id, customer_id=customer_id) is None:
                continue
            mine = actions.add_tester(
                session, shop_id=shop_id, programme_id=programme_id, customer_id=customer_id
            )
            mine.invited_at = now
            outbox.plan(
                session,
                shop_id=shop_id,
                customer_id=customer_id,
                kind="tester_invite",
                cause=f"tester:{mine.id}:invite",
                due_at=now,
                not_after=held.apply_until,
                facts={"product": held.product, "path": path},
                now=now,
            )
        held.invited_after = going_on or held.invited_after
        held.invited_at = None if going_on else now
        return going_on is not None


def call_off(row: Programme, now: datetime) -> bool:
    """Take some invitations back that still wait to go; False when none does. What lies on a card stays there."""
    if not row.invites or row.called_off_at is not None or _wants_more(row, now):
        return False
    shop_id, programme_id = row.shop_id, row.id
    cause = literal("tester:") + cast(Tester.id, String) + literal(":invite")
    waiting = (
        select(Message.cause)
        .join(Tester, (Tester.shop_id == Message.shop_id) & (Message.cause == cause))
        .where(
            Message.shop_id == shop_id,
            Message.kind == "tester_invite",
            Message.state.in_(("ready", "claimed")),
            Tester.programme_id == programme_id,
            Tester.invited_at.is_not(None),
        )
        .distinct()
        .limit(AT_ONCE)
    )
    with write() as session:
        held = actions.programme(session, shop_id=shop_id, programme_id=programme_id)
        if held is None or held.called_off_at is not None or _wants_more(held, now):
            return False
        causes = list(session.scalars(waiting))
        for each in causes:
            recall.cancel_waiting(
                session, shop_id=shop_id, cause=each, kinds=("tester_invite",), reason=_TOO_LATE
            )
        if len(causes) == AT_ONCE:
            return True
        if not standing(held).takes_applications(now):  # while one may, a place may become free again
            held.called_off_at = held.invited_at = now
        return False


def _wants_more(row: Programme, now: datetime) -> bool:
    """Tell whether one may still apply and a place is left."""
    if not standing(row).takes_applications(now):
        return False
    taken = db.session.scalar(
        select(func.count(Tester.id)).where(
            Tester.shop_id == row.shop_id,
            Tester.programme_id == row.id,
            Tester.chosen_at.is_not(None),
            Tester.declined_at.is_(None),
        )
    )
    return int(taken or 0) < row.places
