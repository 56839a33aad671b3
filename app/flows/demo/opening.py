"""Opens the demo shops, each drawn from its description and a fixed seed, in one transaction."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Table, func, insert, select, text

from app.extensions import db
from app.flows.demo import later_letters, tiers
from app.flows.demo.agreements import Evidence
from app.flows.demo.coupons import Coupons
from app.flows.demo.dalbit import DALBIT
from app.flows.demo.days import Calendar, at_minute
from app.flows.demo.description import Description
from app.flows.demo.friends import Friends
from app.flows.demo.gatherings import gather
from app.flows.demo.holders import Holder
from app.flows.demo.jeongsun import JEONGSUN
from app.flows.demo.letters import Writer
from app.flows.demo.news import News
from app.flows.demo.people import invent
from app.flows.demo.remembered import Remembered, lay_down_photos
from app.flows.demo.reviews import Reviewers
from app.flows.demo.rows import Row, Tables
from app.flows.demo.stamps import POINTS_AT_ONCE, Counter
from app.flows.demo.tables import TABLES
from app.flows.demo.testers import Testers
from app.flows.demo.voices import Voices
from app.flows.demo.warranties import Warranties
from app.flows.join import phone_key
from app.flows.unit import write
from app.kit.clock import kst_day
from app.kit.refusals import Refused
from app.kit.words import MATCHING_WORDS
from app.shops.models import Shop

# The first is the one whose links `make run` prints on top.
SHOPS = (DALBIT, JEONGSUN)


class ShopExists(Refused):
    """This demo shop was opened before."""

    code = "demo_exists"
    sentence = "이 체험 가게는 이미 있어요."


@dataclass(frozen=True)
class Opened:
    """What was written: how many people, and rows by table."""

    shop_id: int
    people: int
    rows: dict[str, int]


def present_of(anchor: date) -> datetime:
    """Return the demo's present moment for a fixed day: ten past three in the afternoon in Korea."""
    return at_minute(anchor, 15 * 60 + 10)


def open_demo_shop(shop: Description, *, master: bytes, base_url: str, now: datetime) -> Opened:
    """Open a demo shop as it stands at `now` (aware UTC); the same moment gives the same rows.

    `master` keys the hashes of numbers, `base_url` stands before the opt-out links in old letters.
    Raises ShopExists.
    """
    with write() as session:
        if session.scalar(select(Shop.id).where(Shop.code == shop.code)) is not None:
            raise ShopExists
        tables = draw_history(shop, _first_ids(session), master=master, base_url=base_url, now=now)
        for name in TABLES:
            rows = tables.plain(name)
            if rows:
                session.execute(insert(_table(name)), rows)
        _move_sequences(session)
        gathered = gather(session, tables, shop.code, now)
        shop_id: int = tables.rows["shops"][0]["id"]
    lay_down_photos(tables.rows["photos"], now)
    if gathered is not None:
        gathered.lay_down()
    return Opened(shop_id, shop.people, {name: len(tables.rows[name]) for name in TABLES})


