"""Everything between one person and the shop in one list, the newest first: what they bought, said, showed and tried, and
what they were given. Each room tells its own; here they are only put in the order of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.board import events, stories, talks
from app.coupons import book
from app.customers import queries as customers
from app.kit.clock import KST
from app.kit.refusals import NotHere
from app.messages import history as letters
from app.reviews import queries as reviews
from app.testers import mine as testers
from app.visits import queries as visits
from app.voices import listing
from app.voices.rules import COMPLAINT, KINDS
from app.warranties import queries as warranties
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look

_FEW, _MANY = 60, 500
_TRIED = (
    ("applied_at", "신청했어요"),
    ("chosen_at", "뽑히셨어요"),
    ("given_at", "받아 가셨어요"),
    ("done_at", "답을 다 하셨어요"),
)


@dataclass(frozen=True)
class Moment:
    """One thing that happened. `address`: where there is more of it, "" for what has no page of its own."""

    at: datetime
    icon: str
    what: str
    detail: str = ""
    address: str = ""


@door(bp, "/owner/people/<int:customer_id>/timeline", audience="owner", role="manager", tenant="session")
def person_timeline(customer_id: int) -> ResponseReturnValue:
    """Show one person's time with the shop; ?all=1 goes further back. A manager reads no complaint in it."""
    shop_id = current_staff().shop.id
    known = customers.person(shop_id=shop_id, customer_id=customer_id)
    if known is None:
        raise NotHere("찾으시는 손님이 없어요. 손님 목록에서 다시 골라 주세요.")
    note_look("timeline", customer_id)
    limit = _MANY if request.args.get("all") == "1" else _FEW
    # The newest of each room are asked for, one more than is shown: among them are the newest of all.
    told = sorted(_told(shop_id, customer_id, limit + 1), key=lambda one: one.at, reverse=True)
    if len(told) <= limit:
        told.append(Moment(known.joined_at, "card", "카드를 받으셨어요"))
    months: dict[str, list[Moment]] = {}
    for moment in told[:limit]:
        day = moment.at.astimezone(KST)
        months.setdefault(f"{day.year}년 {day.month}월", []).append(moment)
    return render_template(
        "owner/person_timeline.html",
        known=known,
        customer_id=customer_id,
        months=months,
        is_cut=len(told) > limit,
        may_ask=limit == _FEW,
    )


def _told(shop_id: int, customer_id: int, limit: int) -> Iterator[Moment]:
    where: dict[str, Any] = {"shop_id": shop_id, "customer_id": customer_id, "limit": limit}
    return chain(_came(where), _said(where), _showed(where), _tried(where), _was_given(where))


def _came(where: dict[str, Any]) -> Iterator[Moment]:
    for visit in visits.visits_of(**where):
        if not visit.reversed:
            paid = f"{visit.amount:,}원" if visit.amount is not None else ""
            yield Moment(visit.at, "shop", ", ".join(visit.items) or "다녀가셨어요", paid)


def _said(where: dict[str, Any]) -> Iterator[Moment]:
    is_owner = current_staff().role == "owner"
    for voice in listing.threads_of(**where):
        if is_owner or voice.kind != COMPLAINT:
            address = url_for("owner.shop_voice", voice_id=voice.id)
            last = f"우리 답: {voice.last}" if voice.by_shop else voice.last
            yield Moment(voice.last_at, "talk", f"{KINDS[voice.kind]} 말씀", last, address)
    for review in reviews.reviews_of(**where):
        address = url_for("owner.shop_review", review_id=review.id)
        what = f"후기 · 별 {review.stars}개" if review.stars else "후기"
        yield Moment(review.at, "star", what, review.text, address)


def _showed(where: dict[str, Any]) -> Iterator[Moment]:
    for story in stories.mine(**where):
        address = url_for("owner.customers_story", story_id=story.id)
        yield Moment(story.at, "camera", f"손님 사진 · {story.sort_name}", story.text, address)
    for question in talks.questions_of(**where):
        address = url_for("owner.shop_question", question_id=question.id)
        yield Moment(question.at, "info", "질문", question.text, address)
    for post in talks.posts_of(**where):
        yield Moment(
            post.at, "people", f"게시판 · {post.title}", address=url_for("owner.shop_post", post_id=post.id)
        )
    for entry in events.my_entries(**where):
        won = "뽑히셨어요" if entry.rank else ""
        address = url_for("owner.shop_event", event_id=entry.event_id)
        yield Moment(entry.at, "gift", f"이벤트 · {entry.title}", won, address)


def _tried(where: dict[str, Any]) -> Iterator[Moment]:
    for part in testers.parts(**where):
        address = url_for("owner.tester_people", programme_id=part.programme_id)
        for name, words in _TRIED:
            at = getattr(part, name)
            if at is not None:
                yield Moment(at, "gift", f"체험단 · {part.product}", words, address)


def _was_given(where: dict[str, Any]) -> Iterator[Moment]:
    for line in book.of_person(**where, now=now()):
        yield Moment(line.held.issued_at, "ticket", f"쿠폰 · {line.held.terms.name}", "드렸어요")
        if line.held.used_at is not None:
            yield Moment(line.held.used_at, "ticket", f"쿠폰 · {line.held.terms.name}", "쓰셨어요")
    for each in warranties.certificates_of(**where):
        address = url_for("owner.shop_warranty", serial=each.serial)
        yield Moment(each.claimed_at or each.issued_at, "shield", f"보증서 · {each.product}", address=address)
    for letter in letters.sent(
        where["shop_id"], customer_id=where["customer_id"], limit=where["limit"], now=now()
    ).lines:
        yield Moment(letter.at, "send", letter.label, letter.state_words)
