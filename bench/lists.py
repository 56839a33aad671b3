"""The list of people at size: what is typed with a thumb, a tag, a page in the middle, each until its rows are here.

Timed is the read as the page asks it (app/customers/roster.py), all of its statements and the rows they bring; the
names are three syllables drawn from those that Koreans have, so that a part of one fits few and a family name many.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import insert, text, update

from app import create_app
from app.customers import roster
from app.customers.known_models import CustomerTag, Tag
from app.customers.models import Customer
from app.customers.roster import Choice
from app.extensions import db
from app.kit.korean import initials
from bench.both import on_both, p95_row, times_of
from bench.data import Filled
from bench.report import Row
from config import load_config

MUST_MS = 50
_SHOP, _CHUNK = 1, 10_000
_FAMILY = "김김김김김이이이이박박최정강조윤장임한오서신권황안송류홍전고문손양배백허남심노하곽성차주우구나민진지엄채원천방공현"
_GIVEN = "민서준지우현수영진희은혜경미정선아연주호성재윤하예나도훈빈채원유안시태건동규상철용기순자옥숙인화명란말춘봉길병종석권"
_JAMO = "ㄱㄴㄷㅁㅂㅅㅇㅈㅊㅎ"


def measure(folder: Path, *, customers: int) -> list[Row]:
    """Time the searches and pages on SQLite and PostgreSQL in a shop of `customers` people."""
    return on_both(
        folder,
        lambda name, filled, _server: _on(name, filled, customers),
        customers=customers,
        ledger=customers,
    )


def _on(name: str, filled: Filled, customers: int) -> list[Row]:
    app = create_app(load_config(filled.env))
    with app.app_context():
        tag_id = give_names(customers)
        pick = random.Random(7)

        def some(signs: str, count: int) -> str:
            return "".join(pick.choice(signs) for _ in range(count))

        asked: dict[str, Callable[[], roster.PeoplePage]] = {
            "two syllables of a name": lambda: _found(some(_GIVEN, 2)),
            "three syllables of a name": lambda: _found(some(_FAMILY, 1) + some(_GIVEN, 2)),
            "one syllable of a name": lambda: _found(some(_FAMILY, 1)),
            "first sounds (ㄱㅁㅈ)": lambda: _found(some(_JAMO, 3)),
            "two first sounds (ㅁㅈ)": lambda: _found(some(_JAMO, 2)),
            "a syllable and a sound (김ㅁ)": lambda: _found(some(_FAMILY, 1) + some(_JAMO, 1)),
            "last four digits": lambda: _found(f"{pick.randrange(10_000):04d}"),
            "last three digits": lambda: _found(f"{pick.randrange(1_000):03d}"),
            "nobody's name": lambda: _found("뷁" + some(_GIVEN, 1)),
            "a tag on one in ten": lambda: roster.people(shop_id=_SHOP, choice=Choice(tag_id=tag_id)),
            "a page in the middle": lambda: roster.people(shop_id=_SHOP, after=filled.middle_page),
            "by name, a page in the middle": lambda: roster.people(
                shop_id=_SHOP, order="name", after=f"a{pick.randrange(1, customers)}"
            ),
        }
        note = f"{customers:,} customers"
        rows = [
            p95_row(f"list: {what}, p95, {name}", times_of(ask), must=MUST_MS, note=note)
            for what, ask in asked.items()
        ]
        db.session.remove()
        db.engine.dispose()
    return rows


def _found(typed: str) -> roster.PeoplePage:
    return roster.people(shop_id=_SHOP, typed=typed)


def give_names(customers: int) -> int:
    """Give everybody a Korean name, and one in ten a tag; returns the tag's id."""
    draw, session = random.Random(1), db.session
    for first in range(1, customers + 1, _CHUNK):
        names = [
            (number, draw.choice(_FAMILY) + draw.choice(_GIVEN) + draw.choice(_GIVEN))
            for number in range(first, min(first + _CHUNK, customers + 1))
        ]
        session.execute(
            update(Customer),
            [{"id": number, "name": name, "initials": initials(name)} for number, name in names],
        )
    tag = Tag(shop_id=_SHOP, name="단체")
    session.add(tag)
    session.flush()
    session.execute(
        insert(CustomerTag),
        [
            {"shop_id": _SHOP, "customer_id": number, "tag_id": tag.id}
            for number in range(5, customers + 1, 10)
        ],
    )
    tag_id = tag.id
    session.commit()
    session.execute(text("ANALYZE"))
    session.commit()
    return tag_id
