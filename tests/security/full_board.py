"""What a full shop has of events and of what its customers show and ask each other."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from app.board import event_rules
from app.board.story_models import StoryPhoto
from app.flows import board, event, moderation, story
from app.flows.unit import write
from app.kit.clock import kst_day
from app.reviews.models import Photo
from tests import factories
from tests.factories import ACustomer, AShop


def with_board(shop: AShop, known: ACustomer, nameless: ACustomer, word: str) -> dict[str, int]:
    """Let the person enter an event, show a photo, ask, post and be reported; return the ids.

    The photo was agreed to be shown and waits for the shop: nobody else may see its words.
    """
    now = factories.now()
    mine: dict[str, Any] = {"shop_id": shop.id, "customer_id": known.id, "now": now}
    own: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": now}
    story.save_settings(**own, has_board=True, has_stories=True, checks_first=True)
    story_id = story.send(
        **mine, sort="cook", text=f"{word}국물", link="https://www.instagram.com/p/Cxyz/", agrees=True,
        once=f"story of {shop.code}",
    )  # fmt: skip
    with write() as session:
        photo = Photo(
            shop_id=shop.id, customer_id=known.id, pick=f"story:{shop.code}", kept_at=now, at=now,
            ref=hashlib.sha256(f"story of {word}".encode()).hexdigest()[:22],
        )  # fmt: skip
        session.add(photo)
        session.flush()
        session.add(StoryPhoto(shop_id=shop.id, story_id=story_id, photo_id=photo.id))
    post_id = board.post(**mine, title=f"{word}모임", text=f"{word}이야기", once=f"post of {shop.code}")
    board.comment(**mine, post_id=post_id, text=f"{word}댓글", once=f"comment of {shop.code}")
    question_id = board.ask(**mine, text="주차되나요?", product_id=None, once=f"question of {shop.code}")
    moderation.report(
        shop_id=shop.id, customer_id=nameless.id, what="post", row_id=post_id, cause="abuse", now=now
    )
    return {
        "event_id": _events(shop, known),
        "story_id": story_id,
        "post_id": post_id,
        "question_id": question_id,
        "row_id": post_id,
    }


def _events(shop: AShop, known: ACustomer) -> int:
    now = factories.now()
    own = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": now}
    clean = event_rules.clean_event(
        title="여름 사진전", prize="수제청 한 병", winners="1", text="", first_day="", age14=False, visits="0", group="all",
        last_day=(kst_day(now) + timedelta(days=1)).isoformat(), groups={}, today=kst_day(now),
    )  # fmt: skip
    event_id = event.save(**own, clean=clean, once=f"event of {shop.code}")
    event.show(**own, event_id=event_id)
    event.enter(shop_id=shop.id, customer_id=known.id, event_id=event_id, may_name=True, now=now)
    return event_id
