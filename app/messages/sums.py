"""Reads what the people of each side of a comparison did, a thousand of them at a time: nightly work.

Everybody counts once, by the first message that was meant for them since the comparison began: until then nobody was
treated otherwise, so that both sides are alike. Meant, not sent: who came before it went out is on one side as on the
other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, func, or_, select

from app.customers.models import Consent
from app.extensions import db
from app.messages import holdout, registry
from app.messages.campaign_models import Campaign, CampaignPerson
from app.messages.lift import Side
from app.messages.models import Message
from app.visits import queries as visits

STEP = 1000
SENT, HELD, A, B = "sent", "held", "a", "b"
# The consents of which each lets a campaign travel: the ones counted in when it was decided whether to compare.
_ADS = ("ads", "ads_email", "ads_push")
Rest = Callable[[], None]  # ends the read transaction between two steps


@dataclass(frozen=True, slots=True)
class _Meant:
    """One person of a side, and when their message was planned."""

    customer_id: int
    arm: str
    at: datetime


def of_kind(shop_id: int, kind: str, *, since: datetime, now: datetime, rest: Rest) -> dict[str, Side]:
    """Return what the people did who got a kind since a moment, and those who were held out."""
    return _summed(shop_id, kind, _by_person(shop_id, kind, _HELD_OR_SENT, since, now), rest)


def of_two_texts(shop_id: int, kind: str, *, since: datetime, now: datetime, rest: Rest) -> dict[str, Side]:
    """Return what the people did who got the one and the other of a kind's two texts since a moment."""
    is_one = Message.variant.in_((A, B)) & (Message.code != holdout.CODE)
    return _summed(
        shop_id, kind, _by_person(shop_id, kind, func.min(Message.variant), since, now, is_one), rest
    )


def of_campaign(shop_id: int, campaign_id: int, *, rest: Rest) -> dict[str, Side]:
    """Return the same of a campaign whose days are over; also of its two texts, where it had two."""
    row = db.session.execute(
        select(Campaign.send_at, Campaign.made_at, Campaign.holds_out, Campaign.text_b).where(
            Campaign.shop_id == shop_id, Campaign.id == campaign_id
        )
    ).one()
    what = f"{holdout.CAMPAIGN}:{campaign_id}"
    found: dict[str, Side] = {}
    if row.holds_out:
        found |= _summed(shop_id, what, _of_campaign(shop_id, campaign_id, row.made_at, row.send_at), rest)
    if row.text_b:
        found |= _summed(shop_id, what, _texts_of_campaign(shop_id, what, row.send_at), rest)
    return found


# Left out by the gate when it was planned: nothing would have reached them, on neither side.
_WAS_MEANT = or_(Message.state != "suppressed", Message.fence > 0, Message.code == holdout.CODE)
_HELD_OR_SENT = case((func.max(case((Message.code == holdout.CODE, 1), else_=0)) == 1, HELD), else_=SENT)


def _travels() -> list[str]:
    return [key for key, way in registry.channels().items() if way.CAPABILITIES.transmits]


def _by_person(
    shop_id: int, kind: str, arm: Any, since: datetime, now: datetime, *which: Any
) -> Iterator[list[_Meant]]:
    """Yield whom a kind was meant for, in steps by their ids: the index has them in this order."""
    after = 0
    whole_days = timedelta(days=holdout.days_of(kind))
    until = now - whole_days - (holdout.counts_from(kind, now) - now)
    while True:
        rows = db.session.execute(
            select(Message.customer_id, func.min(Message.created_at).label("at"), arm.label("arm"))
            .where(
                Message.shop_id == shop_id,
                Message.customer_id > after,
                Message.kind == kind,
                Message.channel.in_(_travels()),
                Message.created_at >= since,
                Message.created_at <= until,
                _WAS_MEANT,
                *which,
            )
            .group_by(Message.customer_id)
            .order_by(Message.customer_id)
            .limit(STEP)
        ).all()
        if rows:
            yield [_Meant(row.customer_id, row.arm, holdout.counts_from(kind, row.at)) for row in rows]
        if len(rows) < STEP:
            return
        after = rows[-1].customer_id


def _of_campaign(
    shop_id: int, campaign_id: int, made_at: datetime, send_at: datetime
) -> Iterator[list[_Meant]]:
    """Yield whom a campaign was for and who agreed to ads by then: the others were not reached on either side."""
    said = (
        select(Consent.action)
        .where(
            Consent.shop_id == CampaignPerson.shop_id,
            Consent.customer_id == CampaignPerson.customer_id,
            Consent.at <= made_at,
        )
        .order_by(Consent.id.desc())
        .limit(1)
        .correlate(CampaignPerson)
    )
    agreed = [said.where(Consent.kind == kind).scalar_subquery() == "grant" for kind in _ADS]
    after = 0
    while True:
        rows = db.session.execute(
            select(CampaignPerson.customer_id, CampaignPerson.is_held_out)
            .where(
                CampaignPerson.shop_id == shop_id,
                CampaignPerson.campaign_id == campaign_id,
                CampaignPerson.customer_id > after,
                or_(*agreed),
            )
            .order_by(CampaignPerson.customer_id)
            .limit(STEP)
        ).all()
        if rows:
            yield [_Meant(row.customer_id, HELD if row.is_held_out else SENT, send_at) for row in rows]
        if len(rows) < STEP:
            return
        after = rows[-1].customer_id


def _texts_of_campaign(shop_id: int, cause: str, send_at: datetime) -> Iterator[list[_Meant]]:
    after = 0
    while True:
        rows = db.session.execute(
            select(Message.customer_id, func.min(Message.variant).label("arm"))
            .where(
                Message.shop_id == shop_id,
                Message.cause == cause,
                Message.customer_id > after,
                Message.channel.in_(_travels()),
                Message.variant.in_((A, B)),
                _WAS_MEANT,
            )
            .group_by(Message.customer_id)
            .order_by(Message.customer_id)
            .limit(STEP)
        ).all()
        if rows:
            yield [_Meant(row.customer_id, row.arm, send_at) for row in rows]
        if len(rows) < STEP:
            return
        after = rows[-1].customer_id


def _summed(shop_id: int, what: str, steps: Iterator[list[_Meant]], rest: Rest) -> dict[str, Side]:
    days = timedelta(days=holdout.days_of(what))
    sums: dict[str, list[float]] = {}
    for step in steps:
        came = visits.spent_of_many(
            shop_id=shop_id,
            customer_ids=[each.customer_id for each in step],
            since=min(each.at for each in step),
            until=max(each.at for each in step) + days,
        )
        for each in step:
            mine = [won for at, won in came.get(each.customer_id, ()) if each.at < at <= each.at + days]
            known = [won for won in mine if won is not None]
            spent = float(sum(known))
            one = (1, bool(mine), bool(known), len(mine), len(known), spent, spent * spent)
            side = sums.setdefault(each.arm, [0.0] * len(one))
            for place, value in enumerate(one):
                side[place] += value
        rest()
    return {arm: _side(side) for arm, side in sums.items()}


def _side(sums: list[float]) -> Side:
    people, came, buyers, visits_made, priced, won, won_squared = sums
    whole = (int(people), int(came), int(buyers), int(visits_made), int(priced))
    return Side(*whole, won, won_squared)
