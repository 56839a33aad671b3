"""The by-hand queue: the owner sent it from the shop's own phone, or took that back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from app.flows.unit import write
from app.kit.refusals import NotHere, Refused
from app.messages import composing, gather, hand_stops, raising, registry, rules
from app.messages.actions.departing import grant_ad
from app.messages.actions.holding import lock_person
from app.messages.contract import Wire
from app.messages.models import AdGrant, Attempt, Message
from app.messages.recall import give_back_rights


class MustNotGo(Refused):
    """The gate changed its answer since the page was drawn."""

    code = "must_not_go"


class MustBeTold(Refused):
    """Left out is what the law wants told by a day."""

    code = "must_be_told"
    status = 422
    sentence = "법으로 꼭 알려 드려야 하는 안내라 뺄 수 없어요."


def mark_sent(*, shop_id: int, message_id: int, wire: Wire, now: datetime) -> None:
    """Note that the owner sent this message from the shop's phone. The second tap changes nothing.

    The gate is asked once more: an opt-out that came in between is told. Waiting (night fell between
    the tap and the confirmation) does not undo what went out.
    Raises NotHere for another shop's or no such message, MustNotGo when it should not have gone.
    """
    with write() as session:
        customer_id = session.scalar(
            select(Message.customer_id).where(Message.shop_id == shop_id, Message.id == message_id)
        )
        if customer_id is not None:
            lock_person(session, shop_id=shop_id, customer_id=customer_id)
        row = _row(session, shop_id=shop_id, message_id=message_id)
        if row.state == "sent":
            return
        if (
            row.customer_id != customer_id
        ):  # their card went into another while we waited: that one is not held
            raise MustNotGo("방금 손님 카드가 합쳐졌어요. 한 번 더 눌러 주세요.")
        if row.state != "ready" or row.staged_at is None:
            raise MustNotGo(row.reason or "이 메시지는 이제 보낼 수 없어요.")
        kind = raising.kinds(session, shop_id=shop_id)[row.kind]
        # A code typed back before the owner tapped 보냈어요 did go out.
        if not kind.to_typed_number and not kind.still_wanted(
            gather.fresh_facts(session, shop_id=shop_id, cause=row.cause, facts=row.facts)
        ):
            raise MustNotGo("그사이에 필요 없게 됐어요. 문자를 보내지 마세요.")
        if stands_still := hand_stops.why(session, row, now=now):
            raise MustNotGo(f"{stands_still} 문자를 보내지 마세요.")
        verdict = _ask_gate(session, row, wire, now)
        if isinstance(verdict, rules.LeaveOut) and verdict.code != "too_late":
            raise MustNotGo(f"{verdict.reason} 문자를 보내지 마세요.")
        if isinstance(verdict, rules.Wait) and verdict.code == "cap":
            raise MustNotGo(verdict.reason)
        if kind.is_ad:
            grant_ad(session, row, now)
        row.fence += 1
        row.tries += 1
        session.add(
            Attempt(
                shop_id=shop_id,
                message_id=row.id,
                fence=row.fence,
                started_at=now,
                ended_at=now,
                outcome="by_hand",
            )
        )
        row.state, row.sent_at, row.code, row.reason = "sent", now, "", ""


def undo_sent(*, shop_id: int, message_id: int, now: datetime) -> None:
    """Take the confirmation back: it did not go out after all, and waits in the queue again.

    What became of its cause meanwhile passed it by, as sent as it was: of a campaign that is cancelled it ends here.
    Raises NotHere for another shop's or no such message.
    """
    with write() as session:
        row = _row(session, shop_id=shop_id, message_id=message_id)
        if row.state != "sent":
            return
        session.execute(delete(AdGrant).where(AdGrant.shop_id == shop_id, AdGrant.message_id == row.id))
        row.fence += 1
        row.state, row.sent_at = "ready", None
        facts = gather.fresh_facts(session, shop_id=shop_id, cause=row.cause, facts=row.facts)
        if not registry.kind(row.kind).still_wanted(facts):
            row.state, row.code, row.reason = "cancelled", "not_wanted", "그사이에 필요 없게 됐어요."


def leave_out(*, shop_id: int, message_id: int, now: datetime) -> None:
    """The owner does not want to send this one, whatever way it would travel.

    What it had taken for an earlier try is given back: an ad that never went must not keep another one waiting.
    Raises NotHere for another shop's or no such message, MustNotGo when it is no longer waiting, MustBeTold for
    what the law wants told: the shop may choose the way, not whether (망법 50조⑦⑧).
    """
    with write() as session:
        row = _row(session, shop_id=shop_id, message_id=message_id, by_hand_only=False)
        if registry.kind(row.kind).must_reach:
            raise MustBeTold
        if row.state not in ("ready", "cancelled"):
            raise MustNotGo("이미 보냈거나 보내는 중이라 뺄 수 없어요.")
        row.fence += 1
        row.lease_ms = None
        row.state, row.code, row.reason = "cancelled", "left_out", "사장님이 보내지 않기로 하셨어요."
        session.flush()
        give_back_rights(session, shop_id, [row.id])


def _row(session: Any, *, shop_id: int, message_id: int, by_hand_only: bool = True) -> Message:
    query = select(Message).where(Message.shop_id == shop_id, Message.id == message_id)
    if by_hand_only:
        query = query.where(Message.channel == "own_phone")
    row: Message | None = session.scalar(query.with_for_update())
    if row is None:
        raise NotHere("그런 메시지가 없어요.")
    return row


def _ask_gate(session: Any, row: Message, wire: Wire, now: datetime) -> rules.Verdict:
    kind = registry.kind(row.kind)
    around = gather.look_around(
        session,
        shop_id=row.shop_id,
        customer_id=row.customer_id,
        kind=kind,
        wire=wire,
        now=now,
        but_message_id=row.id,
    )
    return composing.verdict_on(
        kind=around.kind,
        channel=row.channel,
        around=around,
        text=row.text,
        facts=row.facts,
        not_after=row.not_after,
        now=now,
    )
