"""포장에 붙이는 QR: printed ahead, stuck on a package, and claimed by whoever bought what is in it.

What a code holds is worked out of its sheet, so that the sheet can be printed again; the database keeps only its hash.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.customers import actions as people
from app.customers.models import Customer
from app.flows import audit
from app.flows.join import Joined, onto_card
from app.flows.unit import after_a_race, write
from app.flows.warranty import GONE, standing_kind, tell_issued
from app.kit.clock import kst_day
from app.kit.korean import day_name
from app.kit.names import masked_name
from app.kit.refusals import NotHere
from app.kit.signing import derive_key, spoken_mac, token_hash
from app.warranties import rules
from app.warranties.actions import issuing, kinds
from app.warranties.actions.issuing import New
from app.warranties.rules import AlreadyClaimed, TakenBack

_SECRET_LENGTH = 26  # 130 bits in the alphabet that is read aloud


@dataclass(frozen=True)
class Claimed:
    """A certificate that is on somebody's card now. `repeated`: it was theirs already."""

    serial: str
    customer_id: int
    is_new_card: bool
    repeated: bool


def secret_on(master: bytes, *, shop_id: int, sheet_id: int, place: int) -> str:
    """Return what the code at a place of a sheet holds."""
    return spoken_mac(derive_key(master, "warranty-package"), f"{shop_id}.{sheet_id}.{place}", _SECRET_LENGTH)


def make_sheet(
    *, shop_id: int, staff_id: int, kind_id: int, pieces: str, once: str, master: bytes, now: datetime
) -> int:
    """Make so many codes for packages; returns the sheet, the same for the same press. Raises Invalid, NoWarranty."""
    number = rules.clean_pieces(pieces)

    def made() -> int:
        with write() as session:
            before = kinds.sheet_by_once(session, shop_id=shop_id, once=once)
            if before is not None:
                return before.id
            kind = standing_kind(session, shop_id=shop_id, kind_id=kind_id)
            sheet = kinds.add_sheet(
                session,
                shop_id=shop_id,
                kind_id=kind.id,
                pieces=number,
                once=once,
                staff_id=staff_id,
                now=now,
            )
            new = [
                New(
                    kind_id=kind.id,
                    cause=f"sheet:{sheet.id}:{place}",
                    how="package",
                    claim_hash=token_hash(secret_on(master, shop_id=shop_id, sheet_id=sheet.id, place=place)),
                )
                for place in range(1, number + 1)
            ]
            issuing.issue(session, shop_id=shop_id, new=new, staff_id=staff_id, now=now)
            audit.note(
                session, shop_id=shop_id, what="warranties", staff_id=staff_id, detail=f"sheet:{sheet.id}:{number}", now=now
            )  # fmt: skip
            return sheet.id

    return after_a_race(made)


def claim(*, shop_id: int, secret: str, browser_token: str, user_agent: str, now: datetime) -> Claimed:
    """Put a package's certificate on this browser's card; the card is made now when there is none.

    It holds from this Korean day. Of two phones at once one gets it; the other gets no card either.
    Raises NotHere for a code that is not this shop's, TakenBack, and AlreadyClaimed with whose it is, masked.
    """

    def claimed(session: Any, person: Customer, joined: Joined) -> Claimed:
        row = issuing.by_secret(session, shop_id=shop_id, claim_hash=token_hash(secret))
        if row is None:
            raise NotHere(GONE)
        certificate, kind = row
        if certificate.ended_at is not None:
            raise TakenBack
        if certificate.customer_id == person.id:
            return Claimed(certificate.serial, person.id, joined.is_new, repeated=True)
        today = kst_day(now)
        won = issuing.claim(
            session,
            shop_id=shop_id,
            warranty_id=certificate.id,
            customer_id=person.id,
            on=today,
            until=rules.last_day(today, kind.months),
            now=now,
        )
        if not won:
            raise _taken_by(
                session, shop_id=shop_id, customer_id=certificate.customer_id, at=certificate.claimed_at
            )
        session.refresh(certificate)
        tell_issued(session, shop_id=shop_id, made=[certificate], product=kind.name, now=now)
        return Claimed(certificate.serial, person.id, joined.is_new, repeated=False)

    return onto_card(
        claimed, shop_id=shop_id, source="parcel", browser_token=browser_token, user_agent=user_agent, now=now
    )


def _taken_by(session: Any, *, shop_id: int, customer_id: int | None, at: datetime | None) -> AlreadyClaimed:
    holder = (
        people.customer(session, shop_id=shop_id, customer_id=customer_id)
        if customer_id is not None
        else None
    )
    return AlreadyClaimed(
        who=masked_name(holder.name) if holder else "", on=day_name(kst_day(at)) if at else "전"
    )
