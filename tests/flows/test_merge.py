"""Two cards of one person become one and two again: nothing is lost, and every card's lines add up."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.cards import drift
from app.cards.models import Card, LedgerEntry, Lot, Reward
from app.coupons.models import Coupon, CouponKind
from app.customers import actions as people
from app.customers import reaching
from app.customers.models import Consent, Customer, Device, Merge
from app.extensions import db
from app.flows import claim, merge, person, points, printed, privacy, redeem, review, review_asks, undo, voice
from app.flows.merge import NoUndo, SamePerson, UndoNewestFirst
from app.flows.unit import write
from app.kit.refusals import NotHere
from app.messages.models import Message
from app.reviews.models import Review
from app.shops.models import AuditLine, Shop
from app.visits.models import Visit
from app.voices.models import Voice
from tests import factories, world
from tests.factories import ACustomer, AShop
from tests.security.full_shop import balance_of
from tests.world import Clock


def join_two(shop: AShop, kept: ACustomer, gone: ACustomer) -> int:
    """Make them one, as the owner."""
    return merge.merge_people(
        shop_id=shop.id, kept_id=kept.id, gone_id=gone.id, staff_id=shop.owner_id, now=factories.now()
    )


def part(shop: AShop, merge_id: int) -> int:
    """Make them two again, as the owner."""
    return merge.undo_merge(shop_id=shop.id, merge_id=merge_id, staff_id=shop.owner_id, now=factories.now())


def books() -> dict[int, tuple[int, int]]:
    """Return each card's balances, after comparing them with its lines."""
    db.session.rollback()
    found = {}
    for card in db.session.scalars(db.select(Card)):
        lines = db.session.execute(
            db.select(
                db.func.coalesce(db.func.sum(LedgerEntry.delta), 0),
                db.func.coalesce(db.func.sum(LedgerEntry.points), 0),
            ).where(LedgerEntry.card_id == card.id)
        ).one()
        assert (card.balance, card.points) == tuple(lines), card.id
        found[card.id] = (card.balance, card.points)
    for shop_id in db.session.scalars(db.select(Shop.id)):
        assert drift.drifts(shop_id=shop_id) == []
    return found


def everything(*tables: Any) -> dict[str, list[Any]]:
    """Return the rows that say whose everything is and what both people say of themselves."""
    db.session.rollback()
    of_people = [c for c in Customer.__table__.c if c.name != "stale_at"]  # their visits are added up anew
    said: dict[str, list[Any]] = {
        "people": [tuple(row) for row in db.session.execute(db.select(*of_people).order_by(Customer.id))],
        "cards": [
            tuple(row)
            for row in db.session.execute(
                db.select(
                    Card.id, Card.customer_id, Card.balance, Card.points, Card.closed_at, Card.expires_at
                ).order_by(Card.id)
            )
        ],
    }
    for table in tables or (Visit, Review, Voice, Device, Message, Consent, Reward, Lot, Coupon):
        columns = [c for c in table.__table__.c if c.name not in ("withdrawn_at", "changed")]
        rows = db.session.execute(db.select(*columns).order_by(table.id))
        said[table.__tablename__] = [tuple(row) for row in rows]
    return said


def a_rich_person(shop: AShop, who: ACustomer, word: str) -> None:
    """Give somebody one of everything."""
    about = {"shop_id": shop.id, "customer_id": who.id, "now": factories.now()}
    person.save_notes(
        **about, staff_id=shop.owner_id, name=word, memo=f"{word} 메모", likes=f"{word} 라떼", ip=""
    )
    visit_id = db.session.scalar(db.select(db.func.max(Visit.id)).where(Visit.customer_id == who.id))
    token = review_asks.open_ask(**about, visit_id=int(visit_id or 0))
    review.leave(token=token, stars="5", mood="good", text=word, told_reward=0, now=factories.now())
    voice.open_voice(**about, kind="praise", text=f"{word} 고마워요", once=factories.once())
    with write() as session:
        kind = CouponKind(
            shop_id=shop.id, name=f"{word} 쿠폰", form="item", created_at=factories.now(), rule="sign_up"
        )
        session.add(kind)
        session.flush()
        session.add(
            Coupon(
                shop_id=shop.id, kind_id=kind.id, customer_id=who.id, ref=f"C{who.id:09d}", cause="sign_up",
                issued_at=factories.now(),
            )
        )  # fmt: skip


