"""What came of messages: who came again where they are few, else how many more than of those who got none.

The people of a kind or a campaign are read by an index of what travelled, at most four hundred rows; the comparisons
are nightly sums (flows/outcomes.py), so that a page costs the same after a hundred messages and after a million.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import literal_column, select

from app.customers.models import Customer
from app.extensions import db
from app.kit.clock import kst_day
from app.kit.korean import day_name
from app.messages import campaign_rules, holdout, lift, registry, result_words
from app.messages.campaign_models import Campaign
from app.messages.lift import Side
from app.messages.models import Automation, Message
from app.messages.result_models import HoldOut, MessageResult
from app.messages.stopped import campaign_of
from app.messages.sums import HELD, SENT, A, B
from app.visits import queries as visits

LOOKS_BACK = timedelta(days=60)
_MOST = 200
# Somebody who got several is one person: so many rows are read to find them.
_ROWS = 2 * _MOST
_TRAVELLED = (Message.sent_at.is_not(None), Message.channel != literal_column("'card'"))
_CAMPAIGNS = 5


@dataclass(frozen=True)
class CameBack:
    """How many people were sent something in the last 60 days, and who of them came within its days.

    When more were sent it, all of it speaks of the 200 who were sent it last.
    """

    asked: int
    back: int
    names: list[str]  # of those who came, the latest first; nameless ones are left out
    words: str  # "뜸하던 세 분 중 두 분이 다시 오셨어요"


@dataclass(frozen=True)
class Result:
    """What an automation or a campaign brought, as its page shows it."""

    what: str  # a kind, or "campaign:12"
    label: str
    may_compare: bool  # it is fair to leave people out of it
    wants_compare: bool  # and the owner did not say no
    compares: bool  # a tenth is left out now
    begins: str  # the day from which it will be, in words, or ""
    reached: int | None  # people it reaches, counted to 300; None: not counted yet
    days: int  # how many days count after a message
    sent: Side | None  # None where nobody was held out, or nobody's days are over
    held: Side | None
    words: str  # "100명께 보내면 대략 3~9명이 더 오세요", "아직 알 수 없어요", or ""
    spent: str  # the same of money, or ""
    first: Side | None  # two texts compared
    second: Side | None
    which: str  # which of the two brought more, or ""
    came: CameBack | None  # by name
    sent_at: datetime | None = None  # of a campaign, as the one below
    is_paused: bool = False  # not all of it went yet: it stands still until its owner says so

    @property
    def campaign_id(self) -> int | None:
        """Return which campaign it is; None for an automation, which is not sent once, to many."""
        return campaign_of(self.what)

    @property
    def is_known(self) -> bool:
        """Tell whether something can be said for sure."""
        return bool(self.words) and self.words != result_words.UNKNOWN


def came_back(shop_id: int, what: str, *, now: datetime) -> CameBack | None:
    """Return what came of a kind or a campaign ("campaign:12"); None when nobody was sent one.

    A letter that only lies on the card is not counted. Looks at the people who were sent it last and at their
    visits since: a large shop's page opens as fast.
    """
    days = timedelta(days=holdout.days_of(what))
    is_campaign = what.startswith(f"{holdout.CAMPAIGN}:")
    which = (
        (Message.cause == what,)
        if is_campaign
        else (Message.kind == what, Message.sent_at > now - LOOKS_BACK)
    )
    found = db.session.execute(
        select(Message.customer_id, Customer.name, Message.sent_at)
        .join(Customer, (Customer.shop_id == Message.shop_id) & (Customer.id == Message.customer_id))
        .where(
            Message.shop_id == shop_id,
            Message.state.in_(("sent", "delivered")),
            Customer.erased_at.is_(None),
            *_TRAVELLED,
            *which,
        )
        .order_by(Message.sent_at.desc(), Message.id.desc())
        .limit(_ROWS)
    ).all()
    first: dict[int, datetime] = {}
    names: dict[int, str] = {}
    for row in found:
        if row.customer_id not in first and len(first) == _MOST:
            continue
        first[row.customer_id], names[row.customer_id] = row.sent_at, row.name
    if not first:
        return None
    came = visits.recent_of_many(shop_id=shop_id, customer_ids=list(first), since=min(first.values()))
    back = [each for each, at in first.items() if any(at < seen <= at + days for seen in came.get(each, ()))]
    has_more = len(found) == _ROWS or len({row.customer_id for row in found}) > len(first)
    kind = holdout.CAMPAIGN if is_campaign else what
    return CameBack(
        asked=len(first),
        back=len(back),
        names=[names[each] for each in back if names[each]],
        words=result_words.came_words(
            kind=kind, label=_label(what), asked=len(first), back=len(back), are_latest=has_more
        ),
    )


def result(shop_id: int, what: str, *, now: datetime) -> Result:
    """Return what a kind or a campaign brought, as far as it can be said."""
    return _result(shop_id, what, _sums(shop_id, [what]).get(what, {}), now=now)


def overview(shop_id: int, *, now: datetime) -> list[Result]:
    """Return what came of everything that was sent lately: the automations, then the latest campaigns."""
    sent = [
        kind.key
        for kind in registry.kinds().values()
        if kind.is_ad and kind.key != holdout.CAMPAIGN and _was_sent(shop_id, kind.key, now)
    ]
    campaigns = db.session.scalars(
        select(Campaign.id)
        .where(Campaign.shop_id == shop_id, Campaign.state.in_(campaign_rules.BEGUN), Campaign.send_at <= now)
        .order_by(Campaign.send_at.desc(), Campaign.id.desc())
        .limit(_CAMPAIGNS)
    )
    whats = sent + [f"{holdout.CAMPAIGN}:{campaign_id}" for campaign_id in campaigns]
    sums = _sums(shop_id, whats)
    return [_result(shop_id, what, sums.get(what, {}), now=now) for what in whats]


def best(shop_id: int) -> tuple[str, str] | None:
    """Return (label, words) of what surely brings the most, for the home screen; None while nothing is sure."""
    known = []
    for what, rounds in _sums(shop_id, None).items():
        sides = _latest(rounds, SENT, HELD)
        room = lift.more_came(*sides) if sides else None
        if room is not None and room.is_more:
            known.append((room.low, what, room))
    if not known:
        return None
    _low, what, room = max(known)
    return _label(what), result_words.more_words(room)


def _was_sent(shop_id: int, kind: str, now: datetime) -> bool:
    lately = (Message.kind == kind, Message.sent_at > now - LOOKS_BACK)
    found = select(Message.id).where(Message.shop_id == shop_id, *_TRAVELLED, *lately).limit(1)
    return db.session.scalar(found) is not None


_Rounds = dict[str, dict[str, Side]]  # the day it is counted from → arm → its sums


def _sums(shop_id: int, whats: Iterable[str] | None) -> dict[str, _Rounds]:
    which = [] if whats is None else [MessageResult.what.in_(list(whats))]
    found: dict[str, _Rounds] = {}
    for row in db.session.scalars(select(MessageResult).where(MessageResult.shop_id == shop_id, *which)):
        side = Side(row.people, row.came, row.buyers, row.visits, row.priced, row.won, row.won_squared)
        found.setdefault(row.what, {}).setdefault(row.began, {})[row.arm] = side
    return found


def _latest(rounds: _Rounds, one: str, other: str) -> tuple[Side, Side] | None:
    """Return the two sides of the latest round that has enough people, else of the latest that has any."""
    both = [
        (arms[one], arms[other])
        for _began, arms in sorted(rounds.items(), reverse=True)
        if one in arms and other in arms
    ]
    enough = [pair for pair in both if min(side.people for side in pair) >= lift.LEAST_PEOPLE]
    return next(iter(enough or both), None)


def _result(shop_id: int, what: str, rounds: _Rounds, *, now: datetime) -> Result:
    compared, texts = _latest(rounds, SENT, HELD), _latest(rounds, A, B)
    standing = _campaign(shop_id, what) if ":" in what else _automation(shop_id, what, now)
    return Result(
        what=what,
        label=_label(what),
        **standing,
        days=holdout.days_of(what),
        sent=compared[0] if compared else None,
        held=compared[1] if compared else None,
        words=_more(compared, is_compared=standing["compares"]),
        spent=result_words.spent_words(lift.more_spent(*compared)) if compared else "",
        first=texts[0] if texts else None,
        second=texts[1] if texts else None,
        which=result_words.which_words(lift.more_came(*texts)) if texts else "",
        came=came_back(shop_id, what, now=now) if _is_ad(what) else None,
    )


def _more(compared: tuple[Side, Side] | None, *, is_compared: bool) -> str:
    if compared is None:
        return result_words.UNKNOWN if is_compared else ""
    return result_words.more_words(lift.more_came(*compared))


def _automation(shop_id: int, kind: str, now: datetime) -> dict[str, Any]:
    wants = db.session.scalar(
        select(Automation.holds_out).where(Automation.shop_id == shop_id, Automation.kind == kind)
    )
    row = db.session.scalars(
        select(HoldOut).where(HoldOut.shop_id == shop_id, HoldOut.kind == kind)
    ).one_or_none()
    spec, today = registry.kinds().get(kind), kst_day(now).isoformat()
    waits = bool(row and row.began > today)
    return {
        "may_compare": spec is not None and holdout.may_compare(spec),
        "wants_compare": wants is not False,
        "compares": bool(row and row.began),
        "begins": day_name(date.fromisoformat(row.began)) if row and waits else "",
        "reached": row.reached if row else None,
    }


def _campaign(shop_id: int, what: str) -> dict[str, Any]:
    number = int(what.partition(":")[2])
    row = db.session.execute(
        select(Campaign.holds_out, Campaign.send_at, Campaign.state).where(
            Campaign.shop_id == shop_id, Campaign.id == number
        )
    ).one_or_none()
    # Decided when it was confirmed, and nothing to switch afterwards.
    holds_out = bool(row and row.holds_out)
    return {
        "may_compare": False,
        "wants_compare": holds_out,
        "compares": holds_out,
        "begins": "",
        "reached": None,
        "sent_at": row.send_at if row else None,
        "is_paused": bool(row and row.state == "paused"),
    }


def _is_ad(what: str) -> bool:
    """Tell whether it was sent so that people come: who comes after a notice did not come for it."""
    kind = registry.kinds().get(what)
    return kind is None or kind.is_ad


def _label(what: str) -> str:
    kind = registry.kinds().get(what.partition(":")[0])
    return kind.label if kind else "단체 문자"
