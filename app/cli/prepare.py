"""`flask prepare`: everything the database needs before the web and the worker start, in one process."""

from __future__ import annotations

import contextlib
import sys

import click
import flask_migrate
from flask import current_app
from flask.cli import with_appcontext

from app.cli.links import links
from app.shops import queries as shops


@click.command("prepare")
@click.option("--base", default=None, help="scheme://host[:port] in front of the printed links.")
@click.pass_context
@with_appcontext
def prepare(context: click.Context, base: str | None) -> None:
    """Migrate, fill an empty installation with the demo shops (unless DEMO=0) and print the links.

    Only the links go to standard output; progress goes to standard error.
    """
    with contextlib.redirect_stdout(sys.stderr):
        flask_migrate.upgrade()
        if current_app.config["DANGOL"].demo and shops.first_shop() is None:
            demo_shop = current_app.cli.commands["demo-shop"]
            context.invoke(demo_shop)
    context.invoke(links, base=base)
