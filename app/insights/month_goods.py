"""이번 달, pure: what was sold, given and used, as sections of a month's page."""

from __future__ import annotations

from app.insights import month_words as words
from app.insights.month_facts import Facts, Section, summed
from app.kit.korean import won
from app.kit.particles import josa

# Pairs of fewer visits are chance.
_PAIR_VISITS, _PAIR_LIFT, _PAIR_SHARE, _PAIRS_SHOWN = 5, 1.2, 0.2, 6
_PRODUCTS_DRAWN = 8


def products(facts: Facts) -> Section:
    """What was sold most."""
    name = "많이 나간 상품"
    if not facts.products:
        return Section("products", name, "무엇을 사셨는지 적어 두면 많이 나간 상품을 알려 드릴게요.")
    most = facts.products[0]
    return Section(
        key="products",
        name=name,
        words=f"{josa(most.name, '이/가')} 가장 많이 나갔어요. 모두 {most.pieces:,}개예요."
        if len(facts.products) > 1
        else f"{josa(most.name, '이/가')} {most.pieces:,}개 나갔어요.",
        chart="rows",
        points=[(each.name, each.pieces) for each in facts.products[:_PRODUCTS_DRAWN]],
        now=0,
        unit="개",
        head=("상품", "개수", "사신 횟수", "판 금액"),
        rows=[(each.name, f"{each.pieces:,}", f"{each.visits:,}", won(each.won)) for each in facts.products],
    )


def pairs(facts: Facts) -> Section | None:
    """What is bought together more often than by chance; None where nothing is noted of what was bought."""
    name = "함께 사신 상품"
    if not facts.products:
        return None
    found: list[tuple[float, str, str, int, int]] = []
    for pair in facts.pairs:
        if pair.both < _PAIR_VISITS or not facts.baskets:
            continue
        lift = pair.both * facts.baskets / (pair.ones * pair.others)
        one, other, many = (
            (pair.one, pair.other, pair.ones)
            if pair.ones <= pair.others
            else (pair.other, pair.one, pair.others)
        )
        if lift >= _PAIR_LIFT and pair.both / many >= _PAIR_SHARE:
            found.append((pair.both / many, one, other, pair.both, many))
    found.sort(key=lambda each: (-each[0], each[1], each[2]))
    if not found:
        told = "함께 사시는 상품이 있는지는 조금 더 지나야 보여요."
        if not facts.is_present:
            told = f"{words.name(facts.month)}까지 석 달 동안은 자주 함께 사신 상품이 없어요."
        return Section("pairs", name, told)
    shown = found[:_PAIRS_SHOWN]
    return Section(
        key="pairs",
        name=name,
        words=words.together(shown[0][1], shown[0][2], share=shown[0][0]),
        note="석 달을 함께 보고, 우연보다 자주 함께 사신 것만 적었어요.",
        head=("이것을 사실 때", "함께 사신 것", "횟수", "비율"),
        rows=[
            (one, other, f"{many:,}번 중 {both:,}번", f"{round(100 * share)}%")
            for share, one, other, both, many in shown
        ],
    )


def tiers(facts: Facts) -> Section | None:
    """Who stands where; None in a shop without tiers."""
    if not facts.tiers:
        return None
    most = max(facts.tiers, key=lambda each: each[1])
    return Section(
        key="tiers",
        name="등급",
        words=f"{most[0]} 등급 손님이 {most[1]:,}명{'으로 가장 많아요' if len(facts.tiers) > 1 else '이에요'}.",
        chart="rows",
        points=list(facts.tiers),
        unit="명",
        head=("등급", "손님"),
        rows=[(name, f"{many:,}명") for name, many in facts.tiers],
    )


def coupons(facts: Facts) -> Section:
    """What was given and used."""
    used, rewards = summed(facts.own_days, "coupons_used"), summed(facts.own_days, "rewards_used")
    return Section(
        key="coupons",
        name="쿠폰과 혜택",
        words=words.coupons(issued=facts.coupons_issued, used=used, rewards=rewards),
        head=("무엇", "수"),
        rows=[
            ("드린 쿠폰", f"{facts.coupons_issued:,}장"),
            ("쓰신 쿠폰", f"{used:,}장"),
            ("쓰신 혜택", f"{rewards:,}개"),
        ]
        if facts.coupons_issued or used or rewards
        else [],
    )
