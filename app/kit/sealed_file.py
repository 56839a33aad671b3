"""Files whose contents only this installation can read (AES-256-GCM, NIST SP 800-38D), piece by piece.

A piece is sealed with its place in the file: none can be left out before another, moved, or put into another file.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.kit.sealing import Unreadable
from app.kit.signing import derive_key

_NONCE_BYTES, _LENGTH_BYTES = 12, 4
_MOST = 64 * 1024 * 1024
_CHUNK = 1024 * 1024


def write(path: Path, master: bytes, pieces: Iterable[bytes], *, bound_to: str) -> int:
    """Seal pieces one after the other into a new file; returns how many. `bound_to`: whose file it is."""
    box, number = AESGCM(derive_key(master, "sealed-file")), 0
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
        for piece in pieces:
            nonce = os.urandom(_NONCE_BYTES)
            sealed = nonce + box.encrypt(nonce, piece, f"{bound_to}:{file.tell()}".encode())
            file.write(len(sealed).to_bytes(_LENGTH_BYTES, "big") + sealed)
            number += 1
    return number


def append(path: Path, master: bytes, piece: bytes, *, place: int, bound_to: str) -> int:
    """Seal a further piece into a file at a place, 0 in a new one; returns where the next one begins.

    What lies beyond the place was written by somebody who was killed before they could say so: it is cut off.
    Raises FileNotFoundError when there should be a file by now.
    """
    flags = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | (0 if place else os.O_CREAT)
    nonce = os.urandom(_NONCE_BYTES)
    box = AESGCM(derive_key(master, "sealed-file"))
    sealed = nonce + box.encrypt(nonce, piece, f"{bound_to}:{place}".encode())
    with open(os.open(path, flags, 0o600), "r+b") as file:
        file.truncate(place)
        file.seek(place)
        file.write(len(sealed).to_bytes(_LENGTH_BYTES, "big") + sealed)
        return file.tell()


def read_at(file: BinaryIO, master: bytes, place: int, *, bound_to: str) -> tuple[bytes, int] | None:
    """Return the piece that begins at a place, and where the next one begins; None at the end. Raises Unreadable."""
    file.seek(place)
    head = file.read(_LENGTH_BYTES)
    if not head:
        return None
    length = int.from_bytes(head, "big")
    sealed = file.read(length) if length <= _MOST else b""
    if len(sealed) < max(length, _NONCE_BYTES):
        raise Unreadable
    try:
        box = AESGCM(derive_key(master, "sealed-file"))
        piece = box.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], f"{bound_to}:{place}".encode())
    except InvalidTag as fault:
        raise Unreadable from fault
    return piece, place + _LENGTH_BYTES + length


def pieces_of(file: BinaryIO, master: bytes, *, bound_to: str) -> Iterator[bytes]:
    """Yield all pieces of a file. Raises Unreadable."""
    place = 0
    while (found := read_at(file, master, place, bound_to=bound_to)) is not None:
        piece, place = found
        yield piece


def in_chunks(source: BinaryIO) -> Iterator[bytes]:
    """Yield a stream's bytes a megabyte at a time."""
    while chunk := source.read(_CHUNK):
        yield chunk
