"""What somebody buys at an hour of the day."""

from __future__ import annotations

from random import Random

from app.flows.demo.description import Description, MenuItem


def usual_order(rng: Random, shop: Description, rush: int) -> MenuItem:
    """Return what somebody of this rush keeps coming for."""
    return rng.choices(shop.menu, [0 if item.is_extra else item.weights[rush] for item in shop.menu])[0]


def bought(rng: Random, shop: Description, *, rush: int, usual: MenuItem, party: int) -> dict[str, int]:
    """Return pieces by name: what each of the party takes, now and then something extra."""
    pieces: dict[str, int] = {}
    taken = party * (rng.choices(range(1, len(shop.basket) + 1), shop.basket)[0])
    for number in range(taken):
        item = usual if number == 0 and rng.random() < 0.72 else usual_order(rng, shop, rush)
        pieces[item.name] = pieces.get(item.name, 0) + 1
    if rng.random() < shop.extra_share:
        extras = [item.weights[rush] if item.is_extra else 0 for item in shop.menu]
        extra = rng.choices(shop.menu, extras)[0]
        pieces[extra.name] = pieces.get(extra.name, 0) + 1
    return pieces
