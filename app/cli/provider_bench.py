"""`flask provider-bench`: a text company to practise with. See docs/decisions/provider-bench.md."""

from __future__ import annotations

import sys

import click
from flask import current_app
from flask.cli import with_appcontext


@click.command("provider-bench")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where it listens.")
@click.option("--port", default=8090, show_default=True, type=click.IntRange(1, 65535))
@with_appcontext
def provider_bench(host: str, port: int) -> None:
    """Serve SOLAPI and NHN Cloud for this machine: real calls, real reports, no real phone."""
    # Only here: no web process and no worker carries a text company in its memory.
    from launch.provider_bench import start

    folder = current_app.config["DANGOL"].data_dir / "provider-bench"
    try:
        server = start.opened(folder, host=host, port=port)
    except OSError as error:
        click.echo(f"Port {port} can't be used: {error.strerror}. Name another one: --port 8091", err=True)
        sys.exit(1)
    click.echo(start.said(server))
    try:
        server.serve_with_post()
    except KeyboardInterrupt:
        click.echo()
