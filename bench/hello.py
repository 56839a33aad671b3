"""The yardstick: one bare Flask route, served by the same gunicorn with the same settings."""

from __future__ import annotations

from flask import Flask

app = Flask("hello")


@app.get("/")
def hello() -> str:
    """Answer five letters."""
    return "hello"
