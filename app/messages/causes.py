"""What has become of the fact a message follows from: asked again just before it is sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import aliased

from app.cards import ends
from app.cards.models import LedgerEntry, Reward
from app.coupons.models import Coupon, CouponKind
from app.coupons.queries import gives_by
from app.coupons.rules import last_day
from app.coupons.words import called
from app.customers import merges
from app.customers.models import Consent, Customer, PhoneCode
from app.customers.rules import code_of
from app.extensions import setting
from app.kit.columns import UtcDateTime
from app.kit.korean import day_name
from app.kit.text import shortened
from app.messages.campaign_models import Campaign
from app.messages.letter_models import DoneRequest
from app.reviews.models import Review, ReviewAsk, ReviewSetting
from app.shops.models import Shop
from app.visits.goods import bought_again
from app.visits.models import Visit
from app.warranties.models import RepairRequest, Warranty

# So much of the shop's story stands in a thank-you: its beginning.
_STORY_MOST = 80

# What became of a visit, and of the ask to review it: one look for every kind that follows a visit.
_VISIT_NOW = (
    select(
        Visit.reversed_at.is_not(None),
        ReviewAsk.wanted_at.is_not(None),
        Review.id.is_not(None),
        or_(func.coalesce(ReviewSetting.reward_stamps, 0) > 0, gives_by("review")),
        Visit.is_first,
    )
    .outerjoin(ReviewAsk, (ReviewAsk.shop_id == Visit.shop_id) & (ReviewAsk.visit_id == Visit.id))
    .outerjoin(Review, (Review.shop_id == ReviewAsk.shop_id) & (Review.ask_id == ReviewAsk.id))
    .outerjoin(ReviewSetting, ReviewSetting.shop_id == Visit.shop_id)
    .where(Visit.shop_id == bindparam("shop"), Visit.id == bindparam("number"))
)
_STAMP_REVERSED = select(LedgerEntry.id).where(
    LedgerEntry.shop_id == bindparam("shop"), LedgerEntry.reverses_id == bindparam("number")
)
# A reward that was used or taken back, by the ledger line that gave it.
_REWARD_GONE = select(Reward.id).where(
    Reward.shop_id == bindparam("shop"),
    Reward.entry_id == bindparam("number"),
    or_(Reward.used_at.is_not(None), Reward.withdrawn_at.is_not(None)),
)
# A coupon that was used, or taken back.
_COUPON_GONE = select(Coupon.id).where(
    Coupon.shop_id == bindparam("shop"),
    Coupon.id == bindparam("number"),
    or_(Coupon.used_at.is_not(None), Coupon.withdrawn_at.is_not(None)),
)
_LAST, _LATER = aliased(Visit), aliased(Visit)
# A silence is over when its last visit has a later one, and never was when that visit was undone.
_SILENCE_OVER = (
    select(_LAST.id)
    .outerjoin(
        _LATER,
        (_LATER.shop_id == _LAST.shop_id)
        & (_LATER.customer_id == _LAST.customer_id)
        & (_LATER.at > _LAST.at)
        & _LATER.reversed_at.is_(None),
    )
    .where(
        _LAST.shop_id == bindparam("shop"),
        _LAST.id == bindparam("number"),
        or_(_LATER.id.is_not(None), _LAST.reversed_at.is_not(None)),
    )
    .limit(1)
)
# What the shop tells a newcomer, and what it promises for the second visit.
_OF_THE_SHOP = select(
    Shop.story,
    select(CouponKind.name)
    .where(
        CouponKind.shop_id == Shop.id,
        CouponKind.rule == "nth_visit",
        CouponKind.rule_value == 2,
        CouponKind.ended_at.is_(None),
        CouponKind.valid_until.is_(None),  # who comes back later than that would not get it
    )
    .order_by(CouponKind.id)
    .limit(1)
    .scalar_subquery(),
).where(Shop.id == bindparam("shop"))
# Who told a day, and the coupon of that day that can still be used.
_CELEBRATED = select(
    Customer.birth_month.is_not(None), Customer.anniversary_month.is_not(None), Customer.anniversary_name
).where(
    Customer.shop_id == bindparam("shop"),
    Customer.id == bindparam("customer"),
    Customer.erased_at.is_(None),
)
_OF_THE_DAY = (
    select(CouponKind.name, Coupon.expires_at)
    .join(Coupon, (Coupon.shop_id == CouponKind.shop_id) & (Coupon.kind_id == CouponKind.id))
    .where(
        Coupon.shop_id == bindparam("shop"),
        Coupon.customer_id == bindparam("customer"),
        Coupon.cause == bindparam("cause"),
        Coupon.used_at.is_(None),
        Coupon.withdrawn_at.is_(None),
    )
    .order_by(Coupon.id)
    .limit(1)
)
_BOUGHT_SINCE = (
    select(Visit.id)
    .where(
        Visit.shop_id == bindparam("shop"),
        Visit.customer_id == bindparam("customer"),
        Visit.at > bindparam("since", type_=UtcDateTime()),
        Visit.reversed_at.is_(None),
    )
    .limit(1)
)
_REBOUGHT = select(or_(Visit.reversed_at.is_not(None), bought_again(Visit, bindparam("product")))).where(
    Visit.shop_id == bindparam("shop"), Visit.id == bindparam("visit")
)
# The newest request of a browser counts; an older code is dead the moment another is asked for.
_NEWER_CODE = aliased(PhoneCode)
_CODE = select(
    PhoneCode.phone,
    PhoneCode.salt,
    PhoneCode.used_at.is_not(None),
    select(_NEWER_CODE.id)
    .where(
        _NEWER_CODE.shop_id == PhoneCode.shop_id,
        _NEWER_CODE.browser_hash == PhoneCode.browser_hash,
        _NEWER_CODE.id > PhoneCode.id,
        _NEWER_CODE.refused == "",
    )
    .exists(),
).where(PhoneCode.shop_id == bindparam("shop"), PhoneCode.id == bindparam("number"))
# A consent is asked about no longer once its person said something newer about the same.
_SAID, _SAID_LATER = aliased(Consent), aliased(Consent)
_CONSENT_OVER = (
    select(_SAID.id)
    .join(
        _SAID_LATER,
        (_SAID_LATER.shop_id == _SAID.shop_id)
        & (_SAID_LATER.customer_id == _SAID.customer_id)
        & (_SAID_LATER.kind == _SAID.kind)
        & (_SAID_LATER.id > _SAID.id),
    )
    .where(_SAID.shop_id == bindparam("shop"), _SAID.id == bindparam("number"))
    .limit(1)
)
# What a campaign says is read when it is sent: until then its owner may stop it.
_CAMPAIGN = select(Campaign.state, Campaign.text, Campaign.text_b, Campaign.photo).where(
    Campaign.shop_id == bindparam("shop"), Campaign.id == bindparam("number")
)
# Who asked to be told when the work is done, and took that back.
_DONE_GONE = select(DoneRequest.id).where(
    DoneRequest.shop_id == bindparam("shop"),
    DoneRequest.id == bindparam("number"),
    DoneRequest.state == "withdrawn",
)
# A certificate that was taken back; a repair that went on to another step than the one told of.
_WARRANTY_GONE = select(Warranty.id).where(
    Warranty.shop_id == bindparam("shop"), Warranty.id == bindparam("number"), Warranty.ended_at.is_not(None)
)
_REPAIR = select(RepairRequest.state).where(
    RepairRequest.shop_id == bindparam("shop"), RepairRequest.id == bindparam("number")
)
# A row says that the cause is over.
_OVER = {
    "stamp": _STAMP_REVERSED,
    "fill": _REWARD_GONE,
    "stage": _REWARD_GONE,
    "silence": _SILENCE_OVER,
    "coupon": _COUPON_GONE,
    "reconsent": _CONSENT_OVER,
    "done": _DONE_GONE,
    "warranty": _WARRANTY_GONE,
}


def became(session: Any, *, shop_id: int, cause: str) -> dict[str, Any]:
    """Return what a cause ("visit:12", "silence:12" …) has become, as facts for a kind's `still_wanted`.

    `taken_back`: undone, used up or ended. For a visit also `wanted` (its customer asked to be asked for a
    review), `reviewed` (it has one), `rewarded` (the shop gives something for a review by now), and of a first one
    `story` and `next_gift`. For a code that was asked for its six digits (`code`) and the number they go to
    (`to`). For what ends on a card `amount` and `until`, for a person's day its `coupon` and `until`, as they
    are now. For a campaign its words (`text`, `text_b`) and its picture (`photo`).
    """
    what, number = (*cause.split(":"), "")[:2]  # "reconsent:12:2028" names its year as well
    if what in _OF_SEVERAL:
        return _OF_SEVERAL[what](session, shop_id, cause.split(":"))
    if not number.isdigit():
        return {"taken_back": False}
    which = {"shop": shop_id, "number": int(number)}
    if what == "visit":
        return _visit(session, which)
    if what == "code":
        return _code(session, which)
    if what == "campaign":
        row = session.execute(_CAMPAIGN, which).one_or_none()
        if row is None:
            return {"taken_back": True}
        state, text, text_b, photo = row
        return {"taken_back": state == "cancelled", "text": text, "text_b": text_b, "photo": photo}
    over = _OVER.get(what)
    return {"taken_back": over is not None and session.scalar(over, which) is not None}


def ends_unseen(cause: str) -> bool:
    """Tell whether a cause may be over without anything that took its waiting messages back: it has to be asked."""
    return cause.partition(":")[0] in (*_OF_SEVERAL, "reconsent")


def _code(session: Any, which: dict[str, int]) -> dict[str, Any]:
    row = session.execute(_CODE, which).one_or_none()
    if row is None or not row.phone:
        return {"taken_back": True}
    _phone, salt, used, renewed = row
    code = code_of(setting("MASTER_KEY"), shop_id=which["shop"], salt=salt)
    return {"taken_back": used or renewed, "code": code, "to": row.phone}


def _visit(session: Any, which: dict[str, int]) -> dict[str, Any]:
    row = session.execute(_VISIT_NOW, which).one_or_none() or (False,) * 5
    *said, is_first = map(bool, row)
    found: dict[str, Any] = dict(zip(("taken_back", "wanted", "reviewed", "rewarded"), said, strict=True))
    return found | (to_a_newcomer(session, shop_id=which["shop"]) if is_first else {})


def to_a_newcomer(session: Any, *, shop_id: int) -> dict[str, Any]:
    """Return what a shop tells who was there for the first time: `story`, its beginning, and `next_gift`; "" = none."""
    story, gift = session.execute(_OF_THE_SHOP, {"shop": shop_id}).one()
    beginning = story.strip().split("\n")[0].strip()
    return {"story": shortened(beginning, _STORY_MOST), "next_gift": called(gift) if gift else ""}


def _ending(session: Any, shop_id: int, cause: list[str]) -> dict[str, Any]:
    """ "point_end:<card>:<last day by the rule>:<days before>": what of it is left, and until when."""
    unit = cause[0].removesuffix("_end")
    left, expires_at = ends.left_of(
        session, shop_id=shop_id, card_id=int(cause[1]), unit=unit, on=date.fromisoformat(cause[2])
    )
    if not left or expires_at is None:
        return {"taken_back": True}
    return {"taken_back": False, "amount": left, "until": day_name(last_day(expires_at))}


def _day(session: Any, shop_id: int, cause: list[str]) -> dict[str, Any]:
    """ "birthday:<customer>:<year>": whether it is still told to us, and what the shop gives on it."""
    what, customer, year = cause
    who = {"shop": shop_id, "customer": int(customer)}
    row = session.execute(_CELEBRATED, who).one_or_none()
    if row is None or not row[0 if what == "birthday" else 1]:
        return {"taken_back": True}
    gift = session.execute(_OF_THE_DAY, {**who, "cause": f"{what}:{year}"}).one_or_none()
    found = {"taken_back": False, "day_name": row.anniversary_name, "coupon": "", "until": ""}
    if gift is not None:
        found["coupon"] = gift.name
        found["until"] = day_name(last_day(gift.expires_at)) if gift.expires_at else "언제"
    return found


def _rebuy(session: Any, shop_id: int, cause: list[str]) -> dict[str, Any]:
    """ "rebuy:<visit>:<product>": whether it was undone, or bought again."""
    which = {"shop": shop_id, "visit": int(cause[1]), "product": int(cause[2])}
    return {"taken_back": bool(session.scalar(_REBOUGHT, which))}


def _cart(session: Any, shop_id: int, cause: list[str]) -> dict[str, Any]:
    """ "cart:<customer>:<unix seconds>": whether they bought anything since, wherever."""
    since = datetime.fromtimestamp(int(cause[2]), UTC)
    # Whose card went into another meanwhile buys on that one.
    whose = merges.now_is(shop_id=shop_id, customer_id=int(cause[1]))
    which = {"shop": shop_id, "customer": whose, "since": since}
    return {"taken_back": session.scalar(_BOUGHT_SINCE, which) is not None}


def _repair(session: Any, shop_id: int, cause: list[str]) -> dict[str, Any]:
    """ "repair:<request>:<state>": whether it is still where the message says."""
    state = session.scalar(_REPAIR, {"shop": shop_id, "number": int(cause[1])})
    return {"taken_back": state != cause[2]}


_OF_SEVERAL: dict[str, Callable[[Any, int, list[str]], dict[str, Any]]] = {
    "stamp_end": _ending,
    "point_end": _ending,
    "birthday": _day,
    "anniversary": _day,
    "rebuy": _rebuy,
    "cart": _cart,
    "repair": _repair,
}
