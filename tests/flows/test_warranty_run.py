"""Many certificates are given in small steps: killed between two nobody gets a second one, and it comes to an end."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.customers.models import Customer
from app.extensions import db
from app.flows import merge, warranty, warranty_run
from app.kit.refusals import NotHere
from app.messages.models import Message
from app.shops.models import AuditLine
from app.visits.import_models import Import
from app.warranties import runs
from app.warranties.models import Warranty, WarrantyRun
from app.warranties.rules import NoWarranty
from tests import factories, world
from tests import warranties as given
from tests.factories import ACustomer, AShop
from tests.world import Clock


def causes() -> list[str]:
    """Return what certificates were given for."""
    db.session.rollback()
    return list(db.session.scalars(db.select(Warranty.cause).where(Warranty.ended_at.is_(None))))


def told() -> list[str]:
    """Return the products that buyers were told of."""
    db.session.rollback()
    letters = db.select(Message.text).where(Message.kind == "warranty_issued", Message.channel == "card")
    return list(db.session.scalars(letters.order_by(Message.customer_id)))


def a_file(shop: AShop) -> int:
    """Return a file of orders that was taken in."""
    row = Import(
        shop_id=shop.id, staff_id=shop.owner_id, once=factories.once()[:40], name="주문.xlsx", state="done",
        kind="orders", made_at=factories.now(),
    )  # fmt: skip
    db.session.add(row)
    db.session.commit()
    return row.id


@pytest.fixture
def orders(shop: AShop, jiwoo: ACustomer, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Three people bought seven pieces; a step gives two, and three are given at once."""
    monkeypatch.setattr(warranty_run, "_PIECES", 2)
    monkeypatch.setattr(warranty_run, "_LINES", 2)
    monkeypatch.setattr(warranty_run, "MOST_AT_ONCE", 3)
    import_id = a_file(shop)
    mina, sora = (factories.a_customer(shop, name=name) for name in ("이미나", "박소라"))
    for who, pieces in ((jiwoo, 1), (mina, 4), (jiwoo, 1), (sora, 1)):
        _visit, _item, product_id = given.sold(shop, who, pieces=pieces, import_id=import_id)
    return {
        "shop_id": shop.id,
        "staff_id": shop.owner_id,
        "import_id": import_id,
        "product_id": product_id,
        "kind_id": given.a_kind(shop, product=str(product_id)),
        "once": factories.once(),
        "now": factories.now(),
    }


def test_many_go_on_where_they_were_and_everybody_is_told_once(
    shop: AShop, orders: dict[str, Any], clock: Clock
) -> None:
    begun = warranty_run.give_orders(**orders)
    assert begun.new == 0
    assert begun.run_id is not None
    assert causes() == [], "the press itself gives none: it would be waited for"
    assert warranty_run.give_orders(**orders) == begun
    assert warranty_run.give_orders(**orders | {"once": factories.once()}) == begun, "one goes on already"
    which = {"shop_id": shop.id, "run_id": begun.run_id}
    clock.advance(minutes=1)
    assert not warranty_run.step(**which, now=clock())
    view = runs.one(**which)
    assert view is not None
    assert (view.works, view.given, view.total, view.percent) == (True, 2, 7, 28)
    # Whoever died in between: another worker takes it up where it was.
    warranty_run.work(clock=clock)
    assert len(causes()) == len(set(causes())) == 7
    assert [text.split("원목 의자")[1][:5] for text in told()] == [" 외 1개", " 외 3개", " 보증서를"]
    view = runs.one(**which)
    assert view is not None
    assert (view.state, view.given) == ("done", 7)
    assert [each.id for each in runs.lately(shop.id, now=clock())] == [view.id]
    assert runs.waiting(clock()) == []
    assert warranty_run.give_orders(**orders | {"once": factories.once()}).run_id is None
    assert len(causes()) == 7
    other = factories.a_shop("다른가게")
    assert runs.one(shop_id=other.id, run_id=begun.run_id) is None
    with pytest.raises(NotHere):
        warranty_run.stop(shop_id=other.id, run_id=begun.run_id, now=clock())


