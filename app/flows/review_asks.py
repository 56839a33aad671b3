"""Asking for a review: a visit gets its ask once, by the clock, by the card, or because the person wants it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.flows.unit import write
from app.kit.refusals import NotHere, Refused
from app.messages import outbox, recall
from app.messages import queries as messages
from app.reviews import asks, rules
from app.reviews.actions import reviews
from app.reviews.rules import AskGone
from app.visits import goods
from app.visits.models import Visit

# In one turn of the clock; the rest waits for the next.
_MOST = 500
_ASKING = ("review_request", "satisfaction")


class NotOffered(Refused):
    """The request is not offered for this visit (any more)."""

    code = "not_offered"
    sentence = "지금은 후기 요청을 받을 수 없어요. 카드의 ‘내 후기’에서 바로 남기실 수 있어요."


def open_ask(*, shop_id: int, customer_id: int, visit_id: int, now: datetime) -> str:
    """Return the token of the form for a person's own visit. Raises NotHere, AskGone."""
    with write() as session:
        visit = _my_visit(session, shop_id=shop_id, customer_id=customer_id, visit_id=visit_id)
        ask = reviews.ask_for(session, visit=visit, now=now)
        if ask.expires_at <= now:
            raise AskGone
        return ask.token


def want(*, shop_id: int, customer_id: int, visit_id: int, now: datetime) -> datetime:
    """이번 후기 요청 받을게요: note the wish and plan the one answer to it; returns when it comes.

    It takes the place of the ad for this visit. The second tap changes nothing. Raises NotHere, and
    NotOffered when the shop gives a reward for reviews (then it would be an ad), switched the kind off,
    or the visit was reviewed or is too long ago.
    """
    with write() as session:
        visit = _my_visit(session, shop_id=shop_id, customer_id=customer_id, visit_id=visit_id)
        ask = reviews.ask_for(session, visit=visit, now=now)
        due = visit.at + rules.WANTED_AFTER
        if (
            due <= now
            or reviews.reward_stamps(session, shop_id=shop_id)
            or reviews.gives_coupon(session, shop_id=shop_id)
            or reviews.review_of(session, shop_id=shop_id, ask_id=ask.id) is not None
        ):
            raise NotOffered
        if ask.wanted_at is not None:
            return due
        cause = f"visit:{visit.id}"
        planned = outbox.plan(
            session,
            shop_id=shop_id,
            customer_id=customer_id,
            kind="review_wanted",
            cause=cause,
            due_at=due,
            not_after=visit.at + rules.WANTED_UNTIL,
            facts={"token": ask.token, "product": reviews.product_asked(session, ask=ask)},
            now=now,
        )
        if planned is None:
            raise NotOffered
        ask.wanted_at = now
        recall.cancel_waiting(
            session, shop_id=shop_id, cause=cause, kinds=_ASKING, reason="손님이 따로 부탁하셨어요"
        )
        return due


def unwant(*, shop_id: int, customer_id: int, visit_id: int, now: datetime) -> None:
    """Take the wish back: nothing is sent for this visit, no ad either. Raises NotHere."""
    with write() as session:
        visit = _my_visit(session, shop_id=shop_id, customer_id=customer_id, visit_id=visit_id)
        reviews.ask_for(session, visit=visit, now=now).wanted_at = None
        recall.cancel_waiting(
            session,
            shop_id=shop_id,
            cause=f"visit:{visit.id}",
            kinds=("review_wanted",),
            reason="손님이 받지 않기로 하셨어요",
        )


def plan_requests(*, shop_id: int, now: datetime, stop: Callable[[], bool] = lambda: False) -> int:
    """Make the asks of a shop's recent visits and plan what is switched on; returns how many visits.

    Looks back as far as a request may still follow a visit, so that a clock that stood catches up; the
    key of an ask and of its messages makes a second look harmless. Each visit is a transaction of its
    own: a stamp at the counter never waits for the asking. Stops between two visits when asked to.
    """
    kinds = messages.switched_on(shop_id, _ASKING)
    if not kinds:
        return 0
    waiting = asks.waiting_for_asks(shop_id=shop_id, since=now - rules.WANTED_UNTIL, until=now, limit=_MOST)
    asked = 0
    for line in waiting:
        if stop():
            break
        with write() as session:
            asked += _plan(session, shop_id=shop_id, visit_id=line.visit_id, kinds=kinds, now=now)
    return asked


def _plan(session: Any, *, shop_id: int, visit_id: int, kinds: list[str], now: datetime) -> int:
    visit = reviews.visit_of(session, shop_id=shop_id, visit_id=visit_id)
    if visit is None:
        return 0  # taken back since we looked
    ask = reviews.ask_for(session, visit=visit, now=now)
    if ask.wanted_at is not None:
        return 0  # the person was quicker, and is asked as they wished
    # What was bought has been used by then; the longest of it decides, and is what the words name.
    used = goods.used_after(session, shop_id=shop_id, visit_id=visit.id)
    about = reviews.product_asked(session, ask=ask)
    for kind in kinds:
        outbox.plan(
            session,
            shop_id=shop_id,
            customer_id=visit.customer_id,
            kind=kind,
            cause=f"visit:{visit.id}",
            due_at=visit.at,  # the automation adds its own delay
            delay=used,
            facts={"token": ask.token, "product": about},
            now=now,
        )
    return 1


def _my_visit(session: Any, *, shop_id: int, customer_id: int, visit_id: int) -> Visit:
    visit = reviews.visit_of(session, shop_id=shop_id, visit_id=visit_id)
    if visit is None or visit.customer_id != customer_id:
        raise NotHere("그 방문은 찾을 수 없어요. 카드를 새로 열어 다시 해 주세요.")
    return visit
