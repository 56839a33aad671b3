"""Pictures of warranties: the shop's list and labels, a repair, and the certificate beside the card."""

from __future__ import annotations

from collections.abc import Callable

from app.customers import queries as people
from app.flows.handover import offer_card
from app.shops import queries as shops
from app.warranties import queries as warranties
from bench.stage import Scene, Visitor


def _at(path: str) -> Callable[[Visitor], None]:
    return lambda visitor: visitor.open(path)


def _first_of(path: str, leads: str) -> Callable[[Visitor], None]:
    def play(visitor: Visitor) -> None:
        visitor.open(path)
        visitor.page.locator(f"main .list a[href*='{leads}']").first.click()
        visitor.page.wait_for_url(f"**{leads}*")

    return play


def _warranty(visitor: Visitor) -> None:
    """Who got one last takes the card along into this browser, and looks at the certificate."""
    app = visitor.demo.app
    with app.app_context():
        shop = shops.shop_by_code(visitor.demo.shop_code)
        assert shop is not None
        held = warranties.newest(shop_id=shop.id)[0]
        where = {"shop_id": shop.id, "customer_id": held.customer_id or 0}
        token = offer_card(
            **where,
            browsers=people.browsers_of(**where),
            master=app.config["MASTER_KEY"],
            now=app.config["CLOCK"](),
        )
    visitor.open(f"/s/{visitor.demo.shop_code}/open/{token}")
    visitor.press("카드 열기")
    visitor.page.wait_for_url("**/c/*")
    visitor.open(f"/c/{visitor.demo.shop_code}/warranties/{held.serial}")


SCENES = [
    Scene("warranties", "owner", _at("/owner/warranties")),
    Scene("warranty-labels", "owner", _first_of("/owner/warranties/packages", "/owner/warranties/packages/")),
    Scene("repair", "owner", _first_of("/owner/repairs", "/owner/repairs/")),
    Scene("warranty", "buyer", _warranty),
]
