"""Who of a shop is rung for what, and when not; what the locked phone then says, without anybody's words. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.kit.clock import KST, next_minute_of_day
from app.kit.korean import day_and_time
from app.kit.refusals import Invalid
from app.shops.rules import minute_of

COMPLAINT, LINE, HANDED, QUESTION, REPAIR, REPORT = (
    "complaint", "line", "handed", "question", "repair", "report",
)  # fmt: skip
# The time to answer a complaint is nearly over. It has no switch of its own: it goes with the complaint's.
DUE = "due"
# What can be switched: its name, what it means, and whether it rings until somebody says otherwise.
KINDS: Mapping[str, tuple[str, str, bool]] = {
    COMPLAINT: ("불편 말씀", "사장님께만 울려요. 답할 시간이 한 시간 남으면 한 번 더 울려요.", True),
    LINE: ("이어진 말씀", "내가 답하는 말씀에 손님이 더 적으셨을 때", True),
    HANDED: ("내가 맡은 말씀", "다른 분이 나에게 답을 맡겼을 때", True),
    QUESTION: ("새 문의", "아직 맡은 분이 없는 문의가 왔을 때", False),
    REPAIR: ("AS 요청", "보증서로 수리를 부탁하셨을 때", False),
    REPORT: ("신고된 글과 사진", "손님이 게시판이나 사진을 신고했을 때", False),
}
_OF_ROLE: Mapping[str, tuple[str, ...]] = {
    "owner": (COMPLAINT, LINE, HANDED, QUESTION, REPAIR, REPORT),
    "manager": (LINE, HANDED, QUESTION, REPAIR, REPORT),
    "staff": (LINE, HANDED),
}
# So long before an answer is due it rings once more.
WARN_BEFORE = timedelta(hours=1)
# What could not be rung for so long is let go of: the home screen has it.
TOO_LATE = timedelta(days=3)
# A push service keeps it so long for a phone that is off.
LASTS = timedelta(hours=12)
# Whoever died with one in hand has let go of it by then; nobody sends it again.
IN_HAND = timedelta(minutes=2)
TRIES = 5
_FIRST_PAUSE = timedelta(seconds=30)
# The most pressing one gives a thread's ring its words.
_PRESSING = (DUE, COMPLAINT, LINE, HANDED, QUESTION, REPAIR, REPORT)
_TITLES: Mapping[str, str] = {
    DUE: "답할 시간이 얼마 남지 않았어요",
    COMPLAINT: "불편 말씀이 왔어요",
    LINE: "손님이 더 남긴 말씀이 있어요",
    HANDED: "맡은 말씀이 있어요",
    QUESTION: "문의가 왔어요",
    REPAIR: "AS 요청이 왔어요",
    REPORT: "신고된 글이나 사진이 있어요",
}


@dataclass(frozen=True)
class Quiet:
    """When nobody is rung, in minutes after midnight in Korea; both the same: never.

    `complaints_wait`: a complaint waits for the morning, too.
    """

    begins: int = 22 * 60
    ends: int = 8 * 60
    complaints_wait: bool = True

    def covers(self, moment: datetime, kind: str) -> bool:
        """Say whether a kind does not ring at a moment."""
        if kind in (COMPLAINT, DUE) and not self.complaints_wait:
            return False
        local = moment.astimezone(KST)
        minute = local.hour * 60 + local.minute
        if self.begins <= self.ends:
            return self.begins <= minute < self.ends
        return minute >= self.begins or minute < self.ends


@dataclass(frozen=True)
class Told:
    """What a locked phone says, what a tap opens, and the name under which a second one takes its place."""

    title: str
    body: str
    path: str
    tag: str


def offered(role: str) -> tuple[str, ...]:
    """Return the kinds that somebody of a role may be rung for, in the order of their switches."""
    return _OF_ROLE[role]


def standard(role: str) -> frozenset[str]:
    """Return the kinds that ring until their person says otherwise."""
    return frozenset(kind for kind in offered(role) if KINDS[kind][2])


def after_a_change(kinds: Collection[str], *, was: str, role: str) -> str:
    """Return what somebody chose, as it is kept once their role is another one: what they could not choose before
    begins as it does for everybody of that role."""
    new = {*kinds, *(standard(role) - set(offered(was)))}
    return " ".join(kind for kind in KINDS if kind in new)


def wanted(kind: str, kinds: Collection[str]) -> bool:
    """Say whether somebody with these switches on is rung for a kind."""
    return (COMPLAINT if kind == DUE else kind) in kinds


def hears(kind: str, role: str, *, of_complaint: bool = False, hand: str = "") -> bool:
    """Say whether somebody is rung for a kind: who answers for it, and nobody who may not read it.

    `of_complaint`: the thread is about one. `hand`: it was put into nobody's hands (""), into "mine", into "another's".
    """
    if kind in (COMPLAINT, DUE) or of_complaint:
        return role == "owner"
    if kind == HANDED or (kind == LINE and hand):
        return hand == "mine"
    return role in ("owner", "manager") and not (kind == QUESTION and hand)


def rings_at(moment: datetime, quiet: Quiet, kind: str) -> datetime:
    """Return when something that came at a moment rings: at once, or when the quiet hours end."""
    return next_minute_of_day(moment, quiet.ends) if quiet.covers(moment, kind) else moment


def warns_at(due: datetime, quiet: Quiet) -> datetime:
    """Return when it rings that an answer is nearly due: an hour before, or an hour before the night that covers it."""
    at = due - WARN_BEFORE
    if not quiet.covers(at, DUE):
        return at
    return next_minute_of_day(at - timedelta(days=1), quiet.begins) - WARN_BEFORE


def next_try(tries: int, *, asked_s: float | None, now: datetime) -> datetime | None:
    """Return when a push that was turned away `tries` times goes again, as the service asked; None: no more."""
    if tries >= TRIES:
        return None
    return now + max(_FIRST_PAUSE * 2 ** (tries - 1), timedelta(seconds=asked_s or 0))


def told(
    things: Sequence[tuple[str, str]], *, shop_id: int, shop: str, due: datetime | None, now: datetime
) -> Told:
    """Return what is said of things that ring together, each as (kind, subject); never a customer's word or name.

    `due`: until when an answer to a complaint among them is due. All are in one place: threads, or what was reported.
    """
    subjects = sorted({subject for _, subject in things})
    kind = min((kind for kind, _ in things), key=_PRESSING.index)
    is_voice = subjects[0].startswith("voice:")
    body = f"{shop} · 눌러서 확인해 주세요"
    if len(subjects) > 1 and is_voice:
        all_complain = all(kind in (COMPLAINT, DUE) for kind, _ in things)
        many = f"{'불편' if all_complain else '손님'} 말씀 {len(subjects)}건이 기다려요"
        return Told(many, body, "/owner/voices", f"staff-{shop_id}-voices")
    if not is_voice:
        title = f"신고된 글과 사진이 {len(subjects)}건 있어요" if len(subjects) > 1 else _TITLES[kind]
        return Told(title, body, "/owner/reported", f"staff-{shop_id}-reported")
    number = subjects[0].partition(":")[2]
    title = _TITLES[kind]
    if kind in (COMPLAINT, DUE) and due is not None:
        title = title if now < due or kind == COMPLAINT else "답할 시간이 지났어요"
        body = f"{shop} · " + (f"{day_and_time(due)}까지 답해 주세요" if now < due else "지금 답해 주세요")
    return Told(title, body, f"/owner/voices/{number}", f"staff-{shop_id}-voice-{number}"[:32])


def clean_kinds(typed: Collection[str], role: str) -> str:
    """Check which switches are on; what the role may not hear is left out. Returns them as they are kept."""
    return " ".join(kind for kind in offered(role) if kind in typed)


def clean_quiet(*, begins: str, ends: str, complaints_wait: bool) -> Quiet:
    """Check "HH:MM" and "HH:MM". Raises Invalid with a sentence a field."""
    minutes = {"begins": minute_of(begins), "ends": minute_of(ends)}
    wrong = {
        field: "시각을 다시 골라 주세요. 예: 22:00" for field, minute in minutes.items() if minute is None
    }
    if wrong:
        raise Invalid(wrong)
    return Quiet(minutes["begins"] or 0, minutes["ends"] or 0, complaints_wait)
