"""How a door answers: a page, a fragment, see-other, or the same form with what was wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, make_response, redirect, render_template, request


def fragment(template: str, block: str, **context: Any) -> str:
    """Render one named block of a page's own template (H4)."""
    app = current_app
    app.update_template_context(context)
    page = app.jinja_env.get_template(template)
    return "".join(page.blocks[block](page.new_context(context)))


def wants_fragment() -> bool:
    """Tell whether a POST came from htmx. Only POST answers branch on it (H1, H2)."""
    return request.method == "POST" and request.headers.get("HX-Request") == "true"


def asked_for_piece() -> bool:
    """Tell whether any request came from htmx. Only a closed door asks (guards.py): a page must not become
    a piece of another page."""
    return request.headers.get("HX-Request") == "true"


def page_around() -> str:
    """Return the path of the page that asked for a piece, or "" when it does not say."""
    parts = urlsplit(request.headers.get("HX-Current-URL", ""))
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def see_other(url: str) -> Response:
    """Answer a successful POST: 303, or HX-Redirect for htmx."""
    if wants_fragment():
        answer = make_response("", 200)
        answer.headers["HX-Redirect"] = url
        return answer
    return make_response(redirect(url, code=303))


def in_order(wrong: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """Return what is wrong in the order the fields stand on the page: the summary is read from the top."""
    shown = {name: wrong[name] for name in names if name in wrong}
    return {**shown, **wrong}


def invalid(template: str, block: str = "main", *, status: int = 422, **context: Any) -> tuple[str, int]:
    """Answer a form that can't be accepted: the page filled with what was typed, or its block."""
    if wants_fragment():
        return fragment(template, block, **context), status
    return render_template(template, **context), status
