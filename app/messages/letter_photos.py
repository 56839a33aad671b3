"""Reads about pictures that go with messages: whose they are, and the file behind one."""

from __future__ import annotations

from typing import BinaryIO

from sqlalchemy import select

from app.extensions import db
from app.messages.contract import CARD
from app.messages.letter_models import PersonalLetter
from app.messages.models import Message
from app.reviews import photos
from app.reviews.photos import LETTER


def is_of_a_letter(shop_id: int, ref: str) -> bool:
    """Tell whether a photo goes with the owner's words to one person: then it must fit what carriers take."""
    found = select(PersonalLetter.id).where(
        PersonalLetter.shop_id == shop_id, PersonalLetter.photo_ref == ref
    )
    return db.session.scalar(found.limit(1)) is not None


def photo_of_message(shop_id: int, customer_id: int, message_id: int) -> str:
    """Return the name of the picture of a letter that lies on this very person's card; "" for any other (S05)."""
    facts = db.session.scalar(
        select(Message.facts).where(
            Message.shop_id == shop_id,
            Message.customer_id == customer_id,
            Message.id == message_id,
            Message.channel == CARD,
            Message.state == "sent",
        )
    )
    return str((facts or {}).get("photo") or "")


def open_for_card(shop_id: int, customer_id: int, message_id: int) -> BinaryIO | None:
    """Open the picture of a letter for the one on whose card it lies; None for anybody else (S05)."""
    ref = photo_of_message(shop_id, customer_id, message_id)
    return photos.open_loose(shop_id, ref) if ref else None


def open_for_phone(shop_id: int, message_id: int) -> BinaryIO | None:
    """Open the JPEG of a message in the by-hand queue, for the phone's share sheet; None for any other (S05)."""
    facts = db.session.scalar(
        select(Message.facts).where(
            Message.shop_id == shop_id, Message.id == message_id, Message.channel == "own_phone"
        )
    )
    ref = str((facts or {}).get("photo") or "")
    return photos.open_loose(shop_id, ref, kind=LETTER) if ref else None
