"""Mail that came back: the message is undelivered, and an address at which nobody lives is written to no more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.customers import reaching
from app.customers.models import Customer
from app.flows.unit import write
from app.kit import bounces
from app.kit.bounces import Bounce
from app.messages.models import Message

_CAME_BACK = "이메일이 되돌아왔어요."
_NOBODY = "없는 주소라고 해요. 이 주소로는 더 보내지 않아요."


def take(raw: bytes, *, mail_from: str, now: datetime) -> int:
    """Read a mail that reached our sender's mailbox; returns how many messages it changed.

    A report counts only if it names a message of ours by its key, which nobody but its reader was told, and the very
    address it went to. Anything else, and the same report again, changes nothing. `mail_from`: the deployment's own.
    """
    ours = mail_from.rpartition("@")[2].lower()
    return sum(_apply(each, now=now) for each in bounces.read(raw) if each.domain == ours and each.has_failed)


def _apply(said: Bounce, *, now: datetime) -> bool:
    with write() as session:
        found = session.execute(
            select(Message.shop_id, Message.id, Customer.email)
            .join(Customer, (Customer.shop_id == Message.shop_id) & (Customer.id == Message.customer_id))
            .where(Message.provider_key == said.key, Message.channel == "email")
        ).one_or_none()
        if found is None or not found.email or found.email.lower() not in said.addresses:
            return False
        if said.is_dead:
            # People before messages, as every flow takes them.
            reaching.note_dead_emails(session, shop_id=found.shop_id, emails=[found.email], now=now)
        row = session.scalar(
            select(Message).where(Message.shop_id == found.shop_id, Message.id == found.id).with_for_update()
        )
        if row is None or row.state not in ("sent", "unknown"):
            return False
        row.state, row.lease_ms = "undelivered", None
        row.code, row.reason = ("dead_email", _NOBODY) if said.is_dead else ("bounced", _CAME_BACK)
        row.fence += 1
        return True
