"""Who takes a certificate: this browser's card, made now when there is none; all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from app.customers.models import Customer
from app.flows.join import Joined, person_and_card
from app.flows.unit import after_a_race, write

Answer = TypeVar("Answer")


def onto_card(
    put: Callable[[Any, Customer, Joined], Answer],
    *,
    shop_id: int,
    source: str,
    browser_token: str,
    user_agent: str,
    now: datetime,
) -> Answer:
    """Let `put` give something to whoever holds this browser, within the same transaction.

    The person comes before what becomes theirs, as leaving takes them. Where `put` refuses, no card was made either.
    """

    def done() -> Answer:
        with write() as session:
            person, joined = person_and_card(
                session,
                shop_id=shop_id,
                browser_token=browser_token,
                source=source,
                user_agent=user_agent,
                now=now,
            )
            return put(session, person, joined)

    return after_a_race(done)
