"""Pages of the person who holds a card."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("customer", __name__)
