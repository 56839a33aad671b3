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
        later = "손님이 조금 더 오시면 몇 분이 다시 오셨는지 알려 드릴게요."
        return Section("again", name, _too_few(facts, later=later, what=name))
    points = [
        ("전에도 오신 분", before),
        ("처음, 또 오심", often),
        ("처음 한 번", new - often),
    ]
    return Section(
        key="again",
        name=name,
        words=words.again(people=facts.people, before=before, month=words.name(facts.month)),
        note=words.often(new=new, often=often, goes_on=facts.is_present),
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
        told = "처음 오신 손님이 다음 달에 또 오시는지, 한 달이 지나면 알려 드릴게요."
        if not facts.is_present:
            told = f"{words.name(facts.month)}이 되기 전에 처음 오신 손님은 없어요."
        return Section("cohorts", name, told)
    last = earlier[-1]
    came, there = facts.cohorts.get((last, facts.month), (0, 0))[0], facts.cohorts[last, last][0]
    shares = [
        (f"{first.month}월에 처음", percent(facts.cohorts.get((first, facts.month), (0, 0))[0], first_many))
        for first, first_many in ((each, facts.cohorts[each, each][0]) for each in earlier)
        if first_many >= LEAST_PEOPLE
    ]
    columns = [each for each in firsts if each >= known[0]]
    return Section(
        key="cohorts",
        name=name,
        words=words.cohort(
            first=words.name(last), then=words.name(facts.month), there=there, came=came,
            goes_on=facts.is_present,
        ),
        note=f"처음 오신 달마다 그분들 가운데 {words.name(facts.month)}에 오신 분이 몇 %인지예요."
        if shares
        else "",
        chart="rows" if shares else "",
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


def moves(facts: Facts) -> Section | None:
    """Who moved between the groups within a month; None for a month that is over, and before the first night."""
    if facts.moves is None:
        return None
    name = "달라진 손님"
    if not facts.moves:
        return Section("moves", name, "최근 한 달 사이에는 크게 달라진 손님이 없어요.")
    return Section(
        key="moves",
        name=name,
        words=f"최근 한 달 사이 {facts.moves[0].sentence}.",
        chart="rows",
        points=[(each.short, each.people) for each in facts.moves],
        now=0,
        unit="명",
        head=("달라진 것", "손님"),
        rows=[(each.short, f"{each.people:,}명") for each in facts.moves],
    )


def fifth(facts: Facts) -> Section:
    """What the fifth that came most brought."""
    name = "가장 자주 오신 다섯에 한 분"
    many, visits, spent = facts.fifth
    days = facts.own_days
    if facts.people < LEAST_PEOPLE:
        later = "손님이 조금 더 오시면 자주 오시는 분이 얼마나 큰 힘인지 알려 드릴게요."
        return Section("fifth", name, _too_few(facts, later=later, what="이 비율"))
    by_won = facts.by_won and spent > 0
    if by_won:
        name = "가장 많이 쓰신 다섯에 한 분"
    mine, whole = (spent, summed(days, "sales")) if by_won else (visits, summed(days, "visits"))
    # The days are of this moment, the fifth of the last full hour.
    whole = max(whole, mine)
    share = percent(mine, whole)
    what = "판 금액" if by_won else "방문"
    cells = [
        (f"{'많이 쓰신' if by_won else '자주 오신'} {many:,}명", share),
        (f"다른 {facts.people - many:,}명", 100 - share),
    ]
    return Section(
        key="fifth",
        name=name,
        words=words.fifth(many=many, share=share, by_won=by_won),
        note="" if by_won else "금액을 적은 방문이 적어서 오신 횟수로 셌어요.",
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
        note=f"처음 오신 {words.people(total)} 가운데 {words.people(rest)}은 아직 몰라요." if rest else "",
        chart="rows",
        points=points,
        now=0,
        unit="명",
        head=("알게 된 길", "처음 오신 손님"),
        rows=[
            (what, f"{many:,}명") for what, many in (*points, *([(FOUND_NAMES[""], rest)] if rest else []))
        ],
    )


def _too_few(facts: Facts, *, later: str, what: str) -> str:
    return words.too_few(words.name(facts.month), is_present=facts.is_present, later=later, name=what)
