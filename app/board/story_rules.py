"""What customers may show of what they bought, cooked or saw, and where a pasted link may lead. Pure.

Law: a photo of a person's is theirs; it is shown only where they agreed to just that, and no longer than they want
(개인정보 보호법 15조 1항 1호, 37조). Nothing is given for it here; where an event lets one win something with it, who sent
it had got the product to try, or works in the shop, that stands before it (추천·보증 등에 관한 표시·광고 심사지침).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from app.board.event_rules import DISCLOSED
from app.kit.private_numbers import public_sentence
from app.kit.refusals import Invalid, NotHere, Refused
from app.reviews.given_rules import INSIDE

SORTS: Mapping[str, str] = {"cook": "요리", "visit": "방문 인증", "use": "사용 모습"}
TEXT_MAX, COMMENT_MAX, URL_MAX = 300, 300, 200
MOST_A_DAY = 10

# Single posts on the sites where people show things: what else these sites send on to (l.php, /redirect) stays out.
_POSTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("인스타그램", re.compile(r"(?:www\.)?instagram\.com/(?:[\w.]{1,30}/)?(?:p|reel|reels|tv)/[\w-]+/?")),
    ("인스타그램", re.compile(r"(?:www\.)?instagram\.com/stories/[\w.]{1,30}/\d+/?")),
    ("스레드", re.compile(r"(?:www\.)?threads\.(?:net|com)/@[\w.]{1,30}/post/[\w-]+/?")),
    ("네이버 블로그", re.compile(r"(?:m\.)?blog\.naver\.com/[\w-]+/\d+/?")),
    ("네이버 블로그", re.compile(r"(?:m\.)?blog\.naver\.com/PostView\.(?:naver|nhn)")),
    ("네이버 카페", re.compile(r"(?:m\.)?cafe\.naver\.com/[\w/-]+")),
    ("티스토리", re.compile(r"[a-z0-9-]{1,40}\.tistory\.com/(?:m/)?(?:entry/.+|\d+)/?")),
    ("페이스북", re.compile(r"(?:www\.|m\.)?facebook\.com/(?:share/[\w/]+|[\w.]+/(?:posts|photos|videos)/[\w./:-]+|photo/?|reel/\d+/?)")),
    ("유튜브", re.compile(r"(?:www\.|m\.)?youtube\.com/(?:watch|shorts/[\w-]+)/?|youtu\.be/[\w-]+")),
    ("엑스", re.compile(r"(?:www\.|mobile\.)?(?:x|twitter)\.com/\w{1,20}/status/\d+/?")),
    ("틱톡", re.compile(r"(?:www\.)?tiktok\.com/@[\w.]{1,30}/(?:video|photo)/\d+/?")),
    ("밴드", re.compile(r"(?:www\.)?band\.us/(?:band|page|@[\w-]+)/?[\w/-]*")),
    ("카카오스토리", re.compile(r"story\.kakao\.com/[\w.-]+/[\w.-]+/?")),
)  # fmt: skip


class NoSuchStory(NotHere):
    """Nothing of that number in this shop, or not for these eyes."""

    code = "no_story"
    sentence = "찾으시는 사진이 없어요. 손님이 지웠거나 그만 보이기로 했어요."


class TooManyStories(Refused):
    """More on one day than anybody shows."""

    code = "too_many_stories"
    status = 429
    sentence = "오늘은 많이 올려 주셨어요. 나머지는 내일 올려 주세요."


class PhotosNotReady(Refused):
    """The shop would let pass what it has not seen."""

    code = "photos_not_ready"
    status = 409
    sentence = "아직 준비하고 있는 사진이 있어요. 잠시 뒤에 사진을 보고 다시 눌러 주세요."


class StoriesOff(Refused):
    """The shop takes no photos."""

    code = "stories_off"
    sentence = "이 가게는 지금 손님 사진을 받지 않아요."


@dataclass(frozen=True)
class CleanStory:
    """A contribution that may be kept. `link` "" = photos only."""

    sort: str
    text: str
    link: str


def clean_story(*, sort: str, text: str, link: str) -> CleanStory:
    """Check what a customer chose, wrote and pasted. Whether there is a photo is counted elsewhere. Raises Invalid."""
    wrong: dict[str, str] = {}
    text = text.replace("\r\n", "\n").strip()
    if sort not in SORTS:
        wrong["sort"] = "요리, 방문 인증, 사용 모습 가운데 하나를 골라 주세요."
    if len(text) > TEXT_MAX:
        wrong["text"] = f"{TEXT_MAX}자까지 쓸 수 있어요. 지금 {len(text)}자예요."
    elif sentence := public_sentence(text):
        wrong["text"] = sentence
    address = address_in(link)
    if link.strip() and not place_of(address):
        wrong["link"] = (
            "올리신 글 하나의 주소를 붙여 주세요. 인스타그램, 블로그, 유튜브에서 ‘공유’를 누르고 복사하면 돼요."
        )
    if wrong:
        raise Invalid(wrong)
    return CleanStory(sort, text, address if link.strip() else "")


def address_in(pasted: str) -> str:
    """Return the address in what a share button copies, with https and without what only follows people; else ""."""
    found = re.search(r"https?://(\S+)", pasted, re.IGNORECASE)
    bare = found[1] if found else next((word for word in pasted.split() if "." in word and "/" in word), "")
    if not bare:
        return ""
    address = f"https://{bare}"
    host = address.removeprefix("https://").split("/")[0].lower()
    # Only these need what stands behind the question mark; elsewhere it tells who shared it with whom.
    needs_query = host.endswith(("youtube.com", "facebook.com", "blog.naver.com", "cafe.naver.com"))
    return address if needs_query else address.split("?")[0].split("#")[0]


def place_of(url: str) -> str:
    """Return what the site of a post is called, "" for an address that is none of a post we know."""
    if len(url) > URL_MAX or not re.fullmatch(r"[\x21-\x7e가-힣]+", url) or "\\" in url:
        return ""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme != "https" or port is not None or "@" in parts.netloc:
        return ""
    # A browser goes up at "..", also at a masked one.
    if any(part in (".", "..") for part in unquote(parts.path).split("/")):
        return ""
    asked = host + parts.path
    return next((name for name, posts in _POSTS if posts.fullmatch(asked)), "")


def clean_comment(text: str) -> str:
    """Check what the shop says under a photo; "" takes it away. Raises Invalid."""
    text = text.replace("\r\n", "\n").strip()
    if len(text) > COMMENT_MAX:
        raise Invalid({"text": f"댓글은 {COMMENT_MAX}자까지 쓸 수 있어요. 지금 {len(text)}자예요."})
    return text


def over(*, is_for_event: bool, tried: str, works_here: bool = False) -> str:
    """Return what stands before a photo or a post: whose it is, what was got, what may be won. "" for nothing.

    `tried`: what who sent it had got before as a tester, "" for nothing; `works_here`: they are of the shop.
    """
    told = (INSIDE if works_here else "", tried, DISCLOSED if is_for_event else "")
    return " · ".join(filter(None, told))