@pytest.fixture
def two(shop: AShop, jiwoo: ACustomer) -> tuple[ACustomer, ACustomer]:
    """지우 with three stamps, and the same person without a name with four, a review and the rest."""
    factories.a_card_with(3, shop, jiwoo)
    twin = factories.a_card_with(4, shop, factories.a_customer(shop))
    a_rich_person(shop, jiwoo, "지우")
    a_rich_person(shop, twin, "모름")
    return jiwoo, twin


def test_everything_of_both_is_together(shop: AShop, two: tuple[ACustomer, ACustomer]) -> None:
    kept, gone = two
    join_two(shop, kept, gone)
    assert books() == {kept.card_id: (7, 0), gone.card_id: (0, 0)}
    for table in (Visit, Review, Voice, Device, Coupon, Message):
        assert set(db.session.scalars(db.select(table.customer_id).distinct())) == {kept.id}
    one = factories.a_person(kept.id)
    assert (one.name, one.likes) == ("지우", "지우 라떼, 모름 라떼")
    assert one.memo == "지우 메모\n모름 메모"
    assert one.visit_count == 7
    other = factories.a_person(gone.id)
    assert (other.name, other.memo, other.merged_into_id) == ("", "", kept.id)


def test_parted_again_everything_is_as_before(shop: AShop, two: tuple[ACustomer, ACustomer]) -> None:
    kept, gone = two
    before = everything()
    merge_id = join_two(shop, kept, gone)
    assert everything() != before
    assert part(shop, merge_id) == gone.id
    assert everything() == before
    books()
    assert part(shop, merge_id) == gone.id  # twice is once
    assert everything() == before
    kinds = db.session.scalars(db.select(AuditLine.what).order_by(AuditLine.id)).all()
    assert kinds[-2:] == ["people_merged", "merge_undone"]


def test_what_happened_since_stays_with_the_kept_one(
    shop: AShop, two: tuple[ACustomer, ACustomer], clock: Clock
) -> None:
    kept, gone = two
    merge_id = join_two(shop, kept, gone)
    clock.advance(days=2)
    factories.a_stamp(shop, kept.card_id)
    person.save_notes(
        shop_id=shop.id, customer_id=kept.id, staff_id=shop.owner_id, name="한지우", memo="새 메모",
        likes="", ip="", now=factories.now(),
    )  # fmt: skip
    part(shop, merge_id)
    assert books() == {kept.card_id: (4, 0), gone.card_id: (4, 0)}
    one, other = factories.a_person(kept.id), factories.a_person(gone.id)
    assert (one.memo, one.visit_count, one.last_visit_at) == ("새 메모", 4, factories.now())
    assert (other.memo, other.visit_count) == ("모름 메모", 4)


# stamps here, stamps there, stamps after, used the reward? → kept and gone after the parting
TABLE = [
    (7, 3, 0, False, (7, 3)),  # the merge filled the card: the reward goes back into stamps
    (8, 5, 0, False, (8, 5)),
    (8, 5, 0, True, (-2, 5)),  # used: the next stamps settle it
    (8, 5, 7, False, (5, 5)),  # a second card was filled since: what both really earned is still there
    (0, 4, 0, False, (0, 4)),
    (4, 0, 1, False, (5, 0)),
]


@pytest.mark.parametrize(("here", "there", "since", "used", "after"), TABLE)
def test_balances_come_apart_as_they_were(
    shop: AShop,
    jiwoo: ACustomer,
    clock: Clock,
    here: int,
    there: int,
    since: int,
    used: bool,
    after: tuple[int, int],
) -> None:
    factories.a_card_with(here, shop, jiwoo)
    twin = factories.a_card_with(there, shop, factories.a_customer(shop))
    merge_id = join_two(shop, jiwoo, twin)
    assert books()[jiwoo.card_id][0] == (here + there) % 10
    for _ in range(since):
        clock.advance(days=1)
        factories.a_stamp(shop, jiwoo.card_id)
    if used:
        reward_id = db.session.scalars(db.select(Reward.id)).one()
        redeem.use_reward(
            shop_id=shop.id, staff_id=shop.owner_id, reward_id=reward_id, once=factories.once(),
            how="live_card", now=factories.now(),
        )  # fmt: skip
    part(shop, merge_id)
    found = books()
    ready = db.session.scalar(
        db.select(db.func.count(Reward.id)).where(Reward.used_at.is_(None), Reward.withdrawn_at.is_(None))
    )
    assert (found[jiwoo.card_id][0], found[twin.card_id][0]) == after
    earned = here + since - (10 if used else 0)
    assert found[jiwoo.card_id][0] + 10 * int(ready or 0) == earned


