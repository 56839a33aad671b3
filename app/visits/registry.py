"""Finds every source of files by scanning its folder: a new one is one new file, listed nowhere."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from app.visits.source_contract import Source


@cache
def sources() -> dict[str, Source]:
    """Return every source by its key."""
    folder = import_module("app.visits.sources")
    modules = [
        import_module(f"app.visits.sources.{found.name}") for found in pkgutil.iter_modules(folder.__path__)
    ]
    return {module.SOURCE.key: module.SOURCE for module in modules}
