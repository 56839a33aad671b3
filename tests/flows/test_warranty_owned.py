"""What somebody owns and spent over all channels stays true when people become one and a file is undone."""

from __future__ import annotations

from typing import Any

from app.extensions import db
from app.flows import merge, warranty_run
from app.insights import groups
from app.visits.models import Visit
from app.warranties import queries, sales
from tests import factories
from tests import warranties as given
from tests.factories import ACustomer, AShop
from tests.flows import taking_in
from tests.flows.test_imports import an_order, orders
from tests.world import Clock


def test_what_is_owned_and_spent_follows_who_becomes_one_and_files_that_are_undone(
    shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    done = taking_in.take_in(shop, orders(an_order("A")), clock)
    [buyer] = db.session.scalars(db.select(Visit.customer_id).where(Visit.import_id == done.id))
    [product] = sales.products_of_file(shop_id=shop.id, import_id=done.id)
    kind_id = given.a_kind(shop, product=str(product.id))
    own: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": clock()}
    which = {"import_id": done.id, "product_id": product.id, "kind_id": kind_id}
    warranty_run.give_orders(**own, **which, once=factories.once())
    given.sold(shop, jiwoo)

    def has(who: int) -> tuple[dict[str, int], int]:
        db.session.rollback()
        found = sales.spent_by_channel(shop_id=shop.id, customer_id=who)
        spent = {channel: won for channel, won, _times in found.spent}
        assert found.total == sum(spent.values())
        return spent, queries.count_of(shop_id=shop.id, customer_id=who)

    bought, _one = has(buyer)
    assert (list(bought), _one) == (["file"], 1)
    merged = merge.merge_people(**own, kept_id=jiwoo.id, gone_id=buyer)
    assert has(jiwoo.id) == ({"shop": 250_000, **bought}, 1)
    assert groups.count(shop_id=shop.id, group="warranty", now=clock()) == 1
    merge.undo_merge(**own, merge_id=merged)
    assert (has(jiwoo.id), has(buyer)) == (({"shop": 250_000}, 0), (bought, 1))
    merge.merge_people(**own, kept_id=jiwoo.id, gone_id=buyer)
    taking_in.undo(shop, done.id, clock)
    assert has(jiwoo.id) == ({"shop": 250_000}, 0)
    assert groups.count(shop_id=shop.id, group="warranty", now=clock()) == 0
