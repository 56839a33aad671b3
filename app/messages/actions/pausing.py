"""Too much of an automation or a campaign went wrong: it stops by itself, and says why. Flush, never commit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, bindparam, case, delete, or_, select, update

from app.kit.upsert import built_once, insert_into, table_of
from app.messages import registry
from app.messages.actions.claims import Sending
from app.messages.campaign_models import Campaign
from app.messages.contract import Accepted, Outcome, Rejected
from app.messages.models import Automation, Message
from app.messages.stopped import PAUSED, campaign_of
from app.messages.way_models import SendTally

# Of so many letters at least, more than this share went nowhere.
LEAST, MOST_PERCENT = 20, 30
# Beyond this many the past counts half: what goes wrong today is not hidden by a good month.
_LOOKS_BACK = 100


def _grown(column: Any, by: str) -> Any:
    kept = case((SendTally.tried >= _LOOKS_BACK, column / 2), else_=column)
    return kept + bindparam(by, type_=Integer)


_COUNT = built_once(
    table_of(SendTally),
    lambda insert: insert.on_conflict_do_update(
        index_elements=["shop_id", "what"],
        set_={"tried": _grown(SendTally.tried, "n"), "failed": _grown(SendTally.failed, "wrong")},
    ).returning(SendTally.tried, SendTally.failed),
)


@dataclass(frozen=True, slots=True, order=True)
class Stop:
    """Something that goes wrong too often: an automation by its kind, or a campaign by its cause."""

    shop_id: int
    kind: str
    cause: str
    why: str


def count(session: Any, said: Sequence[tuple[Sending, Outcome]]) -> list[Stop]:
    """Count how letters fared when they were handed over; returns what has to stop.

    That is done in a transaction of its own (stop): who edits an automation holds it before its messages. A
    provider that could not be reached, and a login it did not take, say nothing about the letters.
    """
    tried: Counter[tuple[int, str, str]] = Counter()
    failed: Counter[tuple[int, str, str]] = Counter()
    for sending, outcome in said:
        whose = (sending.hold.shop_id, sending.kind, sending.cause if campaign_of(sending.cause) else "")
        is_wrong = isinstance(outcome, Rejected) and outcome.permanent
        if is_wrong or isinstance(outcome, Accepted):
            tried[whose] += 1
            failed[whose] += is_wrong
    found = [_note(session, *whose, tried[whose], failed[whose]) for whose in sorted(tried)]
    return [stop for stop in found if stop is not None]


def count_undelivered(session: Any, missed: Sequence[tuple[int, str, str]]) -> list[Stop]:
    """Count those that were taken in and then did not arrive: the shop, the kind and the cause of each."""
    failed = Counter((shop_id, kind, cause if campaign_of(cause) else "") for shop_id, kind, cause in missed)
    found = [_note(session, *whose, 0, failed[whose]) for whose in sorted(failed)]
    return [stop for stop in found if stop is not None]


def _note(session: Any, shop_id: int, kind: str, cause: str, tried: int, failed: int) -> Stop | None:
    values = {"shop_id": shop_id, "what": cause or kind, "tried": tried, "failed": failed}
    all_tried, all_failed = session.execute(_COUNT(session), {**values, "n": tried, "wrong": failed}).one()
    if not failed or all_tried < LEAST or all_failed * 100 <= all_tried * MOST_PERCENT:
        return None
    why = f"최근 {all_tried}건 가운데 {min(all_failed, all_tried)}건이 가지 못해서 멈췄어요."
    return Stop(shop_id, kind, cause, why)


def stop(session: Any, stops: Sequence[Stop], *, now: datetime) -> None:
    """Let these go no further until their owner says so; what the law or a waiting person asks for never stops."""
    for one in sorted(set(stops)):
        kind = registry.kind(one.kind)
        campaign_id = campaign_of(one.cause)
        if campaign_id is not None:
            _pause_campaign(session, one.shop_id, campaign_id, one.why)
        elif not kind.statutory and not kind.to_typed_number:
            _pause_automation(session, one.shop_id, one.kind, one.why, now)


def may_stand_still(shop_id: int, campaign_id: int) -> ColumnElement[bool]:
    """Of a campaign's row: some of it may still be held back.

    "done" says that every message is written, which is over in seconds; they are sent for hours after that.
    """
    waits = select(Message.id).where(
        Message.shop_id == shop_id,
        Message.cause == f"campaign:{campaign_id}",
        Message.state.in_(("ready", "claimed")),
    )
    return or_(Campaign.state.in_(("waiting", "going")), and_(Campaign.state == "done", waits.exists()))


def _pause_campaign(session: Any, shop_id: int, campaign_id: int, why: str) -> None:
    session.execute(
        update(Campaign)
        .where(Campaign.shop_id == shop_id, Campaign.id == campaign_id, may_stand_still(shop_id, campaign_id))
        .values(state="paused", detail=f"{why} 번호와 글을 살펴보고 이어서 보내 주세요.")
        .execution_options(synchronize_session=False)
    )


def _pause_automation(session: Any, shop_id: int, kind: str, why: str, now: datetime) -> None:
    values = {"paused_at": now, "paused_why": f"{why} 번호와 글을 살펴보고 다시 켜 주세요."}
    session.execute(
        insert_into(session, Automation)
        .values(
            shop_id=shop_id,
            kind=kind,
            text="",
            is_on=registry.kind(kind).default_on,
            changed_at=now,
            **values,
        )
        .on_conflict_do_update(
            index_elements=["shop_id", "kind"], set_=values, where=Automation.paused_at.is_(None)
        )
    )


def go_on(session: Any, *, shop_id: int, what: str, now: datetime) -> None:
    """Forget how it fared ("thank_you" or "campaign:12"), and let what waited for it be looked at now."""
    mine = Message.cause == what if campaign_of(what) else Message.kind == what
    waiting = select(Message.id).where(
        Message.shop_id == shop_id, mine, Message.state == "ready", Message.code == PAUSED
    )
    session.execute(
        update(Message)
        .where(Message.shop_id == shop_id, Message.id.in_(waiting))
        .values(due_at=now, code="", reason="")
        .execution_options(synchronize_session=False)
    )
    session.execute(delete(SendTally).where(SendTally.shop_id == shop_id, SendTally.what == what))
