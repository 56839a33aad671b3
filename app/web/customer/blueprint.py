"""Pages of the person who holds a card."""

from __future__ import annotations

from flask import Blueprint, Response

from app.web.saved_card import name_person

bp = Blueprint("customer", __name__)


@bp.after_request
def whose(answer: Response) -> Response:
    """Name the person of every page, so that the saved card is dropped when somebody else comes (S23)."""
    return name_person(answer)
