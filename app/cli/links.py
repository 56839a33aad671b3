"""`flask links`: the addresses an operator opens first, one aligned line each; a second demo shop's come last."""

from __future__ import annotations

from datetime import datetime

import click
from flask import current_app
from flask.cli import with_appcontext

from app.flows import access
from app.shops import queries as shops

LIFETIME_S = 12 * 3600  # a link on a terminal is read today


@click.command("links")
@click.option(
    "--base", default=None, help="scheme://host[:port] in front of the links; PUBLIC_URL by default."
)
@with_appcontext
def links(base: str | None) -> None:
    """Print fresh one-time links for the owner and the demo phone, and the customer's join link."""
    for name, path in first_links() + second_links():
        click.echo(f"{name:<10}{base or current_app.config['BASE_URL']}{path}")


def first_links() -> list[tuple[str, str]]:
    """Mint the links of the first shop, or the set-up link when there is none; [(who, path)]."""
    now = current_app.config["CLOCK"]()
    shop = shops.first_shop()
    if shop is None:
        token = access.mint_link(kind="setup", shop_id=None, staff_id=None, lifetime_s=LIFETIME_S, now=now)
        return [("setup", f"/setup/{token}")]
    found = [("owner", _owner_path(shop.id, now)), ("customer", f"/s/{shop.code}")]
    if shop.is_demo:
        token = access.mint_link(kind="phone", shop_id=shop.id, staff_id=None, lifetime_s=LIFETIME_S, now=now)
        found.append(("phone", f"/demo/phone/{token}"))
    return found


def second_links() -> list[tuple[str, str]]:
    """Mint the links of the second shop of a demo installation; none in any other."""
    now = current_app.config["CLOCK"]()
    found = shops.demo_shops()
    if len(found) < 2:
        return []
    return [("2nd owner", _owner_path(found[1].id, now)), ("2nd join", f"/s/{found[1].code}")]


def _owner_path(shop_id: int, now: datetime) -> str:
    owner = shops.owner_of(shop_id)
    token = access.mint_link(kind="owner", shop_id=shop_id, staff_id=owner, lifetime_s=LIFETIME_S, now=now)
    return f"/owner/enter/{token}"
