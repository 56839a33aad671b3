"""Pages for anyone: joining, opting out, entering, health."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("public", __name__)
