"""What becomes of the two people of a merge beside their stamps: their days, their work, what waits for each."""

from __future__ import annotations

from typing import Any

import pytest

from app.cards.counter_models import PaperCard
from app.cards.models import LedgerEntry
from app.customers import actions as people
from app.customers import known, moving
from app.customers.models import Consent, Customer
from app.extensions import db
from app.flows import celebrations, companion, paper_card, privacy
from app.flows.own_card import OwnCard
from app.flows.unit import write
from app.referrals import queries as links
from app.reviews.models import Photo
from tests import factories
from tests.factories import ACustomer, AShop
from tests.flows.test_merge import everything, join_two, part
from tests.flows.test_paper_card import send
from tests.flows.test_referral import a_friend, an_inviter, switched_on

# do they agree to days, here and there (None: never asked)? → whose days stand afterwards
DAYS = [
    (None, True, "gone"),
    (True, None, "kept"),
    (True, True, "kept"),
    (True, False, ""),  # taken back there: of two words the stricter
    (None, None, ""),
]


@pytest.mark.parametrize(("here", "there", "whose"), DAYS)
def test_days_go_along_with_their_consent_alone(
    shop: AShop, jiwoo: ACustomer, here: bool | None, there: bool | None, whose: str
) -> None:
    twin = factories.a_customer(shop, name="지우", phone="010-5555-0001")
    for who, month, agrees in ((jiwoo, "3", here), (twin, "6", there)):
        about = {
            "shop_id": shop.id,
            "customer_id": who.id,
            "ip": "",
            "user_agent": "",
            "now": factories.now(),
        }
        if agrees is not None:
            typed = {"birth_month": month, "birth_day": "5", "birth_calendar": "leap"}
            celebrations.save(**about, typed=typed, agrees=True)
        if agrees is False:
            celebrations.forget(**about)
    before = everything(Consent)
    merge_id = join_two(shop, jiwoo, twin)
    one, other = factories.a_person(jiwoo.id), factories.a_person(twin.id)
    month = {"kept": 3, "gone": 6, "": None}[whose]
    assert (one.birth_month, one.birth_is_lunar, one.birth_is_leap) == (month, bool(whose), bool(whose))
    assert (other.birth_month, other.birth_is_leap) == (None, False)
    with write() as session:
        holds = people.standing(session, person=session.get_one(Customer, jiwoo.id))
        assert holds["days"] == bool(whose)
    part(shop, merge_id)
    assert everything(Consent) == before


def test_birthdays_of_who_comes_along_go_with_the_consent_they_stood_on(
    shop: AShop, jiwoo: ACustomer, minho: ACustomer
) -> None:
    common: dict[str, Any] = {"shop_id": shop.id, "ip": "", "user_agent": "", "now": factories.now()}
    for who, name in ((jiwoo, "보리"), (minho, "콩이")):
        companion.save(
            **common, customer_id=who.id, companion_id=None, staff_id=shop.owner_id, agrees=True, upload=None,
            typed={"name": name, "birth_month": "3", "birth_day": "4"}, drops_photo=False,
        )  # fmt: skip
    celebrations.forget(**common, customer_id=jiwoo.id)
    join_two(shop, jiwoo, minho)
    found = known.companions_of(shop_id=shop.id, customer_id=jiwoo.id)
    assert [(each.name, each.birth_month) for each in found] == [("보리", None), ("콩이", None)]


@pytest.mark.parametrize("kept_works", [True, False])
def test_who_works_here_is_known_after_a_merge(shop: AShop, jiwoo: ACustomer, kept_works: bool) -> None:
    staff_id, twin = factories.a_staff(shop), factories.a_card_with(1, shop, factories.a_customer(shop))
    with write() as session:
        session.get_one(Customer, (jiwoo if kept_works else twin).id).staff_id = staff_id
    merge_id = join_two(shop, jiwoo, twin)
    with pytest.raises(OwnCard):
        factories.a_stamp(shop, jiwoo.card_id, staff_id=staff_id)
    part(shop, merge_id)
    assert [factories.a_person(each.id).staff_id for each in (jiwoo, twin)] == [
        staff_id if kept_works else None,
        None if kept_works else staff_id,
    ]


