"""Where providers tell what became of messages: an address of its own for each shop's account."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from app.flows import reports
from app.web.doors import door, now
from app.web.public.blueprint import bp


@door(bp, "/hooks/<provider>/<hook>", methods=("POST",), audience="hooks", csrf=False)
def provider_hook(provider: str, hook: str) -> ResponseReturnValue:
    """Take reports in. Whoever does not prove to be the provider finds nothing here."""
    reports.receive(
        provider=provider, hook=hook, headers=dict(request.headers), body=request.get_data(), now=now()
    )
    return "", 200
