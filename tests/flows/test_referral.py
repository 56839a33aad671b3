"""Who brought whom: both are given something at the friend's first real visit, once."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.coupons.models import Coupon, CouponKind, GivenOnce
from app.extensions import db
from app.flows import companions, handover, join, privacy, referral, undo
from app.flows.handover import HasAnotherCard
from app.flows.unit import write
from app.kit.refusals import Invalid, NotHere
from app.kit.signing import new_token
from app.messages.models import Message
from app.referrals import bringers
from app.referrals import queries as referrals
from app.referrals.models import Invite, Referral
from app.visits.models import Visit
from tests import factories, world
from tests.factories import ACustomer, AShop
from tests.world import Clock


def switched_on(shop: AShop, *, inviter: str = "stamps:2", friend: str = "stamps:1", most: str = "5") -> None:
    """Let a shop give something for a friend."""
    referral.save_settings(
        shop_id=shop.id, staff_id=shop.owner_id, is_on=True, inviter=inviter, friend=friend, month_most=most,
        now=factories.now(),
    )  # fmt: skip


def an_inviter(shop: AShop, **facts: Any) -> tuple[ACustomer, str]:
    """A customer who has been here, and the word of their link."""
    person = factories.a_customer(shop, **facts)
    factories.a_card_with(1, shop, person)
    return person, a_word(shop, person)


def a_word(shop: AShop, person: ACustomer) -> str:
    """Make a person's link; returns its word."""
    referral.make_invite(shop_id=shop.id, customer_id=person.id, shows_name=True, now=factories.now())
    return referrals.my_invite(shop_id=shop.id, customer_id=person.id).word


def a_friend(shop: AShop, word: str, *, phone: str | None = None) -> ACustomer:
    """Join by a link, nameless; with a number when one is given."""
    token = new_token()
    joined = join.join_anonymous(
        shop_id=shop.id, browser_token=token, source="qr", user_agent="test", invited_by=word, now=factories.now()
    )  # fmt: skip
    if phone:
        factories.a_customer(shop, name="새친구", phone=phone, browser=token)
    return ACustomer(joined.customer_id, joined.card_id, shop.id, token)


def the_row(friend: ACustomer) -> Referral:
    """Return a friend's row as it is now."""
    db.session.rollback()
    return db.session.scalars(db.select(Referral).where(Referral.friend_id == friend.id)).one()


def balance(person: ACustomer) -> int:
    """Return the stamps on a card."""
    return factories.a_card(person.card_id).balance


def letters(person: ACustomer, *states: str) -> list[str]:
    """Return what a person's card says about friends."""
    db.session.rollback()
    mine = db.select(Message.text).where(
        Message.customer_id == person.id, Message.kind == "friend_came", Message.channel == "card",
        Message.state.in_(states or ("sent",)),
    )  # fmt: skip
    return list(db.session.scalars(mine))


def test_both_are_given_at_the_first_visit_and_never_again(shop: AShop, clock: Clock) -> None:
    switched_on(shop)
    inviter, word = an_inviter(shop, name="김단골")
    friend = a_friend(shop, word)
    assert (balance(inviter), balance(friend)) == (1, 0)
    first = factories.a_stamp(shop, friend.card_id)
    assert (balance(inviter), balance(friend)) == (3, 2)
    assert letters(inviter) == [
        "김단골 님, 소개해 주신 분이 다녀가셨어요. 약속드린 도장 2개를 카드에 담아 두었어요. 고맙습니다."
    ]
    clock.advance(days=1)
    factories.a_stamp(shop, friend.card_id)
    assert (balance(inviter), balance(friend)) == (3, 3)
    mine = referrals.my_invite(shop_id=shop.id, customer_id=inviter.id)
    assert (mine.joined, mine.came, mine.gifts) == (1, 1, 1)
    assert factories.a_person(friend.id).source == "friend"
    assert first.entry_id


