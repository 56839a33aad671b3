"""Cards on paper, for people without a phone: made at the counter, made again when one is lost."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.cards import rules
from app.cards.actions import ledger, merged
from app.cards.actions import printed as prints
from app.cards.models import Card, CardRule
from app.cards.rules import ForeignCode
from app.customers import actions as people
from app.flows.unit import after_a_race, write
from app.kit.refusals import Invalid, NotHere
from app.kit.signing import derive_key, spoken_mac

# One sheet of paper.
MOST_CARDS = 10
_REF_LENGTH, _BATCH_LENGTH = 10, 16


def print_key(master: bytes, *, shop_id: int, card_id: int, version: int) -> bytes:
    """Return the key of a printed card's code; another version is another key, so the old paper is dead."""
    return derive_key(master, "printed-card", str(shop_id), str(card_id), str(version))


def code_on(master: bytes, *, shop_id: int, card_id: int, ref: str, version: int) -> str:
    """Return what the QR of a printed card says."""
    key = print_key(master, shop_id=shop_id, card_id=card_id, version=version)
    return rules.printed_code(key=key, shop_id=shop_id, ref=ref)


def card_by_print(session: Any, *, shop_id: int, text: str, master: bytes) -> tuple[Card, CardRule]:
    """Return the card, locked, that a scanned printed code belongs to.

    Raises UnknownCode, ForeignCode, OldPrint, ForgedPrint.
    """
    ref, mac = rules.read_printed_code(text)
    found = ledger.card(session, shop_id=shop_id, where=Card.ref == ref, lock=True)
    if found is not None:
        card = found[0]
    else:  # the paper of a card that went into another still earns, there
        old = merged.closed_by_ref(session, shop_id=shop_id, ref=ref)
        found = merged.kept_card(session, shop_id=shop_id, card_id=old.id) if old is not None else None
        if old is None or found is None:
            raise ForeignCode
        card = old
    keys = [
        print_key(master, shop_id=shop_id, card_id=card.id, version=version)
        for version in range(1, card.print_version + 1)
    ]
    rules.check_print(keys=keys, shop_id=shop_id, ref=ref, mac=mac)
    return found


def batch_of(master: bytes, *, shop_id: int, once: str) -> str:
    """Return the name of the sheet that a once-key makes: the same key, the same sheet."""
    return spoken_mac(derive_key(master, "printed-batch"), f"{shop_id}.{once}", _BATCH_LENGTH)


def refs_of(master: bytes, *, shop_id: int, batch: str) -> list[str]:
    """Return the references that the cards of a sheet have, as many as a sheet can hold.

    They come from the sheet's name, so a second press finds the cards of the first by their unique key.
    """
    key = derive_key(master, "printed-ref")
    return [spoken_mac(key, f"{shop_id}.{batch}.{place}", _REF_LENGTH) for place in range(MOST_CARDS)]


def make_cards(*, shop_id: int, count: str, once: str, master: bytes, now: datetime) -> str:
    """Make so many cards of people we know nothing about; returns the name of their sheet.

    `count` as typed, 1 to 10. The same `once` gives the same sheet. Raises Invalid.
    """
    number = int(count) if count.isascii() and count.isdigit() and len(count) < 4 else 0
    if not 1 <= number <= MOST_CARDS:
        raise Invalid({"count": f"한 번에 1장부터 {MOST_CARDS}장까지 만들 수 있어요."})
    batch = batch_of(master, shop_id=shop_id, once=once)
    refs = refs_of(master, shop_id=shop_id, batch=batch)
    after_a_race(lambda: _make(shop_id=shop_id, refs=refs, number=number, now=now))
    return batch


def _make(*, shop_id: int, refs: list[str], number: int, now: datetime) -> None:
    with write() as session:
        if prints.cards_by_ref(session, shop_id=shop_id, refs=refs):
            return
        for ref in refs[:number]:
            person = people.add_customer(session, shop_id=shop_id, source="printed", now=now)
            card = ledger.open_card(session, shop_id=shop_id, customer_id=person.id, ref=ref, now=now)
            card.print_version = 1


def print_for(*, shop_id: int, customer_id: int, seen: int) -> None:
    """Give a person's card its next printed code; every earlier one is refused from now on.

    `seen`: the version the person who pressed was looking at, 0 = no card was printed yet. When another
    press was first, nothing happens: its card is the new one. Raises NotHere.
    """
    with write() as session:
        found = ledger.card(session, shop_id=shop_id, where=Card.customer_id == customer_id, lock=True)
        if found is None:
            raise NotHere("찾으시는 카드가 없어요. 손님 목록에서 다시 골라 주세요.")
        prints.print_anew(session, shop_id=shop_id, card_id=found[0].id, seen=seen)
