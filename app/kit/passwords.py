"""Passwords as argon2id hashes (OWASP ASVS 5.0 V11; parameters m=19 MiB, t=2, p=1)."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)

# Compared against when nobody has that login, so that the answer takes the same work (S06).
_NOBODY = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """Return the argon2id hash to store for a password."""
    return _hasher.hash(password)


def password_matches(stored: str | None, password: str) -> bool:
    """Tell whether the password belongs to the stored hash; same work when there is none."""
    try:
        _hasher.verify(stored or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None