def test_a_stamp_of_the_gone_card_can_still_be_undone(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    factories.a_card_with(2, shop, jiwoo)
    twin = factories.a_customer(shop)
    last = factories.a_stamp(shop, twin.card_id)
    merge_id = join_two(shop, jiwoo, twin)
    undo.undo_stamp(shop_id=shop.id, staff_id=shop.owner_id, entry_id=last.entry_id, now=factories.now())
    assert books()[jiwoo.card_id] == (2, 0)
    assert factories.a_person(jiwoo.id).visit_count == 2
    part(shop, merge_id)
    assert books() == {jiwoo.card_id: (2, 0), twin.card_id: (0, 0)}
    assert [factories.a_person(each.id).visit_count for each in (jiwoo, twin)] == [2, 0]


def test_what_an_earlier_merge_took_back_is_not_taken_again(
    shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    factories.a_card_with(3, shop, jiwoo)
    twin = factories.a_card_with(3, shop, factories.a_customer(shop))
    last = factories.a_stamp(shop, twin.card_id, how="more")
    first = join_two(shop, jiwoo, twin)
    undo.undo_stamp(shop_id=shop.id, staff_id=shop.owner_id, entry_id=last.entry_id, now=factories.now())
    part(shop, first)
    for _again in range(2):  # at the same moment, too
        part(shop, join_two(shop, jiwoo, twin))
        assert books() == {jiwoo.card_id: (3, 0), twin.card_id: (3, 0)}


def test_lots_keep_their_own_end_and_points_spent_meanwhile_come_out_of_the_kept_ones_own(
    app: Flask, clock: Clock
) -> None:
    shop = factories.a_shop(
        expiry="months", expiry_months=6, point_permille=10, stages=[[2, "쿠키"]], **factories.no_limits()
    )
    kept, gone = factories.a_customer(shop), factories.a_customer(shop)
    factories.a_stamp(shop, gone.card_id, amount=10_000)
    clock.advance(days=31)
    factories.a_stamp(shop, kept.card_id, amount=20_000)
    factories.a_stamp(shop, gone.card_id, amount=3_000)
    early = factories.a_card(gone.card_id).expires_at
    assert early is not None and early < (factories.a_card(kept.card_id).expires_at or early)
    merge_id = join_two(shop, kept, gone)
    assert factories.a_card(kept.card_id).expires_at == early
    assert books() == {kept.card_id: (3, 330), gone.card_id: (0, 0)}
    factories.show_card(kept.card_id, shop=shop)
    points.spend(
        shop_id=shop.id, staff_id=shop.owner_id, card_id=kept.card_id, points=120, once=factories.once(),
        now=factories.now(),
    )  # fmt: skip
    assert drift.drifts(shop_id=shop.id) == []
    part(shop, merge_id)
    assert books() == {kept.card_id: (1, 80), gone.card_id: (2, 130)}
    assert factories.a_card(gone.card_id).expires_at == early
    assert drift.drifts(shop_id=shop.id) == []


def test_the_stricter_word_on_ads_holds(shop: AShop, jiwoo: ACustomer) -> None:
    twin = factories.a_customer(shop, name="지우", phone="010-5555-0001", agrees=("age14", "required"))
    merge_id = join_two(shop, jiwoo, twin)
    with write() as session:
        holds = people.standing(session, person=session.get_one(Customer, jiwoo.id))
    assert holds["required"] and not holds["ads"] and not holds["marketing"]
    part(shop, merge_id)
    with write() as session:
        holds = people.standing(session, person=session.get_one(Customer, jiwoo.id))
    assert holds["ads"] and holds["marketing"]


def test_who_said_nothing_takes_the_others_word(shop: AShop, jiwoo: ACustomer, minho: ACustomer) -> None:
    join_two(shop, minho, jiwoo)
    with write() as session:
        one = session.get_one(Customer, minho.id)
        assert one.phone == "+821023456789" and people.standing(session, person=one)["ads"]


def test_the_paper_of_the_gone_card_earns_on_the_kept_one(shop: AShop, jiwoo: ACustomer) -> None:
    paper = factories.a_customer(shop)
    code = factories.a_printed_code(paper)
    join_two(shop, jiwoo, paper)
    given = factories.a_stamp(shop, None, how="scan", code=code)  # type: ignore[arg-type]
    assert given.card_id == jiwoo.card_id and balance_of(jiwoo) == 1
    assert db.session.scalar(db.select(LedgerEntry.how).where(LedgerEntry.id == given.entry_id)) == "printed"


def test_a_waiting_claim_waits_on_the_kept_card(shop: AShop, jiwoo: ACustomer, minho: ACustomer) -> None:
    asked = factories.a_claim(shop, minho)
    join_two(shop, jiwoo, minho)
    claim.approve(
        shop_id=shop.id, claim_id=asked.claim_id, staff_id=shop.owner_id, once=factories.once(), now=factories.now()
    )  # fmt: skip
    assert balance_of(jiwoo) == 1


def test_an_old_opt_out_link_still_refuses(shop: AShop, jiwoo: ACustomer, minho: ACustomer) -> None:
    with write() as session:
        token = reaching.opt_out_link(
            session, shop_id=shop.id, customer_id=minho.id, address_key="of minho", now=factories.now()
        )
    join_two(shop, jiwoo, minho)
    privacy.opt_out(token=token, source="link", now=factories.now())
    with write() as session:
        assert not people.standing(session, person=session.get_one(Customer, jiwoo.id))["ads"]


def test_refused(shop: AShop, other_shop: AShop, jiwoo: ACustomer, minho: ACustomer, clock: Clock) -> None:
    with pytest.raises(SamePerson):
        join_two(shop, jiwoo, jiwoo)
    stranger = factories.a_customer(other_shop)
    with pytest.raises(NotHere):
        join_two(shop, jiwoo, stranger)
    third = factories.a_customer(shop)
    first = join_two(shop, jiwoo, minho)
    with pytest.raises(NotHere):
        part(other_shop, first)
    join_two(shop, jiwoo, third)
    with pytest.raises(UndoNewestFirst):
        part(shop, first)
    clock.advance(days=30, seconds=1)
    with pytest.raises(NoUndo):
        part(shop, first)


def test_who_leaves_takes_what_both_had_said_along(shop: AShop, two: tuple[ACustomer, ACustomer]) -> None:
    kept, gone = two
    merge_id = join_two(shop, kept, gone)
    privacy.erase(shop_id=shop.id, customer_id=kept.id, now=factories.now())
    assert db.session.scalar(db.select(Merge.before)) == {}
    with pytest.raises(NoUndo):
        part(shop, merge_id)


def test_two_at_once_are_one_merge(app: Flask, shop: AShop, two: tuple[ACustomer, ACustomer]) -> None:
    kept, gone = two
    results = world.all_at_once(
        app, [lambda: join_two(shop, kept, gone)] * 3 + [lambda: join_two(shop, gone, kept)] * 3
    )
    assert len({each for each in results if isinstance(each, int)}) == 1
    assert sorted(value[0] for value in books().values()) == [0, 7]


def test_a_merge_during_stamps_loses_none(
    app: Flask, shop: AShop, jiwoo: ACustomer, minho: ACustomer
) -> None:
    stamps = [lambda c=c: factories.a_stamp(shop, c.card_id, how="more") for c in (jiwoo, minho) * 2]
    results = world.all_at_once(app, [*stamps, lambda: join_two(shop, jiwoo, minho)])
    done = sum(not isinstance(each, Exception) for each in results[:-1])
    assert isinstance(results[-1], int) and done == 4, results
    found = books()
    assert (found[jiwoo.card_id][0], found[minho.card_id][0]) == (4, 0)


def test_parted_by_two_at_once(app: Flask, shop: AShop, two: tuple[ACustomer, ACustomer]) -> None:
    before = everything()
    merge_id = join_two(shop, *two)
    assert world.all_at_once(app, [lambda: part(shop, merge_id)] * 4) == [two[1].id] * 4
    assert everything() == before


def test_the_lines_of_both_stand_in_one_history(shop: AShop, two: tuple[ACustomer, ACustomer]) -> None:
    from app.cards.lines import card_lines

    kept, gone = two
    join_two(shop, kept, gone)
    lines = card_lines(shop_id=shop.id, card_id=kept.card_id)
    assert sum(line.delta for line in lines if line.how != "merge") == 7
    assert [line.how for line in lines].count("merge") == 1


def test_nobody_prints_the_gone_card(shop: AShop, jiwoo: ACustomer, minho: ACustomer) -> None:
    join_two(shop, jiwoo, minho)
    with pytest.raises(NotHere):
        printed.print_for(shop_id=shop.id, customer_id=minho.id, seen=0)
