"""Finds every kind and channel by scanning its folder: a new one is one new file, listed nowhere."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from types import ModuleType

from app.messages.contract import Channel, Kind


@cache
def kinds() -> dict[str, Kind]:
    """Return every kind by its key."""
    found: dict[str, Kind] = {}
    for module in _modules("app.messages.kinds"):
        kind: Kind = module.KIND
        found[kind.key] = kind
    return found


@cache
def channels() -> dict[str, Channel]:
    """Return every channel by its key."""
    found: dict[str, Channel] = {}
    for module in _modules("app.messages.channels"):
        channel: Channel = module
        found[channel.KEY] = channel
    return found


def kind(key: str) -> Kind:
    """Return one kind. Raises KeyError when there is none of that name."""
    return kinds()[key]


def channel(key: str) -> Channel:
    """Return one channel. Raises KeyError when there is none of that name."""
    return channels()[key]


def _modules(package: str) -> list[ModuleType]:
    folder = import_module(package)
    return [import_module(f"{package}.{found.name}") for found in pkgutil.iter_modules(folder.__path__)]
