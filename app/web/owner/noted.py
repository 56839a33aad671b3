"""Whose data was on the screen is written down (안전성 확보조치 기준 제8조): one line for each look, whoever it was."""

from __future__ import annotations

from app.flows import access
from app.web.doors import now
from app.web.guards import current_staff
from app.web.owner import asked


def note_look(action: str, customer_id: int | None = None) -> None:
    """Write down that the signed-in person saw one customer's data, or (without an id) a list of names.

    `action`: view | search | list | waiting | hand_queue | history | preview | reviews | voices | timeline, at most
    20 characters.
    """
    staff = current_staff()
    access.note_access(
        shop_id=staff.shop.id,
        staff_id=staff.staff_id,
        customer_id=customer_id,
        action=action,
        ip=asked.ip(),
        now=now(),
    )
