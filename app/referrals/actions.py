"""Changes to invites and referrals. Flush, never commit. Unique keys and conditional updates decide races."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from app.coupons.models import GivenOnce
from app.customers import actions as people
from app.customers import merges
from app.customers.models import Customer, Device, PhoneClaim
from app.kit.clock import kst_day, start_of_day
from app.kit.signing import random_code
from app.kit.upsert import insert_into
from app.referrals.models import Invite, Referral, ReferralSetting
from app.referrals.rules import CHAIN_MOST, Gift, Settings
from app.shops.models import Staff
from app.visits.models import Visit

_ONCE = "referral"
_WORD = 10  # characters of 5 bits


def settings(session: Any, *, shop_id: int) -> Settings | None:
    """Return what the shop gives; None while it never said."""
    row = session.scalar(select(ReferralSetting).where(ReferralSetting.shop_id == shop_id))
    if row is None:
        return None
    return Settings(
        Gift(row.inviter_stamps, row.inviter_kind_id),
        Gift(row.friend_stamps, row.friend_kind_id),
        row.month_most,
    )


def put_settings(session: Any, *, shop_id: int, settings: Settings, now: datetime) -> None:
    """Save what the shop gives; who was brought before keeps what was promised then."""
    facts = {
        "inviter_stamps": settings.inviter.stamps,
        "inviter_kind_id": settings.inviter.kind_id,
        "friend_stamps": settings.friend.stamps,
        "friend_kind_id": settings.friend.kind_id,
        "month_most": settings.month_most,
        "changed_at": now,
    }
    session.execute(
        insert_into(session, ReferralSetting)
        .values(shop_id=shop_id, **facts)
        .on_conflict_do_update(index_elements=["shop_id"], set_=facts)
    )


def put_invite(session: Any, *, shop_id: int, customer_id: int, shows_name: bool, now: datetime) -> None:
    """Make a person's link, or change whether it tells who they are; the word never changes."""
    for _attempt in range(5):
        try:
            with session.begin_nested():
                session.execute(
                    insert_into(session, Invite)
                    .values(
                        shop_id=shop_id,
                        customer_id=customer_id,
                        word=random_code(_WORD),
                        shows_name=shows_name,
                        made_at=now,
                    )
                    .on_conflict_do_update(
                        index_elements=["shop_id", "customer_id"], set_={"shows_name": shows_name}
                    )
                )
        except IntegrityError:
            continue  # somebody else's word
        return
    raise RuntimeError("no free word for a link")


def inviter_by_word(session: Any, *, shop_id: int, word: str) -> Customer | None:
    """Return the living person whose link carries this word, also by the link of a card that went into theirs."""
    whose = session.scalar(select(Invite.customer_id).where(Invite.shop_id == shop_id, Invite.word == word))
    if whose is None:
        return None
    whose = merges.now_is(shop_id=shop_id, customer_id=whose)
    return people.customer(session, shop_id=shop_id, customer_id=whose)


def add_referral(
    session: Any, *, shop_id: int, inviter_id: int, friend_id: int, promised: Settings, now: datetime
) -> None:
    """Write down by whose link a person came, with what both were promised. The first link counts."""
    session.execute(
        insert_into(session, Referral)
        .values(
            shop_id=shop_id,
            inviter_id=inviter_id,
            friend_id=friend_id,
            at=now,
            inviter_stamps=promised.inviter.stamps,
            inviter_kind_id=promised.inviter.kind_id,
            friend_stamps=promised.friend.stamps,
            friend_kind_id=promised.friend.kind_id,
            refused="",
        )
        .on_conflict_do_nothing(index_elements=["shop_id", "friend_id"])
    )


