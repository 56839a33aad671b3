"""What comes round again of the talk with customers: what was mended and is told, draws, testers, words of reviews."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.flows import event, review_words, tester_turns, voice_fix, voice_results
from app.jobs.each_shop import Breath, Periodic, for_each_shop
from app.kit.clock import next_minute_of_day


def _tell_what_was_fixed(now: datetime, breath: Breath) -> None:
    voice_fix.tell_waiting(clock=lambda: now, stop=breath)


def _draw_events(now: datetime, breath: Breath) -> None:
    for_each_shop(lambda shop_id: event.see_to(shop_id=shop_id, now=now, stop=breath), "draw_events", breath)


def _read_reviews(now: datetime, breath: Breath) -> None:
    review_words.read_new(now=now, breath=breath)


def _go_on_with_testers(now: datetime, breath: Breath) -> None:
    tester_turns.see_to(now=now, stop=breath)


def _count_who_came_back(now: datetime, breath: Breath) -> None:
    for_each_shop(
        lambda shop_id: voice_results.count_back(shop_id=shop_id, now=now, stop=breath), "voices_back", breath
    )


TALK = (
    Periodic("voice_fixes", timedelta(minutes=1), lambda now: now, _tell_what_was_fixed),
    Periodic("testers", timedelta(minutes=1), lambda now: now, _go_on_with_testers),
    Periodic("draw_events", timedelta(minutes=30), lambda now: now, _draw_events),
    # What a night did not get to, because everything was stopped or off, is gone on with in the next ten minutes.
    Periodic("review_words", timedelta(minutes=10), lambda now: now, _read_reviews),
    Periodic(
        "voices_back",
        timedelta(days=1),
        lambda now: next_minute_of_day(now, 3 * 60 + 55),
        _count_who_came_back,
    ),
)
