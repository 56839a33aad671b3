"""단골 게시판 and 질문과 답: written by who has been there, answered by the shop, taken down for a cause alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.board import showing, talking
from app.board import talk_rules as rules
from app.board.talk_models import Post, PostComment, Question
from app.board.talk_rules import NoBoard, NothingThere, NotYetRegular, WroteTooMuch
from app.customers import actions as people
from app.customers.models import Customer
from app.flows.unit import after_a_race, write
from app.kit.names import masked_name
from app.kit.refusals import Invalid, NotHere
from app.kit.signing import token_hash
from app.messages import outbox
from app.reviews.bought_rules import bought_words
from app.shops import actions as shops
from app.visits import actions as visits


def post(*, shop_id: int, customer_id: int, title: str, text: str, once: str, now: datetime) -> int:
    """Post something on the board; returns its id, the same for the same key.

    Raises Invalid (title, text), NoBoard, NotYetRegular, WroteTooMuch, NotHere.
    """
    clean = rules.clean_post(title=title, text=text)

    def made(session: Any, person: Customer, key: str) -> int:
        _must_have_board(session, shop_id=shop_id)
        _may_write(session, Post, person=person, most=rules.POSTS_A_DAY, now=now)
        row = Post(
            shop_id=shop_id, customer_id=customer_id, once=key, shown_name=masked_name(person.name),
            title=clean.title, text=clean.text, at=now,
        )  # fmt: skip
        return int(talking.add(session, row).id)

    return _once(Post, shop_id=shop_id, customer_id=customer_id, once=once, make=made)


def post_as_shop(*, shop_id: int, staff_id: int, title: str, text: str, once: str, now: datetime) -> int:
    """Post something in the shop's name; returns its id. Raises Invalid (title, text), NoBoard."""
    clean = rules.clean_post(title=title, text=text, by_shop=True)
    _buys_nothing(title=clean.title, text=clean.text)
    key = token_hash(f"staff:{staff_id}:{once}")[:40]

    def made() -> int:
        with write() as session:
            if (before := talking.by_once(session, Post, shop_id=shop_id, once=key)) is not None:
                return int(before.id)
            _must_have_board(session, shop_id=shop_id)
            row = Post(
                shop_id=shop_id, staff_id=staff_id, once=key, title=clean.title, text=clean.text, at=now
            )
            return int(talking.add(session, row).id)

    return after_a_race(made)


def comment(*, shop_id: int, customer_id: int, post_id: int, text: str, once: str, now: datetime) -> int:
    """Say something under a post; returns the comment's id, the same for the same key.

    Raises Invalid (text), NothingThere, NoBoard, NotYetRegular, WroteTooMuch, NotHere.
    """
    words = rules.clean_comment(text)

    def made(session: Any, person: Customer, key: str) -> int:
        _must_have_board(session, shop_id=shop_id)
        _may_write(session, PostComment, person=person, most=rules.COMMENTS_A_DAY, now=now)
        _shown_post(session, shop_id=shop_id, post_id=post_id)
        row = PostComment(
            shop_id=shop_id, post_id=post_id, customer_id=customer_id, once=key,
            shown_name=masked_name(person.name), text=words, at=now,
        )  # fmt: skip
        added = talking.add(session, row)
        talking.count_comments(session, shop_id=shop_id, post_id=post_id)
        return int(added.id)

    return _once(PostComment, shop_id=shop_id, customer_id=customer_id, once=once, make=made)


def comment_as_shop(*, shop_id: int, staff_id: int, post_id: int, text: str, once: str, now: datetime) -> int:
    """Say something under a post in the shop's name; its writer is told once. Raises Invalid (text), NothingThere."""
    words = rules.clean_comment(text, by_shop=True)
    _buys_nothing(text=words)
    key = token_hash(f"staff:{staff_id}:{once}")[:40]

    def made() -> int:
        with write() as session:
            if (before := talking.by_once(session, PostComment, shop_id=shop_id, once=key)) is not None:
                return int(before.id)
            _hold_writer(session, "post", shop_id=shop_id, row_id=post_id)
            above = _shown_post(session, shop_id=shop_id, post_id=post_id)
            row = PostComment(
                shop_id=shop_id, post_id=post_id, staff_id=staff_id, once=key, text=words, at=now
            )
            added = talking.add(session, row)
            talking.count_comments(session, shop_id=shop_id, post_id=post_id)
            if above.customer_id is not None:
                _tell(
                    session, customer_id=above.customer_id, shop_id=shop_id, cause=f"post:{post_id}",
                    what="게시판에 쓰신 글", path=f"board/{post_id}", now=now,
                )  # fmt: skip
            return int(added.id)

    return after_a_race(made)