def waiting(session: Any, *, shop_id: int, friend_id: int) -> Referral | None:
    """Return, held until the flow ends, the referral of a friend who has not come yet."""
    found: Referral | None = session.scalar(
        select(Referral)
        .where(
            Referral.shop_id == shop_id,
            Referral.friend_id == friend_id,
            Referral.refused == "",
            Referral.visit_id.is_(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


def due_inviter(session: Any, *, shop_id: int, referral_id: int) -> int | None:
    """Return whose side of a referral is due, without holding anything; None when it is settled."""
    found: int | None = session.scalar(
        select(Referral.inviter_id).where(
            Referral.shop_id == shop_id, Referral.id == referral_id, Referral.inviter_is_due
        )
    )
    return found


def held(session: Any, *, shop_id: int, referral_id: int) -> Referral:
    """Return a referral as it is now, held until the flow ends."""
    found: Referral = session.scalars(
        select(Referral)
        .where(Referral.shop_id == shop_id, Referral.id == referral_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    return found


def of_visit(session: Any, *, shop_id: int, visit_id: int) -> Referral | None:
    """Return, held until the flow ends, the referral that a first visit fulfilled."""
    found: Referral | None = session.scalar(
        select(Referral)
        .where(Referral.shop_id == shop_id, Referral.visit_id == visit_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


def refuse(session: Any, *, referral: Referral, why: str, now: datetime) -> None:
    """Keep a referral for which nothing is given, with its reason."""
    referral.refused, referral.refused_at = why, now
    session.flush()


def chain_above(session: Any, *, shop_id: int, customer_id: int) -> list[int]:
    """Return who brought a person, who brought those, and so on, as far as a circle is looked for."""
    above: list[int] = []
    while len(above) < CHAIN_MOST:
        found = session.scalar(
            select(Referral.inviter_id).where(
                Referral.shop_id == shop_id, Referral.friend_id == customer_id, Referral.refused == ""
            )
        )
        if found is None or found in above:
            break
        above.append(found)
        customer_id = found
    return above


def typed_number_of(
    session: Any, *, shop_id: int, friend_id: int, inviter: Customer | None
) -> tuple[bool, bool]:
    """Tell whether a friend typed the inviter's number, and whether they typed any other customer's."""
    typed = set(
        session.scalars(
            select(PhoneClaim.phone).where(PhoneClaim.shop_id == shop_id, PhoneClaim.customer_id == friend_id)
        )
    )
    return bool(inviter is not None and inviter.phone in typed), bool(typed)


def stamped_by(session: Any, *, shop_id: int, visit_id: int) -> tuple[int | None, str]:
    """Return who stamped a visit and what they are here: owner, manager, staff, "" for nobody."""
    row = session.execute(
        select(Visit.staff_id, Staff.role)
        .outerjoin(Staff, (Staff.shop_id == Visit.shop_id) & (Staff.id == Visit.staff_id))
        .where(Visit.shop_id == shop_id, Visit.id == visit_id)
    ).one()
    return row.staff_id, row.role or ""


def take_number(session: Any, *, shop_id: int, phone_key: str, now: datetime) -> int | None:
    """Note that this number had a friend's gift. None when it had one before: the unique key decides."""
    taken: int | None = session.scalar(
        insert_into(session, GivenOnce)
        .values(shop_id=shop_id, what=_ONCE, phone_key=phone_key, at=now)
        .on_conflict_do_nothing(index_elements=["shop_id", "what", "phone_key"])
        .returning(GivenOnce.id)
    )
    return taken


def free_number(session: Any, *, shop_id: int, once_id: int) -> None:
    """Take a number's note back: its visit was undone."""
    session.execute(delete(GivenOnce).where(GivenOnce.shop_id == shop_id, GivenOnce.id == once_id))


def given_this_month(session: Any, *, shop_id: int, inviter_id: int, now: datetime) -> int:
    """Return how many gifts somebody has had for friends in this Korean month."""
    first = kst_day(now).replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    return int(
        session.scalar(
            select(func.count(Referral.id)).where(
                Referral.shop_id == shop_id,
                Referral.inviter_id == inviter_id,
                Referral.came_at >= start_of_day(first),
                Referral.came_at < start_of_day(after),
                or_(Referral.inviter_entry_id.is_not(None), Referral.inviter_coupon_id.is_not(None)),
            )
        )
    )


def forget(session: Any, *, person: Customer, now: datetime) -> None:
    """A person leaves: their link opens nothing any more, and their number earns no second gift.

    The rows stay, without anybody: that somebody was brought is the shop's sum, not a person's data.
    """
    session.execute(delete(Invite).where(Invite.shop_id == person.shop_id, Invite.customer_id == person.id))
    took_part = session.scalar(
        select(Referral.id)
        .where(
            Referral.shop_id == person.shop_id,
            or_(Referral.friend_id == person.id, Referral.inviter_id == person.id),
            Referral.visit_id.is_not(None),
        )
        .limit(1)
    )
    if took_part is not None and person.phone_key:
        take_number(session, shop_id=person.shop_id, phone_key=person.phone_key, now=now)


def set_party(session: Any, *, shop_id: int, visit_id: int, size: int, since: datetime) -> Visit | None:
    """Note how many came together on a standing visit begun after `since`; None for any other."""
    visit: Visit | None = session.scalar(
        select(Visit)
        .where(Visit.shop_id == shop_id, Visit.id == visit_id, Visit.reversed_at.is_(None), Visit.at >= since)
        .with_for_update()
    )
    if visit is not None:
        visit.party_size = size
        session.flush()
    return visit


def link_browser(session: Any, *, shop_id: int, browser_hash: str, staff_id: int) -> None:
    """The card in this browser is the one of who works here, unless it is known as another's."""
    held = select(Device.customer_id).where(Device.shop_id == shop_id, Device.browser_hash == browser_hash)
    session.execute(
        update(Customer)
        .where(Customer.shop_id == shop_id, Customer.id.in_(held), Customer.staff_id.is_(None))
        .values(staff_id=staff_id)
        .execution_options(synchronize_session=False)
    )
