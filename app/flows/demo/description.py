"""What a demo shop is made of. The machinery of this folder is shared; a shop is one Description."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

# 설날 and 추석 (the day itself; shops rest one day on each side), as announced by 한국천문연구원.
LUNAR_HOLIDAYS = frozenset(
    date.fromisoformat(day)
    for day in (
        "2024-02-10", "2024-09-17", "2025-01-29", "2025-10-06", "2026-02-17", "2026-09-25", "2027-02-07",
        "2027-09-15", "2028-01-27", "2028-10-03", "2029-02-13", "2029-09-22", "2030-02-03", "2030-09-12",
    )
)  # fmt: skip


@dataclass(frozen=True)
class MenuItem:
    """One line of the menu. `weights`: how often it is taken in each of the shop's four rushes."""

    name: str
    price: int  # won
    weights: tuple[int, int, int, int]
    is_extra: bool = False  # something beside the main thing: a cake, a drink to take along
    rebuy_days: int | None = None  # until it is used up and bought again
    is_pick: bool = False  # recommended to who has not had it lately


@dataclass(frozen=True)
class Pace:
    """A kind of rhythm: its share of the people, and the days between visits it draws from."""

    name: str
    share: float
    gaps: tuple[float, float]


@dataclass(frozen=True)
class ReviewWords:
    """What somebody writes after a visit, and what the owner answers ("" = it just stands there)."""

    stars: int
    text: str
    reply: str = ""
    about: str = ""  # something of the menu that was bought on that visit
    words: str = ""  # what it praises (+) and blames (-), as a night would find it: "+맛 -기다림"
    photo: str = ""  # a picture beside it: the name of a file of this folder
    is_unseen: bool = False  # the shop has not looked at the picture yet
    hidden: tuple[str, str] | None = None  # the cause for which it is hidden, and what in it


@dataclass(frozen=True)
class Thread:
    """A matter somebody brought up. Lines of `says` in turn, the customer first.

    `hours_ago`: when it was opened; `minutes`: between its lines; `closed`: the owner put it away.
    """

    kind: str  # praise | complaint | question | idea
    hours_ago: float
    says: tuple[str, ...]
    minutes: tuple[int, ...] = ()
    closed: bool = False
    causes: tuple[str, ...] = ()


@dataclass(frozen=True)
class NewsWords:
    """A piece of news. `days_ago`: when it was shown; `share`: how many of those who hold a card opened it."""

    sort: str  # notice | season | product
    days_ago: int
    title: str
    text: str
    share: float = 0.2
    about: str = ""  # something of the menu
    group: str = ""  # "" = everybody
    is_first: bool = False
    is_over: bool = False  # taken down the next day


@dataclass(frozen=True)
class Offer:
    """One kind that a demo shop gives. `share`: how many of those who have one have used it."""

    rule: str
    name: str
    share: float
    rule_value: int = 0
    form: str = "item"
    value: int = 0
    days: int = 30
    least_amount: int = 0


@dataclass(frozen=True)
class Promise:
    """What a warranty of the shop says."""

    name: str
    months: int
    covers: str
    care: str


@dataclass(frozen=True, kw_only=True)
class Description:
    """One invented shop. Minutes count from midnight in Korea, weekdays begin with Monday."""

    seed: str
    code: str
    name: str
    owner_name: str
    colleagues: tuple[str, ...]
    phone: str
    address: str
    story: str
    thank_you: str
    thank_you_delay: int | None  # minutes; None = the kind's own
    reward: str
    goals: tuple[int, int]  # of the first cards, and since the rule was changed
    people: int
    paces: tuple[Pace, ...]
    number_blocks: tuple[str, ...]  # the middle of +82 10 …; all begin with 0
    history_days: int
    opens: int
    closes: int
    weekdays: tuple[float, ...]  # how a weekday compares with the average day
    rushes: tuple[tuple[int, int], ...]  # four: (middle, spread) in minutes
    rush_shares: tuple[tuple[int, ...], tuple[int, ...]]  # on working days, on weekends
    rests: Callable[[date], bool]  # days it is closed, 명절 apart
    feast_share: float  # how many of those who come also come in the three days before a 명절
    menu: tuple[MenuItem, ...]
    basket: tuple[int, ...]  # weights of taking one main thing, two, three …
    extra_share: float  # how often something extra goes along
    parties: tuple[int, int, int, int]  # weights of coming alone, in two, three, four
    just_been: tuple[int, ...]  # minutes ago, the last first: people who agreed to letters
    likes: tuple[str, ...]
    memos: tuple[str, ...]
    reviews: tuple[ReviewWords, ...]
    review_stamps: int  # given for a review in the last month: none or one
    hashtag: str
    threads: tuple[Thread, ...]
    ready_answers: tuple[tuple[str, str], ...] = ()  # (name, text)
    review_places: tuple[str, str] = ("", "")  # where it is reviewed elsewhere: 네이버, 카카오맵
    point_permille: int = 0  # points beside the stamps, in thousandths of the amount
    day_off: int | None = None  # of the week, entered under 쉬는 날 (0 = Monday)
    has_tiers: bool = False  # three of them, a day of double stamps, a list of gifts
    offers: tuple[Offer, ...] = ()
    news: tuple[NewsWords, ...] = ()  # from the oldest to the newest
    links: tuple[tuple[str, str], ...] = ()  # (where, address)
    promises: tuple[Promise, ...] = ()  # of warranties; none: it gives none
    prices: str = ""  # the price buttons, as Shop.prices has them
