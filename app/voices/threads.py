"""One matter as a page shows it: what was said, the photos with it, a coupon that lies there. A complaint is the owner's."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.coupons.models import Coupon, CouponKind
from app.customers.models import Customer
from app.extensions import db
from app.reviews.models import Photo
from app.reviews.photos import LINE, PhotoLine
from app.shops.models import Staff
from app.voices.care_models import VoiceHandover, VoiceOffer, VoicePhoto
from app.voices.models import Voice, VoiceLine
from app.voices.queries import MATTER
from app.voices.rules import Matter, is_left, may_hear


@dataclass(frozen=True)
class Offer:
    """A coupon that lies in a thread. `state`: open | taken | over; `ref`: of the coupon once it was taken."""

    id: int
    name: str
    state: str
    expires_at: datetime
    ref: str


@dataclass(frozen=True)
class SaidLine:
    """One thing said in a thread. `staff`: who of the shop said it, "" for the customer."""

    id: int
    text: str
    staff: str
    by_shop: bool
    at: datetime
    photos: list[PhotoLine]
    offer: Offer | None


@dataclass(frozen=True)
class Thread(Matter):
    """One matter with everything said about it."""

    id: int
    customer_id: int | None  # None: heard from somebody without a name
    name: str
    review_id: int | None
    opened_at: datetime
    closed_by: int | None  # None with closed_at: the customer said so
    closed_note: str
    source: str
    heard_by: int | None
    lines: list[SaidLine]

    @property
    def was_told(self) -> bool:
        """Whether the shop's first answer was said aloud: it stands in no line, though no line was erased."""
        return (
            self.answered_at is not None
            and not self.is_left
            and all(not line.by_shop or line.at != self.answered_at for line in self.lines)
        )

    unread: bool  # the customer has not seen the shop's last answer yet

    @property
    def version(self) -> str:
        """What changes when the thread does."""
        pictures = sum(photo.state == "ready" for line in self.lines for photo in line.photos)
        taken = sum(line.offer is not None and line.offer.state != "open" for line in self.lines)
        shut = ("x" if self.closed_at else "") + ("w" if self.waiting_since else "")
        return f"{self.lines[-1].id if self.lines else 0}.{pictures}.{taken}{shut}"

    @property
    def is_heard(self) -> bool:
        """Whether the shop wrote down what was said elsewhere."""
        return self.heard_by is not None

    @property
    def is_left(self) -> bool:
        """Whether it goes on without who brought it up: they had their data erased."""
        return is_left(self.customer_id, self.source)

    @property
    def asks_settled(self) -> bool:
        """Whether the customer may say that it is settled: the shop spoke last, and nobody closed it."""
        return self.closed_at is None and self.waiting_since is None and self.kind != "praise"


def thread(
    *,
    shop_id: int,
    voice_id: int,
    now: datetime,
    customer_id: int | None = None,
    role: str | None = None,
    staff_id: int | None = None,
) -> Thread | None:
    """Return one matter for its customer (`customer_id`) or for who works in the shop (`role`, `staff_id`).

    None when it is another's, another shop's, or not for this role's ears (S05).
    """
    row = db.session.execute(
        select(
            *MATTER,
            Voice.id,
            Voice.customer_id,
            func.coalesce(Customer.name, "").label("name"),
            Voice.review_id,
            Voice.opened_at,
            Voice.closed_by,
            Voice.closed_note,
            Voice.source,
            Voice.heard_by,
        )
        .outerjoin(Customer, (Customer.shop_id == Voice.shop_id) & (Customer.id == Voice.customer_id))
        .where(Voice.shop_id == shop_id, Voice.id == voice_id)
    ).one_or_none()
    if row is None:
        return None
    if role is None:
        if customer_id is None or row.customer_id != customer_id:
            return None
    elif not may_hear(
        row.kind, role, is_handed=staff_id is not None and hand_of(shop_id, voice_id) == staff_id
    ):
        return None
    lines = db.session.execute(
        select(
            VoiceLine.id,
            VoiceLine.text,
            Staff.name,
            VoiceLine.staff_id.is_not(None),
            VoiceLine.at,
            VoiceLine.read_at,
        )
        .outerjoin(Staff, (Staff.shop_id == VoiceLine.shop_id) & (Staff.id == VoiceLine.staff_id))
        .where(VoiceLine.shop_id == shop_id, VoiceLine.voice_id == voice_id)
        .order_by(VoiceLine.id)
    ).all()
    photos = _photos(shop_id, voice_id)
    offers = _offers(shop_id, voice_id, now)
    said = [
        SaidLine(
            line[0], line[1], line[2] or "", bool(line[3]), line[4], photos[line[0]], offers.get(line[0])
        )
        for line in lines
    ]
    unread = any(line[3] and line[5] is None for line in lines)
    return Thread(**row._mapping, lines=said, unread=unread)


