"""What a full shop has about ringing who works there: a phone, switches, quiet hours, a ring. Its address is a secret."""

from __future__ import annotations

from app.extensions import db
from app.flows import staff_push
from app.flows.unit import write
from app.shops import notifying
from app.shops.notification_models import StaffPushSubscription
from tests import factories
from tests.factories import AShop


def with_notifications(shop: AShop, staff_id: int, voice_id: int, word: str) -> dict[str, int]:
    """Let a person of the staff be rung: a demo shop asks nobody, so the phone and the ring are written down as flows do."""
    now = factories.now()
    session_id = factories.a_session_id(factories.a_session(shop, staff_id))
    staff_push.choose(shop_id=shop.id, staff_id=staff_id, role="staff", kinds=["line", "handed"], now=now)
    staff_push.set_quiet(
        shop_id=shop.id, staff_id=shop.owner_id, begins="22:30", ends="07:30", complaints_wait=True, now=now
    )
    with write() as session:
        notifying.keep_phone(
            session, shop_id=shop.id, session_id=session_id, staff_id=staff_id, made_at=now,
            endpoint=f"https://fcm.googleapis.com/fcm/send/{word}말씀", endpoint_key=f"{shop.id:064d}",
            p256dh="p", auth="a",
        )  # fmt: skip
        notifying.plan(
            session, shop_id=shop.id, staff_id=shop.owner_id, kind="complaint", subject=f"voice:{voice_id}",
            cause=f"voice:{voice_id}", due_at=now, now=now,
        )  # fmt: skip
    phone = db.select(StaffPushSubscription.id).where(StaffPushSubscription.shop_id == shop.id)
    return {"phone_id": int(db.session.scalar(phone) or 0)}
