"""The words of 내 정보 내려받기 about the person themselves: who they are, their days, who comes along."""

from __future__ import annotations

from datetime import datetime

from app.customers import known as knowledge
from app.customers.day_rules import yearly_words
from app.customers.known import CompanionLine
from app.customers.known_rules import FOUND_BY, GENDERS
from app.customers.queries import MyDetails
from app.kit.clock import kst_day
from app.kit.korean import clock_time, day_name
from app.kit.phone import national
from app.web.days_form import day_lines
from app.web.guards import current_card


def at(moment: datetime) -> str:
    """Return a moment with its year: a file is kept for years."""
    return f"{on(moment)} {clock_time(moment)}"


def on(moment: datetime) -> str:
    """Return a day with its year."""
    # A file is kept for years: it always names the year.
    day = kst_day(moment)
    return f"{day.year}년 {day_name(day)}"


def about(person: MyDetails) -> dict[str, str]:
    """Return what is written down of a person, by its label."""
    return {
        "이름": person.name or "적지 않았어요",
        "휴대폰 번호": national(person.phone) if person.phone else "적지 않았어요",
        "번호 확인": "확인한 번호예요" if person.phone_checked_at else "확인하지 않았어요",
        "이메일": _email(person),
        "사장님이 기억하는 것": person.likes,
        "사장님 메모": person.memo,
        "성별": GENDERS.get(person.gender, ""),
        "알게 된 길": FOUND_BY.get(person.found_by, ""),
        "카드를 만든 날": on(person.joined_at),
        "첫 방문": on(person.first_visit_at) if person.first_visit_at else "",
        **{name: f"{day} ({coming})" if coming else day for name, day, coming in days()},
        "마지막 방문": on(person.last_visit_at) if person.last_visit_at else "",
        "방문": f"{person.visit_count}번" if person.visit_count else "",
    }


def days() -> list[tuple[str, str, str]]:
    """Return their days as (what, day, when it comes next)."""
    return day_lines(shop_id=current_card().shop_id, customer_id=current_card().customer_id)


def birthday(line: CompanionLine) -> str:
    """Return the birthday of somebody who comes along, "" where nobody told."""
    day = knowledge.birthday_of(line)
    return yearly_words(day) if day else ""


def _email(person: MyDetails) -> str:
    if person.email is None:
        return ""
    return person.email if person.email_checked_at else f"{person.email} (아직 확인하지 않았어요)"