def test_two_first_stamps_at_once_give_once(app: Flask, shop: AShop) -> None:
    switched_on(shop)
    inviter, word = an_inviter(shop)
    friend, now = a_friend(shop, word), factories.now()
    works = [lambda: factories.a_stamp(shop, friend.card_id, at=now, override_reason=None) for _ in range(2)]
    world.all_at_once(app, works)
    assert balance(inviter) == 3
    assert balance(friend) == 2
    assert len(letters(inviter)) == 1


def test_friends_at_once_stay_within_the_month(app: Flask, shop: AShop, clock: Clock) -> None:
    switched_on(shop, most="2")
    inviter, word = an_inviter(shop)
    friends, now = [a_friend(shop, word) for _ in range(4)], factories.now()
    works = [lambda f=f: factories.a_stamp(shop, f.card_id, at=now) for f in friends]
    outcomes = world.all_at_once(app, works)
    assert not [each for each in outcomes if isinstance(each, Exception)], outcomes
    assert balance(inviter) == 1 + 2 * 2
    assert [balance(friend) for friend in friends] == [2] * 4
    clock.advance(days=31)
    factories.a_stamp(shop, a_friend(shop, word).card_id)
    assert balance(inviter) == 1 + 3 * 2


def test_an_undone_visit_takes_it_back_and_the_next_one_gives_it(shop: AShop, clock: Clock) -> None:
    switched_on(shop)
    inviter, word = an_inviter(shop)
    friend = a_friend(shop, word, phone=factories.a_number())
    for _ in range(2):
        stamped = factories.a_stamp(shop, friend.card_id)
        assert (balance(inviter), balance(friend)) == (3, 2)
        undo.undo_stamp(
            shop_id=shop.id, staff_id=shop.owner_id, entry_id=stamped.entry_id, now=clock.advance(minutes=1)
        )
        assert (balance(inviter), balance(friend)) == (1, 0)
        assert letters(inviter) == []
        assert the_row(friend).taken_back_at is not None
        clock.advance(minutes=20)
    factories.a_stamp(shop, friend.card_id)
    assert (balance(inviter), balance(friend)) == (3, 2)


def test_what_was_used_stays_and_comes_no_second_time(app: Flask, clock: Clock) -> None:
    shop = factories.a_shop("두잔", goal=3)
    switched_on(shop)
    inviter, word = an_inviter(shop)
    friend = a_friend(shop, word)
    stamped = factories.a_stamp(shop, friend.card_id)
    assert balance(inviter) == 0  # 1 + 2 filled the card
    from app.cards.models import Reward
    from app.flows import redeem

    reward = db.session.scalar(db.select(Reward.id).where(Reward.customer_id == inviter.id))
    redeem.use_reward(
        shop_id=shop.id, staff_id=shop.owner_id, reward_id=int(reward or 0), once=factories.once(), how="live_card",
        now=clock(),
    )  # fmt: skip
    undo.undo_stamp(
        shop_id=shop.id, staff_id=shop.owner_id, entry_id=stamped.entry_id, now=clock.advance(minutes=1)
    )
    assert (balance(inviter), balance(friend)) == (0, 0)
    clock.advance(minutes=20)
    factories.a_stamp(shop, friend.card_id)
    assert (balance(inviter), balance(friend)) == (0, 2)


def test_a_coupon_is_given_and_taken_back(shop: AShop, clock: Clock) -> None:
    with write() as session:
        kind = CouponKind(
            shop_id=shop.id, name="쿠키", form="item", rule="referral", per_person=0, created_at=clock()
        )
        session.add(kind)
        session.flush()
        kind_id = kind.id
    switched_on(shop, inviter=f"coupon:{kind_id}", friend=f"coupon:{kind_id}")
    inviter, word = an_inviter(shop)
    friend = a_friend(shop, word)
    stamped = factories.a_stamp(shop, friend.card_id)
    held = db.select(Coupon.customer_id).where(Coupon.withdrawn_at.is_(None)).order_by(Coupon.customer_id)
    assert sorted(db.session.scalars(held)) == sorted([inviter.id, friend.id])
    undo.undo_stamp(shop_id=shop.id, staff_id=shop.owner_id, entry_id=stamped.entry_id, now=clock())
    assert db.session.scalars(held).all() == []


