"""What an event may be, who may enter it, and where it stands. Pure; time arrives as an argument.

Law: a prize is promised exactly and given as promised (표시광고법 3조). Who enters must be able to tell before it who
may win what, until when, and how the winners are found: all of it stands on the event's page. Who shows something to
enter may win something for it: that is told wherever it is shown (추천·보증 등에 관한 표시·광고 심사지침). No event asks for
a review: what a review was given for is settled with the review itself, and nothing is won for one elsewhere or for a rating.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

from app.board.talk_rules import STAMPS_TO_WRITE
from app.kit.refusals import Invalid, NotHere, Refused
from app.reviews.bought_rules import bought_prize

_KOREA = timezone(timedelta(hours=9))
TITLE_MAX, PRIZE_MAX, TEXT_MAX = 40, 40, 1000
WINNERS_MOST = 100
LONGEST = timedelta(days=180)
VISIT_CHOICES: Mapping[str, str] = {
    "0": "카드만 있으면",
    "1": "1번 이상",
    "2": "2번 이상",
    "3": "3번 이상",
    "5": "5번 이상",
    "10": "10번 이상",
}
# What one does to enter, beside pressing the button.
ASKS: Mapping[str, str] = {
    "": "참여하기만 누르기",
    "photo": "사진 올리고 참여하기",
    "post": "게시판에 글 쓰고 참여하기",
}
DISCLOSED = "경품 응모"
# The owner draws when it suits them, before everybody's eyes if they like; half a day later the clock does.
DRAWN_BY_ITSELF_AFTER = timedelta(hours=12)
# So long after its end an event stays in front of the customers.
SHOWN_AFTER_END = timedelta(days=30)


class NoSuchEvent(NotHere):
    """Nothing of that number in this shop, or not for a customer's eyes yet."""

    code = "no_event"
    sentence = "찾으시는 이벤트가 없어요. 이벤트 목록에서 다시 골라 주세요."


class NotBegun(Refused):
    """It is shown and can't be entered yet."""

    code = "event_not_begun"
    sentence = "아직 참여를 받기 전이에요. 시작하는 날에 다시 와 주세요."


class EventOver(Refused):
    """Nobody may enter any more."""

    code = "event_over"
    status = 410
    sentence = "참여를 받는 때가 지났어요. 결과는 이벤트 화면에서 볼 수 있어요."


class EventCancelled(Refused):
    """The shop took it back."""

    code = "event_cancelled"
    status = 410
    sentence = "가게에서 이 이벤트를 그만두었어요."


class NotForThem(Refused):
    """A condition is not met. The sentence names which one."""

    code = "event_condition"


class NumberWanted(NotForThem):
    """They left no name and number yet: the page leads there."""


class NotDoneYet(Refused):
    """The photo or the post that the event asks for is still to come."""

    code = "event_asks"
    sentence = "먼저 올려 주셔야 참여할 수 있어요. 아래를 눌러 올려 주세요."


class NothingToDo(Refused):
    """What it asks for is switched off in the shop: nobody could enter."""

    code = "event_asks_off"
    sentence = (
        "지금은 손님이 사진이나 글을 올릴 수 없어서 아무도 참여하지 못해요. "
        "더보기의 ‘사진과 게시판 설정’에서 먼저 켜거나, 참여하는 법을 바꿔 주세요."
    )


class AskedByEvent(Refused):
    """A running event asks for what is about to be switched off."""

    code = "asked_by_event"
    status = 422


class StillOpen(Refused):
    """A draw before the end would leave out who still comes."""

    code = "event_still_open"
    sentence = "아직 참여를 받고 있어요. 끝난 뒤에 뽑을 수 있어요."


class AlreadyShown(Refused):
    """What people entered under is not changed behind their backs."""

    code = "event_shown"
    sentence = "이미 연 이벤트는 고칠 수 없어요. 그만두고 새로 만들어 주세요."


class AlreadyDrawn(Refused):
    """Who won has won."""

    code = "event_drawn"
    sentence = "이미 뽑은 이벤트예요. 뽑히신 분께 드려 주세요."


@dataclass(frozen=True)
class CleanEvent:
    """An event that may be kept. `starts_at` to `ends_at`: from a Korean midnight up to another one."""

    title: str
    prize: str
    winners: int
    text: str
    starts_at: datetime
    ends_at: datetime
    visits: int
    group: str  # "" = everybody
    age14: bool
    asks: str = ""  # a key of ASKS

    @property
    def conditions(self) -> dict[str, Any]:
        """The same as it is stored."""
        return {"visits": self.visits, "group": self.group, "age14": self.age14, "asks": self.asks}


