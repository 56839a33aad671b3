"""A text that stands in for a failed AlimTalk belongs to a person: they are held before the message, as by every flow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.customers import reaching
from app.flows import deliver
from app.flows.unit import write
from app.messages.actions import recording, reporting, sending
from app.messages.actions.holding import lock_person
from app.messages.contract import Rejected, Report
from app.messages.models import Message
from tests import world
from tests.messages.test_beside_talk import KIND, a_talking_shop, away
from tests.messages.test_one_order import meeting_after
from tests.messages.world import a_customer, rows, thank
from tests.provider import Bench
from tests.world import Clock


def refused(app: Flask, clock: Clock) -> Callable[[], Any]:
    """Return how it is written down that the provider refused a letter on the wire."""
    holds = [hold for hold in deliver.claim_due(now=clock()) if hold.channel == "solapi_talk"]
    how: dict[str, Any] = {"wire": app.config["WIRE"], "opt_out_links": reaching.opt_out_links}
    with write() as session:
        going = sending.begin(session, holds, now=clock(), **how).going

    def record() -> None:
        with write() as session:
            said = [(one, Rejected("no", permanent=True)) for one in going]
            recording.record(session, said, jitter=lambda: 0.5, now=clock())

    return record


def missed(shop: int, clock: Clock) -> Callable[[], Any]:
    """Return how it is written down that a letter did not arrive."""
    with write() as session:
        session.query(Message).filter_by(channel="solapi_talk").update({"state": "sent", "sent_at": clock()})
    (row,) = rows(shop_id=shop, channel="solapi_talk")
    told = [Report("e1", row.provider_key, False)]

    def report() -> None:
        with write() as session:
            kept = reporting.keep(session, shop_id=shop, provider="solapi", reports=told, now=clock())
            reporting.apply(session, kept, now=clock())

    return report


@pytest.mark.databases("postgres")
@pytest.mark.parametrize("how", ["refused", "missed"])
def test_a_text_instead_and_a_merge_take_the_person_first(
    app: Flask, clock: Clock, bench: Bench, how: str
) -> None:
    shop = a_talking_shop(bench, clock, "solapi_talk solapi")
    gone, kept = (a_customer(shop, phone=f"+82109999000{number}") for number in (1, 2))
    thank(shop, gone, clock, "fill:1", KIND)
    told = refused(app, clock) if how == "refused" else missed(shop, clock)

    def merged() -> None:
        with write() as session:
            lock_person(session, shop_id=shop, customer_id=gone)
            session.query(Message).filter_by(customer_id=gone).update({"customer_id": kept})

    with meeting_after(("UPDATE messages", ""), ("SELECT customers.id", "")):
        assert world.all_at_once(app, [told, merged]) == [None, None]
    assert [(channel, state) for channel, state, _ in away(shop)][1:] == [("solapi", "ready")]


@pytest.mark.databases("postgres")
def test_a_talk_of_who_became_another_waits_for_the_next_turn(
    app: Flask, clock: Clock, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another way may be written to whom it goes now, and that one is not held."""
    shop = a_talking_shop(bench, clock, "solapi_talk solapi")
    gone, kept = (a_customer(shop, phone=f"+82109999000{number}") for number in (1, 2))
    thank(shop, gone, clock, "fill:1", KIND)
    real = sending.lock_people

    def merged_meanwhile(session: Any, **whose: Any) -> None:
        def merge() -> None:
            with write() as other:
                other.query(Message).update({"customer_id": kept})

        world.all_at_once(app, [merge])
        real(session, **whose)

    holds = [hold for hold in deliver.claim_due(now=clock()) if hold.channel == "solapi_talk"]
    monkeypatch.setattr(sending, "lock_people", merged_meanwhile)
    deliver.send(holds, wire=app.config["WIRE"], clock=clock)
    assert [(channel, state) for channel, state, _ in away(shop)] == [("solapi_talk", "claimed")]
