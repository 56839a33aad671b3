"""생일과 기념일: kept only with the consent beside them, by whoever types them, and gone when it is withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.cards.actions import ledger
from app.cards.models import Card
from app.customers import actions as people
from app.customers import celebrating, knowing
from app.customers.actions import Trace
from app.customers.day_rules import CleanDays, clean_days
from app.customers.models import Customer
from app.customers.rules import DAYS
from app.flows.unit import write
from app.kit.refusals import Invalid, NotHere
from app.shops import actions as shops

_NOBODY = "찾으시는 손님이 없어요. 손님 목록에서 다시 골라 주세요."
_AGREE = "축하받으려면 이 동의가 필요해요. 적은 날을 모두 비우면 동의 없이 그대로 두어요."
_ASK_THEM = "손님께 여쭤보고 동의하셨으면 골라 주세요. 동의하지 않으셨으면 적지 않아요."
_WHO_FIRST = "이름이나 번호를 먼저 남겨 주세요. 그 다음에 적을 수 있어요."


def save(
    *,
    shop_id: int,
    customer_id: int,
    typed: Mapping[str, str],
    agrees: bool,
    ip: str,
    user_agent: str,
    now: datetime,
    staff_id: int | None = None,
) -> bool:
    """Keep a person's days with their consent; nothing typed takes back what was kept. Returns whether any is kept.

    `staff_id`: the shop writes down what the person said, and that they agreed; it is logged as such. Without it
    the person does, who has said before that they are fourteen.
    Raises NotHere, or Invalid with a sentence a field ("days": the consent).
    """
    days = clean_days(typed)
    trace = Trace(source="card" if staff_id is None else "staff", ip=ip, user_agent=user_agent)
    with write() as session:
        ledger.hold_card(session, shop_id=shop_id, customer_id=customer_id)
        person = people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True)
        if person is None:
            raise NotHere(_NOBODY)
        standing = people.standing(session, person=person)
        if not days.is_empty():
            if staff_id is None and not (standing["age14"] and standing["required"]):
                raise Invalid({DAYS: _WHO_FIRST})
            if not standing[DAYS] and not agrees:
                raise Invalid({DAYS: _AGREE if staff_id is None else _ASK_THEM})
        _keep(session, person=person, days=days, stands=standing[DAYS], trace=trace, now=now)
        if staff_id is not None:
            shops.log_access(
                session, shop_id=shop_id, staff_id=staff_id, customer_id=customer_id, action="edit", ip=ip, now=now
            )  # fmt: skip
        return not days.is_empty()


def forget(*, shop_id: int, customer_id: int, ip: str, user_agent: str, now: datetime) -> None:
    """Withdraw the consent and take the days away; the second tap changes nothing. Raises NotHere."""
    with write() as session:
        knowing.drop_birthdays(session, shop_id=shop_id, customer_id=customer_id)
    nothing: dict[str, str] = {}
    save(
        shop_id=shop_id, customer_id=customer_id, typed=nothing, agrees=False, ip=ip, user_agent=user_agent, now=now
    )  # fmt: skip


def _keep(
    session: Any, *, person: Customer, days: CleanDays, stands: bool, trace: Trace, now: datetime
) -> None:
    """Write the days, and the consent where it changes with them.

    While the birthday of somebody who comes along (콩이) stands on the consent, it is not over with the own days.
    """
    is_new = celebrating.write_days(session, person=person, days=days)
    whose = {"shop_id": person.shop_id, "customer_id": person.id}
    is_over = days.is_empty() and not (stands and knowing.has_birthdays(session, **whose))
    if stands == is_over:
        people.record_consent(
            session,
            person=person,
            kind=DAYS,
            action="withdraw" if is_over else "grant",
            phone_key=person.phone_key,
            trace=trace,
            now=now,
        )
    found = ledger.card(session, shop_id=person.shop_id, where=Card.customer_id == person.id)
    if is_new and found is not None:
        ledger.touch(session, shop_id=person.shop_id, card_id=found[0].id)
