"""Reads about what customers reported: the shop's list, each thing once with how many said so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.board.story_models import Story
from app.board.talk_models import Post, PostComment, Question, Report
from app.board.talk_rules import CAUSES, RINGS, WHATS
from app.extensions import db
from app.reviews.models import Review


@dataclass(frozen=True)
class ReportedThing:
    """One thing that was reported. `causes`: how many said which; `text`: its words as they stand."""

    what: str
    row_id: int
    people: int
    causes: Mapping[str, int]
    first_at: datetime
    text: str
    is_hidden: bool
    post_id: int | None = None  # of a comment

    @property
    def what_name(self) -> str:
        """What it is, as the owner's list calls it."""
        return WHATS[self.what]

    @property
    def cause_words(self) -> str:
        """The causes in words: "욕설이나 모욕 2명 · 개인정보 1명"."""
        return " · ".join(
            f"{words} {self.causes[key]}명" for key, words in CAUSES.items() if key in self.causes
        )

    @property
    def rings(self) -> bool:
        """Whether so many said so that it can't wait."""
        return self.people >= RINGS


def open_things(shop_id: int, *, limit: int = 50) -> list[ReportedThing]:
    """Return what was reported and not settled, what most people said so of on top."""
    rows = db.session.execute(
        select(Report.what, Report.row_id, Report.cause, func.count(), func.min(Report.at))
        .where(Report.shop_id == shop_id, Report.settled_at.is_(None))
        .group_by(Report.what, Report.row_id, Report.cause)
    )
    causes: dict[tuple[str, int], dict[str, int]] = {}
    since: dict[tuple[str, int], datetime] = {}
    for what, row_id, cause, many, first in rows:
        causes.setdefault((what, row_id), {})[cause] = int(many)
        since[what, row_id] = min(first, since.get((what, row_id), first))
    ordered = sorted(causes, key=lambda thing: (-sum(causes[thing].values()), since[thing]))[:limit]
    words = {what: _words(shop_id, what, [n for w, n in ordered if w == what]) for what in WHATS}
    found = []
    for what, row_id in ordered:
        if row_id not in words[what]:
            continue
        text, is_hidden, post_id = words[what][row_id]
        of_it = causes[what, row_id]
        found.append(
            ReportedThing(
                what, row_id, sum(of_it.values()), of_it, since[what, row_id], text, is_hidden, post_id
            )
        )
    return found


def waiting(shop_id: int) -> tuple[int, bool]:
    """Return for the home how many things were reported, and whether one of them rings."""
    rows = db.session.scalars(
        select(func.count())
        .select_from(Report)
        .where(Report.shop_id == shop_id, Report.settled_at.is_(None))
        .group_by(Report.what, Report.row_id)
    ).all()
    return len(rows), any(many >= RINGS for many in rows)


def reported_by(*, shop_id: int, customer_id: int) -> set[tuple[str, int]]:
    """Return what a person reported: it offers that button no more."""
    rows = db.session.execute(
        select(Report.what, Report.row_id).where(Report.shop_id == shop_id, Report.customer_id == customer_id)
    )
    return {(what, row_id) for what, row_id in rows}


def _words(shop_id: int, what: str, ids: list[int]) -> dict[int, tuple[str, bool, int | None]]:
    if not ids:
        return {}
    asked: dict[str, Any] = {
        "review": (Review, select(Review.id, Review.text)),
        "story": (Story, select(Story.id, Story.text, Story.hidden_at)),
        "post": (Post, select(Post.id, Post.title + "\n" + Post.text, Post.hidden_at)),
        "comment": (
            PostComment,
            select(PostComment.id, PostComment.text, PostComment.hidden_at, PostComment.post_id),
        ),
        "question": (Question, select(Question.id, Question.text, Question.hidden_at)),
    }
    model, statement = asked[what]
    rows = db.session.execute(statement.where(model.shop_id == shop_id, model.id.in_(ids))).all()
    return {
        row[0]: (row[1], len(row) > 2 and row[2] is not None, row[3] if len(row) > 3 else None)
        for row in rows
    }