def test_a_shared_link_leads_on_to_the_card_it_went_into(shop: AShop) -> None:
    switched_on(shop)
    inviter, word = an_inviter(shop, name="지우", phone="010-2345-6781")
    kept, _own = an_inviter(shop, name="한지우", phone="010-2345-6782")  # has a link already: one a person
    merge_id = join_two(shop, kept, inviter)
    assert links.is_own(shop_id=shop.id, word=word, customer_id=kept.id)
    told = links.invitation(shop_id=shop.id, word=word)
    assert told is not None and told.by[0] == "한"
    friend = a_friend(shop, word)
    factories.a_stamp(shop, friend.card_id)
    assert factories.a_card(kept.card_id).balance == 1 + 1 + 2
    part(shop, merge_id)
    assert links.is_own(shop_id=shop.id, word=word, customer_id=inviter.id)
    assert not links.is_own(shop_id=shop.id, word=word, customer_id=kept.id)


def test_of_two_papers_that_wait_the_gone_ones_is_taken_back_with_its_photo(
    shop: AShop, jiwoo: ACustomer, minho: ACustomer
) -> None:
    mine, theirs = send(jiwoo), send(minho)
    merge_id = join_two(shop, jiwoo, minho)
    db.session.rollback()
    rows = db.session.execute(db.select(PaperCard.id, PaperCard.state).order_by(PaperCard.id)).all()
    assert [tuple(row) for row in rows] == [(mine, "waiting"), (theirs, "withdrawn")]
    assert db.session.scalars(db.select(Photo.customer_id)).all() == [jiwoo.id]
    part(shop, merge_id)
    assert len(db.session.scalars(db.select(PaperCard).where(PaperCard.customer_id == minho.id)).all()) == 1


def test_what_only_one_of_can_wait_on_a_card_stays_where_it_is(
    shop: AShop, jiwoo: ACustomer, minho: ACustomer
) -> None:
    send(jiwoo)
    send(minho)
    with write() as session:
        moved = moving.move(
            session, shop_id=shop.id, gone_id=minho.id, kept_id=jiwoo.id, cards=(minho.card_id, jiwoo.card_id)
        )
        assert "paper_cards.customer_id" not in moved


def test_what_was_written_about_both_goes_with_who_leaves(
    shop: AShop, jiwoo: ACustomer, minho: ACustomer
) -> None:
    about = {"shop_id": shop.id, "staff_id": shop.owner_id, "stamps": "3", "now": factories.now()}
    other = factories.a_customer(shop)
    for who in (jiwoo, minho, other):
        factories.a_stamp(shop, who.card_id, override_reason="민지 엄마 것")
        paper_card.give(**about, customer_id=who.id, reason="민지 엄마 종이", once=factories.once())
    part(shop, join_two(shop, jiwoo, other))  # parted again: what is theirs stays
    join_two(shop, jiwoo, minho)
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=factories.now())
    for table in (LedgerEntry, PaperCard):
        written = db.select(table.customer_id).where(table.reason != "").distinct()
        assert db.session.scalars(written).all() == [other.id], table.__tablename__


def test_whose_number_somebody_else_has_by_now_comes_back_without_it(shop: AShop, jiwoo: ACustomer) -> None:
    """The number of the card that went is nobody's: an order from a file, or a new card, may bring it again."""
    twin = factories.a_customer(shop, name="지우", phone="010-5555-0001")
    merge_id = join_two(shop, jiwoo, twin)
    newcomer = factories.a_customer(shop, name="새 손님", phone="010-5555-0001")
    assert part(shop, merge_id) == twin.id
    back = factories.a_person(twin.id)
    assert (back.erased_at, back.phone, back.phone_tail, back.phone_key) == (None, None, None, "")
    assert factories.a_person(newcomer.id).phone == "+821055550001"
    assert factories.a_person(jiwoo.id).phone == "+821023456789"
