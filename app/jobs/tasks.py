"""What a worker does: each task is one call of a flow. Runs inside an application context."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from flask import current_app

from app.flows import deliver, import_run, notify_run, people_file_run, photo, restored, warranty_run
from app.kit.net import boot_clock

# Set when the process was asked to stop: work ends between two messages.
stopping = threading.Event()

# A turn ends after this many seconds, so that the queue, the signals and the heartbeat get theirs.
TURN_S = 20.0


def drain() -> dict[str, int]:
    """Send what is due until nothing is, the turn is over, or the process stops. Returns counts."""
    wire, clock = current_app.config["WIRE"], current_app.config["CLOCK"]
    enough = _a_turn()
    done: Counter[str] = Counter()
    while not enough():
        turn = deliver.drain(wire=wire, clock=clock, stop=enough)
        done.update(turn)
        if not sum(turn.values()):
            break
    return dict(done)


def ring_staff() -> dict[str, int]:
    """Ring the phones of who works in a shop until nobody is due, or the turn is over. Returns counts."""
    wire, clock = current_app.config["WIRE"], current_app.config["CLOCK"]
    return dict(notify_run.ring_due(wire=wire, clock=clock, stop=_a_turn()))


def make_photos() -> dict[str, int]:
    """Write waiting photos anew until none is left, the turn is over, or the process stops. Returns counts."""
    return dict(photo.make_waiting(clock=current_app.config["CLOCK"], stop=_a_turn()))


def take_in_files() -> dict[str, int]:
    """Go on with files that owners brought, and with certificates for what they hold, each for a turn. Returns counts."""
    clock = current_app.config["CLOCK"]
    taken = import_run.work(clock=clock, stop=_a_turn())
    return {"steps": taken + warranty_run.work(clock=clock, stop=_a_turn())}


def make_lists() -> dict[str, int]:
    """Go on with lists that owners take along until none waits, the turn is over, or the process stops. Returns counts."""
    return {"steps": people_file_run.work(clock=current_app.config["CLOCK"], stop=_a_turn())}


def _a_turn() -> Callable[[], bool]:
    """Begin a turn; the answer tells whether it is over."""
    until = boot_clock() + TURN_S
    return lambda: stopping.is_set() or boot_clock() > until


def look_up_unknown() -> int:
    """Ask the providers about unclear messages."""
    return deliver.look_up_unknown(wire=current_app.config["WIRE"], clock=current_app.config["CLOCK"])


def look_for_restore() -> str:
    """Note, before anything is sent, whether the database was put back from a backup."""
    return restored.look(mark=_mark(), now=current_app.config["CLOCK"]())


def keep_mark() -> None:
    """Leave the mark by which a restored database is known."""
    restored.keep(mark=_mark())


def _mark() -> Path:
    folder: Path = current_app.config["DANGOL"].data_dir
    return folder / "alive"