def test_whose_card_goes_into_an_earlier_one_meanwhile_gets_theirs(
    shop: AShop, jiwoo: ACustomer, orders: dict[str, Any], clock: Clock
) -> None:
    begun = warranty_run.give_orders(**orders)
    assert begun.run_id is not None
    for _step in range(2):
        assert not warranty_run.step(shop_id=shop.id, run_id=begun.run_id, now=clock())
    sora = db.session.scalars(db.select(Customer.id).where(Customer.name == "박소라")).one()
    merge.merge_people(shop_id=shop.id, kept_id=jiwoo.id, gone_id=sora, staff_id=shop.owner_id, now=clock())
    warranty_run.work(clock=clock)
    assert len(causes()) == 7
    view = runs.one(shop_id=shop.id, run_id=begun.run_id)
    assert view is not None
    assert (view.state, view.given) == ("done", 7)


def test_two_workers_at_once_give_each_piece_once(app: Flask, shop: AShop, orders: dict[str, Any]) -> None:
    begun = warranty_run.give_orders(**orders)
    steps = [lambda: warranty_run.step(shop_id=shop.id, run_id=begun.run_id or 0, now=factories.now())] * 4
    answers = world.all_at_once(app, steps)
    assert all(isinstance(each, bool) for each in answers)
    warranty_run.work(clock=factories.now)
    assert len(causes()) == len(set(causes())) == 7


def test_a_step_that_fails_leaves_nothing_behind_and_rests(
    shop: AShop, orders: dict[str, Any], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = warranty_run.give_orders(**orders)

    def dies(*_args: Any, **_more: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(warranty, "tell_issued", dies)
        assert warranty_run.work(clock=clock) == 1
    assert causes() == []
    assert runs.waiting(clock()) == []
    clock.advance(minutes=1)
    assert runs.waiting(clock()) == [(shop.id, begun.run_id)]


def test_stopped_it_gives_no_more_and_the_rest_can_follow(
    shop: AShop, orders: dict[str, Any], clock: Clock
) -> None:
    begun = warranty_run.give_orders(**orders)
    which = {"shop_id": shop.id, "run_id": begun.run_id or 0}
    warranty_run.step(**which, now=clock())
    for _twice in range(2):
        warranty_run.stop(**which, now=clock())
    assert warranty_run.step(**which, now=clock())
    assert len(causes()) == 2
    warranty_run.give_orders(**orders | {"once": factories.once()})
    warranty_run.work(clock=clock)
    assert len(causes()) == 7
    noted = db.select(AuditLine.detail).where(AuditLine.detail.startswith("run:"))
    assert sorted(each.rsplit(":")[-1] for each in db.session.scalars(noted)) == ["2", "5"]


def test_it_ends_where_the_shop_gives_this_one_no_more(
    shop: AShop, orders: dict[str, Any], clock: Clock
) -> None:
    begun = warranty_run.give_orders(**orders)
    warranty.end_kind(shop_id=shop.id, staff_id=shop.owner_id, kind_id=orders["kind_id"], now=clock())
    warranty_run.work(clock=clock)
    view = runs.one(shop_id=shop.id, run_id=begun.run_id or 0)
    assert view is not None
    assert (view.state, causes()) == ("ended", [])
    with pytest.raises(NoWarranty):
        warranty_run.give_orders(**orders | {"once": factories.once()})


def test_a_line_of_many_pieces_is_cut_up(shop: AShop, jiwoo: ACustomer, orders: dict[str, Any]) -> None:
    _visit, item_id, _product = given.sold(shop, jiwoo, pieces=5)
    own = {key: orders[key] for key in ("shop_id", "staff_id", "kind_id", "once", "now")}
    begun = warranty_run.give_item(**own, customer_id=jiwoo.id, item_id=item_id)
    assert begun.run_id is not None
    assert warranty_run.give_item(**own, customer_id=jiwoo.id, item_id=item_id) == begun
    assert causes() == []
    warranty_run.work(clock=factories.now)
    assert sorted(causes()) == [f"item:{item_id}:{place}" for place in range(1, 6)]
    assert len(told()) == 1
    stranger = factories.a_customer(shop)
    with pytest.raises(NotHere):
        warranty_run.give_item(**own | {"customer_id": stranger.id}, item_id=item_id)
    assert db.session.scalar(db.select(db.func.count(WarrantyRun.id))) == 1
