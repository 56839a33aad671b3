"""Reads for the owner's pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, func, or_, select

from app.coupons.queries import gives_by
from app.customers.models import PhoneCode
from app.extensions import db, setting
from app.kit.clock import kst_day, start_of_day
from app.kit.particles import josa
from app.kit.signing import token_hash
from app.messages import hand_stops, mail_form, raising, registry, turns
from app.messages.contract import ALWAYS_ON, BY_HAND, GROUPS, Kind
from app.messages.models import Automation, Message
from app.reviews.models import ReviewSetting
from app.shops.models import Shop
from app.warranties.rules import USE as WARRANTIES

# Of what a shop may leave switched off as a whole there is nothing to set until then.
_OF_WARRANTIES = ("warranty_issued", "warranty_expiry", "warranty_moved", "repair_step")
# What a shop has switched on, and whether it rewards reviews, by stamps or by a coupon: then asking for one is an ad.
_OF_SHOP = select(
    select(Shop.uses).where(Shop.id == bindparam("shop")).scalar_subquery(),
    or_(
        func.coalesce(
            select(ReviewSetting.reward_stamps)
            .where(ReviewSetting.shop_id == bindparam("shop"))
            .scalar_subquery(),
            0,
        )
        > 0,
        gives_by("review"),
    ),
)


@dataclass(frozen=True)
class AutomationLine:
    """One automation as one sentence with a switch."""

    kind: str
    label: str
    sentence: str  # "방문 2시간 뒤에 감사 인사를 보내요"
    is_ad: bool
    may_raise: bool  # an 안내 that the shop may send as an ad
    is_raised: bool  # and does
    is_on: bool
    can_switch: bool  # what the law asks for can't be switched off
    always_on: str  # why it can't, in words
    text: str
    default_text: str
    placeholders: dict[str, str]
    delay_minutes: int
    has_delay: bool
    note: str  # to whom and when exactly, or ""
    resting: str  # why none of it goes out just now, or ""
    group: str  # under which heading it stands
    other_texts: dict[str, str]  # label → words to take instead
    sends_texts: bool  # False: it only lies on the card, nothing is transmitted
    last_sent_at: datetime | None


def delay_words(minutes: int) -> str:
    """Return "2시간", "1시간 30분", "30분", "하루"."""
    if minutes and minutes % 1440 == 0:
        return "하루" if minutes == 1440 else f"{minutes // 1440}일"
    hours, rest = divmod(minutes, 60)
    return (
        " ".join(part for part in (f"{hours}시간" if hours else "", f"{rest}분" if rest else "") if part)
        or "0분"
    )


def automations(shop_id: int) -> list[AutomationLine]:
    """Return every kind as the shop has it set, by what it follows from, then what can't be switched off."""
    changed = {
        row.kind: row for row in db.session.scalars(select(Automation).where(Automation.shop_id == shop_id))
    }
    last = {
        row.kind: row.at
        for row in db.session.execute(
            select(Message.kind, func.max(Message.sent_at).label("at"))
            .where(Message.shop_id == shop_id, Message.sent_at.is_not(None))
            .group_by(Message.kind)
        )
    }
    by_mail = setting("WIRE").carries_mail
    uses, rewarded = db.session.execute(_OF_SHOP, {"shop": shop_id}).one()
    gives_warranties = WARRANTIES in (uses or "").split()
    lines = [
        _line(kind, changed.get(key), last.get(key), rewarded=bool(rewarded))
        for key, kind in registry.kinds().items()
        # A kind of which nothing can go out here is nothing to set, nor is what the owner words each time.
        if kind.is_caused
        and not (kind.to_many or kind.to_one)
        and (by_mail or kind.channels != ("email",))
        and (key not in _OF_WARRANTIES or gives_warranties)
    ]
    places = [*GROUPS.values(), ALWAYS_ON]
    return sorted(lines, key=lambda line: (places.index(line.group), not line.is_ad, line.label))


def automation(shop_id: int, kind: str) -> AutomationLine | None:
    """Return one kind as the shop has it set, or None for a kind that doesn't exist."""
    return next((line for line in automations(shop_id) if line.kind == kind), None)


def switched_on(shop_id: int, kinds: Iterable[str]) -> list[str]:
    """Return those of the kinds that this shop has switched on. Raises KeyError for an unknown one."""
    wanted = [registry.kind(key) for key in kinds]
    said = {
        row.kind: row.is_on
        for row in db.session.execute(
            select(Automation.kind, Automation.is_on).where(
                Automation.shop_id == shop_id, Automation.kind.in_([kind.key for kind in wanted])
            )
        )
    }
    return [kind.key for kind in wanted if kind.statutory or said.get(kind.key, kind.default_on)]


def _line(
    kind: Kind, row: Automation | None, last_sent_at: datetime | None, *, rewarded: bool
) -> AutomationLine:
    delay = kind.delay_minutes if row is None or row.delay_minutes is None else row.delay_minutes
    sent_as = raising.as_sent(kind, row is not None and row.as_ad)
    return AutomationLine(
        kind=kind.key,
        label=kind.label,
        sentence=kind.sentence.replace("{때}", delay_words(delay)),
        is_ad=sent_as.is_ad,
        may_raise=raising.may_be_raised(kind),
        is_raised=sent_as.is_ad and not kind.is_ad,
        is_on=kind.statutory or (kind.default_on if row is None else row.is_on),
        can_switch=not kind.statutory,
        always_on=kind.always_on,
        text=(row.text if row else "") or kind.text,
        default_text=kind.text,
        placeholders=dict(kind.placeholders),
        delay_minutes=delay,
        has_delay=kind.delay_minutes > 0,
        note=kind.note,
        resting=kind.rests_while_rewarded if rewarded else "",
        sends_texts=any(registry.channel(key).CAPABILITIES.transmits for key in kind.channels),
        last_sent_at=last_sent_at,
        group=ALWAYS_ON if kind.statutory else GROUPS[kind.group],
        other_texts=dict(kind.other_texts),
    )


