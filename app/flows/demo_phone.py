"""The demo shop's carrier and its impatient phone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from app.customers.models import Customer
from app.flows.unit import write
from app.kit.refusals import NotHere
from app.kit.upsert import insert_into
from app.messages.models import DemoPhoneMessage, Message
from app.shops.models import Shop


def take_in(*, key: str, to: str, text: str, at: datetime) -> str:
    """Accept one letter for a demo shop's phone; the same key again is the same letter. Returns its id.

    Raises NotHere for a key that no message to a living customer of a demo shop carries.
    """
    with write() as session:
        shop_id = session.scalar(
            select(Message.shop_id)
            .join(Shop, Shop.id == Message.shop_id)
            .join(Customer, (Customer.shop_id == Message.shop_id) & (Customer.id == Message.customer_id))
            .where(
                Message.provider_key == key,
                Message.channel == "demo_phone",
                Shop.is_demo.is_(True),
                Customer.erased_at.is_(None),  # a letter that was in the air while its person left
            )
        )
        if shop_id is None:
            raise NotHere
        session.execute(
            insert_into(session, DemoPhoneMessage)
            .values(shop_id=shop_id, key=key, to=to, text=text, at=at)
            .on_conflict_do_nothing(index_elements=["key"])
        )
        found = select(DemoPhoneMessage.id).where(
            DemoPhoneMessage.shop_id == shop_id, DemoPhoneMessage.key == key
        )
        return f"demo-{session.scalar(found)}"


def send_now(*, shop_id: int, message_id: int, now: datetime) -> None:
    """Move a waiting message's due time to now, nothing else: the gate still decides.

    Both rows of the same cause move, the phone's and the card's. Raises NotHere for anything but a
    waiting message of this demo shop.
    """
    with write() as session:
        cause = session.scalar(
            select(Message.cause)
            .join(Shop, Shop.id == Message.shop_id)
            .where(
                Message.shop_id == shop_id,
                Message.id == message_id,
                Message.state == "ready",
                Shop.is_demo.is_(True),
            )
        )
        if cause is None:
            raise NotHere("그사이에 보냈거나 취소된 메시지예요.")
        session.execute(
            update(Message)
            .where(
                Message.shop_id == shop_id,
                Message.cause == cause,
                Message.state == "ready",
                Message.due_at > now,
            )
            .values(due_at=now)
            .execution_options(synchronize_session=False)
        )
