"""Reads about invitations: what is promised, whose link a word is, who brings people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import aliased

from app.cards.models import Card
from app.coupons.models import CouponKind
from app.customers import merges
from app.customers.models import Customer
from app.extensions import db
from app.referrals import rules
from app.referrals.models import Invite, Referral, ReferralSetting
from app.referrals.rules import Gift, Settings
from app.shops.models import Staff


@dataclass(frozen=True)
class Promise:
    """What both are given, in words: "도장 2개", a coupon's name, "" for nothing."""

    inviter: str
    friend: str
    month_most: int

    @property
    def sentence(self) -> str:
        """The promise as who invites reads it."""
        return rules.promise_words(inviter=self.inviter, friend=self.friend)


@dataclass(frozen=True)
class Mine:
    """What a card shows about friends. `promised`: what this person is still waiting for as somebody's friend."""

    promise: Promise
    promised: str
    refused: bool

    @property
    def sentence(self) -> str:
        """What the first visit will bring: "첫 방문에 도장 2개를 더 드려요"."""
        return rules.friend_words(self.promised)


@dataclass(frozen=True)
class MyInvite:
    """A person's own link. `word` "" while they have none; `masked` "" for who gave no name."""

    word: str
    shows_name: bool
    masked: str
    joined: int  # friends who have a card by this link
    came: int  # of them, who have been here
    gifts: int  # how often this person was given something for it


@dataclass(frozen=True)
class Invitation:
    """What a friend reads. `by`: the inviter's masked name, "" unless they chose to tell it."""

    word: str
    by: str
    gift: str  # Promise.friend

    @property
    def sentence(self) -> str:
        """Who invites, and what the first visit brings; "" when there is neither to tell."""
        told = [f"{self.by} 님이 초대했어요." if self.by else "", rules.friend_words(self.gift)]
        return " ".join(filter(None, told)) + ("." if self.gift else "")


_INVITERS, _FRIENDS, _OWN = aliased(CouponKind), aliased(CouponKind), aliased(CouponKind)
_GIVEN = (
    select(
        ReferralSetting.inviter_stamps,
        _INVITERS.name.label("inviter_coupon"),
        ReferralSetting.friend_stamps,
        _FRIENDS.name.label("friend_coupon"),
        ReferralSetting.month_most,
    )
    .outerjoin(
        _INVITERS,
        (_INVITERS.shop_id == ReferralSetting.shop_id)
        & (_INVITERS.id == ReferralSetting.inviter_kind_id)
        & _INVITERS.ended_at.is_(None),
    )
    .outerjoin(
        _FRIENDS,
        (_FRIENDS.shop_id == ReferralSetting.shop_id)
        & (_FRIENDS.id == ReferralSetting.friend_kind_id)
        & _FRIENDS.ended_at.is_(None),
    )
    .where(ReferralSetting.shop_id == bindparam("shop"))
)
# Asked with every card page of a shop that uses it: one statement, built once.
_ON_CARD = (
    _GIVEN.add_columns(Referral.id, Referral.refused, Referral.visit_id, Referral.friend_stamps, _OWN.name)
    .outerjoin(
        Referral,
        (Referral.shop_id == ReferralSetting.shop_id) & (Referral.friend_id == bindparam("customer")),
    )
    .outerjoin(_OWN, (_OWN.shop_id == Referral.shop_id) & (_OWN.id == Referral.friend_kind_id))
)
_STANDS = Referral.visit_id.is_not(None)


def _words(stamps: int | None, coupon: str | None) -> str:
    return coupon or rules.gift_words(Gift(stamps or 0), {})


def settings(shop_id: int) -> Settings | None:
    """Return what a shop decided to give; None while it never said."""
    row = db.session.scalar(select(ReferralSetting).where(ReferralSetting.shop_id == shop_id))
    if row is None:
        return None
    inviter = Gift(row.inviter_stamps, row.inviter_kind_id)
    return Settings(inviter, Gift(row.friend_stamps, row.friend_kind_id), row.month_most)


def coupon_names(shop_id: int) -> dict[int, str]:
    """Return the kinds of coupons a shop may give for a friend, by id."""
    rows = db.session.execute(
        select(CouponKind.id, CouponKind.name)
        .where(
            CouponKind.shop_id == shop_id,
            CouponKind.ended_at.is_(None),
            CouponKind.rule.in_(("referral", "manual")),
        )
        .order_by(CouponKind.id)
    )
    return {row.id: row.name for row in rows}


def promise(shop_id: int) -> Promise | None:
    """Return what both are given now; None while the shop never said."""
    row = db.session.execute(_GIVEN, {"shop": shop_id}).one_or_none()
    return _promise(*row) if row else None


def _promise(
    inviter_stamps: int, inviter_coupon: str | None, friend_stamps: int, friend_coupon: str | None, most: int
) -> Promise:
    return Promise(_words(inviter_stamps, inviter_coupon), _words(friend_stamps, friend_coupon), most)


