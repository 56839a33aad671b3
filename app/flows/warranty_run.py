"""보증서 한꺼번에 드리기: for a product of the orders that a file brought, or for a line of a purchase of many pieces.

A few are given at once. More are given by the worker in small steps, each a transaction of its own: killed between two, it
goes on where it was, and what a piece was given is unique, so nobody gets two for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from app.customers import actions as people
from app.extensions import db
from app.flows import audit, warranty
from app.flows.in_turns import in_turns
from app.flows.unit import after_a_race, write
from app.kit.refusals import NotHere
from app.kit.signing import token_hash
from app.warranties import runs, sales
from app.warranties.actions import issuing, running
from app.warranties.models import WarrantyRun
from app.warranties.rules import MOST_AT_ONCE, NoWarranty

_GONE = "찾으시는 것이 없어요. 보증서 화면에서 다시 열어 주세요."
# One transaction looks at so many lines and issues for so many pieces: a stamp waits no longer than this takes.
_LINES, _PIECES = 60, 40
_REST = timedelta(minutes=1)


@dataclass(frozen=True)
class Given:
    """What one press gave; `run_id` is what the worker goes on with, None where nothing is left to give."""

    new: int
    run_id: int | None


def give_orders(
    *, shop_id: int, staff_id: int, import_id: int, product_id: int, kind_id: int, once: str, now: datetime
) -> Given:
    """Give certificates for a product of a file's orders; who has theirs gets no second one.

    The same press is one, and while one goes on for the same product of the same file it stays the one. Raises NoWarranty.
    """
    total = sales.dry_run(shop_id=shop_id, import_id=import_id, product_id=product_id).new
    goes = runs.going(shop_id=shop_id, import_id=import_id, product_id=product_id)
    if goes is not None:
        return Given(0, goes)
    run_id = _begin(
        shop_id=shop_id,
        staff_id=staff_id,
        kind_id=kind_id,
        what={"import_id": import_id, "product_id": product_id},
        total=total,
        once=once,
        now=now,
    )
    return _at_once(shop_id=shop_id, run_id=run_id, total=total, now=now)


def give_item(
    *, shop_id: int, staff_id: int, customer_id: int, item_id: int, kind_id: int, once: str, now: datetime
) -> Given:
    """Give a certificate for every piece of one line of a purchase. Raises NoWarranty, and NotHere (issue_for_item)."""
    own: dict[str, Any] = {"shop_id": shop_id, "staff_id": staff_id, "kind_id": kind_id, "now": now}
    lines = issuing.sold_lines(db.session, shop_id=shop_id, item_ids=[item_id])
    pieces = sum(line.pieces for line in lines if line.customer_id == customer_id and not line.is_reversed)
    if pieces <= MOST_AT_ONCE:
        return Given(len(warranty.issue_for_item(**own, customer_id=customer_id, item_id=item_id)), None)
    return Given(0, _begin(**own, what={"item_id": item_id}, total=pieces, once=once))


def _begin(
    *,
    shop_id: int,
    staff_id: int,
    kind_id: int,
    what: dict[str, int],
    total: int,
    once: str,
    now: datetime,
) -> int:
    key = token_hash(f"run:{staff_id}:{sorted(what.items())}:{once}")[:40]

    def begun() -> int:
        with write() as session:
            before = running.by_once(session, shop_id=shop_id, once=key)
            if before is not None:
                return before.id
            kind = warranty.standing_kind(session, shop_id=shop_id, kind_id=kind_id)
            made = running.add(
                session,
                shop_id=shop_id,
                once=key,
                kind_id=kind.id,
                **what,
                total=total,
                staff_id=staff_id,
                now=now,
            )
            return made.id

    return after_a_race(begun)


def _at_once(*, shop_id: int, run_id: int, total: int, now: datetime) -> Given:
    """Give all where they are few; otherwise the worker does."""
    if total > MOST_AT_ONCE:
        return Given(0, run_id)
    while not step(shop_id=shop_id, run_id=run_id, now=now):
        pass
    view = runs.one(shop_id=shop_id, run_id=run_id)
    return Given(view.given if view else 0, None)


def work(*, clock: Callable[[], datetime], stop: Callable[[], bool] = lambda: False) -> int:
    """Give what waits in all shops, a step of each in turn; returns the number of steps. Stops when asked to."""
    return in_turns(
        "warranty_run",
        waiting=runs.waiting,
        step=lambda shop_id, run_id: step(shop_id=shop_id, run_id=run_id, now=clock()),
        rest=_rest,
        clock=clock,
        stop=stop,
    )


def step(*, shop_id: int, run_id: int, now: datetime) -> bool:
    """Give the next ones; True when nothing is left, it was stopped, or the shop gives this one no more."""

    def gone_on() -> bool:
        with write() as session:
            run = running.run(session, shop_id=shop_id, run_id=run_id)
            if run is None or run.state != "going":
                return True
            try:
                has_more = _give(session, run=run, now=now)
            except NoWarranty:
                _over(session, run=run, state="ended", now=now)
                return True
            if not has_more and _is_one_left(run):
                # A card that went into an earlier one took its purchases there meanwhile: once more from the beginning.
                run.after_customer = run.after_item = run.after_piece = run.told_customer = 0
                return False
            if not has_more:
                _over(session, run=run, state="done", now=now)
            return not has_more

    return after_a_race(gone_on)


def _is_one_left(run: WarrantyRun) -> bool:
    """Tell whether a piece was passed over in a round that gave some: one that gave nothing is the last."""
    if run.import_id is None or run.product_id is None or not run.told_customer:
        return False
    which = {"import_id": run.import_id, "product_id": run.product_id}
    return sales.dry_run(shop_id=run.shop_id, **which).new > 0


def stop(*, shop_id: int, run_id: int, now: datetime) -> None:
    """Give no more; what was given stays. Twice is once. Raises NotHere."""
    with write() as session:
        run = running.run(session, shop_id=shop_id, run_id=run_id)
        if run is None:
            raise NotHere(_GONE)
        if run.state == "going":
            _over(session, run=run, state="stopped", now=now)


def _give(session: Any, *, run: WarrantyRun, now: datetime) -> bool:
    kind = warranty.standing_kind(session, shop_id=run.shop_id, kind_id=run.kind_id)
    lines = running.next_lines(session, run=run, limit=_LINES)
    spans = [
        (line, range((run.after_piece if line.item_id == run.after_item else 0) + 1, line.pieces + 1))
        for line in lines
    ]
    next_ones = list(islice(((line, place) for line, span in spans for place in span), _PIECES))
    later: Counter[int] = Counter()
    for line, span in spans:
        later[line.customer_id] += len(span)
    later.subtract(line.customer_id for line, _place in next_ones)
    # In the order of their ids, as everybody holds several.
    here = {
        each
        for each in sorted({line.customer_id for line, _place in next_ones})
        if people.customer(session, shop_id=run.shop_id, customer_id=each, lock=True) is not None
    }
    # Asked again with the people in hand: a file may have taken one of them back in between.
    ids = sorted({line.item_id for line, _place in next_ones})
    stand = {
        line.item_id: line
        for line in issuing.sold_lines(session, shop_id=run.shop_id, item_ids=ids)
        if line.customer_id in here and not line.is_reversed
    }
    new = warranty.for_pieces(
        [(stand[line.item_id], place) for line, place in next_ones if line.item_id in stand],
        kind=kind,
        how="till" if run.item_id is not None else "import",
    )
    made = issuing.issue(session, shop_id=run.shop_id, new=new, staff_id=run.staff_id, now=now)
    to_tell = [each for each in made if each.customer_id != run.told_customer]
    warranty.tell_issued(session, shop_id=run.shop_id, made=to_tell, product=kind.name, later=later, now=now)
    run.given += len(made)
    run.told_customer = max([run.told_customer, *(each.customer_id or 0 for each in to_tell)])
    if next_ones:
        last, run.after_piece = next_ones[-1]
    elif lines:
        last = lines[-1]
        run.after_piece = last.pieces
    else:
        return False
    run.after_customer, run.after_item = last.customer_id, last.item_id
    return len(lines) == _LINES or len(next_ones) == _PIECES


def _over(session: Any, *, run: WarrantyRun, state: str, now: datetime) -> None:
    run.state, run.ended_at = state, now
    if run.given:
        audit.note(
            session,
            shop_id=run.shop_id,
            what="warranties",
            staff_id=run.staff_id,
            detail=f"run:{run.id}:{run.given}",
            now=now,
        )
    session.flush()


def _rest(shop_id: int, run_id: int, now: datetime) -> None:
    """Leave it alone for a minute after a fault, so that it is not told every two seconds."""
    with write() as session:
        run = running.run(session, shop_id=shop_id, run_id=run_id)
        if run is not None:
            run.held_until = now + _REST
