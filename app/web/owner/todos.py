"""What waits for somebody of the shop, in the order in which waiting hurts: what the owner's home begins with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask import current_app

from app.board import reported, stories, talks
from app.board.events import EventLine
from app.cards import offline, papers
from app.messages import by_hand
from app.messages import faded as regulars
from app.messages.faded import Faded
from app.reviews import queries as reviews
from app.reviews import unseen
from app.testers import queries as testers
from app.voices import queries as voices
from app.voices.rules import clock_words
from app.warranties import repairs
from app.warranties.rules import USE as WARRANTIES
from app.web.guards import current_staff
from app.web.owner import closing_news
from app.web.owner.closing_news import Untold
from app.web.owner.events import draws_waiting

AT_ONCE = 5  # are seen without opening anything: a list longer than that is put off


@dataclass(frozen=True)
class Todo:
    """One thing to do: its words, and the endpoint it leads to with what that one wants in its address.

    `count` stands in a dot, `value` beside the words, `detail` below them, `alarm` as well, and is seen first.
    """

    words: str
    endpoint: str
    icon: str
    wants: Mapping[str, object] = field(default_factory=dict)
    count: int = 0
    value: str = ""
    detail: str = ""
    alarm: str = ""


@dataclass(frozen=True)
class Waits:
    """How much of what waits for a person of this role; `reported`: how many, and whether one of them rings."""

    voices: voices.Waiting
    reported: tuple[int, bool] = (0, False)
    repairs: int = 0
    offline: int = 0
    papers: int = 0
    by_hand: int = 0
    questions: int = 0
    draws: Sequence[EventLine] = ()
    testers: testers.Waiting | None = None
    reviews: int = 0
    photos: int = 0
    stories: int = 0
    untold: Untold | None = None
    faded: Faded | None = None


def waits(*, now: datetime) -> Waits:
    """Read it, for who is signed in."""
    staff = current_staff()
    shop, shop_id = staff.shop, staff.shop.id
    return Waits(
        voices=voices.waiting(shop_id, role=staff.role),
        reported=reported.waiting(shop_id),
        repairs=repairs.waiting(shop_id) if shop.has(WARRANTIES) else 0,
        offline=offline.listed_count(shop_id) if shop.has(offline.WAITS) else 0,
        papers=papers.waiting_count(shop_id),
        by_hand=by_hand.waiting_now(shop_id, wire=current_app.config["WIRE"], now=now),
        questions=talks.unanswered_count(shop_id),
        draws=draws_waiting(now),
        testers=testers.waiting(shop_id, now=now) if shop.has("testers") else None,
        reviews=reviews.unanswered(shop_id),
        photos=unseen.count(shop_id),
        stories=stories.waiting_count(shop_id),
        untold=closing_news.untold(),
        faded=regulars.faded(shop_id, now=now),
    )


def todos(found: Waits, *, now: datetime) -> list[Todo]:
    """Return it as a list: first what somebody waits for who is annoyed, last what only would be kind."""
    return [*_people(found, now), *_shown(found), *_kind(found)]


def seen_at_once(every: Sequence[Todo]) -> tuple[Sequence[Todo], Sequence[Todo]]:
    """Return those that are seen at once and those behind one line; one alone is hidden by no line."""
    first = len(every) if len(every) <= AT_ONCE + 1 else AT_ONCE
    return every[:first], every[first:]


def _people(found: Waits, now: datetime) -> Iterator[Todo]:
    """Somebody waits for an answer, for a stamp, or to be heard of."""
    said = found.voices.complaints + found.voices.others
    if said:
        alarm = ""
        if found.voices.complaints and found.voices.complaint_due is not None:
            alarm = f"불편 말씀 {found.voices.complaints}건, {clock_words(found.voices.complaint_due, now)}"
        yield Todo("손님 말씀", "owner.shop_voices", "talk", {"at": "home"}, count=said, alarm=alarm)
    many, rings = found.reported
    if many:
        detail = "여러 분이 신고했어요. 먼저 봐 주세요" if rings else ""
        yield Todo("신고된 글과 사진", "owner.reported_things", "warn", count=many, detail=detail)
    if found.repairs:
        words, detail = f"AS 요청 {found.repairs}건", "보증서로 들어온 부탁이에요"
        yield Todo(words, "owner.shop_repairs", "shield", {"at": "home"}, detail=detail)
    if found.offline:
        detail = "인터넷이 끊겼을 때 찍은 도장"
        yield Todo("확인할 적립", "owner.offline_stamps", "offline", count=found.offline, detail=detail)
    if found.papers:
        yield Todo("종이 카드 옮기기", "owner.paper_cards", "paper", count=found.papers)
    if found.by_hand:
        words, detail = f"오늘 보낼 말 {found.by_hand}통", "사장님 휴대폰으로 한 통씩 보내요"
        yield Todo(words, "owner.hand_queue", "send", detail=detail)
    if found.questions:
        words, detail = f"질문 {_up_to(99, found.questions)}건", "누구나 보는 질문에 답해 주세요"
        yield Todo(words, "owner.shop_questions", "info", detail=detail)


def _shown(found: Waits) -> Iterator[Todo]:
    """What was begun is to be decided, answered or looked at."""
    for one in found.draws:
        detail = f"{one.title} · {one.entries:,}명 참여"
        yield Todo("추첨할 이벤트", "owner.shop_event", "gift", {"event_id": one.id}, detail=detail)
    if found.testers is not None:
        yield from _of_testers(found.testers)
    if found.reviews:
        value = f"{_up_to(reviews.MOST_COUNTED, found.reviews)}개"
        yield Todo("답글 기다리는 후기", "owner.shop_reviews", "star", {"unanswered": 1}, value=value)
    if found.photos:
        value, detail = f"{found.photos:,}장", "후기에 올라온 사진이에요"
        yield Todo("확인할 사진", "owner.review_photos", "camera", value=value, detail=detail)
    if found.stories:
        words = f"손님 사진 {_up_to(99, found.stories)}장을 기다려요"
        yield Todo(words, "owner.customers_stories", "camera", detail="보고 나서 가게 화면에 보여 주세요")


def _of_testers(found: testers.Waiting) -> Iterator[Todo]:
    if found.to_choose:
        words, detail = "체험단에서 고를 분", "신청이 끝났어요"
        yield Todo(words, "owner.testers", "gift", count=found.to_choose, detail=detail)
    elif found.applied:
        yield Todo(f"체험단 신청 {found.applied}명", "owner.testers", "gift")
    if found.to_decide is not None:
        programme_id, product = found.to_decide
        wants = {"programme_id": programme_id}
        yield Todo("체험단 답이 모였어요", "owner.tester_summary", "chart", wants, detail=product)


def _kind(found: Waits) -> Iterator[Todo]:
    """Nobody waits for it."""
    if found.untold is not None:
        words, wants = f"{found.untold.words} 쉬어요", {"closed": found.untold.days_id}
        yield Todo(words, "owner.new_notice", "bell", wants, detail="가게 소식으로 미리 알려 두세요")
    if found.faded is not None:
        unheard, detail = found.faded.unheard, "안부를 전해 보세요"
        if unheard != found.faded.people:
            detail = f"이 가운데 {unheard}명께는 아직 안부를 전하지 않았어요"
        yield Todo(found.faded.sentence, "owner.group_moves", "people", {"move": "faded"}, detail=detail)


def _up_to(most: int, number: int) -> str:
    return str(number) if number <= most else f"{most}+"
