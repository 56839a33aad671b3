"""What tests of warranties share: a shop that gives them, a certificate, a sheet for packages, a repair."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.flows import repair, warranty, warranty_move, warranty_package
from app.flows.unit import write
from app.kit.clock import kst_day
from app.visits.models import Product, Visit, VisitItem
from app.warranties import hands
from app.warranties.models import Warranty
from tests import factories
from tests.factories import ACustomer, AShop


def giving(shop: AShop, *, notice_days: str = "30") -> None:
    """Let the shop give warranties."""
    warranty.switch(
        shop_id=shop.id, staff_id=shop.owner_id, is_on=True, notice_days=notice_days, now=factories.now()
    )


def a_kind(
    shop: AShop, *, name: str = "원목 의자", months: str = "12", product: str = "", **said: str
) -> int:
    """Promise something in a shop that gives warranties."""
    giving(shop)
    told = {
        "name": name,
        "months": months,
        "product": product,
        "covers": "다리는 고쳐 드려요",
        "care": "",
        **said,
    }
    return warranty.make_kind(
        shop_id=shop.id, staff_id=shop.owner_id, said=told, once=factories.once(), now=factories.now()
    )


def issued(shop: AShop, holder: ACustomer, kind_id: int, **changes: Any) -> str:
    """Give somebody a certificate at the till; returns its serial."""
    settings: dict[str, Any] = {
        "shop_id": shop.id,
        "staff_id": shop.owner_id,
        "customer_id": holder.id,
        "kind_id": kind_id,
        "bought_on": kst_day(factories.now()).isoformat(),
        "channel": "shop",
        "price": "250,000",
        "once": factories.once(),
        "now": factories.now(),
    }
    return warranty.issue(**settings | changes)


def sold(
    shop: AShop, holder: ACustomer, *, pieces: int = 1, import_id: int | None = None, channel: str = "shop"
) -> tuple[int, int, int]:
    """Write a purchase down as rows; returns (visit, item, product)."""
    with write() as session:  # the lock before the first read: the running product writes beside us
        product = session.scalar(select(Product).where(Product.shop_id == shop.id, Product.name == "의자"))
        if product is None:
            product = Product(shop_id=shop.id, name="의자", price=250_000)
            session.add(product)
            session.flush()
        visit = Visit(
            shop_id=shop.id,
            customer_id=holder.id,
            at=factories.now(),
            amount=250_000 * pieces,
            channel=channel,
            import_id=import_id,
        )
        session.add(visit)
        session.flush()
        item = VisitItem(
            shop_id=shop.id, visit_id=visit.id, product_id=product.id, quantity=pieces, price=250_000
        )
        session.add(item)
        session.flush()
        return visit.id, item.id, product.id


def a_secret(shop: AShop, kind_id: int, *, pieces: str = "1") -> str:
    """Make a sheet for packages; returns what its first code holds."""
    sheet_id = warranty_package.make_sheet(
        shop_id=shop.id,
        staff_id=shop.owner_id,
        kind_id=kind_id,
        pieces=pieces,
        once=factories.once(),
        master=factories.master(),
        now=factories.now(),
    )
    return warranty_package.secret_on(factories.master(), shop_id=shop.id, sheet_id=sheet_id, place=1)


def claimed(shop: AShop, secret: str, browser: str) -> warranty_package.Claimed:
    """Claim a package's certificate with a browser."""
    return warranty_package.claim(
        shop_id=shop.id, secret=secret, browser_token=browser, user_agent="test", now=factories.now()
    )


def offered(shop: AShop, holder: ACustomer, serial: str) -> str:
    """Let a holder make the link; returns what it holds."""
    warranty_move.offer(
        shop_id=shop.id, customer_id=holder.id, serial=serial, master=factories.master(), now=factories.now()
    )
    warranty_id = row(serial).id
    found = hands.open_offer(shop_id=shop.id, warranty_id=warranty_id, now=factories.now())
    assert found is not None
    return warranty_move.token_on(
        factories.master(), shop_id=shop.id, warranty_id=warranty_id, place=found[0]
    )


def taken(shop: AShop, token: str, browser: str) -> warranty_move.Taken:
    """Take what a link offers with a browser."""
    return warranty_move.take(
        shop_id=shop.id, token=token, browser_token=browser, user_agent="test", now=factories.now()
    )


def asked(shop: AShop, holder: ACustomer, serial: str, **changes: Any) -> int:
    """Ask for a repair; returns the thread."""
    settings: dict[str, Any] = {
        "shop_id": shop.id,
        "customer_id": holder.id,
        "serial": serial,
        "text": "왼쪽 다리가 흔들려요",
        "once": factories.once(),
        "now": factories.now(),
    }
    return repair.ask(**settings | changes)


def row(serial: str) -> Warranty:
    """Return a certificate's row as it is now."""
    db.session.rollback()
    return db.session.scalars(select(Warranty).where(Warranty.serial == serial)).one()
