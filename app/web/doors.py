"""Every route says who it is for. A route that does not is refused when the application is built."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from flask import Blueprint, Flask, current_app

View = TypeVar("View", bound=Callable[..., Any])

AUDIENCES = ("public", "customer", "owner", "hooks", "api")
ROLES = ("anyone", "holder", "staff", "manager", "owner")
TENANTS = ("none", "code", "session", "token", "kiosk", "key")
DEVICES = ("any", "own", "idle")


@dataclass(frozen=True)
class Door:
    """Who may come through: audience (whose pages), least role, where the shop comes from, and how much at once."""

    audience: str
    role: str
    tenant: str
    csrf: bool = True
    max_bytes: int | None = None
    sudo: bool = False
    device: str = "any"
    look_first: Callable[..., Any] | None = None


def door(
    blueprint: Blueprint,
    rule: str,
    *,
    methods: Iterable[str] = ("GET",),
    audience: str,
    role: str = "anyone",
    tenant: str = "none",
    csrf: bool = True,
    max_bytes: int | None = None,
    sudo: bool = False,
    device: str = "any",
    look_first: Callable[..., Any] | None = None,
) -> Callable[[View], View]:
    """Declare a view's route together with its lock.

    tenant: "none" no shop · "code" the shop's code in the URL · "session" the signed-in staff's shop ·
    "token" a one-time token names it · "kiosk" the customers' tablet that asks · "key" another program's key names it. csrf=False only where something else proves who asks: a machine's secret, the token of
    an opt-out (blocked cookies must not keep anybody from refusing ads). max_bytes: how large a form with
    files may be when its token names an ask or its browser holds a card, where the application's MAX_CONTENT_LENGTH is too little. sudo=True:
    a POST asks who this is once more, unless that was proved a few minutes ago; looking does not. look_first(**the
    URL's values): what is wrong with the typed form, as an answer, before anybody is asked who they are; None when
    it is well. It only looks. device: "any" · "own" not on a
    device that several people share · "idle" also on a shared one at which nobody stands.
    """
    if audience not in AUDIENCES or role not in ROLES or tenant not in TENANTS or device not in DEVICES:
        raise ValueError(f"unknown door: {audience} {role} {tenant} {device}")
    if (sudo or device != "any") and role not in ("staff", "manager", "owner"):
        raise ValueError(f"only who signed in can prove it again: {rule}")

    def declare(view: View) -> View:
        view.door = Door(audience, role, tenant, csrf, max_bytes, sudo, device, look_first)  # type: ignore[attr-defined]
        blueprint.add_url_rule(rule, endpoint=view.__name__, view_func=view, methods=list(methods))
        return view

    return declare


def door_of(app: Flask, endpoint: str) -> Door | None:
    """Return the declaration of an endpoint, or None when it has none."""
    return getattr(app.view_functions.get(endpoint), "door", None)


def check_doors(app: Flask) -> None:
    """Raise RuntimeError naming every route that declares no audience, role and tenant."""
    open_doors = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and door_of(app, rule.endpoint) is None
    ]
    if open_doors:
        raise RuntimeError(f"routes without a declared door: {', '.join(sorted(open_doors))}")


def now() -> datetime:
    """Return the time of this request's clock (a fixed one in tests), aware UTC."""
    moment: datetime = current_app.config["CLOCK"]()
    return moment