def draw_history(
    described: Description, first_ids: dict[str, int], *, master: bytes, base_url: str, now: datetime
) -> Tables:
    """Draw everything that ever happened in a shop; `first_ids` is the next free id of each table."""
    tables, rng, calendar = Tables(first_ids), Random(described.seed), Calendar(described, now)
    shop, staff, rules, menu = _the_shop(tables, calendar)
    counter = Counter(rng, tables, described, shop["id"], staff, rules, menu)
    holders = [counter.hand_out(person) for person in invent(rng, calendar)]
    tables.number("customers")
    tables.number("cards")
    counter.run(holders, now)
    # Words have a chance of their own: a new review moves nobody's visit.
    said = Random(f"{described.seed}, said")
    asked = Reviewers(said, counter, now).write(holders)
    _asking_now(counter, holders, now)
    for table, by in (
        ("visits", "at"), ("visit_items", None), ("claims", "created_at"), ("ledger_entries", "at"),
        ("code_uses", "at"), ("rewards", "earned_at"), ("redemptions", "at"),
    ):  # fmt: skip
        tables.number(table, by=by)
    tiers.write(tables, described, shop, staff, holders, now)
    evidence = Evidence(rng, tables, shop["id"], lambda number: phone_key(master, number))
    evidence.write(holders)
    remembered = Remembered(Random(f"{described.seed}, remembered"), tables, described, shop["id"], now)
    remembered.days_of(holders, evidence)
    for table, by in (
        ("devices", "created_at"),
        ("phone_claims", None),
        ("consents", "at"),
        ("suppressions", "at"),
    ):
        tables.number(table, by=by)
    remembered.the_rest(holders, calendar.first_day)
    if described.offers:
        given = Random(f"{described.seed}, coupons")
        Coupons(given, tables, shop, staff).write(described.offers, holders, now)
    Voices(said, tables, described, shop["id"]).write(holders, staff[0], now)
    promised = Random(f"{described.seed}, warranties")
    Warranties(promised, tables, shop, staff[0], master).write(described.promises, holders, now)
    tried = Random(f"{described.seed}, testers")
    Testers(tried, tables, shop, described.code, now).write(holders, staff[0])
    Friends(Random(f"{described.seed}, friends"), tables, described, shop).write(holders, staff[0], now)
    News(Random(f"{described.seed}, news"), tables, described, shop).write(holders, staff[0], menu, now)
    writer = Writer(rng, tables, described, shop["id"], evidence, base_url, now)
    later = later_letters.causes(asked, holders, since=writer.since, moment=now)
    writer.write(counter.stamps, holders, later)
    writer.number()
    tables.number("opt_out_links", by="created_at")
    _sum_up(tables, shop["id"])
    return tables


