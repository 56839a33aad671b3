"""이번 달, pure: what a month was like, section by section: a sentence, a few numbers, a picture, a table.

Every sentence is made only from what is true of this month; where too little is known it says so, kindly.
"""

from __future__ import annotations

from app.insights import month_goods as goods
from app.insights import month_people as people
from app.insights import month_words as words
from app.insights.month_facts import Facts, Section, summed
from app.insights.weeks import hour_words
from app.kit.korean import won

_WEEKDAYS = "월화수목금토일"
# Fewer visits than these say nothing about when a shop is busy.
BUSY_VISITS = 30


def sections(facts: Facts) -> list[Section]:
    """Return a month's sections in the order in which they are read; without what this shop doesn't use."""
    made = (
        _visits,
        people.again,
        people.cohorts,
        people.moves,
        people.fifth,
        _hours,
        people.found,
        goods.products,
        goods.pairs,
        goods.tiers,
        goods.coupons,
    )
    return [section for section in (make(facts) for make in made) if section is not None]


def _visits(facts: Facts) -> Section:
    days = facts.own_days
    visits, sales = summed(days, "visits"), summed(days, "sales")
    priced = summed(days, "priced")
    weeks: dict[int, int] = {}
    for each in days:
        weeks[(each.day.day - 1) // 7] = weeks.get((each.day.day - 1) // 7, 0) + each.visits
    last = facts.today.day if facts.is_present else max((each.day.day for each in days), default=1)
    points = [(f"{7 * week + 1}일부터", weeks.get(week, 0)) for week in range((last - 1) // 7 + 1)]
    return Section(
        key="visits",
        name="오신 손님",
        words=words.month(facts.days, month=facts.month, today=facts.today),
        note=words.sales(sales, priced=priced, visits=visits),
        numbers=[
            (f"{summed(days, 'returning'):,}번", "다시 온 손님"),
            (f"{summed(days, 'new_customers'):,}명", "처음 온 손님"),
        ],
        chart="rows" if visits else "",
        points=points,
        unit="번",
        head=("날", "방문", "다시 온 분", "처음 온 분", "판 금액"),
        rows=[
            (
                f"{each.day.month}/{each.day.day} {_WEEKDAYS[each.day.weekday()]}",
                f"{each.visits:,}",
                f"{each.returning:,}",
                f"{each.new_customers:,}",
                won(each.sales) if each.priced else "–",
            )
            for each in days
            if each.visits
        ],
    )


def _hours(facts: Facts) -> Section:
    name = "붐비는 때"
    total = sum(facts.hours.values())
    if total < BUSY_VISITS:
        later = f"방문이 {BUSY_VISITS}번쯤 쌓이면 무슨 요일 몇 시가 붐비는지 알려 드릴게요."
        month = words.name(facts.month)
        told = words.too_few(month, is_present=facts.is_present, later=later, name=name)
        return Section("hours", name, told)
    (day, hour), _most = min(facts.hours.items(), key=lambda each: (-each[1], each[0]))
    seen = range(min(each for _day, each in facts.hours), max(each for _day, each in facts.hours) + 1)
    return Section(
        key="hours",
        name=name,
        words=f"{_WEEKDAYS[day]}요일 {hour_words(hour)}가 가장 붐벼요.",
        note="지난달부터 오늘까지예요. 진할수록 많이 오셨어요."
        if facts.is_present
        else "진할수록 많이 오셨어요.",
        chart="heat",
        heat=dict(facts.hours),
        head=("시간", *_WEEKDAYS),
        rows=[
            (f"{each}시", *(f"{facts.hours.get((place, each), 0):,}" for place in range(7))) for each in seen
        ],
    )