def pin(*, shop_id: int, post_id: int, is_first: bool) -> None:
    """Keep a post on top, or no longer. Raises NothingThere."""
    with write() as session:
        row = _shown_post(session, shop_id=shop_id, post_id=post_id)
        row.is_first = is_first
        session.flush()


def ask(
    *, shop_id: int, customer_id: int, text: str, product_id: int | None, once: str, now: datetime
) -> int:
    """Ask something in public, about a product where one is named; returns its id, the same for the same key.

    Raises Invalid (text, product), WroteTooMuch, NotHere.
    """
    words = rules.clean_question(text)

    def made(session: Any, person: Customer, key: str) -> int:
        if product_id is not None and visits.product(session, shop_id=shop_id, product_id=product_id) is None:
            raise Invalid({"product": "상품을 다시 골라 주세요."})
        _may_write(session, Question, person=person, most=rules.QUESTIONS_A_DAY, now=now, stamps=0)
        row = Question(
            shop_id=shop_id, customer_id=customer_id, product_id=product_id, once=key,
            shown_name=masked_name(person.name), text=words, at=now,
        )  # fmt: skip
        return int(talking.add(session, row).id)

    return _once(Question, shop_id=shop_id, customer_id=customer_id, once=once, make=made)


def answer(*, shop_id: int, staff_id: int, question_id: int, text: str, now: datetime) -> None:
    """Write or change the shop's answer; the asker is told of the first. Raises Invalid (text), NothingThere."""
    words = rules.clean_answer(text)
    _buys_nothing(text=words)
    with write() as session:
        _hold_writer(session, "question", shop_id=shop_id, row_id=question_id)
        row = talking.row(session, "question", shop_id=shop_id, row_id=question_id)
        if row is None or row.hidden_cause == rules.MINE:
            raise NothingThere
        row.answer, row.answered_at, row.answered_by = words, now, staff_id
        session.flush()
        _tell(
            session, customer_id=row.customer_id, shop_id=shop_id, cause=f"question:{row.id}",
            what="남겨 주신 질문", path="questions", now=now,
        )  # fmt: skip


def _buys_nothing(**said: str) -> None:
    """Whatever the shop says in public promises nothing for a review elsewhere or for a rating. Raises Invalid."""
    wrong = {field: fault for field, words in said.items() if (fault := bought_words(words)) is not None}
    if wrong:
        raise Invalid(wrong)


def _once(
    model: Any, *, shop_id: int, customer_id: int, once: str, make: Callable[[Any, Customer, str], int]
) -> int:
    key = token_hash(f"customer:{customer_id}:{once}")[:40]

    def made() -> int:
        with write() as session:
            person = people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True)
            if person is None:
                raise NotHere
            if (before := talking.by_once(session, model, shop_id=shop_id, once=key)) is not None:
                return int(before.id)
            return make(session, person, key)

    return after_a_race(made)


def _may_write(
    session: Any,
    model: Any,
    *,
    person: Customer,
    most: int,
    now: datetime,
    stamps: int = rules.STAMPS_TO_WRITE,
) -> None:
    """Who writes was here, and does not flood: counted under the lock of their own row."""
    if person.visit_count < stamps:
        raise NotYetRegular
    today = talking.written_today(session, model, shop_id=person.shop_id, customer_id=person.id, now=now)
    if today >= most:
        raise WroteTooMuch


def _must_have_board(session: Any, *, shop_id: int) -> None:
    decided = showing.settings(session, shop_id=shop_id)
    if decided is None or not decided.has_board:
        raise NoBoard


def _shown_post(session: Any, *, shop_id: int, post_id: int) -> Post:
    row: Post | None = talking.row(session, "post", shop_id=shop_id, row_id=post_id)
    if row is None or row.hidden_at is not None:
        raise NothingThere
    return row


def _hold_writer(session: Any, what: str, *, shop_id: int, row_id: int) -> None:
    """Hold who wrote a thing before the thing itself, as leaving takes them."""
    whose = talking.whose(session, what, shop_id=shop_id, row_id=row_id)
    if whose is not None:
        people.customer(session, shop_id=shop_id, customer_id=whose, lock=True)


def _tell(
    session: Any, *, customer_id: int, shop_id: int, cause: str, what: str, path: str, now: datetime
) -> None:
    code = shops.code_of(session, shop_id=shop_id)
    outbox.plan(
        session, shop_id=shop_id, customer_id=customer_id, kind="board_answer", cause=cause, due_at=now,
        facts={"what": what, "path": f"/c/{code}/{path}"}, now=now,
    )  # fmt: skip
