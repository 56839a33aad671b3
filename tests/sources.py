"""Reading the project's own files, for the tests that hold the laws of the house."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from config import ROOT

APP = ROOT / "app"
FEATURES = (
    "shops",
    "customers",
    "programs",
    "visits",
    "cards",
    "coupons",
    "tiers",
    "referrals",
    "reviews",
    "voices",
    "warranties",
    "insights",
    "messages",
)


def files_in(folder: Path, pattern: str = "*.py") -> list[Path]:
    """Return the files below a folder, in order."""
    return [path for path in sorted(folder.rglob(pattern)) if "__pycache__" not in path.parts]


@cache
def tree_of(path: Path) -> ast.Module:
    """Return a Python file's syntax tree."""
    return ast.parse(path.read_text("utf-8"), str(path))


def name_of(path: Path) -> str:
    """Return a file's path inside the project."""
    return path.relative_to(ROOT).as_posix()


@cache
def calls_in(tree: ast.AST) -> tuple[str, ...]:
    """Return what is called: "datetime.now" …"""
    return tuple(ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call))


def imports_in(tree: ast.AST) -> Iterator[str]:
    """Yield what is imported: "app.kit.clock.utc_now" …"""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
