"""Ads that must not go: a second one within three days, one to who has just refused, one that the month has no money
for. They are planned while workers die, so that the gate has to say no again and again."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from app.customers.models import Customer
from app.extensions import db
from app.flows import privacy
from app.flows.unit import write
from app.messages import outbox
from tests.factories import ACustomer


@dataclass
class Guarded:
    """People in three lines, one of each taken for every `press`."""

    channel: str
    capped: Iterator[ACustomer]
    refusing: Iterator[ACustomer]
    poor: Iterator[ACustomer]  # of the shop that has money for a few texts only
    dice: random.Random
    refused_at: dict[int, float] = field(default_factory=dict)  # person → time.time() once it was committed

    def press(self, now: datetime) -> None:
        """Plan two ads for one person, one for somebody who then refuses, and one that costs more than is left."""
        twice, refusing, poor = next(self.capped), next(self.refusing), next(self.poor)
        self._plan(twice, "thank_you", now)
        self._plan(twice, "come_back", now)
        self._plan(poor, "come_back", now)
        self._plan(refusing, "thank_you", now)
        time.sleep(
            self.dice.uniform(0.0, 0.8)
        )  # while it waits, while it is on its way, or when it has arrived
        self._refuse(refusing, now)
        self._plan(refusing, "come_back", now)
        db.session.remove()

    def _plan(self, who: ACustomer, kind: str, now: datetime) -> None:
        with write() as session:
            outbox.plan(
                session,
                shop_id=who.shop_id,
                customer_id=who.id,
                kind=kind,
                cause=f"visit:{10_000_000 + who.id}",  # of no visit there is
                due_at=now,
                chosen_ways=(self.channel,),
                now=now,
            )

    def _refuse(self, who: ACustomer, now: datetime) -> None:
        phone = db.session.scalar(
            select(Customer.phone).where(Customer.shop_id == who.shop_id, Customer.id == who.id)
        )
        assert phone
        with write() as session:
            privacy.opt_out_number(session, shop_id=who.shop_id, phone=phone, source="080", now=now)
        self.refused_at[who.id] = time.time()
