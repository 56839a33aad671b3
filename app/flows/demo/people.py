"""The invented people of a shop: how often each comes, at what hour, what they take, what they agreed to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from app.flows.demo import names
from app.flows.demo.days import Calendar, pick_moment, pick_rush
from app.flows.demo.description import Description, MenuItem, Pace
from app.flows.demo.orders import usual_order
from app.kit.clock import kst_day


@dataclass
class Person:
    """One invented person. Moments are aware UTC; `said` is what they ticked, by consent kind."""

    pace: str
    gap: float  # days between visits
    rush: int
    usual: MenuItem
    comes: list[datetime] = field(default_factory=list)
    joined_at: datetime | None = None
    name: str = ""
    phone: str | None = None
    source: str = "qr"
    likes: str = ""
    memo: str = ""
    details_at: datetime | None = None
    said: dict[str, bool] = field(default_factory=dict)
    withdrew: dict[str, datetime] = field(default_factory=dict)
    opted_out_at: datetime | None = None
    erased_at: datetime | None = None
    ip: str = ""
    user_agent: str = ""

    def agrees(self, kind: str, at: datetime) -> bool:
        """Say whether a consent of theirs holds at a moment."""
        if self.details_at is None or at < self.details_at or not self.said.get(kind):
            return False
        taken_back = self.withdrew.get(kind)
        return taken_back is None or at < taken_back


def invent(rng: Random, calendar: Calendar) -> list[Person]:
    """Return the shop's people in the order they joined."""
    shop = calendar.shop
    made = [_rhythm(rng, calendar, pace) for pace in _paces(rng, shop)]
    people = [person for person in made if person.joined_at is not None]
    people.sort(key=lambda person: person.joined_at or calendar.moment)
    _call_them(rng, shop, people)
    for person in people:
        _what_they_said(rng, person, calendar.moment)
    _who_left(rng, shop, people, calendar.moment)
    _came_again(rng, people, calendar)
    _just_been_here(people, calendar)
    _what_the_owner_noted(rng, shop, people)
    return people


def _paces(rng: Random, shop: Description) -> list[Pace]:
    drawn: list[Pace] = []
    for pace in shop.paces:
        drawn += [pace] * round(shop.people * pace.share)
    rng.shuffle(drawn)
    return drawn[: shop.people]


def _rhythm(rng: Random, calendar: Calendar, pace: Pace) -> Person:
    shop, kind = calendar.shop, pace.name
    day = _first_day(rng, calendar, kind)
    rush = pick_rush(rng, shop, day)
    gap = rng.uniform(*pace.gaps)
    person = Person(pace=kind, gap=gap, rush=rush, usual=usual_order(rng, shop, rush))
    last = _last_day(rng, calendar, kind, day)
    most = {"once": 1, "few": rng.randint(2, 4), "new": rng.randint(1, 2), "never": 1}.get(kind, 10_000)
    while day <= last and len(person.comes) < most:
        day = calendar.next_open(day)
        comes_then = person.rush if rng.random() < 0.76 else pick_rush(rng, shop, day)
        at = pick_moment(rng, shop, day, comes_then)
        if day > last or at > calendar.moment - timedelta(minutes=4):
            break
        person.comes.append(at)
        day = _next_day(rng, shop, person.gap, day)
    if most > 4 and person.comes:
        _before_feasts(rng, person, calendar, last)
    _join(rng, person, calendar)
    return person


def _before_feasts(rng: Random, person: Person, calendar: Calendar, last: date) -> None:
    """Let those who come anyway also come for what the 차례 table needs."""
    been = {kst_day(at) for at in person.comes}
    for eves in calendar.feast_eves() if calendar.shop.feast_share else ():
        day = rng.choice(eves)
        if rng.random() < calendar.shop.feast_share and min(been) < day < last and day not in been:
            person.comes.append(pick_moment(rng, calendar.shop, day, rng.randrange(4)))
    person.comes.sort()


def _first_day(rng: Random, calendar: Calendar, pace: str) -> date:
    if pace == "new":
        back = rng.randint(1, 9)
    elif pace == "daily":
        back = rng.randint(60, calendar.shop.history_days)
    else:
        # More people join as the shop becomes known.
        back = 10 + int((calendar.shop.history_days - 10) * (1 - rng.random() ** 0.75))
    return calendar.next_open(calendar.today - timedelta(days=back))


def _last_day(rng: Random, calendar: Calendar, pace: str, first: date) -> date:
    if pace == "gone_quiet":
        return max(first + timedelta(days=25), calendar.today - timedelta(days=rng.randint(35, 200)))
    if pace == "now_and_then" and rng.random() < 0.3:
        return first + timedelta(days=rng.randint(60, 400))
    return calendar.today


def _next_day(rng: Random, shop: Description, gap: float, day: date) -> date:
    # People come when it suits them: around their gap, and rather on the shop's busy weekdays.
    ahead = max(1, round(rng.gammavariate(7, gap / 7)))
    nearby = [day + timedelta(days=max(1, ahead + step)) for step in (-1, 0, 1)]
    return rng.choices(nearby, [shop.weekdays[each.weekday()] ** 2 for each in nearby])[0]


def _join(rng: Random, person: Person, calendar: Calendar) -> None:
    if not person.comes:
        # Their first visit would be later today: they joined a while ago and have not been in since.
        person.joined_at = calendar.when_open(minutes_ago=24 * 60 + rng.randint(10, 400))
        person.pace = "never"
    else:
        person.joined_at = person.comes[0] - timedelta(seconds=rng.randint(40, 160))
    if person.pace == "never":
        person.comes = []
    if rng.random() < 0.04:
        person.source = "staff"
    person.ip = f"203.0.113.{rng.randint(1, 254)}"  # RFC 5737: for documentation only
    person.user_agent = rng.choice(names.USER_AGENTS)


