"""`flask doctor`: does every card follow from its lines, every sum from its visits, and is every record of changes whole?"""

from __future__ import annotations

import sys

import click
from flask.cli import with_appcontext

from app.cards import drift
from app.insights import drift as sums
from app.shops import history
from app.shops import queries as shops


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Read every shop's books; exit 1 naming each difference. Nothing is changed."""
    drifted = False
    for shop_id in shops.shop_ids():
        said = [
            f"card {drift.card_id}: {drift.what}: {drift.detail}" for drift in drift.drifts(shop_id=shop_id)
        ]
        said += sums.drifts(shop_id=shop_id)
        broken_at = history.chain(shop_id).broken_at
        if broken_at is not None:
            said.append(f"record of changes: line {broken_at} is not what was written")
        for line in said:
            click.echo(f"shop {shop_id}: {line}", err=True)
        if not said:
            click.echo(f"shop {shop_id}: whole")
        drifted = drifted or bool(said)
    sys.exit(1 if drifted else 0)
