"""Who can open an address of ours: anybody, or only phones in the shop's own network."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def opens_at_home(url: str) -> bool:
    """Tell whether a link opens outside the shop's network too.

    Not on a private address (RFC 1918, loopback, link-local), nor under a name only its own network knows.
    """
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(".local")