def clean_event(
    *,
    title: str,
    prize: str,
    winners: str,
    text: str,
    first_day: str,
    last_day: str,
    visits: str,
    group: str,
    age14: bool,
    groups: Mapping[str, str],
    today: date,
    asks: str = "",
    may_ask: Collection[str] = ("",),
) -> CleanEvent:
    """Check what an owner typed. `first_day`, `last_day`: "2026-12-01", both included; "" begins today.

    `groups`: those the shop has, by key; `may_ask`: what of ASKS its customers can do. Raises Invalid with a sentence
    a field.
    """
    wrong: dict[str, str] = {}
    title, prize, text = " ".join(title.split()), " ".join(prize.split()), text.replace("\r\n", "\n").strip()
    if not 1 <= len(title) <= TITLE_MAX:
        wrong["title"] = f"이벤트 이름을 {TITLE_MAX}자 안으로 적어 주세요. 예: 여름 사진전"
    if not 1 <= len(prize) <= PRIZE_MAX:
        wrong["prize"] = f"드릴 것을 {PRIZE_MAX}자 안으로 적어 주세요. 예: 수제청 한 병"
    number = winners.strip().removesuffix("명").strip()
    many = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0
    if not 1 <= many <= WINNERS_MOST:
        wrong["winners"] = f"뽑을 분을 1명부터 {WINNERS_MOST}명 사이로 적어 주세요."
    if len(text) > TEXT_MAX:
        wrong["text"] = f"설명은 {TEXT_MAX:,}자까지 쓸 수 있어요. 지금 {len(text):,}자예요."
    for field, typed in (("title", title), ("prize", prize), ("text", text)):
        if field not in wrong and (fault := bought_prize(typed)) is not None:
            wrong[field] = fault
    first, last = _day(first_day, today), _day(last_day, None)
    if first is None:
        wrong["first_day"] = "시작하는 날을 다시 골라 주세요."
    elif first < today:
        wrong["first_day"] = "지난날이에요. 오늘이나 뒷날을 골라 주세요."
    if last is None:
        wrong["last_day"] = "끝나는 날을 골라 주세요."
    elif first is not None and last < max(first, today):
        wrong["last_day"] = "끝나는 날은 시작하는 날보다 빠를 수 없어요."
    elif first is not None and last - first > LONGEST:
        wrong["last_day"] = f"이벤트는 {LONGEST.days}일까지 열 수 있어요. 더 이른 날을 골라 주세요."
    if visits not in VISIT_CHOICES:
        wrong["visits"] = "몇 번 오신 분부터인지 골라 주세요."
    if group and group != "all" and group not in groups:
        wrong["group"] = "손님 그룹을 다시 골라 주세요."
    if asks not in ASKS or asks not in may_ask:
        wrong["asks"] = "무엇을 하면 참여하는지 다시 골라 주세요."
    if wrong or first is None or last is None:
        raise Invalid(wrong)
    begins, ends = _midnight(first), _midnight(last + timedelta(days=1))
    chosen = "" if group == "all" else group
    # Who was never there can't write on the board, and reads that before they try.
    least = max(int(visits), STAMPS_TO_WRITE if asks == "post" else 0)
    return CleanEvent(title, prize, many, text, begins, ends, least, chosen, age14, asks)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=_KOREA).astimezone(UTC)


def _day(typed: str, empty: date | None) -> date | None:
    if not typed.strip():
        return empty
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None


def state(
    *,
    shown_at: datetime | None,
    cancelled_at: datetime | None,
    drawn_at: datetime | None,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
) -> str:
    """Return where an event stands: draft, cancelled, drawn, soon, open or ended (and not drawn yet)."""
    if cancelled_at is not None:
        return "cancelled"
    if shown_at is None:
        return "draft"
    if drawn_at is not None:
        return "drawn"
    if now < starts_at:
        return "soon"
    return "open" if now < ends_at else "ended"


STATE_WORDS: Mapping[str, str] = {
    "draft": "쓰고 있어요",
    "soon": "곧 시작해요",
    "open": "참여 받는 중",
    "ended": "추첨을 기다려요",
    "drawn": "결과가 나왔어요",
    "cancelled": "그만두었어요",
}


def must_be_open(where: str) -> None:
    """Raise NotBegun, EventOver, EventCancelled or NoSuchEvent unless `where` (see state()) is open."""
    if where == "open":
        return
    refusals: Mapping[str, type[Refused]] = {
        "draft": NoSuchEvent,
        "cancelled": EventCancelled,
        "soon": NotBegun,
    }
    raise refusals.get(where, EventOver)


def must_fit(conditions: Mapping[str, Any], *, visits: int, age14: bool, in_group: bool) -> None:
    """Raise NotForThem, with the one thing that is missing, unless a person meets the conditions."""
    least = int(conditions.get("visits", 0))
    if visits < least:
        more = least - visits
        raise NotForThem(f"{least}번 이상 오신 분이 참여할 수 있어요. {more}번 더 오시면 돼요.")
    if conditions.get("age14") and not age14:
        raise NumberWanted("이름과 번호를 남긴 분이 참여할 수 있어요. 내 정보에서 먼저 남겨 주세요.")
    if conditions.get("group") and not in_group:
        raise NotForThem("이번에는 초대받은 손님만 참여할 수 있어요. 다음 이벤트에서 만나요.")


def asks_of(conditions: Mapping[str, Any]) -> str:
    """Return what one does to enter, a key of ASKS; "" for the button alone."""
    found = conditions.get("asks", "")
    return str(found) if found in ASKS else ""


def days_of(starts_at: datetime, ends_at: datetime) -> tuple[date, date]:
    """Return the first and the last Korean day on which one may enter."""
    last = ends_at - timedelta(seconds=1)
    return starts_at.astimezone(_KOREA).date(), last.astimezone(_KOREA).date()
