"""The secrets of one deployment: made once, kept in the data folder, readable by their owner only."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from config import SECRET_FILES, Config
from launch.refusal import CannotRun


def make_missing(config: Config) -> None:
    """Create the keys and the web push pair that are not there yet (folder 0700, files 0600).

    Raises CannotRun when a database exists without its keys: new ones would make every card code,
    session and suppressed number unreadable.
    """
    folder = config.secrets_dir
    absent = [name for name in SECRET_FILES.values() if not (folder / name).exists()]
    if absent and (config.data_dir / "dangol.db").exists():
        raise CannotRun(
            f"{config.data_dir / 'dangol.db'} is there but its keys ({', '.join(absent)}) are missing in {folder}. "
            "Restore them from the backup of that database."
        )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    for name in absent:
        write_private(folder / name, secrets.token_hex(32).encode())
    if not (config.vapid_private_file.exists() and config.vapid_public_file.exists()):
        private, public = _vapid_pair()
        write_private(config.vapid_private_file, private)
        write_private(config.vapid_public_file, public)


def write_private(path: Path, content: bytes) -> None:
    """Write a 0600 file whole or not at all."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


def _vapid_pair() -> tuple[bytes, bytes]:
    """Return a P-256 private key (PEM, PKCS 8) and its public point in base64url (RFC 8292 section 3.2)."""
    # Imported here: only the first start needs it, and every later one should stay small and quick.
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    point = key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return private, base64.urlsafe_b64encode(point).rstrip(b"=")
