"""`flask demo-shop`: open the demo shops 달빛커피 and 정순네 반찬 with their people and all that happened."""

from __future__ import annotations

import sys
from datetime import datetime

import click
from flask import current_app
from flask.cli import with_appcontext

from app.flows import months
from app.flows.demo import opening
from app.flows.demo.description import Description
from app.shops import queries as shops


@click.command("demo-shop")
@click.option(
    "--anchor",
    type=click.DateTime(["%Y-%m-%d"]),
    default=None,
    help="The Korean day the demo stands at, 15:10; the same day gives the same rows. Now by default.",
)
@with_appcontext
def demo_shop(anchor: datetime | None) -> None:
    """Open the demo shops; refuses when they are all there already."""
    now = current_app.config["CLOCK"]() if anchor is None else opening.present_of(anchor.date())
    opened = [_open(shop, now) for shop in opening.SHOPS]
    if not any(opened):
        click.echo("The demo shops are there already; nothing was changed.", err=True)
        sys.exit(1)
    for shop_id in shops.shop_ids():
        months.see_to(shop_id=shop_id, now=now)


def _open(shop: Description, now: datetime) -> bool:
    try:
        opened = opening.open_demo_shop(
            shop, master=current_app.config["MASTER_KEY"], base_url=current_app.config["BASE_URL"], now=now
        )
    except opening.ShopExists:
        return False
    click.echo(f"Demo shop {shop.name}: {opened.people} customers, {opened.rows['visits']:,} visits.")
    return True
