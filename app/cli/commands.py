"""The list of terminal commands; each lives in a file of its own."""

from __future__ import annotations

from flask import Flask

from app.cli.audit import audit
from app.cli.demo_shop import demo_shop
from app.cli.doctor import doctor
from app.cli.links import links
from app.cli.mail_bounce import mail_bounce
from app.cli.prepare import prepare
from app.cli.provider_bench import provider_bench

COMMANDS = (audit, demo_shop, doctor, links, mail_bounce, prepare, provider_bench)


def register(app: Flask) -> None:
    """Make every command known as `flask <name>`."""
    for command in COMMANDS:
        app.cli.add_command(command)
