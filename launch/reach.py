"""Which address a phone would type, and whether there is one."""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import time
from urllib.parse import urlsplit

from config import Config, is_any_address, is_loopback


def lan_address() -> str | None:
    """Return this machine's address in its own network; nothing is sent (a UDP socket only picks a route)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # TEST-NET-1 (RFC 5737): never a real host
        except OSError:
            return None
        address = str(probe.getsockname()[0])
    return None if is_loopback(address) or is_any_address(address) else address


def base_url(config: Config) -> str:
    """Return the address to put in front of printed links."""
    if config.public_url:
        return config.public_url
    address = lan_address() if is_any_address(config.host) else None
    return f"{config.scheme}://{address}:{config.port}" if address else config.local_url


def reachable_from_phone(url: str) -> bool:
    """Say whether another device could open `url`."""
    return not is_loopback(urlsplit(url).hostname or "localhost")


def wait_until_answers(config: Config, seconds: float) -> bool:
    """Ask our own /healthz until it answers; False when it has not within `seconds`."""
    target = urlsplit(config.local_url)
    until = time.monotonic() + seconds
    context = ssl.create_default_context(cafile=config.tls_ca_file) if config.tls else None
    while time.monotonic() < until:
        connection: http.client.HTTPConnection
        host, port = target.hostname or "127.0.0.1", config.port
        if context is None:
            connection = http.client.HTTPConnection(host, port, timeout=5)
        else:
            connection = http.client.HTTPSConnection(host, port, timeout=5, context=context)
        try:
            connection.request("GET", "/healthz")
            # Any answer but a failure: a proxy's host name may be the only one it accepts.
            if connection.getresponse().status < 500:
                return True
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(0.1)
    return False


def terminal_qr(url: str, *, coloured: bool) -> str:
    """Return a QR code drawn with half blocks for a dark terminal.

    `coloured` sets white on black by escape codes, so that a light terminal shows it right as well.
    """
    import qrcode

    code = qrcode.QRCode(border=2)
    code.add_data(url)
    drawn = io.StringIO()
    code.print_ascii(out=drawn, invert=True)
    before, after = ("\033[97;40m", "\033[0m") if coloured else ("", "")
    return "\n".join(f"{before}{line}{after}" for line in drawn.getvalue().splitlines())
