"""Korean for screens: dates, money, counting words."""

from __future__ import annotations

from datetime import date, datetime

from app.kit.clock import KST, kst_day

_WEEKDAYS = "월화수목금토일"
_NATIVE_ONES = ["", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉"]
_NATIVE_TENS = ["", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔"]


def native_count(number: int) -> str:
    """Return the counting word before 번, 개, 분: 3 → "세", 20 → "스무". Digits outside 1–99."""
    if not 1 <= number <= 99:
        return f"{number:,}"
    if number == 20:
        return "스무"
    return _NATIVE_TENS[number // 10] + _NATIVE_ONES[number % 10]


def won(amount: int) -> str:
    """Return "12,000원"."""
    return f"{amount:,}원"


def clock_time(moment: datetime) -> str:
    """Return "오후 2:49" in Korea."""
    local = moment.astimezone(KST)
    half = "오전" if local.hour < 12 else "오후"
    return f"{half} {(local.hour + 11) % 12 + 1}:{local.minute:02d}"


def day_name(day: date, today: date | None = None) -> str:
    """Return "11월 23일(월)"; with the year when it is not the year of `today`."""
    text = f"{day.month}월 {day.day}일({_WEEKDAYS[day.weekday()]})"
    return text if today is None or today.year == day.year else f"{day.year}년 {text}"


def day_and_time(moment: datetime) -> str:
    """Return "11월 23일(월) 오후 2:49" in Korea."""
    return f"{day_name(kst_day(moment))} {clock_time(moment)}"


def exact_moment(moment: datetime) -> str:
    """Return "2026년 11월 23일 오후 2:49:07" in Korea: for papers, where the year and the second matter."""
    local = moment.astimezone(KST)
    return f"{local.year}년 {local.month}월 {local.day}일 {clock_time(moment)}:{local.second:02d}"


def ago(moment: datetime, now: datetime) -> str:
    """Return how long ago in words: "방금", "3분 전", "2시간 전", "어제", "5일 전", or the day."""
    seconds = (now - moment).total_seconds()
    if seconds < 60:
        return "방금"
    if seconds < 3600:
        return f"{int(seconds // 60)}분 전"
    days = (kst_day(now) - kst_day(moment)).days
    if days == 0:
        return f"{int(seconds // 3600)}시간 전"
    if days == 1:
        return "어제"
    return f"{days}일 전" if days < 31 else day_name(kst_day(moment), kst_day(now))


_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"


def initials(name: str) -> str:
    """Return the first sounds of a name, "ㄱㅁㅈ" of 김민지; what is no Hangul syllable stays, without spaces."""
    return "".join(
        _INITIALS[(ord(char) - 0xAC00) // 588] if "가" <= char <= "힣" else char.lower()
        for char in name
        if not char.isspace()
    )


def small_signs(text: str) -> str:
    """Return what is typed or called without blanks and in small letters, as it is searched."""
    return "".join(char.lower() if char.isascii() else char for char in text if not char.isspace())


def sound_range(char: str) -> tuple[str, str] | None:
    """Return the first and the last syllable that begin with a sound: ㅁ → (마, 밓); None for what is no first sound."""
    place = _INITIALS.find(char) if char else -1
    if place < 0:
        return None
    first = 0xAC00 + place * 588
    return chr(first), chr(first + 587)
