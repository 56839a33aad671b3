"""What somebody orders at an hour of the day."""

from __future__ import annotations

from random import Random

from app.flows.demo.words import MENU, MenuItem


def usual_drink(rng: Random, rush: int) -> MenuItem:
    """Return the drink that somebody of this rush keeps coming for."""
    return rng.choices(MENU, [item.weights[rush] if item.is_drink else 0 for item in MENU])[0]


def bought(rng: Random, *, rush: int, usual: MenuItem, party: int) -> dict[str, int]:
    """Return pieces by name: a drink for each of the party, now and then something sweet."""
    pieces: dict[str, int] = {}
    for number in range(party):
        item = usual if number == 0 and rng.random() < 0.72 else usual_drink(rng, rush)
        pieces[item.name] = pieces.get(item.name, 0) + 1
    if rng.random() < 0.24:
        sweets = [0 if item.is_drink else item.weights[rush] for item in MENU]
        sweet = rng.choices(MENU, sweets)[0]
        pieces[sweet.name] = pieces.get(sweet.name, 0) + 1
    return pieces
