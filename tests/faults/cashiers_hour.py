"""A cashier's hour: a queue of people at four phones, lost answers and double taps, three ways to stamp (F22)."""

from __future__ import annotations

import http.client
import random
import threading
from contextlib import ExitStack
from dataclasses import dataclass

from app.cards.models import LedgerEntry
from app.extensions import db
from tests import factories
from tests.faults.counters import Ask, Counters
from tests.faults.customer_line import Browser
from tests.faults.cutting_proxy import cutting_proxy
from tests.flows import books

DEVICES = 4
LOST, TWICE = 0.2, 0.3
_MOST_TRIES = 40


@dataclass
class Hour:
    """What an hour was like. `lost`: answers that never came back; `taps`: presses of a hand."""

    stamps: int
    taps: int
    lost: int


class _Device:
    """One phone with somebody in a hurry behind it: presses, presses again, and once more when nothing happens."""

    def __init__(self, phone: Browser, asks: list[Ask], dice: random.Random) -> None:
        self.phone, self.asks, self.dice = phone, asks, dice
        self.taps = 0
        self.wrong: list[str] = []

    def work(self) -> None:
        """Serve the whole queue."""
        for ask in self.asks:
            form = {"once": factories.once(), **ask.form, "csrf_token": self.phone.csrf}
            hands = 2 if self.dice.random() < TWICE else 1
            self.taps += hands
            presses = [threading.Thread(target=self._press, args=(ask.path, form)) for _ in range(hands)]
            for press in presses:
                press.start()
            for press in presses:
                press.join(120)

    def _press(self, path: str, form: dict[str, str]) -> None:
        for _try in range(_MOST_TRIES):
            try:
                status, page = self.phone.ask("POST", path, form)
            except (OSError, http.client.HTTPException):
                continue  # no answer: the same press again, with its own key
            if status != 303:
                self.wrong.append(f"{path} {status} {page[:200]}")
            return
        self.wrong.append(f"{path} never answered")


def an_hour(here: Counters, stamps: int, seed: int) -> Hour:
    """Serve `stamps` people at four phones and hold the ledger against it: exactly one stamp each."""
    shop = factories.a_shop(is_demo=True)
    people = [factories.a_customer(shop) for _ in range(stamps)]
    asks = []
    for number, who in enumerate(people):
        if number % 3 == 0:
            asks.append(Ask(f"/owner/claims/{factories.a_claim(shop, who).claim_id}/approval"))
        elif number % 3 == 1:
            asks.append(Ask("/owner/stamps", {"card": str(who.card_id), "how": "digits"}))
        else:
            asks.append(Ask("/owner/stamps", {"code": factories.a_printed_code(who), "how": "scan"}))
    db.session.rollback()
    with ExitStack() as closing:
        phones = here.phones(shop, DEVICES)
        proxies = [closing.enter_context(cutting_proxy(port, LOST, seed + port)) for port in here.ports]
        devices = []
        for number, phone in enumerate(phones):
            phone.through = proxies[number % 2].port
            devices.append(_Device(phone, asks[number::DEVICES], random.Random(seed + number)))
        hands = [threading.Thread(target=device.work) for device in devices]
        for hand in hands:
            hand.start()
        for hand in hands:
            hand.join(900)
        assert [wrong for device in devices for wrong in device.wrong] == []
        lost = sum(proxy.cut for proxy in proxies)
    db.session.rollback()
    earns = db.session.execute(
        db.select(LedgerEntry.card_id, db.func.count())
        .where(LedgerEntry.shop_id == shop.id, LedgerEntry.kind == "earn")
        .group_by(LedgerEntry.card_id)
    ).all()
    assert {row[0]: row[1] for row in earns} == {who.card_id: 1 for who in people}
    books.check(shop)
    return Hour(stamps, sum(device.taps for device in devices), lost)
