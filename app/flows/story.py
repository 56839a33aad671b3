"""손님 사진: sent with a consent of its own, shown once the shop lets it, answered, withdrawn at any time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.board import entering, showing, talking
from app.board import story_rules as rules
from app.board.event_rules import AskedByEvent
from app.board.story_models import Story
from app.board.story_rules import NoSuchStory, PhotosNotReady, StoriesOff, TooManyStories
from app.cards.actions import ledger
from app.customers import actions as people
from app.flows import audit, photo
from app.flows.unit import after_a_race, write
from app.kit.names import masked_name
from app.kit.refusals import Invalid, NotHere
from app.kit.signing import token_hash
from app.messages import outbox
from app.reviews.actions import picks
from app.reviews.bought_rules import bought_words
from app.reviews.pick_rules import pick_key
from app.shops import actions as shops

FORM = "story"
BOARD = "board"  # in Shop.uses: the shop has a 단골 게시판
_NOTHING = "사진을 한 장 이상 고르거나, 올리신 곳의 주소를 붙여 주세요."


def send(
    *,
    shop_id: int,
    customer_id: int,
    sort: str,
    text: str,
    link: str,
    agrees: bool,
    once: str,
    now: datetime,
) -> int:
    """Send what a person picked under this form's key, or a link; returns its id, the same for the same key.

    `agrees`: they want it shown on the shop's page; without it only the shop sees it. Raises Invalid (sort, text, link,
    photo), TooManyStories, StoriesOff, NotHere.
    """
    clean = rules.clean_story(sort=sort, text=text, link=link)
    key = token_hash(f"story:{customer_id}:{once}")[:40]
    pick = pick_key(FORM, customer_id=customer_id, once=once)

    def sent() -> int:
        with write() as session:
            # The card first, as the photos of the form take it: one that comes now comes along or comes too late.
            ledger.hold_card(session, shop_id=shop_id, customer_id=customer_id)
            person = people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True)
            if person is None:
                raise NotHere
            if (before := showing.by_once(session, shop_id=shop_id, once=key)) is not None:
                return before.id
            decided = showing.settings(session, shop_id=shop_id)
            if decided is not None and not decided.has_stories:
                raise StoriesOff
            where: dict[str, Any] = {"shop_id": shop_id, "customer_id": customer_id}
            if showing.sent_today(session, **where, now=now) >= rules.MOST_A_DAY:
                raise TooManyStories
            photo_ids = picks.keep(session, **where, pick=pick, now=now)
            if not photo_ids and not clean.link:
                raise Invalid({"photo": _NOTHING})
            made = showing.add(
                session,
                **where,
                clean=clean,
                photo_ids=photo_ids,
                shown_name=masked_name(person.name),
                once=key,
                agreed=agrees,
                passed=decided is not None and not decided.checks_first,
                now=now,
            )
            return made.id

    return after_a_race(sent)


def agree(*, shop_id: int, customer_id: int, story_id: int, agrees: bool, now: datetime) -> None:
    """Let it be shown, or no longer. At once; twice is once. Raises NoSuchStory for another person's."""
    with write() as session:
        row = _story(session, shop_id=shop_id, story_id=story_id, customer_id=customer_id)
        if agrees and row.agreed_at is None:
            person = people.customer(session, shop_id=shop_id, customer_id=customer_id)
            row.agreed_at, row.shown_name = now, masked_name(person.name) if person else ""
        elif not agrees:
            row.agreed_at = None
        session.flush()


def remove(*, shop_id: int, customer_id: int, story_id: int, now: datetime) -> None:
    """Delete one's own contribution with its photos. The second time it is gone: NoSuchStory."""
    with write() as session:
        row = _story(session, shop_id=shop_id, story_id=story_id, customer_id=customer_id)
        talking.settle(session, shop_id=shop_id, what="story", row_ids=[row.id], staff_id=None, now=now)
        refs = showing.remove(session, row=row)
    photo.drop_files(shop_id=shop_id, refs=refs)


def let_show(*, shop_id: int, story_id: int, is_shown: bool, now: datetime) -> None:
    """The shop lets it be shown, or takes that back. Nothing is shown that the person did not agree to.

    Twice is once. Raises NoSuchStory, PhotosNotReady while one of its photos can't be looked at yet.
    """
    with write() as session:
        row = _story(session, shop_id=shop_id, story_id=story_id)
        if is_shown and row.passed_at is None and showing.is_one_waiting(session, row=row):
            raise PhotosNotReady
        row.passed_at = (row.passed_at or now) if is_shown else None
        session.flush()


def comment(*, shop_id: int, story_id: int, text: str, now: datetime) -> None:
    """Write, change or (empty) take away the shop's words under it; the person is told of the first ones.

    Raises Invalid (text), NoSuchStory.
    """
    words = rules.clean_comment(text)
    if (sentence := bought_words(words)) is not None:
        raise Invalid({"text": sentence})
    with write() as session:
        # The person before the photo, as leaving takes them.
        whose = showing.whose(session, shop_id=shop_id, story_id=story_id)
        if whose is None or not people.customer(session, shop_id=shop_id, customer_id=whose, lock=True):
            raise NoSuchStory
        row = _story(session, shop_id=shop_id, story_id=story_id)
        row.comment, row.commented_at = words, (now if words else None)
        session.flush()
        if words:
            code = shops.code_of(session, shop_id=shop_id)
            outbox.plan(
                session,
                shop_id=shop_id,
                customer_id=row.customer_id,
                kind="board_answer",
                cause=f"story:{row.id}",
                due_at=now,
                facts={"what": "올려 주신 사진", "path": f"/c/{code}/stories/{row.id}"},
                now=now,
            )


def mark_linked(*, shop_id: int, story_id: int, is_done: bool, now: datetime) -> None:
    """Note that the shop commented at the linked place (댓글 달았어요), or did not. Raises NoSuchStory."""
    with write() as session:
        row = _story(session, shop_id=shop_id, story_id=story_id)
        row.linked_at = (row.linked_at or now) if is_done and row.link else None
        session.flush()


def save_settings(
    *,
    shop_id: int,
    staff_id: int,
    has_board: bool,
    has_stories: bool,
    checks_first: bool,
    now: datetime,
) -> None:
    """Save whether the shop takes photos, looks at them first, and has a board.

    Raises AskedByEvent while an event that runs or is to come can be entered only by what is switched off.
    """
    with write() as session:
        shops.hold(session, shop_id=shop_id)  # before it is asked: an event may be opened at this moment
        for what, done, stays in (
            ("photo", "사진을 올리고", has_stories),
            ("post", "게시판에 글을 쓰고", has_board),
        ):
            title = None if stays else entering.who_asks(session, shop_id=shop_id, what=what, now=now)
            if title is not None:
                raise AskedByEvent(
                    f"이벤트 ‘{title}’에 손님들이 {done} 참여하고 있어요. 이벤트가 끝난 뒤에 꺼 주세요."
                )
        showing.put_settings(
            session,
            shop_id=shop_id,
            has_board=has_board,
            has_stories=has_stories,
            checks_first=checks_first,
            now=now,
        )
        shops.set_use(session, shop_id=shop_id, what=BOARD, is_on=has_board)
        audit.note(session, shop_id=shop_id, what="board", staff_id=staff_id, detail="settings", now=now)


def _story(session: Any, *, shop_id: int, story_id: int, customer_id: int | None = None) -> Story:
    row = showing.story(session, shop_id=shop_id, story_id=story_id, customer_id=customer_id)
    if row is None:
        raise NoSuchStory
    return row
