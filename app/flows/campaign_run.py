"""단체 문자 on its way: its messages are written in small steps; stopped, and paused (flows/going_on.py lets it go on).

Every step is a transaction of its own and begins where the last committed one ended: killed between two, it goes
on there. Two workers at once stand in line at the campaign's row: nobody gets two.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import select, update

from app.cards.actions import merged
from app.customers.models import Customer
from app.extensions import setting
from app.flows import audit, coupon_rules
from app.flows.campaign import NOT_THERE
from app.flows.unit import end_reading, write
from app.kit.net import boot_clock
from app.kit.refusals import NotHere
from app.kit.signing import token_hash
from app.messages import campaign_rules, campaigns, causes, gather, holdout, outbox, recall, variants
from app.messages.actions import pausing
from app.messages.campaign_models import Campaign, CampaignPerson
from app.messages.models import Message
from app.shops.models import Shop

log = structlog.get_logger(__name__)

KIND = "campaign"
# One transaction plans for so many: a stamp waits no longer than this takes.
_AT_ONCE = 25
_CANCELLED_AT_ONCE = 500
# So many seconds of one turn of the clock: what else comes round waits no longer.
_TURN_S = 20.0
_BY_OWNER = "사장님이 멈춰 두셨어요."


def go_on_all(*, now: datetime, stop: Callable[[], bool] = lambda: False) -> None:
    """Write the messages of every campaign whose time has come, a step of each in turn, for one turn of the clock.

    One that fails is told, left for the next turn, and costs the other shops nothing. A turn ends after _TURN_S:
    the clock has other work, and the next turn goes on where this one ended.
    """
    until = boot_clock() + _TURN_S
    waiting = campaigns.due_campaigns(now)
    while waiting:
        left: list[tuple[int, int]] = []
        for shop_id, campaign_id in waiting:
            if stop() or boot_clock() > until:
                return
            if not _one_step(shop_id, campaign_id, now):
                left.append((shop_id, campaign_id))
        waiting = left


def _one_step(shop_id: int, campaign_id: int, now: datetime) -> bool:
    """Do a step of one campaign; True when nothing more of it is to be done in this turn."""
    try:
        return go_on(shop_id=shop_id, campaign_id=campaign_id, now=now, steps=1)
    except Exception as fault:
        end_reading()
        log.error("campaign_failed", shop_id=shop_id, campaign_id=campaign_id, fault=type(fault).__name__)
        return True


def go_on(
    *, shop_id: int, campaign_id: int, now: datetime, stop: Callable[[], bool] = lambda: False, steps: int = 0
) -> bool:
    """Write the messages of the next people; True when nothing is to be done. `steps` bounds the work, 0 = to the end."""
    done = 0
    while not stop():
        if _step(shop_id=shop_id, campaign_id=campaign_id, now=now):
            return True
        done += 1
        if steps and done >= steps:
            return False
    return False


def _step(*, shop_id: int, campaign_id: int, now: datetime) -> bool:
    with write() as session:
        row = session.scalar(
            select(Campaign)
            .where(
                Campaign.shop_id == shop_id,
                Campaign.id == campaign_id,
                Campaign.state.in_(("waiting", "going")),
                Campaign.send_at <= now,
            )
            .with_for_update()
        )
        if row is None:
            return True
        ids = list(
            session.scalars(
                select(CampaignPerson.customer_id)
                .where(
                    CampaignPerson.shop_id == shop_id,
                    CampaignPerson.campaign_id == campaign_id,
                    CampaignPerson.customer_id > row.after_id,
                )
                .order_by(CampaignPerson.customer_id)
                .limit(_AT_ONCE)
            )
        )
        if not ids:
            row.state, row.ended_at = "done", now
            return True
        _plan(session, row, ids, now)
        row.state, row.after_id = "going", ids[-1]
        return False


def _plan(session: Any, row: Campaign, ids: Sequence[int], now: datetime) -> None:
    cause = f"campaign:{row.id}"
    whose = _whose_now(session, row.shop_id, ids)
    if row.coupon_kind_id is not None:
        # Before anything else is held: so does whoever stamps.
        merged.hold_cards(session, shop_id=row.shop_id, customer_ids=sorted(set(whose.values())))
    # Two who became one meanwhile: whatever the other one got is this one's.
    have = set(
        session.scalars(
            select(Message.customer_id).where(
                Message.shop_id == row.shop_id,
                Message.cause == cause,
                Message.customer_id.in_(whose.values()),
            )
        )
    )
    became = causes.became(session, shop_id=row.shop_id, cause=cause)
    code = session.scalar(select(Shop.code).where(Shop.id == row.shop_id))
    for frozen_id, customer_id in whose.items():
        if customer_id in have:
            continue
        have.add(customer_id)
        master = setting("MASTER_KEY")
        who: dict[str, Any] = {"shop_id": row.shop_id, "customer_id": customer_id}
        if row.holds_out and holdout.is_held_out(master, **who, what=cause):
            _hold_out(session, row, frozen_id)
            continue
        _plan_one(session, row, who, cause=cause, became=became, code=str(code), now=now)


def _plan_one(
    session: Any,
    row: Campaign,
    who: dict[str, Any],
    *,
    cause: str,
    became: dict[str, Any],
    code: str,
    now: datetime,
) -> None:
    known = gather.look_up(session, **who, now=now)
    is_personal = campaign_rules.is_personal(
        str(row.people.get("group", "")), has_coupon=row.coupon_kind_id is not None
    )
    facts: dict[str, Any] = {"campaign": row.id, "mark": token_hash(row.once)[:8]}
    if row.coupon_kind_id is not None and known.person.marketing:
        given = coupon_rules.give_kind(
            session, **who, kind_id=row.coupon_kind_id, cause=cause, now=now, tells=False
        )
        if given is None:
            return  # what the words promise can't be given to them
        facts |= {"coupon": True, "code": code}
    if is_personal:
        facts["personal"] = True
    if row.photo:
        facts["photo"] = row.photo
    variant = ""
    if row.text_b:
        variant = variants.variant(setting("MASTER_KEY"), **who, what=cause)
        facts["variant"] = variant
    outbox.plan(
        session,
        **who,
        kind=KIND,
        cause=cause,
        due_at=now,
        facts=facts,
        now=now,
        known=known,
        variant=variant,
        chosen_ways=row.ways.split(),
        became=became,
    )


def _whose_now(session: Any, shop_id: int, ids: Sequence[int]) -> dict[int, int]:
    """Return by each frozen person who they are now: two who became one are one."""
    whose = {each: each for each in ids}
    while True:
        rows = session.execute(
            select(Customer.id, Customer.merged_into_id).where(
                Customer.shop_id == shop_id,
                Customer.id.in_(set(whose.values())),
                Customer.merged_into_id.is_not(None),
            )
        ).all()
        if not rows:
            return whose
        into = {row.id: row.merged_into_id for row in rows}
        whose = {each: into.get(now_id, now_id) for each, now_id in whose.items()}


def _hold_out(session: Any, row: Campaign, customer_id: int) -> None:
    session.execute(
        update(CampaignPerson)
        .where(
            CampaignPerson.shop_id == row.shop_id,
            CampaignPerson.campaign_id == row.id,
            CampaignPerson.customer_id == customer_id,
        )
        .values(is_held_out=True)
        .execution_options(synchronize_session=False)
    )


def cancel(*, shop_id: int, staff_id: int, campaign_id: int, now: datetime) -> int:
    """Stop a campaign: what has not gone out does not go; returns how many messages that were.

    What already lies on a card, or was sent, stays. The second tap changes nothing. Raises NotHere.
    """
    with write() as session:
        stopped = session.scalar(
            update(Campaign)
            .where(
                Campaign.shop_id == shop_id,
                Campaign.id == campaign_id,
                Campaign.state.in_((*campaign_rules.OPEN, "done")),
            )
            .values(state="cancelled", ended_at=now, detail="")
            .returning(Campaign.id)
            .execution_options(synchronize_session=False)
        )
        if stopped is None:
            _must_exist(session, shop_id, campaign_id)
        else:
            audit.note(
                session,
                shop_id=shop_id,
                what="campaign_stopped",
                staff_id=staff_id,
                subject=f"campaign:{campaign_id}",
                now=now,
            )
    taken = 0
    # Apart from the campaign's own row, which a sender of its messages may wait for.
    while True:
        with write() as session:
            some = recall.cancel_some(
                session,
                shop_id=shop_id,
                cause=f"campaign:{campaign_id}",
                reason="단체 문자를 취소하셨어요.",
                most=_CANCELLED_AT_ONCE,
            )
        taken += some
        if some < _CANCELLED_AT_ONCE:
            return taken


def pause(*, shop_id: int, campaign_id: int) -> None:
    """Let what has not gone out stand still until it is gone on with; the second tap changes nothing. Raises NotHere."""
    with write() as session:
        changed = session.scalar(
            update(Campaign)
            .where(
                Campaign.shop_id == shop_id,
                Campaign.id == campaign_id,
                pausing.may_stand_still(shop_id, campaign_id),
            )
            .values(state="paused", detail=_BY_OWNER)
            .returning(Campaign.id)
            .execution_options(synchronize_session=False)
        )
        if changed is None:
            _must_exist(session, shop_id, campaign_id)


def _must_exist(session: Any, shop_id: int, campaign_id: int) -> None:
    mine = (Campaign.shop_id == shop_id, Campaign.id == campaign_id, Campaign.state != "draft")
    if session.scalar(select(Campaign.id).where(*mine)) is None:
        raise NotHere(NOT_THERE)
