"""Whether a Redis answers, without keeping a connection."""

from __future__ import annotations

import redis


def answers(url: str, timeout_s: float = 1.0) -> bool:
    """Tell whether the Redis (or Valkey) at `url` answers PING within the timeout."""
    client = redis.Redis.from_url(url, socket_timeout=timeout_s, socket_connect_timeout=timeout_s)
    try:
        return bool(client.ping())
    except (redis.RedisError, OSError):
        return False
    finally:
        client.close()
