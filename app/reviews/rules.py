"""What a review may hold, what is said when it was rewarded, and what a shop may ask for. Pure.

Law: an economic interest is disclosed clearly and first (추천·보증 등에 관한 표시·광고 심사지침, in force
2024-12-01); hiding or asking by rating deceives (전자상거래법 21조 ①1, 표시광고법 3조). So a reward never
hangs on the rating or on another site, and every rating goes the same way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import unquote, urlsplit

from app.kit.names import masked_name
from app.kit.private_numbers import public_sentence
from app.kit.refusals import Invalid, NotHere, Refused
from app.reviews.bought_rules import bought_words

TEXT_MAX = 1000
REPLY_MAX = 500
HASHTAG_MAX = 30
URL_MAX = 200
REWARD_MOST = 3  # stamps
# S10: after a visit, once a visit, and so many on one Korean day.
MOST_A_DAY = 3
REWARD_CHANGED = "그사이에 가게에서 후기에 드리는 것을 바꿨어요. 위의 안내를 다시 보고 남겨 주세요."
ASK_LIVES = timedelta(days=60)
# "이번 후기 요청 받을게요": asked once, a day after the visit; kept at most three days after it (예외 3호).
WANTED_AFTER = timedelta(days=1)
WANTED_UNTIL = timedelta(days=3)

# Always the five, and always with their word: a number or a colour alone says too little.
STAR_WORDS: Mapping[int, str] = {
    5: "아주 좋아요",
    4: "좋아요",
    3: "보통이에요",
    2: "조금 아쉬워요",
    1: "많이 아쉬워요",
}
MOODS: Mapping[str, str] = {"good": "좋았어요", "fair": "보통이에요", "bad": "아쉬웠어요"}
# Who wrote it, when nothing may be shown of the name.
NAMELESS = "손님"

# The sites a shop may lead to: their name, how an address of a place begins there, and host and path of what
# may be given. Only maps, places and the short addresses that these hand out: elsewhere the same sites send
# on to wherever an address says (google.com/url?q=…), and our customers would follow in the shop's name.
_PLACES: Mapping[str, tuple[str, re.Pattern[str]]] = {
    "naver_url": (
        "네이버",
        re.compile(r"naver\.me/[\w/-]+|(?:m\.)?map\.naver\.com/.*|(?:(?:m|pcmap)\.)?place\.naver\.com/.+"),
    ),
    "kakao_url": (
        "카카오맵",
        re.compile(r"kko\.(?:to|kakao\.com)/[\w/-]+|(?:(?:m|place)\.)?map\.kakao\.com/.*"),
    ),
    "google_url": (
        "구글 지도",
        re.compile(
            r"maps\.app\.goo\.gl/[\w-]+|goo\.gl/maps/[\w-]+|g\.co/kgs/[\w-]+|g\.page/[\w./-]+"
            r"|(?:www\.)?google\.(?:com|co\.kr)/maps(?:/.*)?|maps\.google\.(?:com|co\.kr)/(?:maps(?:/.*)?)?"
            r"|search\.google\.(?:com|co\.kr)/local/(?:writereview|reviews)"
        ),
    ),
}
# Why something a customer wrote or took may not be shown. The rating is none of them (전자상거래법 21조 ①1).
CAUSES: Mapping[str, str] = {
    "abuse": "욕설이나 모욕",
    "private": "개인정보",
    "untrue": "사실이 아닌 내용",
    "ad": "다른 가게나 물건의 광고",
    "twice": "같은 후기를 두 번",
}
CAUSES_SHORT: Mapping[str, str] = {
    "abuse": "욕설", "private": "개인정보", "untrue": "사실 아님", "ad": "광고", "twice": "중복",
}  # fmt: skip
NOTE_MAX = 200
_OF_THE_RATING = re.compile(
    r"별점|평점|별\s*(?:한|두|1|2)\s*개|[12]\s*점|점수|낮(?:은|게|아)|나쁜\s*(?:후기|평)|악평|혹평"
)
BY_RATING = "별점이 낮거나 내용이 아쉽다는 까닭으로는 가릴 수 없어요. 무엇이 들어 있는지 적어 주세요."


class AlreadyReviewed(Refused):
    """This visit has its review."""

    code = "already_reviewed"
    sentence = "이미 남기신 후기예요."


class AskGone(Refused):
    """The link is older than it lives."""

    code = "ask_gone"
    status = 410
    sentence = "후기를 남길 수 있는 때가 지났어요. 다음에 오실 때 가게에서 카드를 보여 주세요."


class VisitUndone(Refused):
    """The visit was taken back: there is nothing to review."""

    code = "visit_undone"
    status = 410
    sentence = "이 방문의 적립이 취소되어 후기를 남길 수 없어요. 가게에서 카드를 보여 주세요."


class ReviewErased(NotHere):
    """The link of a person who deleted everything: there is nobody any more whose review it could be."""

    code = "review_erased"
    sentence = "지웠거나 없는 후기예요. 가게에서 카드를 다시 받으실 수 있어요."


class WriterGone(Refused):
    """Nobody is left to answer."""

    code = "writer_gone"
    status = 409
    sentence = "손님이 정보를 지우셔서 이 후기에는 답글을 남기지 않아요."


class TooManyReviews(Refused):
    """So many reviews on one day are no day's visits (S10)."""

    code = "too_many_reviews"
    status = 429
    sentence = "후기는 하루에 세 번까지 남길 수 있어요. 나머지는 내일 남겨 주세요."


