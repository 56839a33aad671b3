"""Two shops that used the program for two years before they upgraded: every table of revision 0002 has rows."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from app.shops.rules import line_hash
from bench.speech import numbers_go_on
from tests.faults.old_people import DAYS, FIRST_DAY, Books, Life, Row, code_of, key_of

NEWEST = FIRST_DAY + timedelta(days=DAYS)
_MOMENT = "%Y-%m-%d %H:%M:%S.%f"
_KINDS = ("age14", "required", "marketing", "ads")


@cache
def books(*, customers: int, ledger: int, seed: int) -> Books:
    """Tell two shops' past: so many people, and a little more than so many lines of the ledger."""
    told = Books(seed)
    _two_shops(told)
    lives = [_join(told, number) for number in range(1, customers + 1)]
    while len(told.rows["ledger_entries"]) < ledger:
        # Some come ten times as often as others: cards just begun, in the middle, and filled again and again.
        life = lives[int(len(lives) * told.dice.random() ** 2)]
        day = life.person["last_visit_at"] or life.person["joined_at"]
        if day < NEWEST - timedelta(days=10):
            life.come(day + timedelta(days=told.dice.randint(1, 9), minutes=told.dice.randint(1, 600)))
    for life in lives:
        _afterwards(told, life)
    for (shop_id, day), sums in told.days.items():
        told.add("day_counts", shop_id=shop_id, day=day, **{name: sums[name] for name in _SUMS})
    return told


_SUMS = ("stamps", "visits", "returning_visits", "new_customers", "rewards_used")


def _two_shops(told: Books) -> None:
    told.add("login_tries", key="login:nobody", at=NEWEST)
    told.rows["channel_health"].append({"channel": "own_phone", "failures": 0, "rest_until_ms": 0})
    told.rows["clock_leases"].append({"name": "clock", "holder": "", "until_ms": 0, "seen_ms": 0})
    told.rows["periodic_tasks"].append({"name": "night", "next_run_at": NEWEST, "last_run_at": None})
    for shop_id, name in ((1, "봄날커피"), (2, "옆집미용실")):
        told.add(
            "shops", code=f"OLD{shop_id}", name=name, mark=name[0], owner_name="김사장", phone="02-123-4567", email="",
            address="서울", open_minute=540, close_minute=1320, story="", opt_out_080="", is_demo=False,
            created_at=FIRST_DAY,
        )  # fmt: skip
        here: dict[str, Any] = {"shop_id": shop_id}
        limits = {"hard_window_s": 5, "cooldown_s": 600, "daily_cap": 5}
        # The promise was changed once: who came early holds a card of the old one.
        changed = FIRST_DAY + timedelta(days=300)
        goal, ended = (10 if shop_id == 1 else 5), changed
        for number in range(2):
            since = FIRST_DAY if number == 0 else changed
            told.add(
                "card_rules", **here, goal=goal + 2 * number, reward_name="아메리카노 한 잔", **limits, created_at=since,
                ended_at=ended if number == 0 else None,
            )  # fmt: skip
        for role in ("owner", "manager", "staff"):
            who = told.add(
                "staff", **here, name="김사장", role=role, login=f"{role}{shop_id}", password_hash="x", pin_hash=None,
                totp_secret=None, totp_on_at=None, totp_step=0, text_size="normal", created_at=FIRST_DAY, ended_at=None,
            )  # fmt: skip
            mine = {**here, "staff_id": who["id"]}
            told.add(
                "staff_sessions", **mine, token_hash=key_of(f"s{who['id']}"), created_at=FIRST_DAY, seen_at=NEWEST,
                expires_at=NEWEST + timedelta(days=90), ended_at=None, is_secure=True, user_agent="", ip="",
                sudo_until=None, is_shared=False, acting_id=None, acting_until=None,
            )  # fmt: skip
            told.add("recovery_codes", **mine, code_hash=key_of(f"r{who['id']}"), used_at=None)
            link = {"kind": "owner", "token_hash": key_of(f"l{who['id']}"), "used_at": FIRST_DAY}
            told.add("entry_links", **mine, **link, created_at=FIRST_DAY, expires_at=FIRST_DAY)
            told.add("access_log", **mine, customer_id=1, action="view", at=NEWEST, ip="")
        told.add(
            "automations",
            **here,
            kind="thank_you",
            is_on=True,
            text="",
            delay_minutes=30,
            changed_at=FIRST_DAY,
        )
        told.add("products", **here, name="라떼", price=4500)
        urls = {"naver_url": "", "kakao_url": "", "google_url": ""}
        told.rows["review_settings"].append(
            {**here, "reward_stamps": int(shop_id == 1), "hashtag": "", **urls, "changed_at": FIRST_DAY}
        )
        _audit(told, shop_id)


def _audit(told: Books, shop_id: int) -> None:
    """Chain two thousand lines, as the program of that time did."""
    before = ""
    for number in range(1, 2001):
        facts: Row = {"shop_id": shop_id, "number": number, "staff_id": 3 * shop_id - 2, "what": "sign_in"}
        facts |= {"subject": "staff:1", "detail": "아이폰", "hash_before": before}
        at = FIRST_DAY + timedelta(hours=number)
        before = line_hash(**facts, at=at)
        told.add("audit_lines", **facts, at=at, hash=before)


