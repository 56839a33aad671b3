"""이번 달, pure: who came, as sections of a month's page."""

from __future__ import annotations

from app.insights import month_words as words
from app.insights.month_facts import Facts, Section, percent, summed
from app.kit.clock import months_back

# Shares of fewer people are chance.
LEAST_PEOPLE = 10
FOUND_NAMES = {
    "search": "검색해서",
    "friend": "아는 분이 알려 줘서",
    "sns": "SNS에서 보고",
    "passing": "지나가다가",
    "sign": "간판이나 전단을 보고",
    "other": "다른 길로",
    "": "아직 몰라요",
}


def again(facts: Facts) -> Section:
    """How many had been here before the month."""
    name = "다시 오신 비율"
    own = facts.cohorts.get((facts.month, facts.month), (0, 0))
    new, often = own
    before = facts.people - new
    if facts.people < LEAST_PEOPLE:
        return Section("again", name, "손님이 조금 더 오시면 몇 분이 다시 오셨는지 알려 드릴게요.")
    points = [
        ("전에도 오신 분", before),
        ("처음, 또 오심", often),
        ("처음 한 번", new - often),
    ]
    return Section(
        key="again",
        name=name,
        words=words.again(people=facts.people, before=before, month=words.name(facts.month)),
        note=words.often(new=new, often=often),
        chart="rows",
        points=points,
        now=0,
        unit="명",
        head=("어떤 분", "손님"),
        rows=[(what, f"{many:,}명") for what, many in points],
    )


def cohorts(facts: Facts) -> Section:
    """How many of those who came first in a month came in this one."""
    name = "처음 오신 달로 보기"
    since = months_back(facts.month, 5)
    firsts = [each for each in (months_back(facts.month, many) for many in range(5, -1, -1)) if each >= since]
    known = [first for first in firsts if facts.cohorts.get((first, first), (0, 0))[0]]
    earlier = [first for first in known if first < facts.month]
    if not earlier:
        return Section(
            "cohorts", name, "처음 오신 손님이 다음 달에 또 오시는지, 한 달이 지나면 알려 드릴게요."
        )
    last = earlier[-1]
    came, there = facts.cohorts.get((last, facts.month), (0, 0))[0], facts.cohorts[last, last][0]
    shares = [
        (f"{first.month}월에 처음", percent(facts.cohorts.get((first, facts.month), (0, 0))[0], first_many))
        for first, first_many in ((each, facts.cohorts[each, each][0]) for each in earlier)
    ]
    columns = [each for each in firsts if each >= known[0]]
    return Section(
        key="cohorts",
        name=name,
        words=words.cohort(
            first=words.name(last), then=words.name(facts.month), there=there, came=came,
            goes_on=facts.is_present,
        ),
        note=f"처음 오신 달마다 그분들 가운데 {words.name(facts.month)}에 오신 분이 몇 %인지예요.",
        chart="rows",
        points=shares,
        now=len(shares) - 1,
        unit="%",
        head=("처음 오신 달", *(f"{each.month}월" for each in columns)),
        rows=[
            (
                f"{first.year}년 {first.month}월",
                *(
                    f"{facts.cohorts.get((first, then), (0, 0))[0]:,}" if then >= first else ""
                    for then in columns
                ),
            )
            for first in known
        ],
    )  # fmt: skip


def fifth(facts: Facts) -> Section:
    """What the fifth that came most brought."""
    name = "단골 다섯에 한 분"
    many, visits, spent = facts.fifth
    days = facts.own_days
    if facts.people < LEAST_PEOPLE:
        return Section("fifth", name, "손님이 조금 더 오시면 단골 손님이 얼마나 큰 힘인지 알려 드릴게요.")
    mine, whole = (spent, summed(days, "sales")) if facts.by_won else (visits, summed(days, "visits"))
    # The days are of this moment, the fifth of the last full hour.
    whole = max(whole, mine)
    share = percent(mine, whole)
    what = "판 금액" if facts.by_won else "방문"
    cells = [
        (f"단골 {many:,}명", share),
        (f"다른 {facts.people - many:,}명", 100 - share),
    ]
    return Section(
        key="fifth",
        name=name,
        words=words.fifth(many=many, share=share, by_won=facts.by_won),
        note="" if facts.by_won else "금액을 적은 방문이 적어서 오신 횟수로 셌어요.",
        chart="rows",
        points=cells,
        now=0,
        unit="%",
        head=("어떤 분", f"{what}에서 차지한 몫"),
        rows=[(who, f"{part}%") for who, part in cells],
    )


def found(facts: Facts) -> Section:
    """How those who came first found the shop."""
    name = "가게를 알게 된 길"
    told = {by: many for by, many in facts.found.items() if by}
    total = sum(facts.found.values())
    if not told:
        kind = "처음 오신 분께 어떻게 알고 오셨는지 여쭤보면 여기에 모여요."
        return Section("found", name, kind)
    ordered = sorted(told.items(), key=lambda each: (-each[1], each[0]))
    points = [(FOUND_NAMES.get(by, by), many) for by, many in ordered]
    rest = total - sum(told.values())
    return Section(
        key="found",
        name=name,
        words=words.found(how=points[0][0], many=points[0][1], total=sum(told.values())),
        note=f"처음 오신 {total:,}분 가운데 {rest:,}분은 아직 몰라요." if rest else "",
        chart="rows",
        points=points,
        now=0,
        unit="명",
        head=("알게 된 길", "처음 오신 손님"),
        rows=[
            (what, f"{many:,}명") for what, many in (*points, *([(FOUND_NAMES[""], rest)] if rest else []))
        ],
    )
