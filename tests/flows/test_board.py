"""단골 게시판, 질문과 답, 신고: who may write, what is told, what is hidden and for what alone."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.board import reported, talk_rules, talks
from app.board.talk_rules import NoBoard, NothingThere, NotYetRegular, OwnThing, WroteTooMuch
from app.extensions import db
from app.flows import board, moderation, privacy
from app.flows import shop as shop_flow
from app.kit.refusals import Invalid
from app.messages.models import Message
from app.reviews.bought_rules import FOR_OUTSIDE
from tests import factories, world
from tests.factories import ACustomer, AShop
from tests.flows.test_story import decided, sent
from tests.world import Clock


@pytest.fixture
def shop(app: Flask) -> AShop:
    """A shop with a board."""
    made = factories.a_shop("봄날커피", **factories.no_limits())
    decided(made, has_board=True)
    return made


@pytest.fixture
def jiwoo(shop: AShop) -> ACustomer:
    """한지우, who was there once."""
    who = factories.a_customer(shop, name="한지우", phone=factories.a_number())
    factories.a_stamp(shop, who.card_id)
    return who


def posted(who: ACustomer, **changes: Any) -> int:
    """Let somebody post."""
    settings = {"title": "오늘 라떼", "text": "정말 맛있었어요", "once": factories.once()} | changes
    return board.post(shop_id=who.shop_id, customer_id=who.id, now=factories.now(), **settings)


def commented(who: ACustomer, post_id: int, **changes: Any) -> int:
    """Let somebody say something under a post."""
    settings = {"text": "저도요", "once": factories.once()} | changes
    return board.comment(
        shop_id=who.shop_id, customer_id=who.id, post_id=post_id, now=factories.now(), **settings
    )


def asked(who: ACustomer, **changes: Any) -> int:
    """Let somebody ask in public."""
    settings = {"text": "주차되나요?", "product_id": None, "once": factories.once()} | changes
    return board.ask(shop_id=who.shop_id, customer_id=who.id, now=factories.now(), **settings)


def a_regular(shop: AShop) -> ACustomer:
    """Somebody else who was there."""
    who = factories.a_customer(shop, name="박민호", phone=factories.a_number())
    factories.a_stamp(shop, who.card_id)
    return who


def told(who: ACustomer) -> list[str]:
    """Return what lies on the card about answers."""
    db.session.rollback()
    mine = (Message.customer_id == who.id, Message.kind == "board_answer", Message.channel == "card")
    return list(db.session.scalars(db.select(Message.text).where(*mine)))


def reports(who: ACustomer, what: str, row_id: int, cause: str = "abuse") -> None:
    """Let somebody report a thing."""
    moderation.report(
        shop_id=who.shop_id, customer_id=who.id, what=what, row_id=row_id, cause=cause, now=factories.now()
    )


def test_a_talk_among_regulars(shop: AShop, jiwoo: ACustomer) -> None:
    minho, post_id = a_regular(shop), posted(jiwoo)
    commented(minho, post_id)
    own: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": factories.now()}
    for text in ("고맙습니다", "또 오세요"):
        board.comment_as_shop(**own, post_id=post_id, text=text, once=factories.once())
    mine = board.post_as_shop(**own, title="안녕하세요", text="반갑습니다", once="once-of-the-owner")
    assert board.post_as_shop(**own, title="안녕하세요", text="반갑습니다", once="once-of-the-owner") == mine
    assert [line.who for line in talks.posts(shop.id).lines] == ["", "한*우 님"]
    assert talks.post(shop_id=shop.id, post_id=post_id).comments == 3  # type: ignore[union-attr]
    said = talks.comments(shop_id=shop.id, post_id=post_id).lines
    assert [(line.who, line.by_shop) for line in said] == [("박*호 님", False), ("", True), ("", True)]
    assert len(told(jiwoo)) == 1, "told once that the shop answered"
    board.pin(shop_id=shop.id, post_id=mine, is_first=True)
    assert [line.id for line in talks.pinned(shop.id)] == [mine]
    assert [line.id for line in talks.posts(shop.id).lines] == [post_id]


def test_the_shops_own_words_buy_no_review(shop: AShop, jiwoo: ACustomer) -> None:
    own: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": factories.now()}
    bought, post_id = "네이버 리뷰를 남겨 주시면 커피를 드려요", posted(jiwoo)
    for said, field in (
        (lambda: board.post_as_shop(**own, title="알려요", text=bought, once=factories.once()), "text"),
        (
            lambda: board.post_as_shop(
                **own, title="네이버 리뷰 쓰면 커피 드려요", text="반가워요", once=factories.once()
            ),
            "title",
        ),
        (lambda: board.comment_as_shop(**own, post_id=post_id, text=bought, once=factories.once()), "text"),
        (
            lambda: shop_flow.save_profile(
                **own, name="달빛커피", owner_name="", address="", story=bought, mark=""
            ),
            "story",
        ),
    ):
        with pytest.raises(Invalid) as refusal:
            said()
        assert refusal.value.fields == {field: FOR_OUTSIDE}
    commented(jiwoo, post_id, text=bought)  # what customers tell each other is theirs


def test_who_may_write(shop: AShop, other_shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    newcomer = factories.a_customer(shop)
    post_id = posted(jiwoo)
    for refused in (lambda: posted(newcomer), lambda: commented(newcomer, post_id)):
        with pytest.raises(NotYetRegular):
            refused()
    asked(newcomer)  # asking is for everybody with a card
    for _each in range(talk_rules.POSTS_A_DAY - 1):
        posted(jiwoo)
    with pytest.raises(WroteTooMuch):
        posted(jiwoo)
    clock.advance(days=1)
    posted(jiwoo)
    for wrong, field in (({"title": ""}, "title"), ({"text": " "}, "text"), ({"text": "가" * 1001}, "text")):
        with pytest.raises(Invalid) as refusal:
            posted(jiwoo, **wrong)
        assert set(refusal.value.fields) == {field}
    stranger = a_regular(other_shop)
    with pytest.raises(NoBoard):
        posted(stranger)
    decided(other_shop, has_board=True)
    with pytest.raises(NothingThere):
        commented(stranger, post_id)


def test_a_second_tap_writes_nothing_twice(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    once = factories.once()
    found = world.all_at_once(app, [lambda: posted(jiwoo, once=once)] * 6)
    assert len(set(found)) == 1
    said = factories.once()
    assert len(set(world.all_at_once(app, [lambda: commented(jiwoo, found[0], once=said)] * 6))) == 1
    assert talks.post(shop_id=shop.id, post_id=found[0]).comments == 1  # type: ignore[union-attr]


def test_comments_at_once_are_all_counted(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    post_id, people = posted(jiwoo), [a_regular(shop) for _each in range(5)]
    world.all_at_once(app, [lambda who=who: commented(who, post_id) for who in people])
    db.session.rollback()
    assert talks.post(shop_id=shop.id, post_id=post_id).comments == 5  # type: ignore[union-attr]


def test_a_question_is_answered_for_everybody(shop: AShop, other_shop: AShop, jiwoo: ACustomer) -> None:
    question_id = asked(jiwoo)
    assert talks.unanswered_count(shop.id) == 1
    own: dict[str, Any] = {"staff_id": shop.owner_id, "question_id": question_id, "now": factories.now()}
    with pytest.raises(NothingThere):
        board.answer(**own | {"shop_id": other_shop.id}, text="네")
    with pytest.raises(Invalid):
        board.answer(**own, shop_id=shop.id, text=" ")
    for text in ("네, 두 대 됩니다", "네, 세 대 됩니다"):
        board.answer(**own, shop_id=shop.id, text=text)
    [line] = talks.questions(shop.id).lines
    assert (line.answer, line.who, talks.unanswered_count(shop.id)) == ("네, 세 대 됩니다", "한*우 님", 0)
    assert len(told(jiwoo)) == 1
    with pytest.raises(Invalid):
        asked(jiwoo, product_id=999)


def test_what_is_reported_is_hidden_for_a_cause_alone(
    app: Flask, shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    minho, post_id = a_regular(shop), posted(jiwoo)
    comment_id = commented(jiwoo, post_id)
    world.all_at_once(app, [lambda: reports(minho, "comment", comment_id)] * 6)
    reports(minho, "comment", comment_id, "ad")
    assert reported.waiting(shop.id) == (1, False), "once for each person and thing"
    for _each in range(2):
        reports(a_regular(shop), "comment", comment_id, "private")
    assert reported.waiting(shop.id) == (1, True), "three people ring"
    [thing] = reported.open_things(shop.id)
    assert (thing.what_name, thing.cause_words) == ("게시판 댓글", "욕설이나 모욕 1명 · 개인정보 2명")
    own: dict[str, Any] = {
        "shop_id": shop.id, "staff_id": shop.owner_id, "what": "comment", "row_id": comment_id, "now": clock(),
    }  # fmt: skip
    with pytest.raises(Invalid):
        moderation.hide(**own, cause="unkind")
    for _twice in range(2):
        moderation.hide(**own, cause="private")
    assert reported.waiting(shop.id) == (0, False)
    assert talks.comments(shop_id=shop.id, post_id=post_id).lines == []
    assert talks.post(shop_id=shop.id, post_id=post_id).comments == 0  # type: ignore[union-attr]
    moderation.show_again(**own)
    assert len(talks.comments(shop_id=shop.id, post_id=post_id).lines) == 1
    reports(a_regular(shop), "post", post_id)
    moderation.keep(**own | {"what": "post", "row_id": post_id})
    assert (reported.waiting(shop.id), len(talks.posts(shop.id).lines)) == ((0, False), 1)


def test_what_can_be_reported(shop: AShop, other_shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    minho, post_id = a_regular(shop), posted(jiwoo)
    with pytest.raises(OwnThing):
        reports(jiwoo, "post", post_id)
    with pytest.raises(Invalid):
        reports(minho, "post", post_id, "bad")
    for what, row_id in (("post", 999), ("nothing", post_id), ("comment", post_id)):
        with pytest.raises(NothingThere):
            reports(minho, what, row_id)
    with pytest.raises(NothingThere):
        reports(a_regular(other_shop), "post", post_id)
    unseen = sent(jiwoo)
    with pytest.raises(NothingThere):
        reports(minho, "story", unseen)
    decided(shop, has_board=True, checks_first=False)
    for what, row_id in (("story", sent(jiwoo)), ("question", asked(jiwoo)), ("post", post_id)):
        reports(minho, what, row_id)
    assert {thing.what for thing in reported.open_things(shop.id)} == {"story", "question", "post"}
    foreign = {"shop_id": other_shop.id, "staff_id": other_shop.owner_id, "row_id": post_id, "now": clock()}
    for refused in (
        lambda: moderation.hide(**foreign, what="post", cause="ad"),
        lambda: moderation.keep(**foreign, what="post"),
        lambda: moderation.show_again(**foreign, what="post"),
        lambda: moderation.hide(**foreign | {"shop_id": shop.id}, what="review", cause="ad"),
    ):
        with pytest.raises(NothingThere):
            refused()


def test_ones_own_is_taken_down_and_stays_down(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    minho, post_id = a_regular(shop), posted(jiwoo)
    reports(minho, "post", post_id)
    down: dict[str, Any] = {"shop_id": shop.id, "what": "post", "row_id": post_id, "now": clock()}
    with pytest.raises(NothingThere):
        moderation.take_down(**down, customer_id=minho.id)
    for _twice in range(2):
        moderation.take_down(**down, customer_id=jiwoo.id)
    assert (talks.posts(shop.id).lines, reported.waiting(shop.id)) == ([], (0, False))
    with pytest.raises(NothingThere):
        moderation.show_again(**down, staff_id=shop.owner_id)
    assert talks.posts_of(shop_id=shop.id, customer_id=jiwoo.id) == []


def test_who_leaves_takes_their_words_along(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    minho, post_id = a_regular(shop), posted(jiwoo)
    other = posted(minho, title="주차장")
    commented(jiwoo, other)
    commented(minho, other)
    asked(jiwoo)
    for what, row_id in (("post", post_id), ("post", other)):
        reports(jiwoo if row_id == other else minho, what, row_id)
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=clock())
    assert [line.id for line in talks.posts(shop.id).lines] == [other]
    assert talks.post(shop_id=shop.id, post_id=other).comments == 1  # type: ignore[union-attr]
    assert talks.questions(shop.id).lines == []
    assert reported.waiting(shop.id) == (0, False)
    db.session.rollback()
    assert "라떼" not in str(db.session.execute(db.text("SELECT title, text FROM posts")).all())


def test_pages_go_on_where_the_last_one_ended(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    ids = []
    for _each in range(7):
        clock.advance(days=1)
        ids.append(posted(jiwoo))
    seen, after = [], None
    for _page in range(4):
        page = talks.posts(shop.id, after=after, limit=3)
        seen += [line.id for line in page.lines]
        if (after := page.after) is None:
            break
    assert seen == ids[::-1]
