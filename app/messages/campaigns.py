"""Reads about 단체 문자: what is being written, what goes out, how far it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from sqlalchemy import func, select

from app.coupons.models import CouponKind
from app.extensions import db, files_dir
from app.insights import groups
from app.kit import files
from app.kit.clock import kst_day, start_of_day
from app.kit.files import BadPlace, Place
from app.messages import campaign_rules, registry
from app.messages.campaign_models import Campaign, CampaignPerson
from app.messages.contract import CARD
from app.messages.models import Message
from app.reviews.photos import LARGE

_STATES = {
    "draft": "쓰는 중",
    "waiting": "보낼 예정",
    "going": "보내는 중",
    "paused": "멈춤",
    "done": "다 보냈어요",
    "cancelled": "취소했어요",
}
_ON_THE_WAY = ("claimed", "sending")
_ARRIVED = ("sent", "delivered")


@dataclass(frozen=True)
class CampaignView:
    """One campaign as the owner sees it; state "draft" until it is confirmed."""

    id: int
    group: str
    group_name: str  # "뜸해진 손님", "" until one is chosen
    text: str
    text_b: str
    photo: str
    coupon_kind_id: int | None
    coupon_name: str
    ways: str
    is_soon: bool
    send_at: datetime
    made_at: datetime
    counted: int
    holds_out: bool
    state: str
    state_words: str
    detail: str
    ended_at: datetime | None
    after_id: int  # how far its people's messages are written

    @property
    def words(self) -> str:
        """Return its text as a list shows it: no braces."""
        return self.text.replace("{이름}", "○○").replace("{가게}", "우리 가게")

    @property
    def words_b(self) -> str:
        """Return the other text the same way."""
        return self.text_b.replace("{이름}", "○○").replace("{가게}", "우리 가게")

    @property
    def is_draft(self) -> bool:
        """Tell whether it may still be written."""
        return self.state == "draft"

    @property
    def is_open(self) -> bool:
        """Tell whether some of it may still go out."""
        return self.state in campaign_rules.OPEN

    @property
    def is_personal(self) -> bool:
        """Tell whether even its letter on the card needs consent to marketing."""
        return campaign_rules.is_personal(self.group, has_coupon=self.coupon_kind_id is not None)


def campaign(shop_id: int, campaign_id: int) -> CampaignView | None:
    """Return one of the shop's campaigns; None for another shop's."""
    return next(iter(_views(shop_id, [Campaign.id == campaign_id], 1)), None)


def drafts(shop_id: int) -> list[CampaignView]:
    """Return what is being written, the latest first."""
    return _views(shop_id, [Campaign.state == "draft"], 20)


def campaigns(shop_id: int, *, before: int | None = None, limit: int = 20) -> list[CampaignView]:
    """Return what was confirmed, the latest first; keyset by id."""
    which = [Campaign.state != "draft"] + ([] if before is None else [Campaign.id < before])
    return _views(shop_id, which, limit)


def open_ones(shop_id: int) -> list[CampaignView]:
    """Return the campaigns of which some may still go out, the next one first."""
    found = _views(shop_id, [Campaign.state.in_(campaign_rules.OPEN)], 20)
    return sorted(found, key=lambda view: (view.send_at, view.id))


def sent_today(shop_id: int, *, now: datetime) -> int:
    """Count what was confirmed on this Korean day and not taken back."""
    today = start_of_day(kst_day(now))
    mine = (Campaign.shop_id == shop_id, Campaign.state.not_in(("draft", "cancelled")))
    since = (Campaign.made_at >= today, Campaign.made_at < today + timedelta(days=1))
    return int(db.session.scalar(select(func.count(Campaign.id)).where(*mine, *since)) or 0)


def _views(shop_id: int, which: Iterable[Any], limit: int) -> list[CampaignView]:
    rows = db.session.execute(
        select(Campaign, CouponKind.name)
        .outerjoin(
            CouponKind, (CouponKind.shop_id == Campaign.shop_id) & (CouponKind.id == Campaign.coupon_kind_id)
        )
        .where(Campaign.shop_id == shop_id, *which)
        .order_by(Campaign.id.desc())
        .limit(limit)
    )
    found = [(row.Campaign, row.name or "") for row in rows]
    left = _what_is_left(shop_id, [row.id for row, _name in found if row.state == "done"])
    return [_view(row, name, left.get(row.id, _STATES[row.state])) for row, name in found]


def _what_is_left(shop_id: int, written: list[int]) -> dict[int, str]:
    """Return in words what the campaigns still wait for whose messages are all written: that is not "sent"."""
    if not written:
        return {}
    causes = {f"campaign:{each}": each for each in written}
    waits = Message.state.in_(("ready", *_ON_THE_WAY))
    rows = db.session.execute(
        select(Message.cause, Message.channel)
        .where(Message.shop_id == shop_id, Message.cause.in_(causes), waits)
        .distinct()
    ).all()
    by_hand = {causes[row.cause]: "사장님 휴대폰에서 기다려요" for row in rows if _is_by_hand(row)}
    return by_hand | {causes[row.cause]: "보내는 중이에요" for row in rows if not _is_by_hand(row)}


def _view(row: Campaign, coupon_name: str, state_words: str) -> CampaignView:
    group = str(row.people.get("group", ""))
    return CampaignView(
        id=row.id,
        group=group,
        group_name=str(row.people.get("name") or groups.name_of(group)),
        text=row.text,
        text_b=row.text_b,
        photo=row.photo,
        coupon_kind_id=row.coupon_kind_id,
        coupon_name=coupon_name,
        ways=row.ways,
        is_soon=row.is_soon,
        send_at=row.send_at,
        made_at=row.made_at,
        counted=row.counted,
        holds_out=row.holds_out,
        state=row.state,
        state_words=state_words,
        detail=row.detail,
        ended_at=row.ended_at,
        after_id=row.after_id,
    )


@dataclass(frozen=True)
class Progress:
    """How far a campaign is: of the people it was frozen for, and of the letters that leave the house."""

    people: int
    looked_at: int  # people whose messages are written, or who get none
    held_out: int  # left out on purpose, to compare
    on_card: int  # letters that lie on a card
    sent: int  # texts, e-mails, pushes that went out
    on_the_way: int
    by_hand: int  # wait for the owner's tap
    waiting: int  # for the morning, for the cap, for a budget
    waits_for: list[tuple[str, int]]  # which of these, in words
    failed: int
    variants: dict[str, int]  # "a" → how many people's message has that text
    left_out: list[tuple[str, str, int]]  # (code, reason, how many people), nothing transmitted

    @property
    def percent(self) -> int:
        """Return how much of it is done, of 100."""
        return 100 if not self.people else self.looked_at * 100 // self.people

    @property
    def still_moves(self) -> bool:
        """Tell whether looking again in a few seconds may show something else."""
        return self.looked_at < self.people or self.on_the_way > 0

    @property
    def may_be_held(self) -> bool:
        """Tell whether something written may still be stopped."""
        return self.by_hand + self.waiting + self.on_the_way > 0


def progress(shop_id: int, view: CampaignView) -> Progress:
    """Count where the messages of a campaign are."""
    cause = f"campaign:{view.id}"
    mine = (CampaignPerson.shop_id == shop_id, CampaignPerson.campaign_id == view.id)
    people, looked_at, held_out = db.session.execute(
        select(
            func.count(),
            func.count().filter(CampaignPerson.customer_id <= view.after_id),
            func.count().filter(CampaignPerson.is_held_out),
        ).where(*mine)
    ).one()
    rows = db.session.execute(
        select(
            Message.channel,
            Message.state,
            Message.code,
            Message.reason,
            Message.variant,
            Message.staged_at.is_not(None).label("is_staged"),
            func.count().label("n"),
        )
        .where(Message.shop_id == shop_id, Message.cause == cause)
        .group_by(
            Message.channel,
            Message.state,
            Message.code,
            Message.reason,
            Message.variant,
            Message.staged_at.is_not(None),
        )
    ).all()
    away = [row for row in rows if row.channel != CARD]
    card = [row for row in rows if row.channel == CARD]
    ready = [row for row in away if row.state == "ready"]
    waiting = [row for row in ready if row.code and not row.is_staged]
    return Progress(
        people=people,
        looked_at=people if view.state == "done" else looked_at,
        held_out=held_out,
        on_card=_sum(row for row in card if row.state in _ARRIVED),
        sent=_sum(row for row in away if row.state in _ARRIVED),
        on_the_way=_sum(row for row in away if row.state in _ON_THE_WAY)
        + _sum(
            row for row in ready if not row.code and not registry.channel(row.channel).CAPABILITIES.by_hand
        ),
        by_hand=_sum(row for row in ready if row.is_staged or (_is_by_hand(row) and not row.code)),
        waiting=_sum(waiting),
        waits_for=campaign_rules.waits_for((row.code, row.reason, row.n) for row in waiting),
        failed=_sum(
            row for row in away if row.state in ("failed", "dead", "undelivered", "unknown", "expired")
        ),
        variants={each: _sum(row for row in card if row.variant == each) for each in ("a", "b")},
        left_out=_left_out(card, away),
    )


def _is_by_hand(row: Any) -> bool:
    return registry.channel(row.channel).CAPABILITIES.by_hand


def _sum(rows: Iterable[Any]) -> int:
    return sum(row.n for row in rows)


def _left_out(card: list[Any], away: list[Any]) -> list[tuple[str, str, int]]:
    """Tell whom nothing was sent to and why, the largest number first; most of them have it on the card."""
    why: dict[tuple[str, str], int] = {}
    for row in [row for row in card if row.code] + [row for row in away if row.state == "suppressed"]:
        reason = row.reason.removeprefix("카드에만 남겨요. ")
        why[(row.code, reason)] = why.get((row.code, reason), 0) + row.n
    return sorted(
        ((code, reason, n) for (code, reason), n in why.items()), key=lambda each: (-each[2], each[0])
    )


def due_campaigns(now: datetime) -> list[tuple[int, int]]:
    """Return (shop_id, id) of the campaigns of all shops whose people wait for their messages."""
    rows = db.session.execute(
        select(Campaign.shop_id, Campaign.id)
        .where(Campaign.state.in_(("waiting", "going")), Campaign.send_at <= now)
        .order_by(Campaign.send_at, Campaign.id)
    )
    return [(row.shop_id, row.id) for row in rows]


def known_photos(shop_id: int, refs: Sequence[str]) -> set[str]:
    """Return which of these refs are pictures of campaigns (nightly: the files of others are nobody's)."""
    named = select(Campaign.photo).where(Campaign.shop_id == shop_id, Campaign.photo.in_(refs))
    return set(db.session.scalars(named))


def open_photo(shop_id: int, campaign_id: int) -> BinaryIO | None:
    """Open the picture of one of the shop's campaigns, as a screen shows it; None when it has none."""
    named = select(Campaign.photo).where(Campaign.shop_id == shop_id, Campaign.id == campaign_id)
    return _open(shop_id, db.session.scalar(named) or "")


def open_on_card(shop_id: int, customer_id: int, campaign_id: int) -> BinaryIO | None:
    """Open it for somebody on whose card its letter lies; None for anybody else (S05)."""
    lies_there = select(Message.id).where(
        Message.shop_id == shop_id,
        Message.customer_id == customer_id,
        Message.cause == f"campaign:{campaign_id}",
        Message.channel == CARD,
        Message.state == "sent",
    )
    found = db.session.scalar(lies_there.limit(1))
    return None if found is None else open_photo(shop_id, campaign_id)


def _open(shop_id: int, ref: str) -> BinaryIO | None:
    try:
        return files.open_reading(files_dir(), Place(LARGE, shop_id, ref))
    except BadPlace:
        return None
