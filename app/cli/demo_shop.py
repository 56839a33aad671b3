"""`flask demo-shop`: open the demo shop 달빛커피 with its people and their 18 months."""

from __future__ import annotations

import sys
from datetime import datetime

import click
from flask import current_app
from flask.cli import with_appcontext

from app.flows.demo import opening


@click.command("demo-shop")
@click.option(
    "--anchor",
    type=click.DateTime(["%Y-%m-%d"]),
    default=None,
    help="The Korean day the demo stands at, 15:10; the same day gives the same rows. Now by default.",
)
@with_appcontext
def demo_shop(anchor: datetime | None) -> None:
    """Open the demo shop; refuses when it is there already."""
    now = current_app.config["CLOCK"]() if anchor is None else opening.present_of(anchor.date())
    try:
        opened = opening.open_demo_shop(
            master=current_app.config["MASTER_KEY"], base_url=current_app.config["BASE_URL"], now=now
        )
    except opening.ShopExists:
        click.echo("The demo shop is there already; nothing was changed.", err=True)
        sys.exit(1)
    click.echo(f"Demo shop 달빛커피: {opened.people} customers, {opened.rows['visits']:,} visits.")
