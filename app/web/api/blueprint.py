"""The programs' room: tills and malls that speak for a shop by its key. No pages, no cookies."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("api", __name__)
