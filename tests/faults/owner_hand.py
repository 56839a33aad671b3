"""An owner who sends every letter of the by-hand queue and says so, sometimes twice.

Run as `python -m tests.faults.owner_hand ACKED PORT SESSION_TOKEN SEED`. What was acknowledged is on disk. A tap
that brought no answer is made again, as on a phone with weak Wi-Fi.
"""

from __future__ import annotations

import http.client
import os
import random
import re
import sys
import time

from tests.faults.customer_line import Browser

PACE_S = 0.1
TWICE = 0.3


class Owner(Browser):
    """The owner's phone at 내 휴대폰으로 보내기."""

    def waiting(self) -> list[int]:
        """Open the queue at any hour, remember its form token, and return the letters that wait for a tap."""
        status, page = self.ask("GET", "/owner/messages/phone?more=1")
        if status != 200:
            raise OSError(f"the queue answered {status}")
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        self.csrf = found.group(1) if found else ""
        return [int(number) for number in re.findall(r"/owner/messages/phone/(\d+)/confirmation", page)]

    def confirm(self, message_id: int) -> int:
        """Say that it went out; returns the status."""
        path = f"/owner/messages/phone/{message_id}/confirmation"
        return self.ask("POST", path, {"csrf_token": self.csrf})[0]


def main(acked: str, port: int, token: str, seed: int) -> None:
    """Go through the queue again and again, until killed."""
    file = os.open(acked, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    owner, dice = Owner(port, token), random.Random(seed)
    while True:
        try:
            for message_id in owner.waiting():
                for _ in range(2 if dice.random() < TWICE else 1):
                    if owner.confirm(message_id) == 303:
                        os.write(file, f"{message_id}\n".encode())
                        os.fsync(file)
        except (OSError, http.client.HTTPException):
            time.sleep(0.2)
        time.sleep(PACE_S)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