# Of some nobody will ever say what became of them (a push, an e-mail), and their owner can't settle it either: home
# speaks of them for so long, the history always.
_ASKS_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Outlook:
    """ "오늘 보낼 말" on the home screen."""

    by_hand: int  # waiting for the owner's tap
    today: int  # texts, e-mails and pushes that will go out by themselves before midnight
    today_by: str  # what these are: "문자", "이메일", "문자와 이메일"
    unclear: int  # "확인 필요", of the last days
    codes: int  # of those by hand: somebody stands there and waits for it
    blocked_reason: str  # why nothing real may go out, or ""


def outlook(shop_id: int, *, now: datetime) -> Outlook:
    """Count what waits for the owner and what goes out today.

    Asked with every look at home: each question names what an index begins with, so that old rows are never read.
    """
    midnight = start_of_day(kst_day(now) + timedelta(days=1))
    texts, mails, rung = (_by_themselves(address) for address in ("phone", "email", "push"))
    # What stands still neither goes out by itself nor is offered for sending by hand.
    moves = and_(Message.state == "ready", *hand_stops.moves(shop_id, now=now))
    goes_today = moves & Message.staged_at.is_(None) & (Message.due_at < midnight)
    counts = db.session.execute(
        select(
            func.count().filter(moves, Message.staged_at.is_not(None)),
            func.count().filter(goes_today, Message.channel.in_(texts)),
            func.count().filter(goes_today, Message.channel.in_(mails)),
            func.count().filter(goes_today, Message.channel.in_(rung)),
            func.count().filter(Message.state == "unknown", Message.due_at > now - _ASKS_FOR),
            func.count().filter(
                Message.state == "ready",
                Message.staged_at.is_not(None),
                Message.kind.in_([key for key, spec in registry.kinds().items() if spec.to_typed_number]),
                Message.not_after >= now,
            ),
        ).where(Message.shop_id == shop_id, turns.still_open(Message, "ready", "unknown"))
    ).one()
    blocked = db.session.scalar(
        select(Message.reason)
        .where(
            Message.shop_id == shop_id,
            Message.channel.in_(texts + mails + rung + [BY_HAND]),
            Message.state == "suppressed",
            *(at > now - timedelta(days=3) for at in (Message.due_at, Message.created_at)),
            Message.code.in_(("no_public_url", "no_contact", "no_080")),
        )
        .order_by(Message.due_at.desc(), Message.id.desc())  # by id alone SQLite would walk the shop's rows
        .limit(1)
    )
    by_hand, today_texts, today_mails, today_rung, unclear, codes = counts
    today = {"문자": today_texts, "이메일": today_mails, "알림": today_rung}
    return Outlook(
        by_hand=by_hand,
        today=sum(today.values()),
        today_by=_listed([what for what, count in today.items() if count]),
        unclear=unclear,
        codes=codes,
        blocked_reason=blocked or "",
    )


def _listed(words: list[str]) -> str:
    """Return "문자", "문자와 이메일", "문자, 이메일과 알림"."""
    *before, last = words or [""]
    return f"{josa(', '.join(before), '과/와')} {last}" if before else last


def _by_themselves(address: str) -> list[str]:
    """Return the channels that carry something away to such an address without anybody's hand."""
    able = ((key, channel.CAPABILITIES) for key, channel in registry.channels().items())
    return [key for key, can in able if can.transmits and not can.by_hand and can.address == address]


def mail_lacks(shop_id: int) -> str:
    """Return what the shop has not told and an ad by e-mail must say ("대표 이름, 주소"), or "".

    Also "" where no e-mail goes out anyway. Until then its ads take another way.
    """
    wire = setting("WIRE")
    if not wire.carries_mail:
        return ""
    shop = db.session.execute(
        select(Shop.name, Shop.owner_name, Shop.address, Shop.phone, Shop.email, Shop.is_demo).where(
            Shop.id == shop_id
        )
    ).one()
    told = mail_form.Shop(
        name=shop.name,
        owner_name=shop.owner_name,
        address=shop.address,
        phone=shop.phone,
        email=shop.email or wire.mail_from,
    )
    return "" if shop.is_demo else mail_form.missing(told)


def causes_known(shop_id: int, kind: str, causes: list[str], *, since: datetime | None = None) -> set[str]:
    """Return which of these causes have given a message of a kind (since a moment), whatever became of it."""
    if not causes:
        return set()
    lately = [] if since is None else [Message.created_at > since]
    found = db.session.scalars(
        select(Message.cause).where(
            Message.shop_id == shop_id,
            Message.kind == kind,
            Message.cause.in_(causes),
            Message.state != "cancelled",
            *lately,
        )
    )
    return set(found)


def code_goes_by_hand(*, shop_id: int, browser_token: str) -> bool:
    """Tell whether the code this browser asked for last waits for somebody's tap in the shop."""
    newest = (
        select(PhoneCode.id)
        .where(PhoneCode.shop_id == shop_id, PhoneCode.browser_hash == token_hash(browser_token))
        .order_by(PhoneCode.id.desc())
        .limit(1)
    )
    code_id = db.session.scalar(newest)
    found = db.session.scalar(
        select(Message.channel).where(Message.shop_id == shop_id, Message.cause == f"code:{code_id}")
    )
    return found is not None and registry.channel(found).CAPABILITIES.by_hand
