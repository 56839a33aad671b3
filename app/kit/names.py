"""Names as others may see them. Pure."""

from __future__ import annotations


def masked_name(name: str) -> str:
    """Return a name with its middle covered: 김민지 → 김*지, 김지 → 김*, "" stays ""."""
    name = " ".join(name.split())
    if len(name) < 2:
        return "*" if name else ""
    return f"{name[0]}*" if len(name) == 2 else f"{name[0]}{'*' * (len(name) - 2)}{name[-1]}"