@dataclass(frozen=True)
class Written:
    """A review that may be stored. `mood`: good | fair | bad, "" = not said."""

    stars: int
    mood: str
    text: str


@dataclass(frozen=True)
class Settings:
    """What a shop decided about reviews. `reward_stamps` 0 = none; the links "" = not given."""

    reward_stamps: int = 0
    hashtag: str = ""
    naver_url: str = ""
    kakao_url: str = ""
    google_url: str = ""
    checks_photos: bool = False  # customers' photos are shown once the shop saw them

    def places(self) -> list[tuple[str, str]]:
        """Return where else one may write: (name, address), in a fixed order."""
        given = [(name, getattr(self, field)) for field, (name, _places) in _PLACES.items()]
        return [(name, url) for name, url in given if url]


def clean_review(*, stars: str, mood: str, text: str) -> Written:
    """Check what a customer wrote: stars are needed, everything else may stay empty. Raises Invalid."""
    wrong: dict[str, str] = {}
    text = text.replace("\r\n", "\n").strip()
    number = int(stars) if stars in {str(n) for n in STAR_WORDS} else 0
    if not number:
        wrong["stars"] = "별점을 하나 골라 주세요."
    if mood and mood not in MOODS:
        wrong["mood"] = "셋 가운데 하나를 골라 주세요. 고르지 않아도 돼요."
    if len(text) > TEXT_MAX:
        wrong["text"] = f"후기는 {TEXT_MAX:,}자까지 쓸 수 있어요. 지금 {len(text):,}자예요."
    elif sentence := public_sentence(text):
        wrong["text"] = sentence
    if wrong:
        raise Invalid(wrong)
    return Written(number, mood, text)


def clean_reply(text: str) -> str:
    """Check the shop's public answer. Raises Invalid."""
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise Invalid({"text": "답글을 적어 주세요."})
    if len(text) > REPLY_MAX:
        raise Invalid({"text": f"답글은 {REPLY_MAX}자까지 쓸 수 있어요. 지금 {len(text):,}자예요."})
    if (sentence := bought_words(text)) is not None:
        raise Invalid({"text": sentence})
    return text


