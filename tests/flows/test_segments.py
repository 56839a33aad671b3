"""Every group by its file: who is in it and who is not, in this shop alone, and nobody who is gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import text

from app.customers.known_models import CustomerTag, Tag
from app.customers.models import Suppression
from app.extensions import db
from app.flows import story
from app.flows.unit import write
from app.insights import groups
from app.insights.segment_registry import families, segments
from app.kit.clock import KST
from tests import factories, trying
from tests import warranties as given
from tests.factories import ACustomer, AShop
from tests.flows.grouping import a_person, a_review, a_voice, brought, is_gone, members
from tests.world import Clock

Made = Callable[[AShop], ACustomer]
AGREED = ("age14", "marketing", "ads")


def _with(who: ACustomer, then: Callable[[], None]) -> ACustomer:
    then()
    return who


def _bringer(shop: AShop, visits: int, *, came: bool = True) -> ACustomer:
    who = a_person(shop, visits=visits)
    return _with(who, lambda: brought(shop, who, came=came))


def _owner_of(shop: AShop, months: int) -> ACustomer:
    """Somebody who bought two months ago what is promised for so long."""
    holder = factories.a_customer(shop)
    given.issued(shop, holder, given.a_kind(shop, months=str(months)), bought_on="2026-09-20")
    return holder


def _reviewer(shop: AShop) -> ACustomer:
    who = a_person(shop, visits=1)
    return _with(who, lambda: a_review(shop, who))


def _shower(shop: AShop) -> ACustomer:
    who, link = a_person(shop, visits=1), "https://www.instagram.com/p/Cxyz/"
    story.send(
        shop_id=shop.id, customer_id=who.id, sort="cook", text="", link=link, agrees=False, once="once",
        now=factories.now(),
    )  # fmt: skip
    return who


def _applicant(shop: AShop) -> ACustomer:
    who = a_person(shop, visits=1)
    trying.apply(trying.a_programme(shop), who)
    return who


def _tester(shop: AShop) -> ACustomer:
    who = a_person(shop, visits=1)
    row = trying.a_programme(shop)
    trying.apply(row, who)
    trying.choose(shop, row, who)
    return who


def _speaker(shop: AShop, kind: str) -> ACustomer:
    who = a_person(shop, visits=1)
    return _with(who, lambda: a_voice(shop, who, kind))


def _reachable(shop: AShop, *said: str, refused: bool = False) -> ACustomer:
    key = factories.once()
    phone = "+8210" + key[:8]
    who = a_person(shop, said=said, phone=phone, phone_key=key)
    if refused:
        with write() as session:
            session.add(Suppression(shop_id=shop.id, address_key=key, at=factories.now(), source="link"))
    return who


def _born(shop: AShop, month: int, day: int, *said: str, lunar: bool = False) -> ACustomer:
    return a_person(shop, birth_month=month, birth_day=day, birth_is_lunar=lunar, said=said)


# Key → who is in it, who is not. The clock stands at the 26th of November 2026.
EXAMPLES: dict[str, tuple[list[Made], list[Made]]] = {
    "all": ([lambda shop: a_person(shop)], []),
    "new": ([lambda shop: a_person(shop, visits=1)], [lambda shop: a_person(shop, visits=2), a_person]),
    "again": (
        [lambda shop: a_person(shop, visits=2)],
        [lambda shop: a_person(shop, visits=1), lambda shop: a_person(shop, visits=3)],
    ),
    "regular": (
        [lambda shop: a_person(shop, visits=3), lambda shop: a_person(shop, visits=9, standing="quiet")],
        [lambda shop: a_person(shop, visits=2)],
    ),
    "loyal": (
        [lambda shop: _bringer(shop, 3)],
        [
            lambda shop: _bringer(shop, 2),
            lambda shop: _bringer(shop, 3, came=False),
            lambda shop: a_person(shop, visits=5),
        ],
    ),
    "ordinary": (
        [
            lambda shop: a_person(shop, visits=2, standing="comes"),
            lambda shop: a_person(shop, visits=2, standing="quiet", own=False),
        ],
        [
            lambda shop: a_person(shop, visits=1, standing="comes"),
            lambda shop: a_person(shop, visits=5, standing="comes", vip=True),
            lambda shop: a_person(shop, visits=5, standing="quiet"),
            lambda shop: a_person(shop, visits=5, standing="dormant"),
        ],
    ),
    "vip": (
        [lambda shop: a_person(shop, visits=5, vip=True)],
        [lambda shop: a_person(shop, visits=5)],
    ),
    "silent": (
        [lambda shop: a_person(shop, visits=5, standing="quiet")],
        [
            lambda shop: a_person(shop, visits=5, standing="comes"),
            lambda shop: a_person(shop, visits=2, standing="quiet", own=False),  # no rhythm of their own
            # Has come since the last night: nobody misses them.
            lambda shop: a_person(shop, visits=5, standing="quiet", stale_at=factories.now()),
        ],
    ),
    "dormant": (
        [lambda shop: a_person(shop, visits=1, standing="dormant", own=False)],
        [
            lambda shop: a_person(shop, visits=5, standing="quiet"),
            lambda shop: a_person(shop, visits=1, standing="dormant", stale_at=factories.now()),
        ],
    ),
    "birthday": (
        [
            lambda shop: _born(shop, 11, 30, "days"),
            lambda shop: _born(shop, 10, 1, "days", lunar=True),  # the ninth of November
            lambda shop: _born(shop, 11, 2, "days:withdraw", "days"),
        ],
        [
            lambda shop: _born(shop, 12, 1, "days"),
            lambda shop: _born(shop, 11, 5, "days", lunar=True),  # the thirteenth of December
            lambda shop: _born(shop, 11, 30),
            lambda shop: _born(shop, 11, 30, "days", "days:withdraw"),
        ],
    ),
    "near_reward": (
        [lambda shop: a_person(shop, balance=9), lambda shop: a_person(shop, balance=8)],
        [lambda shop: a_person(shop, balance=7), lambda shop: a_person(shop, balance=10), a_person],
    ),
    "reviewed": ([_reviewer], [a_person]),
    "warranty": ([lambda shop: _owner_of(shop, 12)], [lambda shop: _owner_of(shop, 1), a_person]),
    "showed": ([_shower], [a_person]),
    "tester": ([_tester], [_applicant]),
    "complained": ([lambda shop: _speaker(shop, "complaint")], [lambda shop: _speaker(shop, "praise")]),
    "agreed": (
        [
            lambda shop: _reachable(shop, *AGREED),
            lambda shop: _reachable(shop, *AGREED, "ads:withdraw", "ads"),
        ],
        [
            lambda shop: _reachable(shop, "age14", "ads"),
            lambda shop: _reachable(shop, *AGREED, "marketing:withdraw"),
            lambda shop: _reachable(shop, *AGREED, refused=True),
            lambda shop: a_person(shop, said=AGREED),
        ],
    ),
}


def test_every_file_has_its_examples() -> None:
    assert set(EXAMPLES) == set(segments())
    assert set(families()) == {"tag", "own"}
    orders = [each.ORDER for each in (*segments().values(), *families().values())]
    assert orders == sorted(set(orders)), "each has a place of its own"
    assert all(len(key) <= 12 and each.NAME and each.MEANING for key, each in segments().items())


@pytest.mark.parametrize("key", EXAMPLES)
def test_who_is_in_it(shop: AShop, other_shop: AShop, clock: Clock, key: str) -> None:
    clock.set(datetime(2026, 11, 26, 12, tzinfo=KST))
    inside, outside = EXAMPLES[key]
    found = [make(shop) for make in inside]
    others = [make(shop).id for make in outside]
    inside[0](other_shop)
    gone, merged = inside[0](shop), inside[0](shop)
    is_gone(gone)
    is_gone(merged, into=found[0])
    seen = members(shop, key)
    assert {each.id for each in found} <= set(seen)
    if outside:
        assert not set(others) & set(seen)
    assert not {gone.id, merged.id} & set(seen)
    assert set(seen) <= {each.id for each in found} if key != "all" and key not in ("new",) else True
    assert len(members(other_shop, key)) >= 1


def test_a_tag_is_a_group(shop: AShop, other_shop: AShop) -> None:
    who, _other = a_person(shop), a_person(shop)
    with write() as session:
        tag = Tag(shop_id=shop.id, name="창가 자리")
        session.add(tag)
        session.flush()
        session.add(CustomerTag(shop_id=shop.id, customer_id=who.id, tag_id=tag.id))
        number = tag.id
    assert members(shop, f"tag:{number}") == [who.id]
    assert groups.names(shop.id)[f"tag:{number}"] == "창가 자리"
    assert members(other_shop, f"tag:{number}") == []
    assert f"tag:{number}" not in groups.names(other_shop.id)
    for key in ("tag:", "tag:x", "nothing:1", "nothing"):
        with pytest.raises(KeyError):
            members(shop, key)


def test_members_come_in_steps_and_pages_go_on_where_the_last_one_ended(shop: AShop) -> None:
    people = [a_person(shop, visits=each % 2).id for each in range(5)]
    some, going_on = groups.members(shop_id=shop.id, group="all", now=factories.now(), limit=3)
    rest, end = groups.members(
        shop_id=shop.id, group="all", now=factories.now(), after_id=going_on or 0, limit=3
    )
    assert (some + rest, end) == (people, None)
    seen: list[int] = []
    after: str | None = None
    for _ in range(3):
        page = groups.page(shop_id=shop.id, group="all", now=factories.now(), after=after, limit=2)
        seen += [line.id for line in page.lines]
        after = page.after
    assert after is None
    assert seen == [people[3], people[1], people[4], people[2], people[0]], "who never came comes last"


def test_all_groups_at_once_say_what_each_says_by_itself(shop: AShop, other_shop: AShop) -> None:
    for inside, outside in EXAMPLES.values():
        for made in (*inside, *outside):
            made(shop)
    a_person(other_shop, visits=3)
    is_gone(a_person(shop, visits=3))
    keys = list(groups.names(shop.id))
    now = factories.now()
    alone = {key: groups.count(shop_id=shop.id, group=key, now=now) for key in keys}
    assert groups.counts(shop_id=shop.id, keys=keys, now=now) == alone
    asked = {"shop_id": shop.id, "now": now}
    assert alone == {key: len(groups.members(**asked, group=key)[0]) for key in keys}
    assert sum(alone.values()) > len(keys)
    (ours, shown), *_rest = groups.lines(shop_id=shop.id, now=now)
    assert ours == "" and {line.key: line.people for line in shown} == {key: alone[key] for key in segments()}


def test_a_large_shop_counts_the_slow_groups_when_they_are_looked_at(
    shop: AShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_person(shop, visits=1)
    monkeypatch.setattr(groups, "_LARGE", 0)
    found = dict(groups.lines(shop_id=shop.id, now=factories.now()))
    assert [line.key for line in found[""] if not line.is_counted] == ["agreed"]
    asked = groups.line(shop_id=shop.id, group="agreed", now=factories.now())
    assert asked is not None and asked.is_counted and asked.people == 0


def test_the_planner_is_left_as_it_was(shop: AShop) -> None:
    if db.session.get_bind().dialect.name == "sqlite":
        return
    a_person(shop, visits=1)
    shown = text("SELECT current_setting('enable_nestloop'), current_setting('enable_sort')")
    before = db.session.execute(shown).one()
    groups.count(shop_id=shop.id, group="agreed", now=factories.now())
    groups.page(shop_id=shop.id, group="all", now=factories.now())
    assert db.session.execute(shown).one() == before
