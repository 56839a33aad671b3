"""What stands on every printed sheet. The page and the PDF are drawn from these words, so they can't differ."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import current_app, url_for

from app.board import link_rules, notices
from app.board.notice_rules import THANKS
from app.cards import queries as cards
from app.cards.counter import PrintedCard
from app.flows.printed import code_on
from app.kit import qr
from app.kit.particles import josa
from app.reviews import queries as reviews
from app.shops.queries import ShopView
from app.web.origin import is_loopback

_STORY_MOST = 60


@dataclass(frozen=True)
class Sheet:
    """One thing that can be printed. `via` tells later where a person found the shop."""

    name: str
    title: str
    detail: str
    paper: str = "a4"
    via: str = "poster"
    hint: str = ""
    per: int = 1  # so many slips to a sheet
    beside: str = ""  # another size of that one, chosen on its page and not listed by itself


_CUT = "가운데 선을 따라 자르면 쪽지 {}장이 돼요."
SHEETS = {
    sheet.name: sheet
    for sheet in (
        Sheet("poster", "A4 포스터", "계산대나 문에 붙이는 큰 한 장"),
        Sheet("poster-a5", "A5 포스터", "자리가 좁을 때 붙이는 작은 한 장", paper="a5"),
        Sheet(
            "table",
            "탁상 안내",
            "접어서 탁자에 세우는 안내",
            via="table",
            hint="점선을 따라 접고, 풀칠할 자리를 밑판에 붙이면 세모로 서요. 도톰한 종이가 좋아요.",
        ),
        Sheet(
            "stickers",
            "스티커",
            "컵이나 봉투에 붙이는 작은 QR 24장",
            via="sticker",
            hint="24칸 라벨지(63.5×33.9 mm)에 맞아요. 보통 종이에 뽑아 잘라 써도 돼요.",
        ),
        Sheet(
            "parcel",
            "소포에 넣는 쪽지",
            "고맙다는 말, 카드 QR과 후기 QR, A4 한 장에 2·4·8개",
            via="parcel",
            hint=_CUT.format(4),
            per=4,
        ),
        *(
            Sheet(
                f"parcel-{per}",
                f"소포에 넣는 쪽지 {per}개",
                "",
                paper="wide",
                via="parcel",
                hint=_CUT.format(per) + " 가로로 인쇄해 주세요.",
                per=per,
                beside="parcel",
            )
            for per in (2, 8)
        ),
    )
}


@dataclass(frozen=True)
class Code:
    """A QR as it is drawn on a page: units wide, and the path of its dark modules."""

    text: str
    size: int
    path: str


@dataclass(frozen=True)
class Words:
    """Everything that can stand on a sheet. `reward` "" while the shop promises nothing yet."""

    shop: str
    mark: str
    headline: str  # "도장 10개 모으면"
    reward: str
    link: str  # short enough to type
    code: Code  # says where the person found us
    steps: tuple[tuple[str, str], ...]
    invite: str
    fine: str
    thanks: str
    story: str
    parcel: str
    review: str
    card_here: str  # below the QR that gives the card
    review_here: str
    review_code: Code  # leads to where reviews and photos are left; who has no card gets one first
    elsewhere: str  # "@bomnal_coffee", "" where the shop is nowhere else
    hashtag: str  # "#봄날커피" or ""
    photo: str  # what to do with the hashtag, "" without one
    is_reachable: bool

    @property
    def all(self) -> str:
        """Every word that came from the shop itself."""
        return " ".join((self.shop, self.mark, self.reward, self.story, self.thanks, self.hashtag))


@dataclass(frozen=True)
class Slip:
    """One printed card."""

    spoken: str
    headline: str
    reward: str
    code: Code


@dataclass(frozen=True)
class Slips:
    """A sheet of printed cards."""

    shop: str
    mark: str
    label: str
    how: str
    cards: tuple[Slip, ...]

    @property
    def all(self) -> str:
        """Every word that came from the shop itself."""
        return " ".join((self.shop, self.mark, *(card.reward for card in self.cards)))


def link_of(shop: ShopView) -> str:
    """Return the whole address of the page that gives a card."""
    return str(current_app.config["BASE_URL"]) + url_for("public.join", code=shop.code)


def words_for(shop: ShopView, sheet: Sheet) -> Words:
    """Return what stands on a sheet of this shop."""
    link = link_of(shop)
    # A parcel's QR opens the boxes for name, number and consent: who buys by post is known by a number.
    opens = f"{link}/details" if sheet.via == "parcel" else link
    promise = cards.promise(shop.id)
    hashtag = reviews.settings(shop.id).hashtag
    return Words(
        shop=shop.name,
        mark=shop.mark,
        headline=_headline(promise.goal) if promise else "도장 카드",
        reward=promise.reward_name if promise else "",
        link=link,
        code=_code(f"{opens}?via={sheet.via}"),
        steps=(
            ("하나", "카메라로 QR을 비춰요"),
            ("둘", "카드 받기를 눌러요"),
            ("셋", "올 때마다 도장을 받아요"),
        ),
        invite="카메라로 비추면 카드가 생겨요",
        fine="앱을 깔지 않아도 돼요. 이름도 번호도 없이 받을 수 있어요.",
        thanks=(notices.thanks(shop.id) if sheet.via == "parcel" else "") or THANKS,
        story=_one_line(shop.story),
        parcel="카메라로 비추면 도장 카드를 드려요",
        review="후기도 남겨 주세요",
        card_here="도장 카드 받기",
        review_here="후기·사진 남기기",
        review_code=_code(f"{link}/details?via=parcel&for=review"),
        elsewhere=_elsewhere(shop) if sheet.via == "parcel" else "",
        hashtag=f"#{hashtag}" if hashtag else "",
        photo=f"사진을 올리실 때 {josa(f'#{hashtag}', '을/를')} 붙여 주세요" if hashtag else "",
        is_reachable=is_reachable(),
    )


def slips_for(shop: ShopView, found: list[PrintedCard]) -> Slips:
    """Return a sheet of cards; each keeps the promise it was issued with."""
    return Slips(
        shop=shop.name,
        mark=shop.mark,
        label="카드 번호",
        how="적립은 이 카드로, 혜택을 쓸 때는 직원이 확인해요",
        cards=tuple(
            Slip(card.spoken, _headline(card.goal), card.reward_name, _code(_text_of(shop, card), worn=True))
            for card in found
        ),
    )


def _elsewhere(shop: ShopView) -> str:
    """Return the first of the shop's pages elsewhere as it is said on paper."""
    found = notices.links(shop.id) if shop.has(link_rules.USE) else []
    return found[0].handle if found else ""


def is_reachable() -> bool:
    """Tell whether a customer's phone can open the address that is printed."""
    return not is_loopback(urlsplit(str(current_app.config["BASE_URL"])).netloc)


def _text_of(shop: ShopView, card: PrintedCard) -> str:
    return code_on(
        current_app.config["MASTER_KEY"],
        shop_id=shop.id,
        card_id=card.card_id,
        ref=card.ref,
        version=card.version,
    )


def _code(text: str, *, worn: bool = False) -> Code:
    return Code(text, *qr.drawing(text, worn=worn))


def _headline(goal: int) -> str:
    return f"도장 {goal}개 모으면"


def _one_line(story: str) -> str:
    """Return the first line of what the shop tells of itself, cut where a word ends."""
    line = " ".join((story.strip().splitlines() or [""])[0].split())
    if len(line) <= _STORY_MOST:
        return line
    return line[:_STORY_MOST].rsplit(" ", 1)[0].rstrip(" .,·") + "…"
