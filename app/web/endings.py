"""When stamps and points end, in words: the card, the panel and the lines say the same."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.cards import extras as reads
from app.cards.extras import Ending, Extras
from app.kit.clock import kst_day
from app.kit.korean import day_name


def last_day(ends_at: datetime, now: datetime) -> str:
    """Return the last good day of what is gone from `ends_at` on: "12월 31일(목)"."""
    return day_name(kst_day(ends_at - timedelta(seconds=1)), kst_day(now))


def sentence(*, shop_id: int, card_id: int, extras: Extras, now: datetime) -> str:
    """Return what of a card ends next, in words; asks nothing for a card on which nothing ends."""
    return words(reads.nearest(shop_id=shop_id, card_id=card_id, at=extras.expires_at), now=now)


def words(ending: Ending | None, *, now: datetime) -> str:
    """Return what ends next: "도장 2개는 12월 31일(목)까지예요", "" where nothing does."""
    if ending is None:
        return ""
    what = [f"도장 {ending.stamps}개"] if ending.stamps else []
    what += [f"포인트 {ending.points:,}점"] if ending.points else []
    day = last_day(ending.at, now)
    if not what:
        return ""
    both = "와 ".join(what) + ("은" if ending.points else "는")
    return f"{both} {day}까지였어요. 곧 정리돼요" if ending.at <= now else f"{both} {day}까지예요"
