"""What a shop does about reviews: hiding one for a listed cause, showing it again, and photos it looks at first.

A rating is never a cause (전자상거래법 21조 ①1). Each hiding is a row that stays, is written into the record of changes,
is counted in public, and its writer is told, with the way to object.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.board import talking
from app.customers import actions as people
from app.customers.models import Customer
from app.flows import audit, photo
from app.flows.unit import JustTaken, after_a_race, write
from app.kit.refusals import Invalid, NotHere, Refused
from app.messages import outbox, recall
from app.reviews import rules
from app.reviews.actions import care
from app.reviews.models import Review
from app.reviews.rules import Hiding

NOT_THERE = "찾으시는 후기가 없어요. 후기 목록에서 다시 골라 주세요."


class NothingToHide(Refused):
    """Its writer deleted everything: only the stars are left."""

    code = "nothing_to_hide"
    status = 409
    sentence = "손님이 정보를 지우셔서 별점만 남은 후기예요. 별점은 가릴 수 없어요."


def hide(*, shop_id: int, staff_id: int, review_id: int, cause: str, note: str, now: datetime) -> bool:
    """Hide a review for a listed cause; False when it is hidden already (whatever for): the second tap changes nothing.

    Its writer is told, and what others reported of it is settled. Raises Invalid (cause, note), NotHere, NothingToHide.
    """
    hiding = rules.clean_hiding(cause=cause, note=note)
    return after_a_race(
        lambda: _hide(shop_id=shop_id, staff_id=staff_id, review_id=review_id, hiding=hiding, now=now)
    )


def _hide(*, shop_id: int, staff_id: int, review_id: int, hiding: Hiding, now: datetime) -> bool:
    with write() as session:
        review, writer = held(session, shop_id=shop_id, review_id=review_id)
        if writer is None:
            raise NothingToHide
        if care.standing_hiding(session, shop_id=shop_id, review_id=review_id) is not None:
            return False
        row = care.hide(
            session, shop_id=shop_id, review_id=review_id, hiding=hiding, staff_id=staff_id, now=now
        )
        care.count(session, shop_id=shop_id, review_id=review_id, stars=review.stars, by=-1)
        _tell(session, review=review, hiding_id=row.id, cause=hiding.cause, is_shown=False, now=now)
        talking.settle(
            session, shop_id=shop_id, what="review", row_ids=[review_id], staff_id=staff_id, now=now
        )
        audit.note(
            session,
            shop_id=shop_id,
            what="review_hidden",
            staff_id=staff_id,
            subject=f"review:{review_id}",
            detail=hiding.cause,
            now=now,
        )
        return True


def show_again(*, shop_id: int, staff_id: int, review_id: int, now: datetime) -> bool:
    """Show a hidden review again; False when it is shown already. Raises NotHere."""
    return after_a_race(lambda: _show_again(shop_id=shop_id, staff_id=staff_id, review_id=review_id, now=now))


def _show_again(*, shop_id: int, staff_id: int, review_id: int, now: datetime) -> bool:
    with write() as session:
        review, writer = held(session, shop_id=shop_id, review_id=review_id)
        row = care.standing_hiding(session, shop_id=shop_id, review_id=review_id)
        if row is None:
            return False
        row.ended_at, row.ended_by = now, staff_id
        care.count(session, shop_id=shop_id, review_id=review_id, stars=review.stars, by=1)
        told = f"hiding:{row.id}"
        recall.cancel_waiting(
            session, shop_id=shop_id, cause=told, kinds=("review_hidden",), reason="후기를 다시 보여 드려요"
        )
        if writer is not None:
            _tell(session, review=review, hiding_id=row.id, cause=row.cause, is_shown=True, now=now)
        audit.note(
            session,
            shop_id=shop_id,
            what="review_shown",
            staff_id=staff_id,
            subject=f"review:{review_id}",
            detail=row.cause,
            now=now,
        )
        return True


def held(session: Any, *, shop_id: int, review_id: int) -> tuple[Review, Customer | None]:
    """Hold the writer and then the review, as deleting everything does; the writer is None once they left.

    Raises NotHere, and JustTaken where their card went into another one between the two looks.
    """
    whose = care.whose(session, shop_id=shop_id, review_id=review_id)
    if whose is None:
        raise NotHere(NOT_THERE)
    writer = people.customer(session, shop_id=shop_id, customer_id=whose, lock=True)
    review = care.review(session, shop_id=shop_id, review_id=review_id)
    if review is None:
        raise NotHere(NOT_THERE)
    if review.customer_id != whose:
        raise JustTaken
    return review, writer


def _tell(session: Any, *, review: Review, hiding_id: int, cause: str, is_shown: bool, now: datetime) -> None:
    outbox.plan(
        session,
        shop_id=review.shop_id,
        customer_id=review.customer_id,
        kind="review_hidden",
        cause=f"hiding:{hiding_id}:shown" if is_shown else f"hiding:{hiding_id}",
        due_at=now,
        facts={
            "token": care.token_of(session, shop_id=review.shop_id, ask_id=review.ask_id),
            "why": rules.CAUSES[cause],
            "shown": is_shown,
        },
        now=now,
    )


def pass_photos(*, shop_id: int, refs: Sequence[str], now: datetime) -> int:
    """Let photos that wait for the shop's look be shown; returns how many. Another shop's are none of them."""
    with write() as session:
        return care.pass_photos(session, shop_id=shop_id, refs=list(refs), now=now)


def refuse_photos(*, shop_id: int, staff_id: int, refs: Sequence[str], cause: str, now: datetime) -> int:
    """Leave photos out for a listed cause and delete them; returns how many. Raises Invalid (cause, refs)."""
    if cause not in rules.CAUSES:
        raise Invalid({"cause": "싣지 않는 까닭을 하나 골라 주세요."})
    if not refs:
        raise Invalid({"refs": "싣지 않을 사진을 골라 주세요."})
    reason = f"까닭: {rules.CAUSES[cause]}"
    with write() as session:
        gone = care.refuse_photos(session, shop_id=shop_id, refs=list(refs), reason=reason)
        if gone:
            audit.note(
                session,
                shop_id=shop_id,
                what="photos_refused",
                staff_id=staff_id,
                detail=f"{len(gone)}:{cause}",
                now=now,
            )
    photo.drop_files(shop_id=shop_id, refs=gone)
    return len(gone)