def on_card(*, shop_id: int, customer_id: int) -> Mine | None:
    """Return what a person's card shows about friends; None while the shop never said what it gives."""
    row = db.session.execute(_ON_CARD, {"shop": shop_id, "customer": customer_id}).one_or_none()
    if row is None:
        return None
    *given, referral_id, refused, visit_id, stamps, coupon = row
    waits = referral_id is not None and not refused and visit_id is None
    return Mine(_promise(*given), _words(stamps, coupon) if waits else "", bool(refused))


def my_invite(*, shop_id: int, customer_id: int) -> MyInvite:
    """Return a person's own link and what came of it: counts, nobody's name."""
    row = db.session.execute(
        select(Customer.name, Invite.word, Invite.shows_name)
        .outerjoin(Invite, (Invite.shop_id == Customer.shop_id) & (Invite.customer_id == Customer.id))
        .where(Customer.shop_id == shop_id, Customer.id == customer_id)
    ).one()
    gift = or_(Referral.inviter_entry_id.is_not(None), Referral.inviter_coupon_id.is_not(None))
    joined, came, gifts = db.session.execute(
        select(
            func.count(Referral.id),
            func.count(Referral.id).filter(_STANDS),
            func.count(Referral.id).filter(gift),
        ).where(Referral.shop_id == shop_id, Referral.inviter_id == customer_id, Referral.refused == "")
    ).one()
    masked = rules.shown_name(row.name)
    return MyInvite(row.word or "", bool(row.shows_name), masked, joined, came, gifts)


def invitation(*, shop_id: int, word: str) -> Invitation | None:
    """Return what the friend reads of a link; None for a word that is nobody's (any more)."""
    link = db.session.execute(
        select(Invite.customer_id, Invite.shows_name).where(Invite.shop_id == shop_id, Invite.word == word)
    ).one_or_none()
    if link is None:
        return None
    # One that was shared leads on to the card that the inviter's went into.
    whose = merges.now_is(shop_id=shop_id, customer_id=link.customer_id)
    name = db.session.scalar(
        select(Customer.name).where(
            Customer.shop_id == shop_id, Customer.id == whose, Customer.erased_at.is_(None)
        )
    )
    given = promise(shop_id) if name is not None else None
    if name is None or given is None:
        return None
    return Invitation(word, rules.shown_name(name) if link.shows_name else "", given.friend)


def is_own(*, shop_id: int, word: str, customer_id: int) -> bool:
    """Tell whether a link is this person's own, or of a card that went into theirs."""
    whose = db.session.scalar(
        select(Invite.customer_id).where(Invite.shop_id == shop_id, Invite.word == word)
    )
    return whose is not None and merges.now_is(shop_id=shop_id, customer_id=whose) == customer_id


# Asked for who came for the first time just now: built once.
_GIFT_AT = select(Referral.friend_stamps).where(
    Referral.shop_id == bindparam("shop"),
    Referral.friend_id == bindparam("customer"),
    Referral.visit_id == bindparam("visit"),
    Referral.friend_entry_id.is_not(None),
)


def gift_at(*, shop_id: int, customer_id: int, visit_id: int) -> int:
    """Return how many stamps a visit brought beyond its own, because a friend had invited this person."""
    which = {"shop": shop_id, "customer": customer_id, "visit": visit_id}
    return int(db.session.scalar(_GIFT_AT, which) or 0)


@dataclass(frozen=True)
class MyReferral:
    """That a person came by a link, for their own file: nobody's name."""

    at: datetime
    came_at: datetime | None
    refused: bool


def my_referral(*, shop_id: int, customer_id: int) -> MyReferral | None:
    """Return by a link of somebody's when a person joined, or None."""
    row = db.session.execute(
        select(Referral.at, Referral.came_at, Referral.refused).where(
            Referral.shop_id == shop_id, Referral.friend_id == customer_id
        )
    ).one_or_none()
    return MyReferral(row.at, row.came_at, bool(row.refused)) if row else None


@dataclass(frozen=True)
class OwnCard:
    """A card of somebody who works here."""

    customer_id: int
    spoken: str
    staff_id: int
    staff: str


def own_cards(*, shop_id: int, staff_id: int | None = None) -> list[OwnCard]:
    """Return the open cards of who works here, or of one of them."""
    whose = [] if staff_id is None else [Customer.staff_id == staff_id]
    rows = db.session.execute(
        select(Customer.id, Card.spoken, Staff.id, Staff.name)
        .join(Card, (Card.shop_id == Customer.shop_id) & (Card.customer_id == Customer.id))
        .join(Staff, (Staff.shop_id == Customer.shop_id) & (Staff.id == Customer.staff_id))
        .where(Customer.shop_id == shop_id, Customer.staff_id.is_not(None), Card.closed_at.is_(None), *whose)
        .order_by(Staff.id, Customer.id)
    )
    return [OwnCard(*row) for row in rows]


def due_inviters(shop_id: int) -> list[int]:
    """Return the referrals whose inviter's side does not yet follow the friend's visit."""
    due = (
        select(Referral.id).where(Referral.shop_id == shop_id, Referral.inviter_is_due).order_by(Referral.id)
    )
    return list(db.session.scalars(due))
