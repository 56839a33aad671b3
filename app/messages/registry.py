"""Finds every kind, channel and provider by scanning its folder: a new one is one new file, listed nowhere."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from types import ModuleType

from app.messages.contract import Channel, Kind
from app.messages.provider_contract import Provider


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


@cache
def providers() -> dict[str, Provider]:
    """Return every provider by its key. A module of the folder without one is a part of another."""
    found: dict[str, Provider] = {}
    for module in _modules("app.messages.providers"):
        if hasattr(module, "KEY"):
            provider: Provider = module
            found[provider.KEY] = provider
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