def clean_settings(
    *,
    reward_stamps: str,
    hashtag: str,
    naver_url: str,
    kakao_url: str,
    google_url: str,
    checks_photos: bool = False,
) -> Settings:
    """Check what a shop decides about reviews. Raises Invalid with a sentence a field."""
    wrong: dict[str, str] = {}
    reward = int(reward_stamps) if reward_stamps in {str(n) for n in range(REWARD_MOST + 1)} else -1
    if reward < 0:
        wrong["reward_stamps"] = f"드릴 도장을 0개부터 {REWARD_MOST}개 사이에서 골라 주세요."
    hashtag = hashtag.strip().lstrip("#")
    if len(hashtag) > HASHTAG_MAX:
        wrong["hashtag"] = f"해시태그는 {HASHTAG_MAX}자까지 쓸 수 있어요."
    elif hashtag and not re.fullmatch(r"\w+", hashtag):
        wrong["hashtag"] = "해시태그는 글자와 숫자만 붙여서 써 주세요. 예: 달빛커피"
    links = {"naver_url": naver_url, "kakao_url": kakao_url, "google_url": google_url}
    clean: dict[str, str] = {}
    for field, typed in links.items():
        name, places = _PLACES[field]
        clean[field] = _address_in(typed)
        if typed.strip() and not _leads_to(clean[field], places):
            app = "네이버 지도" if field == "naver_url" else name
            wrong[field] = f"붙인 글에 {name} 주소가 없어요. {app}에서 ‘공유’를 누르고 복사해서 붙여 주세요."
    if wrong:
        raise Invalid(wrong)
    return Settings(reward, hashtag, **clean, checks_photos=checks_photos)


def _address_in(pasted: str) -> str:
    """Return the address in what a map's share button copies (name, place, address), with https; else ""."""
    if found := re.search(r"https?://(\S+)", pasted, re.IGNORECASE):
        return f"https://{found[1]}"
    bare = (word for word in pasted.split() if re.match(r"(?:[a-z0-9-]+\.)+[a-z]{2,}/", word, re.IGNORECASE))
    return f"https://{word}" if (word := next(bare, "")) else ""


def _leads_to(url: str, places: re.Pattern[str]) -> bool:
    if len(url) > URL_MAX or not re.fullmatch(r"[\x21-\x7e가-힣]+", url) or "\\" in url:
        return False
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.scheme != "https" or port is not None or "@" in parts.netloc:
        return False
    # A browser goes up at "..", also at a masked one: /maps/%2E%2E/url is /url.
    if any(part in (".", "..") for part in unquote(parts.path).split("/")):
        return False
    return places.fullmatch(host + (parts.path or "/")) is not None


@dataclass(frozen=True)
class Hiding:
    """A cause for which a review may be hidden. `note`: what in it, for the shop's own record."""

    cause: str
    note: str


def clean_hiding(*, cause: str, note: str) -> Hiding:
    """Check why a review is to be hidden. Raises Invalid (cause, note).

    Only for a listed cause, and never for the rating or for being unkind. What is said to be untrue needs the
    decision that found it so: whoever paid for the meal may say that it was bad (정보통신망법 44조의2).
    """
    wrong: dict[str, str] = {}
    note = " ".join(note.split())
    if cause not in CAUSES:
        wrong["cause"] = "다섯 가지 까닭 가운데 하나를 골라 주세요. 그 밖에는 가릴 수 없어요."
    if _OF_THE_RATING.search(note):
        wrong["note"] = BY_RATING
    elif len(note) > NOTE_MAX:
        wrong["note"] = f"{NOTE_MAX}자까지 적을 수 있어요. 지금 {len(note)}자예요."
    elif not note and cause == "untrue":
        wrong["note"] = "사실이 아니라고 누가 확인했는지 적어 주세요. 예: 방송통신심의위원회 결정"
    elif not note and cause in CAUSES:
        wrong["note"] = "후기의 어느 부분인지 짧게 적어 주세요. 가게만 볼 수 있어요."
    if wrong:
        raise Invalid(wrong)
    return Hiding(cause, note)


def hidden_sentence(by_cause: Mapping[str, int]) -> str:
    """Return what is hidden, as everybody reads it: "가린 후기 2개: 욕설 1 · 개인정보 1"; "" for nothing."""
    told = [f"{short} {by_cause[cause]:,}" for cause, short in CAUSES_SHORT.items() if by_cause.get(cause)]
    return f"가린 후기 {sum(by_cause.values()):,}개: {' · '.join(told)}" if told else ""


def shown_name(name: str) -> str:
    """Return a name as the public sees it: 김민지 → 김*지; "" stays "" (shown as 손님)."""
    return masked_name(name)


def stars_sentence(*, count: int, total: int) -> str:
    """Return the reviews in one sentence: "후기 12개, 평균 4.6점"."""
    return f"후기 {count:,}개, 평균 {total / count:.1f}점" if count else "아직 후기가 없어요"
