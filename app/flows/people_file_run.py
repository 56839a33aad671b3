"""A long list is made in small steps, each a transaction of its own: killed between two, it goes on where it was.

First its rows gather in a sealed file, a thousand people a step; then they are packed into one that a spreadsheet opens,
which lies sealed until its day is over. Two workers at once stand in line at the list's row.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select, update

from app.customers import people_files, taking_out
from app.customers.file_models import PeopleFile
from app.customers.people_files import Stand
from app.extensions import files_dir, setting
from app.flows import people_file as doors
from app.flows.unit import after_a_race, end_reading, write
from app.kit import files, sealed_file
from app.kit.files import Place
from app.kit.sealing import Unreadable
from app.kit.signing import new_token

log = structlog.get_logger(__name__)

# Longer than the largest list takes to pack: only a worker that died lets it run out.
HOLD = timedelta(minutes=4)
TRIES = 3
_REST = timedelta(minutes=1)


def work(*, clock: Callable[[], datetime], stop: Callable[[], bool] = lambda: False) -> int:
    """Do what lists of all shops wait for, a step of each in turn; returns the number of steps. Stops when asked to.

    One that fails is told and left for the next turn, and costs the others nothing.
    """
    done, failed = 0, set()
    while waiting := [each for each in people_files.waiting(clock()) if each not in failed]:
        end_reading()
        for shop_id, file_id in waiting:
            if stop():
                return done
            done += 1
            try:
                step(shop_id=shop_id, file_id=file_id, clock=clock)
            except Exception as fault:
                end_reading()
                failed.add((shop_id, file_id))
                log.error("list_failed", shop_id=shop_id, file_id=file_id, fault=type(fault).__name__)
                _rest(shop_id, file_id, clock())
    end_reading()
    return done


def step(*, shop_id: int, file_id: int, clock: Callable[[], datetime]) -> None:
    """Do the next step of one list."""
    now, stand = clock(), people_files.stand(shop_id=shop_id, file_id=file_id)
    end_reading()
    if stand is None:
        return
    if stand.state == "making":
        _gather(shop_id, file_id, stand)
    elif stand.state == "packing":
        _pack(shop_id, file_id, stand, clock)
    elif stand.state == "ready":
        _end(shop_id, file_id, now)


def _gather(shop_id: int, file_id: int, stand: Stand) -> None:
    # Read before the write begins: nobody waits while a thousand people are looked up. Who was in the group when it
    # was asked for is in the list, also when midnight comes in between.
    choice = doors.choice_of(
        shop_id=shop_id, typed=stand.typed, tag_id=stand.tag_id, group=stand.group, now=stand.made_at
    )
    rows, after = taking_out.some(shop_id=shop_id, choice=choice, after=stand.after_id)
    end_reading()
    piece = json.dumps(rows, ensure_ascii=False).encode()
    ref = stand.records or new_token()
    path = files.room_for(files_dir(), Place(doors.FOLDER, shop_id, ref))

    def note() -> None:
        with write() as session:
            row = _held(session, shop_id, file_id)
            if row is None or (row.state, row.after_id, row.place) != ("making", stand.after_id, stand.place):
                return  # somebody else took this step, or it was stopped
            try:
                row.place = sealed_file.append(
                    path, setting("MASTER_KEY"), piece, place=row.place, bound_to=f"{shop_id}:{ref}"
                )
            except FileNotFoundError:
                _begin_again(row)
                return
            row.records, row.seen = ref, row.seen + len(rows)
            if after is None:
                row.state = "packing"
            else:
                row.after_id = after

    after_a_race(note)


def _pack(shop_id: int, file_id: int, stand: Stand, clock: Callable[[], datetime]) -> None:
    now = clock()
    tries = _claim(shop_id, file_id, now)
    if not tries:
        return
    ref, root, master = new_token(), files_dir(), setting("MASTER_KEY")
    try:
        with files.desk(root) as desk:
            with open(desk / "list", "wb") as out:
                doors.write_rows(stand.kind, _records(shop_id, stand.records), out)
            with open(desk / "list", "rb") as made:
                pieces = sealed_file.in_chunks(made)
                sealed_file.write(desk / "sealed", master, pieces, bound_to=f"{shop_id}:{ref}")
            (desk / "list").unlink()
            files.move_in(root, Place(doors.FOLDER, shop_id, ref), desk / "sealed", now=now)
        lost = False
    except (FileNotFoundError, Unreadable):
        lost = True
    with write() as session:
        row = _held(session, shop_id, file_id)
        if row is None or (row.state, row.tries) != ("packing", tries):
            gone = ref  # stopped meanwhile, or somebody else came round to it
        else:
            gone, row.held_until = row.records, None
            if lost:
                _begin_again(row)
            else:
                row.state, row.ref, row.records, row.typed = "ready", ref, "", ""
                row.ends_at = clock() + doors.KEPT
    doors.drop_files(shop_id, gone)


def _records(shop_id: int, ref: str) -> Iterator[list[str]]:
    with open(Place(doors.FOLDER, shop_id, ref).below(files_dir()), "rb") as file:
        for piece in sealed_file.pieces_of(file, setting("MASTER_KEY"), bound_to=f"{shop_id}:{ref}"):
            yield from json.loads(piece)


def _claim(shop_id: int, file_id: int, now: datetime) -> int:
    """Hold a list for packing, unless another worker has it; returns which try this is, 0 for none."""
    with write() as session:
        tries = session.scalar(
            update(PeopleFile)
            .where(
                PeopleFile.shop_id == shop_id,
                PeopleFile.id == file_id,
                PeopleFile.state == "packing",
                PeopleFile.held_until.is_(None) | (PeopleFile.held_until <= now),
            )
            .values(held_until=now + HOLD, tries=PeopleFile.tries + 1)
            .returning(PeopleFile.tries)
            .execution_options(synchronize_session=False)
        )
        if not tries or tries <= TRIES:
            return tries or 0
        row = _held(session, shop_id, file_id)
        gone = doors.close(row, "failed") if row else ()
    doors.drop_files(shop_id, *gone)
    return 0


def _begin_again(row: PeopleFile) -> None:
    """Gather anew what is not there any more (a disk that was put back); three times at most."""
    row.after_id = row.seen = row.place = 0
    row.state, row.records, row.tries = "making", "", row.tries + 1
    if row.tries > TRIES:
        doors.close(row, "failed")


def _end(shop_id: int, file_id: int, now: datetime) -> None:
    with write() as session:
        row = _held(session, shop_id, file_id)
        if row is None or row.state != "ready" or row.ends_at is None or row.ends_at > now:
            return
        gone = doors.close(row)
    doors.drop_files(shop_id, *gone)


def _rest(shop_id: int, file_id: int, now: datetime) -> None:
    """Leave a list alone for a minute after a fault, so that it is not told every two seconds."""
    with write() as session:
        row = _held(session, shop_id, file_id)
        if row is not None:
            row.held_until = now + _REST


def _held(session: Any, shop_id: int, file_id: int) -> PeopleFile | None:
    found: PeopleFile | None = session.scalar(
        select(PeopleFile)
        .where(PeopleFile.shop_id == shop_id, PeopleFile.id == file_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found
