"""Reads about what customers show: the gallery for everybody, a person's own, the shop's list of what waits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import exists, func, select

from app.board.story_models import Story, StoryPhoto
from app.board.story_rules import SORTS, over, place_of
from app.board.talk_models import BoardSetting
from app.customers.models import Customer
from app.extensions import db
from app.reviews import photos
from app.reviews.models import Photo
from app.reviews.photos import PhotoLine

# The home counts what waits up to here.
MOST_COUNTED = 99


@dataclass(frozen=True)
class Settings:
    """What a shop decided about its board and its customers' photos."""

    has_board: bool = False
    has_stories: bool = True
    checks_first: bool = True


@dataclass(frozen=True)
class StoryLine:
    """One contribution as every page shows it; `customer_name` is for the shop's eyes."""

    id: int
    customer_id: int
    sort: str
    text: str
    link: str
    shown_name: str
    agreed_at: datetime | None
    at: datetime
    passed_at: datetime | None
    comment: str
    commented_at: datetime | None
    linked_at: datetime | None
    hidden_at: datetime | None
    hidden_cause: str
    event_id: int | None
    customer_name: str
    works_here: bool  # who sent it is of the shop
    photos: list[PhotoLine]
    tried: str = ""  # what who sent it had got before as a tester (app/testers/disclosing.py)

    @property
    def sort_name(self) -> str:
        """What it is."""
        return SORTS[self.sort]

    @property
    def over(self) -> str:
        """What must stand before it wherever everybody sees it: something was to be won, or had been got. "" for nothing."""
        return over(is_for_event=self.event_id is not None, tried=self.tried, works_here=self.works_here)

    @property
    def place(self) -> str:
        """What the site of its link is called, "" without one."""
        return place_of(self.link)

    @property
    def who(self) -> str:
        """The name as the public sees it."""
        return f"{self.shown_name} 님" if self.shown_name else "손님"

    @property
    def is_shown(self) -> bool:
        """Whether everybody may see it: the person agreed, the shop let it, and nothing is against it."""
        return bool(self.agreed_at and self.passed_at and not self.hidden_at)


@dataclass(frozen=True)
class StoryPage:
    """Some contributions, newest first; `after` asks for the next ones, None at the end."""

    lines: list[StoryLine]
    after: int | None


def settings(shop_id: int) -> Settings:
    """Return what a shop decided; the defaults when it decided nothing."""
    row = db.session.execute(
        select(BoardSetting.has_board, BoardSetting.has_stories, BoardSetting.checks_first).where(
            BoardSetting.shop_id == shop_id
        )
    ).one_or_none()
    return Settings(*row) if row else Settings()


_SHOWN = (Story.agreed_at.is_not(None), Story.passed_at.is_not(None), Story.hidden_at.is_(None))
_WAITS = (Story.agreed_at.is_not(None), Story.passed_at.is_(None), Story.hidden_at.is_(None))
# A picture that is still made anew, or was refused, is none yet.
_HAS_PICTURE = exists(
    select(StoryPhoto.photo_id)
    .join(Photo, (Photo.shop_id == StoryPhoto.shop_id) & (Photo.id == StoryPhoto.photo_id))
    .where(StoryPhoto.shop_id == Story.shop_id, StoryPhoto.story_id == Story.id, Photo.state == "ready")
)


def shown(
    shop_id: int, *, after: int | None = None, limit: int = 12, with_pictures: bool = False
) -> StoryPage:
    """Return what everybody may see, newest first. `after`: the id of the last one shown."""
    where: list[Any] = [*_SHOWN, *([_HAS_PICTURE] if with_pictures else [])]
    return _page(shop_id, where, after, limit)


def of_shop(shop_id: int, *, waiting: bool, after: int | None = None, limit: int = 12) -> StoryPage:
    """Return what the shop was sent: what waits to be shown, or the rest, newest first."""
    where: list[Any] = list(_WAITS) if waiting else [~(_WAITS[0] & _WAITS[1] & _WAITS[2])]
    return _page(shop_id, where, after, limit)


def mine(*, shop_id: int, customer_id: int, limit: int = 50) -> list[StoryLine]:
    """Return what a person sent, newest first."""
    return _lines(shop_id, [Story.customer_id == customer_id], limit)


def story(
    *, shop_id: int, story_id: int, customer_id: int | None = None, is_public: bool = False
) -> StoryLine | None:
    """Return one contribution: of this person (`customer_id`), as everybody sees it (`is_public`), or for the shop."""
    where: list[Any] = [Story.id == story_id]
    if customer_id is not None:
        where.append(Story.customer_id == customer_id)
    if is_public:
        where += _SHOWN
    return next(iter(_lines(shop_id, where, 1)), None)


def open_photo(line: StoryLine, shop_id: int, ref: str, *, small: bool) -> BinaryIO | None:
    """Open a photo of a contribution that somebody was let to look at; None for any other (S05)."""
    found = any(photo.ref == ref for photo in line.photos)
    return photos.open_known(shop_id, ref, small=small) if found else None


def waiting_count(shop_id: int) -> int:
    """Return how many wait for the shop to look at them; MOST_COUNTED + 1 stands for all above it."""
    few = select(Story.id).where(Story.shop_id == shop_id, *_WAITS).limit(MOST_COUNTED + 1).subquery()
    return int(db.session.scalar(select(func.count()).select_from(few)) or 0)


def _page(shop_id: int, where: list[Any], after: int | None, limit: int) -> StoryPage:
    if after is not None:
        where = [*where, Story.id < after]
    found = _lines(shop_id, where, limit + 1)
    return StoryPage(found[:limit], found[limit - 1].id if len(found) > limit else None)


def _lines(shop_id: int, where: Sequence[Any], limit: int) -> list[StoryLine]:
    rows: Any = db.session.execute(
        select(
            Story.id,
            Story.customer_id,
            Story.sort,
            Story.text,
            Story.link,
            Story.shown_name,
            Story.agreed_at,
            Story.at,
            Story.passed_at,
            Story.comment,
            Story.commented_at,
            Story.linked_at,
            Story.hidden_at,
            Story.hidden_cause,
            Story.event_id,
            Customer.name,
            Customer.staff_id.is_not(None),
        )
        .join(Customer, (Customer.shop_id == Story.shop_id) & (Customer.id == Story.customer_id))
        .where(Story.shop_id == shop_id, *where)
        .order_by(Story.id.desc())
        .limit(limit)
    ).all()
    ready = _photos(shop_id, [row.id for row in rows])
    return [StoryLine(*[*row, ready[row.id]]) for row in rows]


def _photos(shop_id: int, story_ids: Sequence[int]) -> defaultdict[int, list[PhotoLine]]:
    found: defaultdict[int, list[PhotoLine]] = defaultdict(list)
    if story_ids:
        rows = db.session.execute(
            select(StoryPhoto.story_id, Photo.ref, Photo.state, Photo.reason, Photo.width, Photo.height)
            .join(Photo, (Photo.shop_id == StoryPhoto.shop_id) & (Photo.id == StoryPhoto.photo_id))
            .where(StoryPhoto.shop_id == shop_id, StoryPhoto.story_id.in_(story_ids), Photo.state == "ready")
            .order_by(Photo.id)
        )
        for row in rows:
            found[row.story_id].append(PhotoLine(*row[1:]))
    return found
