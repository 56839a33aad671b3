"""Which card stands at the counter: by its code, on paper, or picked; and the line that says why it got no stamp."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.cards import rules
from app.cards.actions import codes, ledger, merged
from app.cards.models import Card, CardRule
from app.cards.rules import ForeignCode, ForgedPrint, OldCode, OldPrint, StampRefused
from app.flows import printed
from app.kit.refusals import NotHere, Refused
from app.kit.signing import derive_key


@dataclass(frozen=True)
class Found:
    """A card that is about to be stamped. `spent`: its code was used before; `printed`: it is the paper one."""

    card: Card
    rule: CardRule
    spent: bool = False
    printed: bool = False


def card_key(master: bytes, *, shop_id: int, card_id: int, version: int) -> bytes:
    """Return the key of a card's rotating code (HKDF of master, card and version)."""
    return derive_key(master, "card-code", str(shop_id), str(card_id), str(version))


def card_by_id(session: Any, *, shop_id: int, card_id: int | None) -> Found:
    """Return a card the staff picked, locked, or the one it went into meanwhile. Raises NotHere."""
    found = ledger.card(session, shop_id=shop_id, where=Card.id == card_id, lock=True)
    if found is None and card_id is not None:  # it went into another while the panel was open
        found = merged.kept_card(session, shop_id=shop_id, card_id=card_id)
    if found is None:
        raise NotHere("찾으시는 카드가 없어요. 손님께 카드를 다시 열어 달라고 해 주세요.")
    return Found(*found)


def card_by_code(
    session: Any, *, shop_id: int, text: str, staff_id: int, how: str, master: bytes, now: datetime
) -> Found | Refused:
    """Return the card, locked, that a scanned code belongs to; a rotating code is spent by it.

    An old or forged code of a card we know is written down and returned as its refusal, so that many of them
    are noticed. Raises UnknownCode, ForeignCode.
    """
    if rules.is_printed(text):
        try:
            held = printed.card_by_print(session, shop_id=shop_id, text=text, master=master)
        except (OldPrint, ForgedPrint) as refusal:
            ref = rules.read_printed_code(text)[0]
            named = ledger.card(session, shop_id=shop_id, where=Card.ref == ref, lock=True)
            if named is None:
                raise
            by = {"staff_id": staff_id, "how": "printed"}
            return written_down(session, card=named[0], refusal=refusal, now=now, **by)
        return Found(*held, printed=True)
    ref, mac = rules.read_code(text)
    found = ledger.card(session, shop_id=shop_id, where=Card.ref == ref, lock=True)
    if found is None:
        raise ForeignCode
    card, rule = found
    key = card_key(master, shop_id=shop_id, card_id=card.id, version=card.key_version)
    step = rules.matching_step(key=key, shop_id=shop_id, ref=ref, mac=mac, now=now)
    if step is None:
        return written_down(session, card=card, refusal=OldCode(), now=now, staff_id=staff_id, how=how)
    fresh = codes.consume_code(session, shop_id=shop_id, card_id=card.id, step=step, now=now)
    return Found(card, rule, spent=not fresh)


def written_down(session: Any, *, card: Card, refusal: Refused, now: datetime, **facts: Any) -> Refused:
    """Write down why there is no stamp, for both sides; returns the refusal, to be raised after the commit."""
    ledger.note_refusal(session, card=card, reason=refusal.code, once=None, now=now, **_kept(facts))
    if isinstance(refusal, StampRefused):
        refusal.card_id = card.id
    return refusal


def _kept(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}