REFUSED = [
    "types_inviters",
    "types_known",
    "again",
    "after_leaving",
    "same_staff",
    "stamped_by_inviter",
    "loop",
]


@pytest.mark.parametrize("how", REFUSED)
def test_a_refused_one_is_kept_with_its_reason(shop: AShop, clock: Clock, how: str) -> None:
    switched_on(shop)
    numbers = [factories.a_number() for _ in range(2)]
    inviter, word = an_inviter(shop, name="김단골", phone=numbers[0])
    staff_id, by, phone, why = factories.a_staff(shop), shop.owner_id, None, ""
    if how == "types_inviters":
        phone, why = numbers[0], "self"
    elif how == "types_known":
        factories.a_customer(shop, name="이웃", phone=numbers[1])
        phone, why = numbers[1], "known"
    elif how == "again":
        before = a_friend(shop, word, phone=numbers[1])
        factories.a_stamp(shop, before.card_id)
        privacy.erase(shop_id=shop.id, customer_id=before.id, now=clock.advance(days=1))
        phone, why = numbers[1], "again"
    elif how == "after_leaving":  # the number came only after the gift: leaving notes it
        before = a_friend(shop, word)
        factories.a_stamp(shop, before.card_id)
        factories.a_customer(shop, name="새친구", phone=numbers[1], browser=before.browser)
        privacy.erase(shop_id=shop.id, customer_id=before.id, now=clock.advance(days=1))
        phone, why = numbers[1], "again"
    friend = a_friend(shop, word, phone=phone)
    if how in ("same_staff", "stamped_by_inviter"):
        with write() as session:
            from app.customers.models import Customer

            session.get_one(Customer, inviter.id).staff_id = staff_id
            if how == "same_staff":
                session.get_one(Customer, friend.id).staff_id = staff_id
        by, why = (by if how == "same_staff" else staff_id), "staff"
    if how == "loop":  # two cards of one person became one: the friend is now who brought the inviter
        why = "loop"
        with write() as session:
            session.add(
                Referral(shop_id=shop.id, inviter_id=friend.id, friend_id=inviter.id, at=factories.now())
            )
    had = balance(inviter)
    factories.a_stamp(shop, friend.card_id, staff_id=by)
    assert the_row(friend).refused == why
    assert (balance(inviter), balance(friend)) == (had, 1)
    assert letters(inviter, "sent", "ready") == ([] if had == 1 else letters(inviter, "sent", "ready"))
    line = next(
        each for each in bringers.of_person(shop_id=shop.id, customer_id=inviter.id).brought
        if each.customer_id == friend.id
    )  # fmt: skip
    assert line.why
    mine = referrals.on_card(shop_id=shop.id, customer_id=friend.id)
    assert mine is not None
    assert mine.refused


def test_who_has_a_card_and_whose_word_is_nobodys_are_brought_by_nobody(
    shop: AShop, other_shop: AShop
) -> None:
    switched_on(shop)
    switched_on(other_shop)
    _inviter, word = an_inviter(shop)
    old = factories.a_customer(shop)
    again = join.join_anonymous(
        shop_id=shop.id, browser_token=old.browser, source="qr", user_agent="", invited_by=word, now=factories.now()
    )  # fmt: skip
    assert again.customer_id == old.id
    a_friend(shop, "NOBODYSWRD")
    a_friend(other_shop, word)
    db.session.rollback()
    assert db.session.scalars(db.select(Referral)).all() == []


def test_the_first_link_counts(shop: AShop) -> None:
    switched_on(shop)
    (one, first), (_two, second) = an_inviter(shop), an_inviter(shop)
    friend = a_friend(shop, first)
    join.join_anonymous(
        shop_id=shop.id, browser_token=friend.browser, source="qr", user_agent="", invited_by=second,
        now=factories.now(),
    )  # fmt: skip
    assert the_row(friend).inviter_id == one.id


