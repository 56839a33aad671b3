"""Structured logs in which no phone number, name or token can be read (S24)."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

_PHONE = re.compile(r"(?:\+?82[- ]?|0)1[016789][- .]?\d{3,4}[- .]?\d{4}")
# Our tokens: URL-safe characters after one of the paths that carry one; the link that takes a card along has dots.
_TOKEN = re.compile(r"(/(?:enter|o|open|phone|photos|setup|r)/)[A-Za-z0-9._-]{16,}")
_SECRET_KEYS = {
    "phone",
    "name",
    "token",
    "password",
    "memo",
    "likes",
    "text",
    "to",
    "code",
    "cookie",
    "secret",
    "pin",
    "proof",
    "second",
}


def mask(text: str) -> str:
    """Return the text with phone numbers and one-time tokens made unreadable."""
    return _TOKEN.sub(r"\1…", _PHONE.sub("010-…", text))


def _mask_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    return {
        key: "…" if key in _SECRET_KEYS else mask(value) if isinstance(value, str) else value
        for key, value in event.items()
    }


class _MaskingFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))


def configure(level: int = logging.INFO) -> None:
    """Send structlog and the standard library's loggers to stderr, both masked."""
    handler = logging.StreamHandler()
    handler.setFormatter(_MaskingFormatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("rq").setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            _mask_event,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )
