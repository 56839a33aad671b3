"""Random tokens, keyed hashes and derived keys (RFC 5869 HKDF, RFC 2104 HMAC)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

# No I, O, 0, 1: a person reads these aloud over a noisy counter.
SPOKEN_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_SPOKEN_BYTES = bytes(ord(SPOKEN_ALPHABET[byte & 31]) for byte in range(256))


def new_token() -> str:
    """Return an unguessable URL-safe token of 128 bits (22 characters)."""
    return secrets.token_urlsafe(16)


def token_hash(token: str) -> str:
    """Return the SHA-256 of a token, hex; what the database keeps instead of the token."""
    return hashlib.sha256(token.encode()).hexdigest()


def random_code(length: int) -> str:
    """Return `length` random characters that can be read aloud (5 bits each)."""
    return secrets.token_bytes(length).translate(_SPOKEN_BYTES).decode("ascii")


def derive_key(master: bytes, *parts: str) -> bytes:
    """Derive a 32-byte key from the master for one named purpose (HKDF-SHA256)."""
    info = "\x1f".join(parts).encode()
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info).derive(master)


def keyed_hash(master: bytes, purpose: str, value: str) -> str:
    """Return a hex HMAC that finds `value` again without storing it (numbers after deletion)."""
    return hmac.new(derive_key(master, purpose), value.encode(), hashlib.sha256).hexdigest()


def hasher(master: bytes, purpose: str) -> Callable[[str], str]:
    """Return keyed_hash for one purpose, its key derived once: for many values."""
    key = derive_key(master, purpose)
    return lambda value: hmac.digest(key, value.encode(), "sha256").hex()


def spoken_mac(key: bytes, message: str, characters: int = 10) -> str:
    """Return the first `5 × characters` bits of HMAC-SHA256 in the spoken alphabet."""
    digest = hmac.new(key, message.encode(), hashlib.sha256).digest()
    bits = int.from_bytes(digest, "big") >> (256 - 5 * characters)
    return "".join(SPOKEN_ALPHABET[(bits >> (5 * i)) & 31] for i in reversed(range(characters)))


def same(a: str, b: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(a.encode(), b.encode())
