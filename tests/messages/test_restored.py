"""Yesterday's backup put back (F27): what it calls unsent is asked for, or left to the owner, never sent again."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from app.extensions import db
from app.flows import clock as clock_flow
from app.flows import deliver, restored
from app.flows.unit import write
from app.kit import alive
from app.messages.models import Attempt, ClockLease, Message
from app.messages.way_models import Restore
from tests.messages.accounts import a_paying_shop, change, drain, texts, thank_all
from tests.messages.world import a_customer, a_shop, rows, thank
from tests.provider import Bench
from tests.world import Clock

DAY_MS = 86_400_000


@pytest.fixture
def mark(app: Flask, tmp_path: Path) -> Path:
    """The mark of an installation that is at work."""
    assert clock_flow.hold(holder="one", lease_s=15)
    restored.keep(mark=tmp_path / "alive")
    return tmp_path / "alive"


def back_in_time(ms: int = DAY_MS) -> None:
    """Let the database remember only what it knew then."""
    with write() as session:
        session.execute(update(ClockLease).values(seen_ms=ClockLease.seen_ms - ms))


def ask(app: Flask) -> None:
    change(Message, lease_ms=0)
    deliver.look_up_unknown(wire=app.config["WIRE"], clock=app.config["CLOCK"])
    change(Message, lease_ms=0)


def test_a_new_installation_and_a_short_rest_are_nothing(app: Flask, clock: Clock, tmp_path: Path) -> None:
    assert restored.look(mark=tmp_path / "alive", now=clock()) == ""
    assert clock_flow.hold(holder="one", lease_s=15)
    restored.keep(mark=tmp_path / "alive")
    assert restored.look(mark=tmp_path / "alive", now=clock()) == ""
    assert db.session.query(Restore).count() == 0


def test_a_database_that_knows_less_than_its_mark_was_put_back(clock: Clock, mark: Path) -> None:
    back_in_time()
    assert restored.look(mark=mark, now=clock()) == "surely"
    assert db.session.query(Restore).one().is_sure


@pytest.mark.databases("sqlite")
def test_a_folder_put_back_with_its_mark_betrays_itself(clock: Clock, mark: Path) -> None:
    # Copied today, written yesterday: the file's own time of change can't be set back.
    said = alive.read(mark)
    assert said is not None
    assert said.is_original
    yesterday = json.loads(mark.read_text())
    mark.write_text(json.dumps({**yesterday, "written": yesterday["written"] - 86_400}))
    shutil.copy2(mark, mark.with_name("copy"))
    copy = alive.read(mark.with_name("copy"))
    assert copy is not None
    assert not copy.is_original
    assert restored.look(mark=mark.with_name("copy"), now=clock()) == "surely"


def test_long_off_and_nothing_wrong_is_perhaps(clock: Clock, mark: Path) -> None:
    back_in_time()
    alive.write(mark, 1)
    assert restored.look(mark=mark, now=clock()) == "perhaps"
    mark.unlink()
    assert restored.look(mark=mark, now=clock()) == "surely"


def test_yesterdays_backup_sends_nothing_twice(app: Flask, clock: Clock, bench: Bench, mark: Path) -> None:
    """The day goes on: some go out, then the database is what it was before, and the day comes round again."""
    shop = a_paying_shop(bench, clock)
    people = thank_all(shop, 4, clock)
    with write() as session:  # two go out in the time that gets lost
        late = {row.id for row in session.query(Message).filter_by(channel="solapi").order_by(Message.id)[2:]}
        session.query(Message).filter(Message.id.in_(late)).update({"due_at": clock() + timedelta(hours=1)})
    drain(app)
    assert len(bench.taken()) == 2
    with write() as session:
        session.query(Attempt).delete()
        session.execute(
            update(Message)
            .where(Message.channel == "solapi")
            .values(state="ready", tries=0, fence=0, sent_at=None, text="", provider_id="", address_key="")
        )
    back_in_time()
    assert restored.look(mark=mark, now=clock()) == "surely"
    clock.advance(hours=2)
    drain(app)
    assert len(bench.taken()) == 2
    assert {(row.state, row.reason) for row in texts(shop)} == {
        ("unknown", "백업에서 되돌린 뒤라, 이미 보냈는지 먼저 확인해요.")
    }
    ask(app)
    drain(app)
    assert [row.state for row in texts(shop)] == ["sent"] * 4
    assert sorted(bench.taken()) == sorted(row.provider_key for row in texts(shop))
    assert bench.doubles() == []
    # What is planned anew for the same day carries the same key.
    with write() as session:
        gone = session.query(Message).filter_by(customer_id=people[0])
        keys = {row.channel: row.provider_key for row in gone}
        for row in gone:
            session.query(Attempt).filter_by(message_id=row.id).delete()
        from app.messages.models import AdGrant
        from app.messages.way_models import Charge

        for table in (AdGrant, Charge):
            session.query(table).filter(table.message_id.in_([row.id for row in gone])).delete()
        gone.delete()
    clock.advance(hours=-2)
    thank(shop, people[0], clock, "visit:0")
    assert {row.channel: row.provider_key for row in rows(customer_id=people[0])} == keys
    clock.advance(hours=2)
    drain(app)
    ask(app)
    assert bench.doubles() == []


@pytest.mark.parametrize(("code", "tries"), [("asked", 0), ("retry", 0), ("retry", 2), ("night", 1)])
def test_what_waited_for_its_next_try_when_the_backup_was_made_is_asked_for_too(
    app: Flask, clock: Clock, bench: Bench, mark: Path, code: str, tries: int
) -> None:
    """It went in the time that was lost: that it was tried, or asked about, before says nothing of that."""
    shop = a_paying_shop(bench, clock)
    thank_all(shop, 1, clock)
    drain(app)
    with write() as session:
        session.query(Message).filter_by(channel="solapi").update(
            {"state": "ready", "sent_at": None, "code": code, "tries": tries}
        )
        session.query(Attempt).update({"outcome": "rejected"})
    back_in_time()
    assert restored.look(mark=mark, now=clock()) == "surely"
    for _ in range(2):
        drain(app)
        ask(app)
    assert [row.state for row in texts(shop)] == ["sent"]
    assert bench.doubles() == []
    assert len(bench.taken()) == 1


def test_where_nobody_can_be_asked_it_is_left_to_the_owner(
    town: Flask, clock: Clock, mark: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.messages import registry
    from app.messages.contract import Accepted

    sent: list[str] = []

    def take(batch: list[object], *_: object) -> list[Accepted]:
        sent.extend("x" for _ in batch)
        return [Accepted() for _ in batch]

    monkeypatch.setattr(registry.channel("email"), "send", take)
    shop = a_shop()
    for number in range(2):
        thank(shop, a_customer(shop, phone=f"+8210555500{number:02d}"), clock, f"visit:{number}")
    with write() as session:
        session.query(Message).filter_by(channel="demo_phone").update({"channel": "email"})
        last = session.query(Message).filter_by(channel="email", cause="visit:1").one()
        last.due_at = clock() + timedelta(days=1)
    clock.advance(hours=3)
    back_in_time()
    restored.look(mark=mark, now=clock())
    deliver.drain(wire=town.config["WIRE"], clock=clock)
    held, later = rows(channel="email")
    assert (held.state, held.reason) == (
        "unknown",
        "백업에서 되돌린 뒤라 이미 나갔을 수 있어요. 확인해 주세요.",
    )
    assert later.state == "ready"
    assert sent == []
    change(Message, lease_ms=0)
    deliver.look_up_unknown(wire=town.config["WIRE"], clock=clock)
    assert rows(channel="email")[0].state == "unknown"
