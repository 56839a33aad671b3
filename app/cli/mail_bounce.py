"""`flask mail-bounce < message`: a mail server's pipe for what comes back to MAIL_FROM (docs/operators.md)."""

from __future__ import annotations

import os
import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from app.flows import bounce
from app.kit.bounces import MOST_BYTES


@click.command("mail-bounce")
@with_appcontext
def mail_bounce() -> None:
    """Read one mail from standard input. Exits 0 whatever it is; 75 (try again) while the database is away."""
    raw = sys.stdin.buffer.read(MOST_BYTES + 1)
    config = current_app.config
    try:
        changed = bounce.take(raw, mail_from=config["WIRE"].mail_from, now=config["CLOCK"]())
    except (
        Exception
    ) as fault:  # the mail server keeps it and comes again; its words must not reach a bounce of ours
        click.echo(f"not now: {type(fault).__name__}", err=True)
        sys.exit(os.EX_TEMPFAIL)
    click.echo(f"{changed} message(s) came back")
