"""Whose fault it was: a photo that kills its worker is given up; a full disk, a deploy or a kill costs it nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.flows import photo
from app.flows.unit import write
from app.kit import images, limited_process
from app.kit.images import Made
from app.reviews import photos as reads
from app.reviews.actions import photos as actions
from app.reviews.photos import INCOMING, LARGE, SMALL
from tests.asks import AnAsk, an_ask, pick, the_photo
from tests.factories import ACustomer, AShop
from tests.flows.test_photo import lies, states
from tests.world import Clock


@pytest.fixture
def ask(shop: AShop, jiwoo: ACustomer) -> AnAsk:
    """지우 may say how it was."""
    return an_ask(shop, jiwoo)


def _killed(*_paths: Path) -> Made:
    raise SystemExit


def test_a_photo_that_takes_its_worker_down_is_tried_three_times(
    ask: AnAsk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = pick(ask)
    monkeypatch.setattr(images, "remake", _killed)
    for _ in range(3):
        with pytest.raises(SystemExit):
            photo.make_waiting(clock=clock)
        assert reads.waiting_photos(clock()) == [], "whoever died had it; nobody else takes it yet"
        clock.advance(minutes=2)
        assert len(reads.waiting_photos(clock())) == 1
    assert photo.make_waiting(clock=clock) == {"refused": 1}
    assert states(ask) == ["refused"]
    assert lies(ask, ref) == set()


def test_a_worker_killed_once_costs_only_a_minute(
    ask: AnAsk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = pick(ask)
    with monkeypatch.context() as killing:
        killing.setattr(images, "remake", _killed)
        with pytest.raises(SystemExit):
            photo.make_waiting(clock=clock)
    clock.advance(minutes=2)
    assert photo.make_waiting(clock=clock) == {"ready": 1}
    assert lies(ask, ref) == {LARGE, SMALL}


def test_a_full_disk_is_not_the_photos_fault_for_however_long(
    ask: AnAsk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = pick(ask)

    def full(*_paths: Path) -> Made:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as filling:
        filling.setattr(images, "remake", full)
        for _ in range(photo.TRIES * 2):
            assert photo.make_waiting(clock=clock) == {"later": 1}
            assert photo.make_waiting(clock=clock) == {}, "not at once again"
            assert (states(ask), lies(ask, ref)) == (["waiting"], {INCOMING})
            clock.advance(minutes=2)
    assert photo.make_waiting(clock=clock) == {"ready": 1}
    assert lies(ask, ref) == {LARGE, SMALL}


def test_a_deploy_that_ends_the_process_loses_no_photo(
    ask: AnAsk, clock: Clock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ref = pick(ask)
    with monkeypatch.context() as deploying:
        ending = tmp_path / "program.py"
        ending.write_text("import os, signal; os.kill(os.getpid(), signal.SIGTERM)")
        deploying.setattr(images, "_PROGRAM", ending)
        assert photo.make_waiting(clock=clock) == {"later": 1}
        clock.advance(minutes=2)
        deploying.setattr(limited_process.sys, "executable", str(tmp_path / "gone"))
        assert photo.make_waiting(clock=clock) == {"later": 1}
        clock.advance(minutes=2)
    assert photo.make_waiting(clock=clock) == {"ready": 1}
    assert lies(ask, ref) == {LARGE, SMALL}


def test_a_try_is_not_given_back_to_other_hands(
    ask: AnAsk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = pick(ask)

    def slow(*_paths: Path) -> Made:
        row = the_photo(ref)
        assert row is not None
        later = clock.advance(minutes=2)
        with write() as session:
            actions.claim(
                session, shop_id=ask.shop_id, photo_id=row.id, held_until=later + photo.HOLD, now=later
            )
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(images, "remake", slow)
    assert photo.make_waiting(clock=clock) == {"later": 1}
    row = the_photo(ref)
    assert row is not None
    assert row.tries == 2