def _join(told: Books, number: int) -> Life:
    shop_id = 2 if number % 4 == 0 else 1
    joined = FIRST_DAY + timedelta(days=told.dice.randint(0, DAYS - 60), minutes=told.dice.randint(0, 600))
    named, here = not told.chance(15), {"shop_id": shop_id}
    phone = f"+8210{20_000_000 + number:08d}" if named else None
    mail = f"p{number}@home.test" if named and told.chance(10) else None
    person = told.add(
        "customers", **here, name=f"손님{number}" if named else "", phone=phone, phone_tail=phone and phone[-4:],
        phone_key=key_of(phone) if phone else "", email=mail, email_key=key_of(mail) if mail else "",
        email_checked_at=joined if mail else None, email_failed_at=None, memo="", likes="라떼" if named else "",
        source="qr", joined_at=joined, first_visit_at=None, last_visit_at=None, visit_count=0, erased_at=None,
    )  # fmt: skip
    rule = told.rows["card_rules"][2 * (shop_id - 1) + (joined > FIRST_DAY + timedelta(days=300))]
    mine = {**here, "customer_id": person["id"]}
    card = told.add(
        "cards", **mine, rule_id=rule["id"], ref=code_of(number, 10), spoken=code_of(number, 6), balance=0, key_version=1,
        print_version=int(told.chance(5)), changed=0, opened_at=joined, closed_at=None,
    )  # fmt: skip
    told.add(
        "devices", **mine, browser_hash=key_of(f"b{number}"), created_at=joined, seen_at=joined, user_agent=""
    )
    life = Life(told, shop_id, rule["goal"], rule["reward_name"], 3 * shop_id - 2, person, card)
    for kind in _KINDS if named else ():
        _consent(life, kind, "grant" if kind in _KINDS[:2] or told.chance(60) else "decline", joined)
    return life


def _consent(life: Life, kind: str, action: str, at: datetime) -> None:
    person = life.person
    row = life.books.add(
        "consents", shop_id=person["shop_id"], customer_id=person["id"], kind=kind, action=action, channels="문자",
        text_version="2024-09", text_hash=key_of(kind), source="card", at=at, ip="203.0.113.7", user_agent="",
        phone_key=person["phone_key"],
    )  # fmt: skip
    life.consents.append(row)


def _afterwards(told: Books, life: Life) -> None:
    """Let some say no to ads, some have everything erased, some stand at the counter this moment."""
    person, here = life.person, {"shop_id": life.shop_id}
    if life.card["balance"] == 0 or told.chance(1):
        life.regret()
    if person["visit_count"] and told.chance(4):
        life.wait_at_the_counter(NEWEST)
    if told.chance(1):
        used = {"card_id": life.card["id"], "step": life.card["id"], "at": NEWEST}
        told.add("code_uses", **here, **used)
    if person["phone"] and told.chance(5):
        _consent(life, "ads", "withdraw", NEWEST)
        refused = {"address_key": person["phone_key"], "customer_id": person["id"]}
        told.add("suppressions", **here, **refused, at=NEWEST, source="link", lifted_at=None)
        link = {"token": f"out{person['id']}", "email_key": person["email_key"], "created_at": NEWEST}
        told.add("opt_out_links", **here, **refused, **link)
    elif person["phone"] and told.chance(4):
        _erase(told, life)
    elif told.chance(1):
        told.add("phone_claims", **here, customer_id=person["id"], phone="+821055556666", at=NEWEST)


def _erase(told: Books, life: Life) -> None:
    """Take the person's name away and close the card; the evidence moves to a stub."""
    person = life.person
    never = {"first_visit_at": None, "last_visit_at": None, "visit_count": 0, "source": "erased"}
    mine = {"shop_id": life.shop_id, "erased_at": NEWEST}
    stub = told.add("customers", **_NAMELESS, **mine, **never, joined_at=NEWEST)
    for consent in life.consents:
        consent |= {"customer_id": stub["id"], "ip": ""}
    person |= {**_NAMELESS, **mine}
    life.card |= {"closed_at": NEWEST, "key_version": 2}


_NAMELESS: Row = {
    **dict.fromkeys(("name", "phone_key", "email_key", "memo", "likes"), ""),
    **dict.fromkeys(("phone", "phone_tail", "email", "email_checked_at", "email_failed_at")),
}


def write(engine: sa.Engine, told: Books) -> None:
    """Write everything into a database at revision 0002, in one transaction; every table there has rows then."""
    old = sa.MetaData()
    old.reflect(engine)
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.begin() as connection:
        for table in old.sorted_tables:
            if table.name == "alembic_version":
                continue
            rows = told.rows[table.name]
            assert rows, f"nothing was told about {table.name}"
            # By the driver itself: a million rows have no use for what SQLAlchemy knows about them.
            cursor = connection.connection.cursor()
            quoted = ", ".join(f'"{name}"' for name in rows[0])
            if is_sqlite:
                marks = ", ".join("?" for _ in rows[0])
                values = ([_as_text(row[name]) for name in rows[0]] for row in rows)
                cursor.executemany(f"INSERT INTO {table.name} ({quoted}) VALUES ({marks})", values)
                continue
            with cursor.copy(f"COPY {table.name} ({quoted}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row([_as_text(row[name], moments=False) for name in rows[0]])
            if "id" in table.c:
                connection.execute(sa.text(numbers_go_on(table.name)))


def _as_text(value: Any, *, moments: bool = True) -> Any:
    """Return a value as the driver takes it: moments are UTC without saying so, on SQLite text as SQLAlchemy's."""
    if isinstance(value, datetime):
        return value.strftime(_MOMENT) if moments else value.replace(tzinfo=None)
    if isinstance(value, date) and moments:
        return value.isoformat()
    return json.dumps(value) if isinstance(value, dict) else value