def _the_shop(tables: Tables, calendar: Calendar) -> tuple[Row, list[Row], list[Row], list[Row]]:
    """Add the shop, its people, its two card rules and its menu."""
    described = calendar.shop
    opened = at_minute(calendar.first_day - timedelta(days=3), described.opens)
    shop = tables.add(
        "shops",
        code=described.code,
        name=described.name,
        mark=described.name[0],
        owner_name=described.owner_name,
        phone=described.phone,
        address=described.address,
        open_minute=described.opens,
        close_minute=described.closes,
        story=described.story,
        opt_out_080="",
        prices=described.prices,
        is_demo=True,
        uses="points" if described.point_permille else "",
        created_at=opened,
    )
    tables.number("shops")
    of_shop: dict[str, Any] = {"shop_id": shop["id"]}
    staff = [
        # Nobody has a password: the owner comes in by a link from the terminal.
        tables.add("staff", **of_shop, name=name, role="staff" if place else "owner", created_at=opened)
        for place, name in enumerate((described.owner_name, *described.colleagues))
    ]
    # The first cards asked for more; they keep that, cards since then ask for less.
    changed = at_minute(calendar.first_day + timedelta(days=described.history_days // 4), described.opens)
    limits = {"hard_window_s": 5, "cooldown_s": 600, "daily_cap": 5}
    rules = [
        tables.add(
            "card_rules",
            **of_shop,
            **limits,
            goal=goal,
            reward_name=described.reward,
            point_permille=described.point_permille,
            point_least=POINTS_AT_ONCE if described.point_permille else 0,
            created_at=at,
            ended_at=ended,
        )
        for goal, at, ended in zip(described.goals, (opened, changed), (changed, None), strict=True)
    ]
    menu = [
        tables.add(
            "products",
            **of_shop,
            name=item.name,
            price=item.price,
            rebuy_days=item.rebuy_days,
            is_pick=item.is_pick,
        )
        for item in described.menu
    ]
    tables.add(
        "automations",
        **of_shop,
        kind="thank_you",
        is_on=True,
        text=described.thank_you,
        delay_minutes=described.thank_you_delay,
        changed_at=changed,
    )
    for kind in later_letters.known():
        tables.add(
            "automations",
            **of_shop,
            kind=kind,
            is_on=True,
            text="",
            delay_minutes=None,
            changed_at=changed,
        )
    for table in ("staff", "card_rules", "products", "automations"):
        tables.number(table)
    return shop, staff, rules, menu


def _asking_now(counter: Counter, holders: list[Holder], now: datetime) -> None:
    """Let three people stand at the counter, one of them a stamp short; two others asked in vain before."""
    rested = [
        h
        for h in holders
        if h.person.erased_at is None and h.stood and h.stood[-1]["at"] < now - timedelta(hours=12)
    ]
    by_habit = sorted(rested, key=lambda h: (-len(h.stood), h.card["ref"]))
    almost = next(
        h for h in by_habit if h.person.name and h.person.likes and h.balance == h.goal - 1 and not h.ready
    )
    known = next(h for h in by_habit if h.person.name and h.person.memo and h is not almost and h.ready)
    nameless = next(h for h in by_habit if not h.person.name and len(h.stood) < 7)
    for place, (holder, ago) in enumerate(((nameless, 260), (known, 95), (almost, 20))):
        claim = counter.claim(holder, now - timedelta(seconds=ago), "waiting", None, None, None)
        claim["word"] = MATCHING_WORDS[7 + 11 * place]
        holder.card["changed"] = holder.changed
    before = Calendar(counter.shop, now).when_open(minutes_ago=24 * 60)
    others = [h for h in by_habit if all(h is not one for one in (almost, known, nameless))][40:44]
    for holder in others[:2]:
        at = before - timedelta(minutes=counter.rng.randint(20, 200))
        counter.claim(holder, at, "declined", at + timedelta(seconds=50), counter.staff[0], None)
    for holder in others[2:]:
        claim = counter.claim(holder, before - timedelta(minutes=30), "expired", None, None, None)
        claim["decided_at"] = claim["expires_at"]


def _sum_up(tables: Tables, shop_id: int) -> None:
    """Add the daily sums exactly as the flows would have moved them."""
    days: dict[date, dict[str, int]] = defaultdict(
        lambda: dict.fromkeys(
            (
                "stamps",
                "visits",
                "returning_visits",
                "new_customers",
                "rewards_used",
                "coupons_used",
                "sales",
                "priced",
            ),
            0,
        )
    )
    undone = {
        id(row["reverses_id"]) for row in tables.rows["ledger_entries"] if row["reverses_id"] is not None
    }
    for row in tables.rows["ledger_entries"]:
        if row["kind"] == "earn":
            days[kst_day(row["at"])]["stamps"] += int(id(row) not in undone)
    been: set[int] = set()
    for row in tables.rows["visits"]:
        if row["reversed_at"] is None:
            sums, person = days[kst_day(row["at"])], id(row["customer_id"])
            sums["visits"] += 1
            sums["returning_visits" if person in been else "new_customers"] += 1
            sums["sales"] += row["amount"] or 0
            sums["priced"] += int(row["amount"] is not None)
            been.add(person)
    for row in tables.rows["redemptions"]:
        if row["reversed_at"] is None:
            days[kst_day(row["at"])]["rewards_used"] += 1
    for row in tables.rows["coupon_uses"]:
        days[kst_day(row["at"])]["coupons_used"] += 1
    for day, sums in sorted(days.items()):
        tables.add("day_counts", shop_id=shop_id, day=day, changes=1, **sums)
    tables.number("day_counts")


def _table(name: str) -> Table:
    return db.metadata.tables[name]


def _first_ids(session: Any) -> dict[str, int]:
    """Return the next free id of every table; nobody else inserts until we are done."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"LOCK TABLE {', '.join(TABLES)} IN EXCLUSIVE MODE"))
    numbered = [name for name in TABLES if "id" in _table(name).c]
    free = {name: (session.scalar(select(func.max(_table(name).c.id))) or 0) + 1 for name in numbered}
    return dict.fromkeys(TABLES, 1) | free


def _move_sequences(session: Any) -> None:
    """Let PostgreSQL's own numbering go on behind the ids we gave."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for name in TABLES:
        if "id" not in _table(name).c:
            continue  # named by its shop
        free = f"SELECT coalesce(max(id), 0) + 1 FROM {name}"
        session.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), ({free}), false)"))