def hand_of(shop_id: int, voice_id: int) -> int | None:
    """Return who of the staff has a voice in hand, or None."""
    found: int | None = db.session.scalar(
        select(VoiceHandover.to_staff)
        .where(VoiceHandover.shop_id == shop_id, VoiceHandover.voice_id == voice_id)
        .order_by(VoiceHandover.id.desc())
        .limit(1)
    )
    return found


def _photos(shop_id: int, voice_id: int) -> defaultdict[int, list[PhotoLine]]:
    rows = db.session.execute(
        select(VoicePhoto.line_id, *LINE)
        .join(VoiceLine, (VoiceLine.shop_id == VoicePhoto.shop_id) & (VoiceLine.id == VoicePhoto.line_id))
        .join(Photo, (Photo.shop_id == VoicePhoto.shop_id) & (Photo.id == VoicePhoto.photo_id))
        .where(VoicePhoto.shop_id == shop_id, VoiceLine.voice_id == voice_id, Photo.state != "refused")
        .order_by(Photo.id)
    )
    found: defaultdict[int, list[PhotoLine]] = defaultdict(list)
    for row in rows:
        found[row.line_id].append(PhotoLine(row.ref, row.state, row.reason, row.width, row.height))
    return found


def _offers(shop_id: int, voice_id: int, now: datetime) -> dict[int, Offer]:
    rows = db.session.execute(
        select(VoiceOffer, CouponKind.name, Coupon.ref)
        .join(CouponKind, (CouponKind.shop_id == VoiceOffer.shop_id) & (CouponKind.id == VoiceOffer.kind_id))
        .outerjoin(Coupon, (Coupon.shop_id == VoiceOffer.shop_id) & (Coupon.id == VoiceOffer.coupon_id))
        .where(VoiceOffer.shop_id == shop_id, VoiceOffer.voice_id == voice_id)
    )
    found: dict[int, Offer] = {}
    for offer, name, ref in rows:
        state = "taken" if offer.taken_at is not None else "open" if offer.expires_at > now else "over"
        found[offer.line_id] = Offer(offer.id, name, state, offer.expires_at, ref or "")
    return found


def photo(shop_id: int, voice_id: int, ref: str) -> PhotoLine | None:
    """Return a photo of a thread; whoever asks has looked that the thread is theirs to read."""
    row = db.session.execute(
        select(*LINE)
        .join(VoicePhoto, (VoicePhoto.shop_id == Photo.shop_id) & (VoicePhoto.photo_id == Photo.id))
        .join(VoiceLine, (VoiceLine.shop_id == VoicePhoto.shop_id) & (VoiceLine.id == VoicePhoto.line_id))
        .where(
            Photo.shop_id == shop_id,
            VoiceLine.voice_id == voice_id,
            Photo.ref == ref,
            Photo.state == "ready",
        )
    ).first()
    return PhotoLine(*row) if row else None
