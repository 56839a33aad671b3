"""Who is left out on purpose, to see what a message brings: one in ten, always the same ones. Pure."""

from __future__ import annotations

from app.kit.signing import keyed_hash

PERCENT = 10


def is_held_out(master: bytes, *, shop_id: int, customer_id: int, what: str) -> bool:
    """Tell whether a person gets none of `what`: a kind ("thank_you") or a cause ("campaign:12")."""
    return int(keyed_hash(master, f"holdout:{shop_id}:{what}", str(customer_id)), 16) % 100 < PERCENT
