"""`flask links`: the addresses an operator opens first, one aligned line each."""

from __future__ import annotations

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
    for name, path in first_links():
        click.echo(f"{name:<10}{base or current_app.config['BASE_URL']}{path}")


def first_links() -> list[tuple[str, str]]:
    """Mint the links of the first shop, or the set-up link when there is none; [(who, path)]."""
    now = current_app.config["CLOCK"]()
    shop = shops.first_shop()
    if shop is None:
        token = access.mint_link(kind="setup", shop_id=None, staff_id=None, lifetime_s=LIFETIME_S, now=now)
        return [("setup", f"/setup/{token}")]
    owner = shops.owner_of(shop.id)
    token = access.mint_link(kind="owner", shop_id=shop.id, staff_id=owner, lifetime_s=LIFETIME_S, now=now)
    found = [("owner", f"/owner/enter/{token}"), ("customer", f"/s/{shop.code}")]
    if shop.is_demo:
        token = access.mint_link(kind="phone", shop_id=shop.id, staff_id=None, lifetime_s=LIFETIME_S, now=now)
        found.append(("phone", f"/demo/phone/{token}"))
    return found