def test_switched_off_no_link_is_followed_and_a_promise_is_kept(shop: AShop) -> None:
    switched_on(shop)
    inviter, word = an_inviter(shop)
    waiting = a_friend(shop, word)
    referral.save_settings(
        shop_id=shop.id, staff_id=shop.owner_id, is_on=False, inviter="", friend="", month_most="", now=factories.now()
    )  # fmt: skip
    a_friend(shop, word)
    db.session.rollback()
    assert len(db.session.scalars(db.select(Referral)).all()) == 1
    with pytest.raises(NotHere):
        a_word(shop, waiting)
    factories.a_stamp(shop, waiting.card_id)
    assert (balance(inviter), balance(waiting)) == (3, 2)


def test_an_inviter_who_left_gives_the_friend_theirs(shop: AShop) -> None:
    switched_on(shop)
    inviter, word = an_inviter(shop)
    friend = a_friend(shop, word)
    privacy.erase(shop_id=shop.id, customer_id=inviter.id, now=factories.now())
    assert db.session.scalars(db.select(Invite)).all() == []
    factories.a_stamp(shop, friend.card_id)
    assert balance(friend) == 2
    assert the_row(friend).inviter_entry_id is None


def test_two_cards_in_one_phone_brought_nobody(shop: AShop, clock: Clock) -> None:
    switched_on(shop)
    inviter, word = an_inviter(shop)
    friend = a_friend(shop, word)  # in KakaoTalk's browser, which knows no card
    token = handover.offer_card(
        shop_id=shop.id, customer_id=friend.id, browsers=1, master=factories.master(), now=clock()
    )
    with pytest.raises(HasAnotherCard):
        handover.take_card(
            shop_id=shop.id, token=token, browser_token=inviter.browser, user_agent="",
            master=factories.master(), now=clock(),
        )  # fmt: skip
    assert the_row(friend).refused == "self"


def test_a_friend_who_leaves_is_a_number_without_a_name(shop: AShop) -> None:
    switched_on(shop)
    inviter, word = an_inviter(shop)
    friend = a_friend(shop, word, phone=factories.a_number())
    factories.a_stamp(shop, friend.card_id)
    privacy.erase(shop_id=shop.id, customer_id=friend.id, now=factories.now())
    told = bringers.of_person(shop_id=shop.id, customer_id=inviter.id)
    assert [(each.customer_id, each.name) for each in told.brought] == [(None, "")]
    assert len(db.session.scalars(db.select(GivenOnce)).all()) == 1


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"inviter": "stamps:6"}, "inviter"),
        ({"friend": "coupon:99"}, "friend"),
        ({"inviter": "", "friend": ""}, "friend"),
        ({"most": "-1"}, "month_most"),
        ({"most": "１"}, "month_most"),
    ],
)
def test_bad_settings_are_told(shop: AShop, typed: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        switched_on(shop, **typed)
    assert list(refused.value.fields) == [field]


def test_companions_are_counted_and_corrected(shop: AShop, other_shop: AShop, clock: Clock) -> None:
    person = factories.a_customer(shop)
    factories.a_stamp(shop, person.card_id)
    visit_id = db.session.scalar(db.select(Visit.id).where(Visit.customer_id == person.id))
    for size in ("2", "3", "2", "2"):
        assert companions.set_party(shop_id=shop.id, visit_id=visit_id, size=size, now=clock()) == (
            person.id,
            int(size),
        )
    with pytest.raises(NotHere):
        companions.set_party(shop_id=other_shop.id, visit_id=visit_id, size="2", now=clock())
    for wrong in ("0", "21", "x", ""):
        with pytest.raises(Invalid):
            companions.set_party(shop_id=shop.id, visit_id=visit_id, size=wrong, now=clock())
    with pytest.raises(NotHere):
        companions.set_party(shop_id=shop.id, visit_id=visit_id, size="2", now=clock.advance(days=1))