def _call_them(rng: Random, shop: Description, people: list[Person]) -> None:
    """Give most people who come often a name and a number; many others stay nameless."""
    # +82 10 0…: no Korean exchange begins with 0, so these belong to nobody. Several blocks, so that two
    # people may share their last four digits, as they do in a real shop.
    blocks = shop.number_blocks
    numbers = [f"+8210{block}{tail:04d}" for block in blocks for tail in range(10_000)]
    drawn = rng.sample(numbers, len(people))
    for place in range(0, 24, 2):
        drawn[place + 1] = drawn[place][:5] + _another_block(blocks, drawn[place]) + drawn[place][9:]
    seen: set[str] = set()
    for person, number in zip(people, drawn, strict=True):
        familiar = len(person.comes) >= 5
        named = rng.random() < (0.9 if familiar else 0.5)
        phoned = named and rng.random() < 0.92
        if named:
            person.name = _new_name(rng, seen)
        if phoned or rng.random() < 0.03:
            person.phone = number
    taken: set[str] = set()
    for person in people:
        if person.phone in taken:
            person.phone = None
        elif person.phone:
            taken.add(person.phone)


def _another_block(blocks: tuple[str, ...], number: str) -> str:
    return blocks[(blocks.index(number[5:9]) + 1) % len(blocks)]


def _new_name(rng: Random, seen: set[str]) -> str:
    while True:
        name = rng.choice(names.SURNAMES) + rng.choice(names.GIVEN_NAMES)
        if name not in seen:
            seen.add(name)
            return name


def _what_they_said(rng: Random, person: Person, moment: datetime) -> None:
    """Let those with a name or a number answer the boxes, some only when their first reward was due."""
    if not (person.phone or person.name) or person.joined_at is None:
        return
    late = len(person.comes) > 9 and rng.random() < 0.35
    start = person.comes[9] if late else person.joined_at
    person.details_at = min(start + timedelta(seconds=rng.randint(30, 150)), moment - timedelta(minutes=2))
    marketing = person.phone is not None and rng.random() < 0.68
    ads = marketing and rng.random() < 0.72
    night = ads and rng.random() < 0.18
    person.said = {"age14": True, "required": True, "marketing": marketing, "ads": ads, "ads_night": night}


def _who_left(rng: Random, shop: Description, people: list[Person], moment: datetime) -> None:
    """Some withdrew a consent, some refused messages by the link, a few had everything deleted."""
    agreed = [
        p for p in people if p.said.get("ads") and p.details_at and p.details_at < moment - timedelta(days=40)
    ]
    leaving = min(shop.people // 23, len(agreed))
    for place, person in enumerate(rng.sample(agreed, leaving)):
        assert person.details_at is not None
        at = person.details_at + (moment - person.details_at) * rng.uniform(0.3, 0.97)
        if place < leaving * 0.35:
            person.opted_out_at = at
            person.withdrew = {kind: at for kind in ("ads", "ads_night") if person.said[kind]}
        elif place < leaving * 0.62:
            person.withdrew = {kind: at for kind in ("ads", "ads_night") if person.said[kind]}
        elif place < leaving * 0.85:
            person.withdrew = {kind: at for kind in ("marketing", "ads", "ads_night") if person.said[kind]}
        else:
            person.erased_at = max(at, person.comes[-1] + timedelta(hours=5)) if person.comes else at
            if person.erased_at > moment - timedelta(hours=1):
                person.erased_at = None


def _came_again(rng: Random, people: list[Person], calendar: Calendar) -> None:
    """Let a few who had grown quiet, and who agreed to letters, come once more in the last weeks."""
    quiet = [
        person
        for person in people
        if person.pace == "gone_quiet" and person.name and person.said.get("ads")
        if not person.withdrew and person.erased_at is None and len(person.comes) >= 4
        if person.comes[-1] < calendar.moment - timedelta(days=45)
    ]
    for place, person in enumerate(quiet[: min(calendar.shop.people // 60, len(quiet) // 2)][:6]):
        day = calendar.next_open(calendar.today - timedelta(days=8 + 3 * place))
        person.comes.append(pick_moment(rng, calendar.shop, day, person.rush))


def _just_been_here(people: list[Person], calendar: Calendar) -> None:
    """Let a few who agreed to ads have come a moment ago: their thank-yous are still to be sent."""
    rested = [
        person
        for person in people
        if person.pace in ("few", "now_and_then") and person.erased_at is None and person.comes
        if person.said.get("ads") and not person.withdrew
        if person.comes[-1] < calendar.moment - timedelta(days=6)
    ]
    for person, minutes in zip(rested[-2::-2], calendar.shop.just_been, strict=False):
        person.comes.append(calendar.when_open(minutes_ago=minutes))


def _what_the_owner_noted(rng: Random, shop: Description, people: list[Person]) -> None:
    """Write a line on the people the owner knows; nobody's line is used twice."""
    familiar = [p for p in people if len(p.comes) >= 6 and p.name and p.erased_at is None]
    rng.shuffle(familiar)
    for person, memo in zip(familiar, shop.memos, strict=False):
        person.memo = memo
    for person in familiar[:150]:
        if rng.random() < 0.6:
            person.likes = rng.choice(shop.likes)
