"""The audiences and their pages. A page is a module in its audience's folder; nothing else lists it."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

from flask import Flask

from app.web import api, customer, owner, public
from app.web.doors import door_of

# A page of reviews asks for a hundred pictures, and each has an address of 128 bits that nobody guesses.
PHOTOS = (
    "public.photo",
    "public.small_photo",
    "public.picked_photo",
    "public.picked_photos",
    "public.add_photos",
)
# Each is drawn where nobody asked for it lately: a twentieth of a second of a processor for who asks for all of them.
DRAWN = (
    "public.shop_picture",
    "public.notice_picture",
    "public.event_picture",
    "public.story_picture",
    "public.shop_review_picture",
)
# Thousands of messages to one shop's customers are as many reports, and each hook is 128 bits nobody guesses.
HOOKS = ("public.provider_hook",)
# The question at a counter: a queue of people on the shop's own Wi-Fi is one address, and its word is 128 bits.
TAPPED = "public.tasting"
_AUDIENCES: tuple[ModuleType, ...] = (public, customer, owner, api)


def register(app: Flask) -> None:
    """Import every page module of every audience and register the audience's blueprint (`blueprint.bp`)."""
    for audience in _AUDIENCES:
        for module in pkgutil.iter_modules(audience.__path__):
            importlib.import_module(f"{audience.__name__}.{module.name}")
        app.register_blueprint(importlib.import_module(f"{audience.__name__}.blueprint").bp)


def guessable(app: Flask) -> list[str]:
    """Return the endpoints open to anyone whose address or form carries something worth guessing (S06, S14)."""
    return [
        endpoint
        for endpoint in app.view_functions
        if (declared := door_of(app, endpoint)) is not None
        and declared.role == "anyone"
        and (declared.tenant in ("code", "token") or declared.audience == "owner")
    ]


def without_csrf(app: Flask) -> list[str]:
    """Return the endpoints whose doors ask for another proof than the form's token."""
    return [
        endpoint
        for endpoint in app.view_functions
        if (declared := door_of(app, endpoint)) is not None and not declared.csrf
    ]
