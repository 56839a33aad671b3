"""Whether the database and the Redis of the settings answer, asked before anything is started."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import urlsplit

from config import Config

# Each client is imported only when its setting is used: the supervisor stays small with the defaults.
CONNECT_SECONDS = 5


def complaints(config: Config) -> list[str]:
    """Return one sentence for each service that is named and does not answer; passwords are never repeated."""
    found = []
    if config.database_url.startswith("sqlite"):
        found += _sqlite(Path(config.database_url.removeprefix("sqlite:///")))
    else:
        found += _postgres(config.database_url)
    if config.redis_url:
        found += _redis(config.redis_url)
    return found


def _sqlite(file: Path) -> list[str]:
    if not file.exists():
        return []
    try:
        connection = sqlite3.connect(f"file:{file}?mode=rw", uri=True, timeout=CONNECT_SECONDS)
        try:
            connection.execute("PRAGMA schema_version").fetchone()
        finally:
            connection.close()
    except sqlite3.Error as reason:
        return [f"The database {file} cannot be opened: {reason}. Restore it from a backup."]
    return []


def _postgres(url: str) -> list[str]:
    import psycopg

    where = urlsplit(url).hostname or "its socket"
    try:
        address = url.replace("postgresql+psycopg://", "postgresql://", 1)
        with psycopg.connect(address, connect_timeout=CONNECT_SECONDS) as connection:
            version = connection.info.server_version
    except psycopg.Error as reason:
        # One line of several; libpq puts the reason behind the last colon-separated place.
        said = str(reason).strip().splitlines()
        return [
            f"DATABASE_URL: PostgreSQL on {where} does not let us in ({said[0] if said else 'no reason given'})."
        ]
    if version < 150000:
        return [f"DATABASE_URL: PostgreSQL 15 or newer is needed, {where} runs {version // 10000}."]
    return []


def _redis(url: str) -> list[str]:
    import redis

    where = urlsplit(url).hostname or urlsplit(url).path
    try:
        with redis.Redis.from_url(
            url, socket_connect_timeout=CONNECT_SECONDS, socket_timeout=CONNECT_SECONDS
        ) as client:
            client.ping()
    except (redis.RedisError, ValueError) as reason:
        return [f"REDIS_URL: Redis on {where} does not answer ({str(reason).splitlines()[0]})."]
    return []
