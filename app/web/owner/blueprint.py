"""Pages of the people who work in the shop."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("owner", __name__)
