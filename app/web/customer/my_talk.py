"""내 정보 내려받기: what a person entered, showed, asked and wrote, as words to read and as data."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from app.board import events, stories, talks
from app.web.customer import my_words
from app.web.guards import current_card

_ALL = 10_000


def _mine() -> dict[str, Any]:
    holder = current_card()
    return {"shop_id": holder.shop_id, "customer_id": holder.customer_id, "limit": _ALL}


def sections() -> dict[str, list[str]]:
    """Return the lines of each section; only what there is."""
    blocks = {
        "이벤트": [
            f"{my_words.at(entry.at)} · {entry.title} · 추첨 번호 {entry.ticket}"
            + (f" · {entry.rank}번째로 뽑히셨어요" if entry.rank else "")
            for entry in events.my_entries(**_mine())
        ],
        "내 사진": [_story(line) for line in stories.mine(**_mine())],
        "질문": [
            _with_answer(f"{my_words.at(line.at)}\r\n  {line.text}", line.answer)
            for line in talks.questions_of(**_mine())
        ],
        "단골 게시판": [
            *(
                f"{my_words.at(line.at)} · {line.title}\r\n  {line.text}"
                for line in talks.posts_of(**_mine())
            ),
            *(f"{my_words.at(line.at)} · 댓글\r\n  {line.text}" for line in talks.comments_of(**_mine())),
        ],
    }
    return {title: lines for title, lines in blocks.items() if lines}


def _story(line: stories.StoryLine) -> str:
    told = [
        my_words.at(line.at),
        line.sort_name,
        f"사진 {len(line.photos)}장" if line.photos else "",
        line.link,
        "가게 화면에 보여요" if line.is_shown else "",
    ]
    words = " · ".join(filter(None, told)) + (f"\r\n  {line.text}" if line.text else "")
    return _with_answer(words, line.comment)


def _with_answer(words: str, answer: str) -> str:
    return words + (f"\r\n  가게의 답: {answer}" if answer else "")


def facts() -> dict[str, Any]:
    """Return the same as data."""
    return {
        "events": [asdict(entry) for entry in events.my_entries(**_mine())],
        "stories": [
            {
                "sort": line.sort,
                "text": line.text,
                "link": line.link,
                "photos": len(line.photos),
                "agreed_at": line.agreed_at,
                "at": line.at,
                "comment": line.comment,
            }
            for line in stories.mine(**_mine())
        ],
        "questions": [
            {"text": line.text, "product": line.product, "at": line.at, "answer": line.answer}
            for line in talks.questions_of(**_mine())
        ],
        "posts": [
            {"title": line.title, "text": line.text, "at": line.at} for line in talks.posts_of(**_mine())
        ],
        "comments": [{"text": line.text, "at": line.at} for line in talks.comments_of(**_mine())],
    }
