"""Walking over every route of the product, as the table of doors lists them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask

from app.web.doors import Door, door_of
from tests.security.full_shop import FullShop


@dataclass(frozen=True)
class Route:
    """One rule and method with its door."""

    rule: str
    method: str
    door: Door
    arguments: frozenset[str]

    def path(self, **values: object) -> str:
        """Return the address with its arguments filled in."""
        path = self.rule
        for name in self.arguments:
            value = str(values[name])
            for written in (f"<int:{name}>", f"<path:{name}>", f"<{name}>"):
                path = path.replace(written, value)
        return path


def routes(app: Flask, *methods: str) -> Iterator[Route]:
    """Yield every route that answers one of the methods, in a fixed order."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        declared = door_of(app, rule.endpoint)
        assert declared is not None
        for method in sorted((rule.methods or set()) & set(methods)):
            yield Route(rule.rule, method, declared, frozenset(rule.arguments))


def values_for(shop: FullShop, *, kind: str = "thank_you") -> dict[str, object]:
    """Return what fills an address with one shop's things."""
    return {
        **shop.ids,
        "code": shop.shop.code,
        "kind": kind,
        "provider": "solapi",
        "hook": "hook-of-nobody",
        "token": shop.opt_out,
        "digest": "0" * 12,
        "name": "app.css",
        "sheet": "poster",
        "part": "visits",
        "why": "no_phone",
        "key": f"own:{shop.ids['group_id']}",
        "move": "faded",
        "batch": "A" * 16,
        "ref": "A" * 22,
        "form": "voice",
        "once": "A" * 22,
        "browser_id": 1,
        "device_id": 1,
        "session_id": 1,
    }


def fields_for(shop: FullShop, once: str) -> dict[str, str]:
    """Return form fields that name one shop's things, for any form of the owner's side."""
    ids = {name: str(value) for name, value in shop.ids.items()}
    return {
        **ids,
        "once": once,
        "code": shop.code,
        "card": ids["card_id"],
        "message": ids["message_id"],
        "customer": ids["customer_id"],
        "reward": ids["reward_id"],
        "staff": ids["staff_id"],
        "shop_id": str(shop.shop.id),
        "q": "9999",
        "look": ids["customer_id"],
        "how": "scan",
        "text": "고마워요 {이름} 님",
        "kind": "ads",
        "from": "people",
    }
