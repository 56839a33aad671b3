"""`flask audit verify`: recompute the chain of every shop's record of changes (S04)."""

from __future__ import annotations

import sys

import click
from flask.cli import with_appcontext

from app.shops import history
from app.shops import queries as shops


@click.group("audit")
def audit() -> None:
    """The shops' records of changes."""


@audit.command("verify")
@with_appcontext
def verify() -> None:
    """Check every shop's record; exit 1 naming the first line that was changed, taken out or put in."""
    broken = False
    for shop_id in shops.shop_ids():
        found = history.chain(shop_id)
        if found.broken_at is None:
            # Who keeps this line elsewhere also notices when the newest lines were cut off.
            click.echo(f"shop {shop_id}: {found.whole} lines, whole, ends in {found.last_hash[:16] or '-'}")
        else:
            broken = True
            click.echo(f"shop {shop_id}: line {found.broken_at} is not what was written", err=True)
    sys.exit(1 if broken else 0)
