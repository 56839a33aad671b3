"""What templates may say: Korean dates, money and particles as filters, and the shared macros as globals."""

from __future__ import annotations

from datetime import date, datetime

from flask import Flask

from app.kit import addresses, korean, particles, phone, text
from app.kit.clock import kst_day
from app.reviews.rules import MOODS, STAR_WORDS
from app.voices.rules import KINDS, SOURCES, clock_words
from app.web import endings
from app.web.doors import now


def _day(value: datetime | date) -> str:
    today = kst_day(now())
    return korean.day_name(kst_day(value) if isinstance(value, datetime) else value, today)


def _ago(value: datetime) -> str:
    return korean.ago(value, now())


def _time_left(due: datetime) -> str:
    return clock_words(due, now())


def _last_day(value: datetime) -> str:
    return endings.last_day(value, now())


def _epoch_ms(value: datetime) -> int:
    return int(value.timestamp() * 1000)


def register(app: Flask) -> None:
    """Add the filters and the macro rooms `ui`, `card`, `chart` and `icon` to every template."""
    env = app.jinja_env
    env.trim_blocks = True
    env.lstrip_blocks = True
    env.filters.update(
        day=_day,  # 11월 23일(월)
        clock=korean.clock_time,  # 오후 2:49
        moment=korean.day_and_time,  # 11월 23일(월) 오후 2:49
        exact=korean.exact_moment,  # 2026년 11월 23일 오후 2:49:07
        ago=_ago,  # 3분 전
        last_day=_last_day,  # 12월 31일(목), of what is gone from a moment on
        epoch_ms=_epoch_ms,
        won=korean.won,  # 12,000원
        native=korean.native_count,  # 3 → 세
        josa=particles.josa,  # '라떼'|josa('을/를') → 라떼를
        masked=phone.masked,  # 010-••••-1234
        masked_email=addresses.masked_email,  # mi•••@naver.com
        phone=phone.national,  # 010-1234-5678
        shortened=text.shortened,  # a long text in a list, with … where it was cut
        star_word=STAR_WORDS.__getitem__,  # 5 → 아주 좋아요
        mood_word=MOODS.__getitem__,  # good → 좋았어요
        voice_word=KINDS.__getitem__,  # complaint → 불편
        voice_source=SOURCES.__getitem__,  # sns → SNS에서 본 말
        time_left=_time_left,  # 3시간 남았어요
    )
    env.globals["now"] = now
    for room in ("ui", "card", "chart"):
        env.globals[room] = env.get_template(f"components/{room}.html").module
    env.globals["icon"] = env.get_template("components/icons.html").module.icon  # type: ignore[attr-defined]
