"""What may go is written down before it goes: its right, its attempt, its state; then it is a letter.

Flush, never commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, String, bindparam, insert, update

from app.kit.upsert import built_once, table_of
from app.messages import composing, gather, registry, retries, rules
from app.messages.actions.claims import Hold, Sending
from app.messages.contract import Account, Kind, Letter, Target, Template
from app.messages.models import AdGrant, Attempt, Message

# One right for each message however often it is tried, counted from when it goes: one that waited two days for its
# next try reaches the person now, and the next ad has to keep its distance from that.
_COUNT = built_once(
    AdGrant.__table__,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["message_id"], set_={"at": insert.excluded.at}
    ),
)
_GO = (
    update(table_of(Message))
    .where(
        Message.id == bindparam("message"),
        Message.shop_id == bindparam("shop"),
        Message.fence == bindparam("held"),
        Message.state == "claimed",
    )
    .values(
        state=bindparam("becomes", type_=String),
        text=bindparam("words", type_=String),
        tries=Message.tries + 1,
        lease_ms=bindparam("until", type_=BigInteger),
        code=bindparam("why", type_=String),
        reason=bindparam("because", type_=String),
        address_key=bindparam("whose", type_=String),
        sent_at=bindparam("at", type_=Message.sent_at.type),
    )
)


@dataclass(slots=True)
class Begun:
    """What the last look let through."""

    going: list[Sending] = field(
        default_factory=list
    )  # their attempts are written: to the provider with them
    laid: int = 0  # rows that are where they belong already: nothing has to be called


@dataclass(slots=True)
class Able:
    """A row that may go, and how."""

    row: Any
    hold: Hold
    kind: Kind
    around: gather.Around
    facts: dict[str, Any]
    text: str
    kept: str
    opt_out: str
    template: Template | None
    photo: bytes
    targets: tuple[Target, ...]
    link: str

    @property
    def is_sent_ad(self) -> bool:
        """Tell whether it counts for the person's cap."""
        return self.kind.is_ad and registry.channel(self.row.channel).CAPABILITIES.transmits


def depart(
    session: Any,
    able: Sequence[Able],
    *,
    shop_id: int,
    account: Account | None,
    now: datetime,
    begun: Begun,
) -> None:
    """Write down that these rows of one shop and channel go now, and add their letters to `begun`.

    Raises RuntimeError when one of them is no longer ours: it was held, so that can't be.
    """
    if not able:
        return
    transmits = registry.channel(able[0].row.channel).CAPABILITIES.transmits
    ads = [one.row for one in able if one.is_sent_ad]
    if ads:
        session.execute(_COUNT(session), [_right(row, now) for row in ads])
    if transmits:
        tries = [
            {
                "shop_id": shop_id,
                "message_id": one.row.id,
                "fence": one.hold.fence,
                "started_at": now,
                "outcome": "",
                "detail": "",
            }
            for one in able
        ]
        session.execute(insert(table_of(Attempt)), tries)
    until = gather.database_ms(session) + retries.SENDING_LEASE_S * 1000
    done = session.execute(_GO, [_as_going(one, transmits, until, now) for one in able])
    if done.rowcount != len(able):
        raise RuntimeError("a held row changed hands")
    if transmits:
        begun.going += [
            Sending(one.hold, _letter(one, account, now), one.row.kind, one.row.cause) for one in able
        ]
    else:
        begun.laid += len(able)


def grant_ad(session: Any, row: Message, now: datetime) -> None:
    """Count this ad against the person's cap, once however often it is tried, from this moment."""
    session.execute(_COUNT(session), _right(row, now))


def _right(row: Any, now: datetime) -> dict[str, Any]:
    return {"shop_id": row.shop_id, "customer_id": row.customer_id, "message_id": row.id, "at": now}


def _as_going(one: Able, transmits: bool, until: int, now: datetime) -> dict[str, Any]:
    by_mail = registry.channel(one.row.channel).CAPABILITIES.address == "email"
    # The number that a code goes to may be nobody's yet.
    has_key = transmits and not one.facts.get("to")
    return {
        "message": one.row.id,
        "shop": one.row.shop_id,
        "held": one.hold.fence,
        # What lies on the card has arrived: there is nothing to call and nothing to wait for.
        "becomes": "sending" if transmits else "sent",
        "at": None if transmits else now,
        "until": until if transmits else None,
        "words": one.kept,
        "why": "" if transmits else one.row.code,
        "because": "" if transmits else one.row.reason,
        "whose": (one.around.email_key if by_mail else one.around.address_key) if has_key else "",
    }


def _letter(one: Able, account: Account | None, now: datetime) -> Letter:
    return Letter(
        key=one.row.provider_key,
        to=one.facts.get("to") or one.around.address_for(one.row.channel),
        text=one.text,
        at=now,
        subject=composing.title(kind=one.kind, channel=one.row.channel, around=one.around),
        shop_name=one.around.sender.shop_name,
        reply_to=one.around.shop_email,
        opt_out=one.opt_out,
        is_ad=one.kind.is_ad,
        photo=one.photo,
        template=one.template,
        account=account,
        targets=one.targets,
        link=one.link,
        lasts_s=int((_rings_until(one, now) - now).total_seconds()),
    )


def _rings_until(one: Able, now: datetime) -> datetime:
    return rules.rings_until(is_ad=one.kind.is_ad, not_after=one.row.not_after, now=now)
