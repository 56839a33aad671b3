"""A counter with an endless line of people: stamps over HTTP like a browser would, and notes on disk what was
acknowledged.

Run as `python -m tests.faults.customer_line ACKED PORT SESSION_TOKEN CARD_ID…`. A request that brought no answer
is repeated with its own key until it does, as a phone with weak Wi-Fi does it (F01, F22).
"""

from __future__ import annotations

import http.client
import os
import re
import secrets
import sys
import time
from urllib.parse import urlencode

# A few stamps a second: letters keep coming for as long as the killing lasts.
PACE_S = float(os.environ.get("PACE_S", "0.1"))


class Browser:
    """A signed-in browser: keeps cookies, knows the form's token."""

    def __init__(self, port: int, token: str) -> None:
        self.host = f"127.0.0.1:{port}"
        self.cookies = {"__Host-staff": token}
        self.csrf = ""
        self.source = ""  # the address it calls from, its own when empty
        self.through = 0  # the port it really calls: a proxy's

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        """Make one request. Raises OSError or HTTPException when no whole answer came."""
        host = f"127.0.0.1:{self.through}" if self.through else self.host
        source = (self.source, 0) if self.source else None
        connection = http.client.HTTPConnection(host, timeout=20, source_address=source)
        try:
            connection.request(
                method,
                path,
                body=urlencode(form) if form else None,
                headers={
                    "Host": self.host,
                    "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
                    "Content-Type": "application/x-www-form-urlencoded",
                    "Sec-Fetch-Site": "same-origin",
                    "Origin": f"http://{self.host}",
                },
            )
            answer = connection.getresponse()
            for name, value in answer.getheaders():
                if name.lower() == "set-cookie":
                    key, _, rest = value.partition("=")
                    self.cookies[key] = rest.split(";")[0]
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def arrive(self) -> None:
        """Open the counter and remember its form token."""
        status, page = self.ask("GET", "/owner/stamps")
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        if status != 200 or not found:
            raise OSError(f"the counter answered {status}")
        self.csrf = found.group(1)

    def stamp(self, card_id: int, once: str) -> int:
        """Stamp a card; returns the status."""
        form = {"once": once, "card": str(card_id), "how": "more", "reason": "시험", "csrf_token": self.csrf}
        return self.ask("POST", "/owner/stamps", form)[0]


def main(acked: str, port: int, token: str, cards: list[int]) -> None:
    """Stamp every card, then again from the first, until killed."""
    file = os.open(acked, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    browser = Browser(port, token)
    while True:
        for card_id in cards:
            once = secrets.token_hex(8)
            while True:
                try:
                    if not browser.csrf:
                        browser.arrive()
                    status = browser.stamp(card_id, once)
                except (OSError, http.client.HTTPException):
                    browser.csrf = ""
                    time.sleep(0.2)
                    continue
                break
            if status == 303:
                os.write(file, f"{once}\n".encode())
                os.fsync(file)
            else:
                print(f"card {card_id}: status {status}", flush=True)
            time.sleep(PACE_S)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3], [int(card) for card in sys.argv[4:]])
