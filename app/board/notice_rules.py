"""What a piece of the shop's news may say, and the words for its own SNS that are made of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.kit.refusals import Invalid, NotHere, Refused
from app.reviews.bought_rules import bought_words

USE = "news"  # in Shop.uses: something is shown, so the card asks for it
TITLE_MAX = 40
TEXT_MAX = 1000
THANKS_MAX = 40
# One list on a phone; whoever shows more hides what matters.
FIRST_MOST = 3
SORTS: Mapping[str, str] = {"notice": "알림", "season": "제철 소식", "product": "새 상품"}
THANKS = "주문해 주셔서 고맙습니다"


class NoSuchNotice(NotHere):
    """Another shop's news, none at all, or not for this person's eyes: all the same (S05)."""

    sentence = "찾으시는 소식이 없어요. 가게 소식에서 다시 골라 주세요."


class TakenDown(Refused):
    """Its words can't change any more: nobody sees them."""

    code = "notice_taken_down"
    status = 409
    sentence = "내린 소식이에요. 고치시려면 먼저 다시 보여 주세요."


class StillShown(Refused):
    """What people have seen is taken down, not thrown away."""

    code = "notice_still_shown"
    status = 409
    sentence = "손님께 보인 소식이에요. 지우는 대신 내려 주세요."


class TooManyFirst(Refused):
    """More news than a phone shows would stand on top."""

    code = "too_many_first"
    status = 409
    sentence = "맨 위에는 소식을 세 개까지 둘 수 있어요. 다른 소식을 먼저 내려 주세요."


@dataclass(frozen=True)
class Words:
    """What a piece of news says. `product_id`: what is in season or new, None for none."""

    sort: str
    title: str
    text: str
    product_id: int | None


def clean_words(*, sort: str, title: str, text: str, product_id: int | None) -> Words:
    """Check what an owner wrote; the text may stay empty. A plain notice names no product. Raises Invalid."""
    wrong: dict[str, str] = {}
    title, text = " ".join(title.split()), text.replace("\r\n", "\n").strip()
    if sort not in SORTS:
        wrong["sort"] = "어떤 소식인지 골라 주세요."
    if not title:
        wrong["title"] = "제목을 적어 주세요."
    elif len(title) > TITLE_MAX:
        wrong["title"] = f"제목은 {TITLE_MAX}자까지 쓸 수 있어요. 지금 {len(title)}자예요."
    elif (fault := bought_words(title)) is not None:
        wrong["title"] = fault
    if len(text) > TEXT_MAX:
        wrong["text"] = f"글은 {TEXT_MAX:,}자까지 쓸 수 있어요. 지금 {len(text):,}자예요."
    elif (fault := bought_words(text)) is not None:
        wrong["text"] = fault
    if wrong:
        raise Invalid(wrong)
    return Words(sort, title, text, product_id if sort != "notice" else None)


def state(*, shown_at: datetime | None, ended_at: datetime | None) -> str:
    """Return where a piece of news stands: draft, shown or ended."""
    return "ended" if ended_at else "shown" if shown_at else "draft"


def letter(*, title: str, text: str) -> str:
    """Return the words with which a message about it begins; the owner goes on writing there."""
    return f"{title}\n\n{text}" if text else title


def caption(*, title: str, text: str, product: str, hashtag: str, address: str, link: str) -> str:
    """Return the words for the shop's own page elsewhere: what is new, where, and the hashtag last.

    `hashtag` without its sign; every part but the title may be "".
    """
    named = f"✔ {product}" if product and product not in title + text else ""
    where = "\n".join(filter(None, (f"📍 {address}" if address else "", link)))
    return "\n\n".join(filter(None, (title, text, named, where, f"#{hashtag}" if hashtag else "")))


def clean_thanks(thanks: str) -> str:
    """Return the line of thanks on a parcel's slip; "" means the words we begin with. Raises Invalid."""
    thanks = " ".join(thanks.split())
    if len(thanks) > THANKS_MAX:
        raise Invalid({"thanks": f"고맙다는 말은 {THANKS_MAX}자까지 쓸 수 있어요. 지금 {len(thanks)}자예요."})
    if (fault := bought_words(thanks)) is not None:
        raise Invalid({"thanks": fault})
    return "" if thanks == THANKS else thanks
