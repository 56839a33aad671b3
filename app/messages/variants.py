"""두 가지 글 비교: which of two texts a person gets. Pure.

The same person always gets the same one of a comparison, and whoever gets one of two texts is no more likely to
get the first of the next comparison.
"""

from __future__ import annotations

from app.kit.signing import keyed_hash

A, B = "a", "b"


def variant(master: bytes, *, shop_id: int, customer_id: int, what: str) -> str:
    """Return "a" or "b" for a person; `what` is compared: a kind ("thank_you") or a cause ("campaign:12")."""
    return A if int(keyed_hash(master, f"variant:{shop_id}:{what}", str(customer_id)), 16) % 2 == 0 else B
