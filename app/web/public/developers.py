"""The page that an owner sends to the company of their till: how to connect, with calls that can be copied."""

from __future__ import annotations

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from app.web.doors import door
from app.web.public.blueprint import bp


@door(bp, "/developers", audience="public")
def developers() -> ResponseReturnValue:
    """Show how a program connects; nothing of any shop is on it."""
    return render_template("public/developers.html", base=current_app.config["BASE_URL"] + "/api/v1")
