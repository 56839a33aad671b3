"""The provider has taken a letter in, and nobody comes back to say: it may have gone, so it never goes again."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy.exc import OperationalError

from app.extensions import db
from app.flows import deliver
from app.messages import history
from app.messages.actions import recording
from app.messages.models import AdGrant, Attempt, Message
from tests import factories
from tests.factories import ACustomer, AShop
from tests.flows.mailing import a_mailing_shop, drain, mailed
from tests.flows.ringing import a_ringing_shop, agree, ring_on
from tests.world import Clock


def lose_the_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database refuses, or the process is gone, between the answer and our note of it."""

    def refuse(*_args: Any, **_facts: Any) -> Any:
        raise OperationalError("", {}, Exception())

    with monkeypatch.context() as broken:
        broken.setattr(recording, "record", refuse)
        with pytest.raises(OperationalError):
            drain()


def work_on(clock: Clock) -> None:
    """Hours pass: leases end, unclear ones are asked about, what is due goes."""
    for _ in range(3):
        db.session.execute(db.update(Message).values(lease_ms=0))
        db.session.commit()
        clock.advance(hours=1)
        deliver.sweep(now=clock())
        deliver.look_up_unknown(wire=current_app.config["WIRE"], clock=clock)
        drain()


def ads(who: ACustomer, channel: str) -> list[Message]:
    db.session.rollback()
    mine = db.session.query(Message).filter_by(customer_id=who.id, kind="thank_you", channel=channel)
    return list(mine.order_by(Message.id))


@pytest.mark.parametrize("channel", ["email", "web_push"])
def test_what_was_taken_and_not_noted_is_left_to_the_owner(
    app: Flask, shop: AShop, jiwoo: ACustomer, clock: Clock, monkeypatch: pytest.MonkeyPatch, channel: str
) -> None:
    with a_mailing_shop(app, shop) as mailbox, a_ringing_shop(app) as service:
        if channel == "email":
            mailed(shop, jiwoo)
        else:
            ring_on(service, jiwoo)
            agree(jiwoo)
        drain()
        factories.a_stamp(shop, jiwoo.card_id)
        clock.advance(hours=2)
        before = len(mailbox.taken) + len(service.taken)
        lose_the_record(monkeypatch)
        assert len(mailbox.taken) + len(service.taken) == before + 1
        assert [row.state for row in ads(jiwoo, channel)] == ["sending"]
        work_on(clock)
        (row,) = ads(jiwoo, channel)
        assert (row.state, row.reason) == ("unknown", "보냈는지 확인이 필요해요.")
        assert len(mailbox.taken) + len(service.taken) == before + 1
        assert db.session.query(Attempt).filter_by(message_id=row.id).one().outcome == ""
        assert db.session.query(AdGrant).filter_by(message_id=row.id).count() == 1  # it counts for the cap
        (line,) = history.sent(shop.id, now=clock(), pick="unclear").lines
        assert line.state_words == "확인 필요"
        assert line.to_do.startswith("두 번 가지 않게 다시 보내지 않았어요.")
