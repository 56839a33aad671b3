"""What the owner says about a product: when it has been used, when it is bought again, whether it is recommended."""

from __future__ import annotations

from datetime import datetime

from app.flows import audit
from app.flows.unit import write
from app.kit.refusals import NotHere
from app.visits import actions as visits
from app.visits import rules


def save(
    *,
    shop_id: int,
    staff_id: int,
    product_id: int,
    review_days: str,
    rebuy_days: str,
    is_pick: bool,
    now: datetime,
) -> None:
    """Save it as typed; "" takes a number of days away. What was planned before keeps its day.

    Raises Invalid with a sentence a field, NotHere for another shop's product.
    """
    days = rules.read_days(review_days=review_days, rebuy_days=rebuy_days)
    with write() as session:
        product = visits.product(session, shop_id=shop_id, product_id=product_id)
        if product is None:
            raise NotHere("찾으시는 상품이 없어요. 목록을 새로 열어 주세요.")
        before = (product.review_days, product.rebuy_days, product.is_pick)
        after = (days.review_days, days.rebuy_days, is_pick)
        if after == before:
            return
        product.review_days, product.rebuy_days, product.is_pick = after
        audit.note(
            session,
            shop_id=shop_id,
            what="product_set",
            staff_id=staff_id,
            subject=f"product:{product_id}",
            detail=f"{days.review_days or '-'}/{days.rebuy_days or '-'}/{'pick' if is_pick else '-'}",
            now=now,
        )
