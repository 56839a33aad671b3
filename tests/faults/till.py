"""A web process in one loop: stamps cards through the flow, and notes on disk what it acknowledged.

Run as `python -m tests.faults.till ACKED CARD_ID…`. An acknowledged stamp is a promise (fault F01).
"""

from __future__ import annotations

import os
import secrets
import sys
import time

from app import create_app
from app.extensions import db
from app.flows import stamp
from app.kit.refusals import Refused
from app.shops import queries as shops
from config import load_config

# A few stamps a second: letters keep coming for as long as the killing lasts.
PACE_S = 0.1


def main(acked: str, cards: list[int]) -> None:
    """Stamp every card once, then again from the first, until killed."""
    app = create_app(load_config())
    file = os.open(acked, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    while True:
        for card_id in cards:
            once = secrets.token_hex(8)
            with app.app_context():
                shop = shops.first_shop()
                assert shop is not None
                try:
                    stamp.give(
                        shop_id=shop.id,
                        staff_id=shops.owner_of(shop.id) or 0,
                        once=once,
                        now=app.config["CLOCK"](),
                        master=app.config["MASTER_KEY"],
                        how="more",
                        card_id=card_id,
                        override_reason="시험",
                    )
                except Refused:
                    continue
                finally:
                    db.session.remove()
            os.write(file, f"{once}\n".encode())
            os.fsync(file)
            time.sleep(PACE_S)


if __name__ == "__main__":
    main(sys.argv[1], [int(card) for card in sys.argv[2:]])
