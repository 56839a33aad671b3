"""What the demo's people agreed to, took back and refused, with the evidence a real shop would hold."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from random import Random

from app.customers.actions import AD_CHANNELS
from app.customers.rules import CONSENT_KINDS
from app.customers.texts import CONSENT_TEXTS, TEXT_VERSION
from app.flows.demo.holders import Holder
from app.flows.demo.people import Person
from app.flows.demo.rows import Row, Tables, drawn_key

# Finds a number again after it was deleted: the keyed hash of this installation.
PhoneKey = Callable[[str], str]
_TEXT_HASHES = {kind: hashlib.sha256(text.encode()).hexdigest() for kind, text in CONSENT_TEXTS.items()}


class Evidence:
    """Writes consents, opt-outs and browsers down."""

    def __init__(self, rng: Random, tables: Tables, shop_id: int, phone_key: PhoneKey) -> None:
        self.rng, self.tables, self.shop_id, self.phone_key = rng, tables, shop_id, phone_key
        self._tokens: dict[int, str] = {}

    def write(self, holders: list[Holder]) -> None:
        """Write down everything people said, and on which browser they hold their card."""
        for holder in holders:
            self._browser(holder)
            person = holder.person
            if person.details_at is None:
                continue
            key = self.phone_key(person.phone) if person.phone else ""
            if holder.customer["phone"]:
                holder.customer["phone_key"] = key
                # About half typed a code back; nobody has to.
                if int(holder.customer["phone"][-1]) % 2:
                    holder.customer["phone_checked_at"] = person.details_at
            for kind in CONSENT_KINDS:
                action = "grant" if person.said[kind] else "decline"
                self._consent(holder, kind, action, person.details_at, key, source="card")
            source = "link" if person.opted_out_at else "card"
            for kind, at in person.withdrew.items():
                self._consent(holder, kind, "withdraw", at, key, source=source)
            if person.opted_out_at is not None:
                self.tables.add(
                    "suppressions",
                    shop_id=self.shop_id,
                    address_key=key,
                    at=person.opted_out_at,
                    source="link",
                    customer_id=holder.evidence_of,
                    lifted_at=None,
                )
        self._same_number(holders)

    def agree(self, holder: Holder, kind: str, at: datetime, *, source: str) -> None:
        """Write down one consent more, given some time after the others."""
        self._consent(holder, kind, "grant", at, str(holder.customer["phone_key"]), source=source)

    def opt_out_token(self, holder: Holder, at: datetime) -> str:
        """Return the person's opt-out token, drawn at their first ad."""
        token = self._tokens.get(id(holder))
        if token is None:
            assert holder.person.phone is not None
            token = self._tokens[id(holder)] = drawn_key(self.rng)[:22]
            self.tables.add(
                "opt_out_links",
                shop_id=self.shop_id,
                customer_id=holder.evidence_of,
                token=token,
                address_key=self.phone_key(holder.person.phone),
                created_at=at,
            )
        return token

    def _consent(self, holder: Holder, kind: str, action: str, at: datetime, key: str, source: str) -> Row:
        gone = holder.person.erased_at is not None
        by_link = source == "link" or gone
        return self.tables.add(
            "consents",
            shop_id=self.shop_id,
            customer_id=holder.evidence_of,
            kind=kind,
            action=action,
            channels=AD_CHANNELS if kind in ("ads", "ads_night") else "",
            text_version=TEXT_VERSION,
            text_hash=_TEXT_HASHES[kind],
            source=source,
            at=at,
            ip="" if by_link else holder.person.ip,
            user_agent="" if by_link else holder.person.user_agent,
            phone_key=key,
        )

    def _browser(self, holder: Holder) -> None:
        person = holder.person
        if person.source == "staff" or person.erased_at is not None:
            return
        self.tables.add(
            "devices",
            shop_id=self.shop_id,
            customer_id=holder.customer,
            browser_hash=drawn_key(self.rng) + drawn_key(self.rng),
            created_at=person.joined_at,
            seen_at=holder.customer["last_visit_at"] or person.joined_at,
            user_agent=person.user_agent,
        )

    def _same_number(self, holders: list[Holder]) -> None:
        """One person got a second card and typed the number that the first card already has."""
        first = next(h for h in holders if h.customer["phone"] and _comes_often(h.person))
        second = next(h for h in reversed(holders) if not h.person.phone and h.person.comes)
        self.tables.add(
            "phone_claims",
            shop_id=self.shop_id,
            customer_id=second.customer,
            phone=first.customer["phone"],
            at=second.customer["last_visit_at"] or second.person.joined_at,
        )


def _comes_often(person: Person) -> bool:
    return len(person.comes) > 9
