"""What people show and write is reported once by each, hidden for a listed cause, and taken down by its writer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.board import talk_rules as rules
from app.board import talking
from app.board.story_models import Story
from app.board.talk_models import Report
from app.board.talk_rules import NothingThere, OwnThing, WroteTooMuch
from app.customers import actions as people
from app.flows import audit, notify
from app.flows.unit import after_a_race, write
from app.kit.refusals import NotHere
from app.reviews.actions import care, reviews
from app.reviews.models import Review

# A review is hidden where its rating can't be the cause (flows of reviews); here it is only reported.
_HIDDEN_HERE = frozenset(rules.WHATS) - {"review"}


def report(*, shop_id: int, customer_id: int, what: str, row_id: int, cause: str, now: datetime) -> None:
    """Say what is wrong with a thing. A person's second report of it changes nothing.

    Raises Invalid (cause), NothingThere, OwnThing, WroteTooMuch, NotHere.
    """
    why = rules.clean_cause(cause)

    def reported() -> None:
        with write() as session:
            if people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True) is None:
                raise NotHere
            who: dict[str, Any] = {"shop_id": shop_id, "customer_id": customer_id}
            thing = _thing(session, what, shop_id=shop_id, row_id=row_id)
            if not _is_seen(session, thing):
                raise NothingThere
            if thing.customer_id == customer_id:
                raise OwnThing
            if talking.report_of(session, **who, what=what, row_id=row_id) is not None:
                return
            if talking.written_today(session, Report, **who, now=now) >= rules.REPORTS_A_DAY:
                raise WroteTooMuch
            is_first = not talking.is_reported(session, shop_id=shop_id, what=what, row_id=row_id)
            made = talking.add(session, Report(**who, what=what, row_id=row_id, cause=why, at=now))
            if is_first:
                notify.reported(
                    session, shop_id=shop_id, what=what, row_id=row_id, report_id=made.id, now=now
                )

    after_a_race(reported)


def hide(*, shop_id: int, staff_id: int, what: str, row_id: int, cause: str, now: datetime) -> None:
    """The shop hides a thing for a listed cause; its reports are settled. Twice is once.

    Raises Invalid (cause), NothingThere.
    """
    why = rules.clean_cause(cause)
    with write() as session:
        thing = _thing(session, what if what in _HIDDEN_HERE else "", shop_id=shop_id, row_id=row_id)
        talking.take_down(session, thing=thing, cause=why, now=now)
        talking.settle(session, shop_id=shop_id, what=what, row_ids=[row_id], staff_id=staff_id, now=now)
        _note(session, shop_id, staff_id, what, row_id, f"hidden:{why}", now)


def show_again(*, shop_id: int, staff_id: int, what: str, row_id: int, now: datetime) -> None:
    """The shop takes a hiding back. What its writer took down stays down. Raises NothingThere."""
    with write() as session:
        thing = _thing(session, what if what in _HIDDEN_HERE else "", shop_id=shop_id, row_id=row_id)
        if thing.hidden_cause == rules.MINE:
            raise NothingThere
        talking.put_back(session, thing=thing)
        _note(session, shop_id, staff_id, what, row_id, "shown", now)


def keep(*, shop_id: int, staff_id: int, what: str, row_id: int, now: datetime) -> None:
    """The shop looked at what was reported and leaves it: the reports are settled. Raises NothingThere."""
    with write() as session:
        _thing(session, what, shop_id=shop_id, row_id=row_id)
        talking.settle(session, shop_id=shop_id, what=what, row_ids=[row_id], staff_id=staff_id, now=now)
        _note(session, shop_id, staff_id, what, row_id, "kept", now)


def take_down(*, shop_id: int, customer_id: int, what: str, row_id: int, now: datetime) -> None:
    """Its writer takes a post, a comment or a question down. Twice is once. Raises NothingThere for another's."""
    with write() as session:
        known = what in ("post", "comment", "question")
        thing = talking.row(session, what, shop_id=shop_id, row_id=row_id) if known else None
        if thing is None or thing.customer_id != customer_id:
            raise NothingThere
        talking.take_down(session, thing=thing, cause=rules.MINE, now=now)
        thing.hidden_cause = rules.MINE
        talking.settle(session, shop_id=shop_id, what=what, row_ids=[row_id], staff_id=None, now=now)


def _thing(session: Any, what: str, *, shop_id: int, row_id: int) -> Any:
    found = talking.row(session, what, shop_id=shop_id, row_id=row_id) if what in rules.WHATS else None
    if found is None or getattr(found, "hidden_cause", "") == rules.MINE:
        raise NothingThere
    return found


def _is_seen(session: Any, thing: Any) -> bool:
    """Tell whether others see a thing: what its person and the shop alone see needs no report."""
    if isinstance(thing, Review):
        which = {"shop_id": thing.shop_id, "review_id": thing.id}
        return care.standing_hiding(session, **which) is None and not reviews.writer_left(session, **which)
    if isinstance(thing, Story) and not (thing.agreed_at and thing.passed_at):
        return False
    return thing.hidden_at is None


def _note(
    session: Any, shop_id: int, staff_id: int, what: str, row_id: int, detail: str, now: datetime
) -> None:
    audit.note(
        session,
        shop_id=shop_id,
        what="board",
        staff_id=staff_id,
        subject=f"{what}:{row_id}",
        detail=detail,
        now=now,
    )
